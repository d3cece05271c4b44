/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The stage of a call that hooks want to see, between the policy and a person: the strictest of
 * their opinions counts. A hook's deny denies, whatever the policy says; its allow answers a
 * question, and never undoes a deny, because what the policy denies does not come here.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "enforcer/hooked.h"
#include "enforcer/pipeline.h"
#include "enforcer/supervisor.h"

struct hooking {
	uint64_t id;
	const struct policy *policy; /* by which it was judged; kept until the run ends */
	unsigned left; /* hooks that have not answered, and one while they are being called */
	enum hook_opinion opinion;
	char reason[HOOK_REASON_MAX + 128];
};

struct hooking *hooking_free(struct hooking *hooking)
{
	free(hooking);
	return NULL;
}

bool pipeline_hook_asks(const struct pending *pending)
{
	return pending->hooking && pending->hooking->opinion == HOOK_OPINION_ASK;
}

static void apply(struct pending *pending)
{
	const struct hooking *hooking = pending->hooking;
	struct decision *decision = &pending->decision;

	switch (hooking->opinion) {
	case HOOK_OPINION_DENY:
	case HOOK_OPINION_FAILED:
		decision->verdict = VERDICT_DENY;
		decision->by = BY_HOOK;
		decision->reason = hooking->reason;
		return;
	case HOOK_OPINION_ASK:
		decision->verdict = VERDICT_ASK;
		/* Not the hook's words: a question may outlive the call that it was first asked
		 * for. */
		decision->reason = "a hook wants a person to be asked";
		return;
	case HOOK_OPINION_ALLOW:
		if (decision->verdict != VERDICT_ASK)
			return;
		decision->verdict = VERDICT_ALLOW;
		decision->by = BY_HOOK;
		decision->reason = hooking->reason;
		return;
	case HOOK_OPINION_NONE:
		return;
	}
}

bool pipeline_hook_waits(const struct pending *pending)
{
	return pending->hooking && pending->hooking->left > 0;
}

/* A connect that has been answered EINPROGRESS while its hooks were thinking. */
static void hooked_under_way(struct pending *pending)
{
	struct supervisor *supervisor = pending->supervisor;
	struct decision decision;

	/* As for any call that was judged before: by what holds now. */
	if (pending->hooking->policy != supervisor->policy)
		policy_judge(supervisor->policy, &pending->request, &pending->decision);
	if (pending->decision.verdict != VERDICT_DENY)
		apply(pending);
	decision = pending->decision;
	if (decision.verdict == VERDICT_ASK)
		pipeline_ask_under_way(pending);
	else
		pipeline_decided_under_way(pending, &decision);
}

/* One less to wait for. */
static void pipeline_hook_less(struct pending *pending)
{
	struct supervisor *supervisor = pending->supervisor;
	struct target target;

	if (--pending->hooking->left > 0)
		return;
	if (pending->stage == STAGE_UNDER_WAY) {
		hooked_under_way(pending);
		return;
	}
	pending_wake(pending);
	if (target_open(supervisor->targets, &supervisor->listener, pending->notif.id,
			(pid_t)pending->notif.pid, &target) < 0) {
		pipeline_gone(pending);
		return;
	}
	apply(pending);
	pending_step(pending, STAGE_DECIDED);
	/* Read again meanwhile: what holds for the next call holds for this one. */
	if (pending->hooking->policy != supervisor->policy &&
	    pending->decision.verdict != VERDICT_DENY)
		pipeline_again(pending);
	else
		pipeline_decided(pending, &target);
}

bool pipeline_hook(struct pending *pending)
{
	struct supervisor *supervisor = pending->supervisor;

	if (!hooked_wants(supervisor->hooked, &pending->request, HOOK_BEFORE))
		return false;
	hooking_free(pending->hooking);
	pending->hooking = calloc(1, sizeof(*pending->hooking));
	if (!pending->hooking) {
		pending->decision = (struct decision){.by = BY_FAULT, .reason = "out of memory"};
		return false;
	}
	pending->hooking->id = ++supervisor->last_hooking;
	pending->hooking->policy = supervisor->policy;
	pending->hooking->left = 1;
	pending->hooking->opinion = HOOK_OPINION_NONE;
	pending_step(pending, STAGE_HOOKED);
	pending_wait(pending);
	pending->patience_ns = pipeline_patience(pending);
	if (pending->patience_ns != UINT64_MAX)
		pipeline_watch(pending);
	hooked_ask(supervisor->hooked, pending->hooking->id, pending, &pending->hooking->left);
	pipeline_hook_less(pending);
	return true;
}

static bool is_hooked(const struct pending *pending)
{
	return pending->stage == STAGE_HOOKED ||
	       (pending->stage == STAGE_UNDER_WAY && pipeline_hook_waits(pending));
}

static struct pending *find(const struct supervisor *supervisor, uint64_t id)
{
	struct pending *pending = supervisor->waiting;

	while (pending && (!is_hooked(pending) || (id && pending->hooking->id != id)))
		pending = pending->next;
	return pending;
}

void pipeline_hooked(struct supervisor *supervisor, const struct policy_hook *hook,
		     const struct hook_answer *answer)
{
	struct pending *pending = answer->id ? find(supervisor, answer->id) : NULL;
	struct hooking *hooking = pending ? pending->hooking : NULL;

	if (!hooking)
		return;
	if (answer->opinion < hooking->opinion) {
		hooking->opinion = answer->opinion;
		snprintf(hooking->reason, sizeof(hooking->reason), "%.120s%s%s", hook->command[0],
			 answer->reason[0] ? ": " : "", answer->reason);
	}
	pipeline_hook_less(pending);
}

void pipeline_hooks_gone(struct supervisor *supervisor)
{
	struct pending *pending;

	/* From the start again after each: what follows an answer may be anything. */
	while ((pending = find(supervisor, 0))) {
		pending->hooking->opinion = HOOK_OPINION_DENY;
		snprintf(pending->hooking->reason, sizeof(pending->hooking->reason),
			 "no hook can be called any more");
		pending->hooking->left = 1;
		pipeline_hook_less(pending);
	}
}
