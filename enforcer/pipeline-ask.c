/* SPDX-License-Identifier: Apache-2.0 */
/* The stage between policy and reply: a call under `ask`, until it is answered or withdrawn. */
#include <errno.h>

#include "enforcer/approval/question.h"
#include "enforcer/base/cleanup.h"
#include "enforcer/pipeline.h"
#include "enforcer/supervisor.h"

#define WATCH_NS 100000000u

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
		recent_add(&pending->supervisor->recent, pending->request.pid, key.data, key.len,
			   answer, loop_now());
}

bool pipeline_asked_before(struct pending *pending, const struct target *target)
{
	_cleanup_(buffer_done) struct buffer key = {};

	if (!recent_key(pending, &key) ||
	    !recent_find(&pending->supervisor->recent, pending->request.pid, key.data, key.len,
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

static struct pending *pipeline_next_gone(const struct supervisor *supervisor)
{
	for (struct pending *pending = supervisor->waiting; pending; pending = pending->next)
		if ((pending->stage == STAGE_ASKED &&
		     !listener_waits(&pending->supervisor->listener, pending->notif.id)) ||
		    (pending->stage == STAGE_UNDER_WAY && pipeline_is_given_up(pending)))
			return pending;
	return NULL;
}

/* One that must not wait any longer, or NULL; and when to look again, in nanoseconds (0: nobody
 * asks). */
static struct pending *pipeline_next_due(const struct supervisor *supervisor, uint64_t *ret_delay)
{
	uint64_t now = loop_now(), delay = 0;

	for (struct pending *pending = supervisor->waiting; pending; pending = pending->next) {
		uint64_t passed = now - pending->received_ns;

		if (pending->stage != STAGE_ASKED && pending->stage != STAGE_UNDER_WAY)
			continue;
		if (delay == 0)
			delay = WATCH_NS;
		if (pending->stage == STAGE_UNDER_WAY)
			continue;
		if (passed >= pending->patience_ns)
			return pending;
		if (pending->patience_ns - passed < delay)
			delay = pending->patience_ns - passed;
	}
	*ret_delay = delay;
	return NULL;
}

/* The listener does not tell of a target's death, nor anybody of a socket's end, and a question that
 * nobody waits for any more must not stand on the screen. From the start again after each: the next
 * one shown may answer others. */
void pipeline_on_watch(struct loop_source *source, int32_t result, bool more)
{
	struct supervisor *supervisor = container_of(source, struct supervisor, watch);
	struct pending *pending;
	uint64_t delay = 0;

	while ((pending = pipeline_next_gone(supervisor))) {
		if (pending->stage == STAGE_UNDER_WAY) {
			pipeline_give_up(pending);
			continue;
		}
		pending_wake(pending);
		approval_withdraw(supervisor->approvals, &pending->waiter, loop_now());
		pipeline_gone(pending);
	}
	while ((pending = pipeline_next_due(supervisor, &delay)))
		pipeline_get_under_way(pending);
	if (delay && !source->armed)
		loop_timeout(source, delay);
}

void pipeline_ask(struct pending *pending)
{
	struct supervisor *supervisor = pending->supervisor;

	pending_step(pending, STAGE_ASKED);
	pending->patience_ns = pipeline_patience(pending);
	pending_wait(pending);
	summary_add_question(supervisor->summary);
	if (!supervisor->watch.armed)
		loop_timeout(&supervisor->watch, WATCH_NS);
	pending->waiter.answered = pipeline_approved;
	approval_ask(supervisor->approvals, &pending->request, &pending->decision, &pending->waiter,
		     loop_now());
}
