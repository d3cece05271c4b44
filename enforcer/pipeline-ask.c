/* SPDX-License-Identifier: Apache-2.0 */
/* The stage between policy and reply: a call under `ask`, until it is answered or withdrawn. */
#include <errno.h>
#include <signal.h>

#include "enforcer/pipeline.h"
#include "enforcer/supervisor.h"

#define WATCH_NS 100000000u
/* Of how many targets the signals are looked at in one tick, at some 10 us each. */
#define WATCH_SIGNALS_AT_ONCE   32
#define WATCH_WITHDRAWN_AT_ONCE 64

/* include/linux/errno.h: not for user space, but for the kernel's return path. */
#define ERESTARTSYS    512
#define ERESTARTNOINTR 513

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

/*
 * The listener tells neither of a target's death nor of its signals, which WAIT_KILLABLE_RECV holds
 * off. A question that nobody waits for any more must not stand on the screen, and Ctrl-C must end
 * a call that waits for a person.
 */
static void pipeline_withdraw(struct pending *pending)
{
	pending_wake(pending);
	approval_withdraw(pending->supervisor->approvals, &pending->waiter, loop_now());
	pipeline_gone(pending);
}

/*
 * The kernel's own codes for "a signal is pending", which it turns into EINTR or into the same call
 * again, on the way back to user space. Those that somebody sends to stop a program end the call
 * (where its handler has no SA_RESTART); the handler of any other runs, and the call goes on: bare
 * it would have been over before the signal came, and never have failed.
 */
static int restart_code(uint64_t signals)
{
	static const int ending[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGALRM};

	for (size_t i = 0; i < ARRAY_LEN(ending); i++)
		if (signals & UINT64_C(1) << (ending[i] - 1))
			return ERESTARTSYS;
	return ERESTARTNOINTR;
}

static void pipeline_interrupt(struct pending *pending, const struct target *target,
			       uint64_t signals)
{
	struct supervisor *supervisor = pending->supervisor;

	pending_wake(pending);
	approval_interrupt(supervisor->approvals, &pending->waiter, loop_now());
	pending->decision.verdict = VERDICT_DENY;
	pending->decision.by = BY_NOTHING;
	pending->decision.reason = "interrupted by a signal before it was answered";
	reply_error(&supervisor->reply, target, restart_code(signals), &pending->outcome);
	if (pending->outcome.kind == OUTCOME_ERROR)
		pending->outcome.value = EINTR;
	pipeline_answered(pending);
}

/* False: it still waits. */
static bool pipeline_look(struct pending *pending, unsigned *signals_left)
{
	struct supervisor *supervisor = pending->supervisor;
	struct target target;
	uint64_t signals;

	if (!listener_waits(&supervisor->listener, pending->notif.id)) {
		pipeline_withdraw(pending);
		return true;
	}
	if (*signals_left == 0)
		return false;
	--*signals_left;
	pending->watched = supervisor->watch_round;
	if (target_open(supervisor->targets, &supervisor->listener, pending->notif.id,
			(pid_t)pending->notif.pid, &target) < 0 ||
	    target_signals(&target, &signals) < 0 || signals == 0)
		return false;
	pipeline_interrupt(pending, &target, signals);
	return true;
}

/* One that was not looked at in this round of the watch, which takes as many ticks as it must. */
static struct pending *pipeline_next_asked(const struct supervisor *supervisor)
{
	struct pending *pending = supervisor->waiting;

	while (pending && pending->stage != STAGE_ASKED)
		pending = pending->next;
	return pending;
}

void pipeline_on_watch(struct loop_source *source, int32_t result, bool more)
{
	struct supervisor *supervisor = container_of(source, struct supervisor, watch);
	unsigned signals_left = WATCH_SIGNALS_AT_ONCE, withdrawn = 0;
	struct pending *pending = supervisor->waiting;

	while (pending && withdrawn < WATCH_WITHDRAWN_AT_ONCE) {
		struct pending *next = pending->next;
		bool looked = pending->watched == supervisor->watch_round;
		unsigned none = 0;

		if (pending->stage == STAGE_ASKED &&
		    pipeline_look(pending, looked ? &none : &signals_left)) {
			withdrawn++;
			/* From the start: the next one shown may have answered others. */
			next = supervisor->waiting;
		}
		pending = next;
	}
	if (signals_left > 0)
		supervisor->watch_round++;
	if (pipeline_next_asked(supervisor) && !source->armed)
		loop_timeout(source, pending ? 1 : WATCH_NS);
}

void pipeline_ask(struct pending *pending)
{
	struct supervisor *supervisor = pending->supervisor;

	pending_step(pending, STAGE_ASKED);
	pending_wait(pending);
	summary_add_question(supervisor->summary);
	if (!supervisor->watch.armed)
		loop_timeout(&supervisor->watch, WATCH_NS);
	pending->watched = supervisor->watch_round; /* those who wait come first */
	pending->waiter.answered = pipeline_approved;
	approval_ask(supervisor->approvals, &pending->request, &pending->decision, &pending->waiter,
		     loop_now());
}
