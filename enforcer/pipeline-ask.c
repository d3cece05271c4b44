/* SPDX-License-Identifier: Apache-2.0 */
/* The stage between policy and reply: a call under `ask`, until it is answered or withdrawn. */
#include <errno.h>

#include "enforcer/approval/question.h"
#include "enforcer/base/cleanup.h"
#include "enforcer/pipeline.h"
#include "enforcer/supervisor.h"

/* Of connections to names: a program tries both families of address. */
static bool recent_key(const struct pending *pending, struct buffer *ret_key)
{
	const struct request *request = &pending->request;

	if (!outside_is_asked(request) || !request->objects[0].endpoint.host)
		return false;
	question_append_key(ret_key, request, &pending->decision);
	return ret_key->len > 0;
}

static void remember(struct pending *pending, const struct decision *answer)
{
	_cleanup_(buffer_done) struct buffer key = {};

	if (answer->by != BY_GRANT && answer->by != BY_FAULT && recent_key(pending, &key))
		recent_add(&pending->supervisor->recent,
			   &(struct recent_question){pending->request.pid, key.data, key.len},
			   answer, loop_now());
}

bool pipeline_asked_before(struct pending *pending, const struct target *target)
{
	_cleanup_(buffer_done) struct buffer key = {};

	if (!recent_key(pending, &key) ||
	    !recent_find(&pending->supervisor->recent,
			 &(struct recent_question){pending->request.pid, key.data, key.len},
			 loop_now(), &pending->decision))
		return false;
	if (pending->decision.verdict == VERDICT_ALLOW)
		pipeline_perform(pending, target);
	else
		pipeline_deny(pending, target, EACCES);
	return true;
}

static void pipeline_approved(struct waiter *waiter, const struct decision *answer)
{
	struct pending *pending = container_of(waiter, struct pending, waiter);
	struct supervisor *supervisor = pending->supervisor;
	struct target target;

	remember(pending, answer);
	if (pending->stage == STAGE_UNDER_WAY) {
		pipeline_decided_under_way(pending, answer);
		return;
	}
	pending_wake(pending);
	pending->decision = *answer;
	if (target_open(supervisor->targets, &supervisor->listener, pending->notif.id,
			(pid_t)pending->notif.pid, &target) < 0) {
		pipeline_gone(pending);
		return;
	}
	pending_step(pending, STAGE_DECIDED);
	if (answer->verdict == VERDICT_ALLOW)
		pipeline_perform(pending, &target);
	else
		pipeline_deny(pending, &target, EACCES);
}

void pipeline_ask_under_way(struct pending *pending)
{
	struct supervisor *supervisor = pending->supervisor;
	_cleanup_(buffer_done) struct buffer key = {};
	struct decision before;

	if (recent_key(pending, &key) &&
	    recent_find(&supervisor->recent,
			&(struct recent_question){pending->request.pid, key.data, key.len},
			loop_now(), &pending->decision)) {
		before = pending->decision;
		pipeline_decided_under_way(pending, &before);
		return;
	}
	summary_add_question(supervisor->summary);
	pending->waiter.answered = pipeline_approved;
	approval_ask(supervisor->approvals, &pending->request, &pending->decision, &pending->waiter,
		     loop_now());
}

void pipeline_ask(struct pending *pending)
{
	struct supervisor *supervisor = pending->supervisor;

	pending_step(pending, STAGE_ASKED);
	pending->patience_ns = pipeline_patience(pending);
	pending_wait(pending);
	summary_add_question(supervisor->summary);
	pipeline_watch(pending);
	pending->waiter.answered = pipeline_approved;
	approval_ask(supervisor->approvals, &pending->request, &pending->decision, &pending->waiter,
		     loop_now());
}
