/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The control socket of a run: RUN.sock in a directory of the user's (place.h), JSON-RPC by lines
 * (docs/control.md). Whoever of the same user stands outside of every sandbox may look at the run
 * and answer its questions there; a client that subscribes with "answers" counts as attendance.
 *
 * Not here: what the run is (status), policy files (reload); both are the owner's.
 */
#pragma once

#include <jansson.h>
#include <stdint.h>

#include "enforcer/base/cleanup.h"
#include "enforcer/base/error.h"
#include "enforcer/control/place.h"

/* Of the protocol. New methods, events and members do not raise it; a changed meaning does. */
#define CONTROL_PROTOCOL 1

struct approvals;
struct control;
struct loop;

/* Both clocks, now. */
struct control_clock;
void control_clock(struct control_clock *ret_clock);

enum control_policy_kind {
	CONTROL_POLICY_RELOAD = 0,
	CONTROL_POLICY_ADD,
	CONTROL_POLICY_REMOVE,
};

struct control_policy {
	enum control_policy_kind kind;
	const char *rule; /* ADD: JSON */
	uint64_t id;      /* REMOVE */
};
struct control_reply;
/* What came of it: outcome (borrowed), or NULL with error and failure. */
void control_policy_done(struct control_reply *reply, json_t *outcome, int error,
			 const struct failure *failure);

struct control_config {
	struct loop *loop;
	struct approvals *approvals; /* borrowed */
	const struct control_places *places;
	const char *run;     /* its id */
	const char *version; /* callgate's */
	/* Members of `status`: a new object, or NULL. */
	json_t *(*status)(void *userdata);
	/* Changes the policy: 0, and control_policy_done() with reply follows; or a negative errno
	 * with reterr. May be NULL. */
	int (*policy)(void *userdata, const struct control_policy *wanted,
		      struct control_reply *reply, struct failure *reterr);
	/* The rules that were added to the run: a new array, or NULL. */
	json_t *(*added)(void *userdata);
	void *userdata;
};

/* 0, or a negative errno with reterr: no place to be had, or no socket there. */
int control_new(const struct control_config *config, struct control **ret_control,
		struct failure *reterr);
/* Takes the socket away and tells who is connected. Before approvals_free(). */
struct control *control_free(struct control *control);
DEFINE_CLEANUP(struct control *, control_free)

/* The directory that the socket is in; borrowed. */
const char *control_directory(const struct control *control);
/* True where somebody answers here, as far as anybody said so ("answers"). */
bool control_attended(const struct control *control);
/* True where somebody wants to be told of calls; then control_call() each. record: an object in
 * JSON on one line, with or without its newline. */
bool control_wants_calls(const struct control *control);
void control_call(struct control *control, const char *record, size_t len);
/* To all who look on. params: taken. */
void control_event(struct control *control, const char *event, json_t *params);
