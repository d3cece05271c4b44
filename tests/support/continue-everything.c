/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The reply stage of callgate-continues: what was allowed is not performed and not verified, the
 * kernel goes on with the call and reads its memory again. Never installed. It is what the tests of
 * races win against first: a race that cannot be won there shows nothing when it is lost elsewhere.
 */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "enforcer/reply/later.h"
#include "enforcer/reply/verify-exec.h"

static enum reply_result go_on(const struct reply_context *context, const struct target *target,
			       struct outcome *ret_outcome)
{
	reply_continue(context, target, ret_outcome);
	return REPLY_DONE;
}

enum reply_result perform_open(const struct reply_context *context, const struct target *target,
			       const struct call *call, const struct place *place,
			       struct outcome *ret_outcome)
{
	return go_on(context, target, ret_outcome);
}

enum reply_result perform_change(const struct reply_context *context, const struct target *target,
				 const struct call *call, const struct place *places,
				 struct outcome *ret_outcome)
{
	return go_on(context, target, ret_outcome);
}

enum reply_result perform_sendto(const struct reply_context *context, const struct target *target,
				 const struct call *call, const struct place *place,
				 struct outcome *ret_outcome)
{
	return go_on(context, target, ret_outcome);
}

enum reply_result perform_connect(const struct reply_context *context, const struct target *target,
				  const struct connect_now *now, struct outcome *ret_outcome)
{
	return go_on(context, target, ret_outcome);
}

enum reply_result perform_memfd(const struct reply_context *context, const struct target *target,
				const struct call *call, struct outcome *ret_outcome)
{
	return go_on(context, target, ret_outcome);
}

/* The owner of a later answer links it only behind the call that begins it, so the end comes in the
 * next round of the loop. */
struct later {
	struct loop_source source;
	struct outcome outcome;
	later_handler handler;
	void *userdata;
};

struct later *later_free(struct later *later)
{
	if (later)
		loop_source_done(&later->source);
	free(later);
	return NULL;
}

static void later_ended(struct loop_source *source, int32_t result, bool more)
{
	struct later *later = container_of(source, struct later, source);
	struct later copy = *later;

	later_free(later);
	copy.handler(copy.userdata, &copy.outcome);
}

int later_begin(const struct reply_context *context, const struct target *target,
		const struct later_order *order, struct later **ret_later)
{
	struct later *later = calloc(1, sizeof(*later));
	int r;

	if (!later)
		return -ENOMEM;
	later->handler = order->handler;
	later->userdata = order->userdata;
	r = loop_source_init(&later->source, context->loop, later_ended);
	if (r == 0)
		r = loop_defer(&later->source);
	if (r < 0) {
		later_free(later);
		return r;
	}
	reply_continue(context, target, &later->outcome);
	*ret_later = later;
	return 0;
}

struct exec_verifier {
	struct reply_context context;
	struct exec_owner owner;
};

/* One exec that was let through, until its owner has heard of it. */
struct passed {
	struct loop_source source;
	struct exec_verifier *verifier;
	void *userdata;
};

int exec_verifier_new(const struct reply_context *context, const struct exec_owner *owner,
		      struct exec_verifier **ret_verifier)
{
	struct exec_verifier *verifier = calloc(1, sizeof(*verifier));

	if (!verifier)
		return -ENOMEM;
	*verifier = (struct exec_verifier){.context = *context, .owner = *owner};
	*ret_verifier = verifier;
	return 0;
}

struct exec_verifier *exec_verifier_free(struct exec_verifier *verifier)
{
	free(verifier);
	return NULL;
}

static void exec_passed(struct loop_source *source, int32_t result, bool more)
{
	struct passed *passed = container_of(source, struct passed, source);

	passed->verifier->owner.ended(passed->userdata, EXEC_RAN, 0);
	loop_source_done(source);
	free(passed);
}

int exec_begin(struct exec_verifier *verifier, const struct target *target,
	       const struct exec_order *order)
{
	struct passed *passed = calloc(1, sizeof(*passed));
	struct outcome outcome;
	int r;

	if (!passed)
		return -ENOMEM;
	passed->verifier = verifier;
	passed->userdata = order->userdata;
	r = loop_source_init(&passed->source, verifier->context.loop, exec_passed);
	if (r == 0)
		r = loop_defer(&passed->source);
	if (r < 0) {
		loop_source_done(&passed->source);
		free(passed);
		return r;
	}
	reply_continue(&verifier->context, target, &outcome);
	return 0;
}

void exec_reap(struct exec_verifier *verifier)
{
}
