/* SPDX-License-Identifier: Apache-2.0 */
/* The stage between policy and reply: a call under `ask`, until it is answered or withdrawn. */
#include <errno.h>

#include "enforcer/pipeline.h"
#include "enforcer/supervisor.h"

#define WATCH_NS 100000000u

static void pipeline_approved(struct waiter *waiter, const struct decision *answer)
{
	struct pending *pending = container_of(waiter, struct pending, waiter);
	struct supervisor *supervisor = pending->supervisor;
	struct target target;

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

static struct pending *pipeline_next_asked(const struct supervisor *supervisor, bool gone)
{
	for (struct pending *pending = supervisor->waiting; pending; pending = pending->next)
		if (pending->stage == STAGE_ASKED &&
		    !(gone && listener_waits(&pending->supervisor->listener, pending->notif.id)))
			return pending;
	return NULL;
}

/* The listener does not tell of a target's death, and a question that nobody waits for any more
 * must not stand on the screen. From the start again after each: the next one shown may answer
 * others. */
void pipeline_on_watch(struct loop_source *source, int32_t result, bool more)
{
	struct supervisor *supervisor = container_of(source, struct supervisor, watch);
	struct pending *pending;

	while ((pending = pipeline_next_asked(supervisor, true))) {
		pending_wake(pending);
		approval_withdraw(supervisor->approvals, &pending->waiter, loop_now());
		pipeline_gone(pending);
	}
	if (pipeline_next_asked(supervisor, false) && !source->armed)
		loop_timeout(source, WATCH_NS);
}

void pipeline_ask(struct pending *pending)
{
	struct supervisor *supervisor = pending->supervisor;

	pending_step(pending, STAGE_ASKED);
	pending_wait(pending);
	summary_add_question(supervisor->summary);
	if (!supervisor->watch.armed)
		loop_timeout(&supervisor->watch, WATCH_NS);
	pending->waiter.answered = pipeline_approved;
	approval_ask(supervisor->approvals, &pending->request, &pending->decision, &pending->waiter,
		     loop_now());
}
