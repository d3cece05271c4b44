/* SPDX-License-Identifier: Apache-2.0 */
/* A stopped call on its way through the stages. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "enforcer/base/fd.h"
#include "enforcer/pending.h"
#include "enforcer/supervisor.h"

/*
 * All but the room of the two paths, 8 KiB of which a call uses some dozen bytes: those are
 * strings, and empty ones are enough.
 */
static void pending_zero(struct pending *pending)
{
	char *begin = (char *)pending, *end = (char *)(pending + 1);

	for (size_t i = 0; i < ARRAY_LEN(pending->call.path); i++) {
		char *text = pending->call.path[i].text;

		memset(begin, 0, (size_t)(text - begin) + 1);
		begin = text + sizeof(pending->call.path[i].text);
	}
	memset(begin, 0, (size_t)(end - begin));
}

struct pending *pending_new(struct supervisor *supervisor, const struct seccomp_notif *notif)
{
	struct pending *pending = malloc(sizeof(*pending));

	if (!pending)
		return NULL;
	pending_zero(pending);
	pending->supervisor = supervisor;
	pending->notif = *notif;
	pending->received_ns = loop_now();
	pending->call.fd = pending->call.socket = -1;
	for (size_t i = 0; i < ARRAY_LEN(pending->places); i++)
		pending->places[i] = (struct place)PLACE_NONE;
	return pending;
}

void pending_step(struct pending *pending, enum stage stage)
{
	/* Bit n of entry m: from m to n is legal. */
	static const unsigned legal[] = {
		[STAGE_RECEIVED] = 1 << STAGE_DECIDED | 1 << STAGE_ANSWERED,
		/* Back: the place changed, it is resolved and judged again. */
		[STAGE_DECIDED] = 1 << STAGE_HOOKED | 1 << STAGE_ASKED | 1 << STAGE_PERFORMING |
				  1 << STAGE_ANSWERED | 1 << STAGE_RECEIVED,
		[STAGE_HOOKED] = 1 << STAGE_DECIDED | 1 << STAGE_ANSWERED | 1 << STAGE_UNDER_WAY,
		[STAGE_ASKED] = 1 << STAGE_DECIDED | 1 << STAGE_ANSWERED | 1 << STAGE_UNDER_WAY,
		[STAGE_PERFORMING] = 1 << STAGE_ANSWERED,
		[STAGE_UNDER_WAY] = 1 << STAGE_ANSWERED,
		[STAGE_ANSWERED] = 1 << STAGE_RECORDED,
		[STAGE_RECORDED] = 0,
	};

	if (!(legal[pending->stage] & 1u << stage)) {
		fprintf(stderr, "callgate: a call went from stage %d to %d\n", pending->stage,
			stage);
		/* With us gone the sandbox ends: nothing passes unjudged. */
		abort();
	}
	pending->stage = stage;
}

void pending_forget(struct pending *pending)
{
	for (size_t i = 0; i < ARRAY_LEN(pending->places); i++)
		place_done(&pending->places[i]);
	pending->n_places = 0;
	pending->call.socket = fd_close(pending->call.socket);
	/* What the call itself owns stays; the vector goes back to it. */
	if (pending->request.argv) {
		pending->call.argv = pending->request.argv;
		pending->request.argv = NULL;
	}
	request_done(&pending->request);
	pending->decision = (struct decision){};
}

struct pending *pending_free(struct pending *pending)
{
	if (!pending)
		return NULL;
	if (pending->stage < STAGE_PERFORMING)
		supervisor_deny_unanswered(pending);
	pending_forget(pending);
	call_done(&pending->call);
	hooking_free(pending->hooking);
	free(pending);
	return NULL;
}
