/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A stopped call on its way through the stages. pending_step() knows the legal steps; one that is
 * freed unanswered is answered with deny first.
 */
#pragma once

#include "enforcer/approval/pending.h"
#include "enforcer/policy/decision.h"
#include "enforcer/reply/later.h"
#include "enforcer/reply/verify-exec.h"
#include "enforcer/request/call.h"

enum stage {
	STAGE_RECEIVED = 0,
	STAGE_DECIDED,
	STAGE_HOOKED, /* hooks have their say */
	STAGE_ASKED,
	STAGE_PERFORMING, /* in a worker, or an exec on its way */
	STAGE_UNDER_WAY,  /* told EINPROGRESS; a person or a hook has not answered */
	STAGE_ANSWERED,
	STAGE_RECORDED,
};

struct supervisor;

struct pending {
	struct supervisor *supervisor; /* borrowed */
	struct pending *previous, *next;
	enum stage stage;
	struct seccomp_notif notif;
	struct call call;
	struct place places[2];
	size_t n_places;
	struct exec_image image;
	struct request request;
	struct decision decision;
	struct outcome outcome;
	uint64_t received_ns; /* monotonic */
	uint64_t patience_ns; /* asked, hooked: how long it may wait; UINT64_MAX: for ever */
	size_t reserved;      /* room in the log */
	int tries;
	struct waiter waiter;
	unsigned reloads;              /* of the policy, when it was judged last */
	unsigned watched;              /* the round of the watch that looked at it last */
	struct later *later;           /* borrowed: it frees itself */
	struct connection *connection; /* likewise */
	struct hooking *hooking;       /* owned; NULL: no hook has been called */
};

struct pending *pending_new(struct supervisor *supervisor, const struct seccomp_notif *notif);
/* pipeline-hook.c */
struct hooking *hooking_free(struct hooking *hooking);
/* Asserts that the step is legal. */
void pending_step(struct pending *pending, enum stage stage);
/* Lets go of what was resolved, so that it can be resolved again. */
void pending_forget(struct pending *pending);
struct pending *pending_free(struct pending *pending);
