/* SPDX-License-Identifier: Apache-2.0 */
/* The watch over calls that wait for a person: is there still somebody who wants the answer? */
#include <errno.h>
#include <signal.h>

#include "enforcer/pipeline.h"
#include "enforcer/supervisor.h"

#define WATCH_NS 100000000u
/* Of how many targets the signals are looked at in one tick, at some 20 us each. */
#define WATCH_SIGNALS_AT_ONCE   16
#define WATCH_WITHDRAWN_AT_ONCE 64

/* include/linux/errno.h: not for user space, but for the kernel's return path. */
#define ERESTARTSYS    512
#define ERESTARTNOINTR 513

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

	pending->decision.question = pending->waiter.question ? pending->waiter.question->id : 0;
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

/* False: it still waits. Of how many the signals are looked at is bounded. */
static bool look_at_asked(struct pending *pending, unsigned *signals_left)
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

static bool look_at(struct pending *pending, unsigned *signals_left)
{
	unsigned none = 0;

	if (pending->stage == STAGE_UNDER_WAY && pipeline_is_given_up(pending)) {
		pipeline_give_up(pending);
		return true;
	}
	if (pending->stage != STAGE_ASKED)
		return false;
	/* A round of looking takes as many ticks as it must. */
	if (pending->watched == pending->supervisor->watch_round)
		signals_left = &none;
	return look_at_asked(pending, signals_left);
}

/* One that must not wait any longer, or NULL; and when to look again, in nanoseconds (0: nobody
 * asks). */
static struct pending *pipeline_next_due(const struct supervisor *supervisor, uint64_t *ret_delay)
{
	uint64_t now = loop_now(), delay = 0;

	for (struct pending *pending = supervisor->waiting; pending; pending = pending->next) {
		uint64_t passed = now - pending->received_ns;

		if (pending->stage != STAGE_ASKED && pending->stage != STAGE_UNDER_WAY &&
		    (pending->stage != STAGE_HOOKED || pending->patience_ns == UINT64_MAX))
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

void pipeline_on_watch(struct loop_source *source, int32_t result, bool more)
{
	struct supervisor *supervisor = container_of(source, struct supervisor, watch);
	unsigned signals_left = WATCH_SIGNALS_AT_ONCE, withdrawn = 0;
	struct pending *pending = supervisor->waiting;
	uint64_t delay = 0;

	while (pending && withdrawn < WATCH_WITHDRAWN_AT_ONCE) {
		struct pending *next = pending->next;

		if (look_at(pending, &signals_left)) {
			withdrawn++;
			/* From the start: the next one shown may have answered others. */
			next = supervisor->waiting;
		}
		pending = next;
	}
	if (signals_left > 0)
		supervisor->watch_round++;
	while ((pending = pipeline_next_due(supervisor, &delay)))
		pipeline_get_under_way(pending);
	if (delay && !source->armed)
		loop_timeout(source, withdrawn < WATCH_WITHDRAWN_AT_ONCE ? delay : 1);
}

void pipeline_watch(struct pending *pending)
{
	struct supervisor *supervisor = pending->supervisor;

	pending->watched = supervisor->watch_round; /* those who wait come first */
	if (!supervisor->watch.armed)
		loop_timeout(&supervisor->watch, WATCH_NS);
}
