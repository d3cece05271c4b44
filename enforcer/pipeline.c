/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The stages of one call. Each function takes a pending call one stage on; whatever goes wrong on
 * the way is answered with an error, never with "go on".
 */
#include <errno.h>

#include "enforcer/base/fd.h"
#include "enforcer/moves.h"
#include "enforcer/pipeline.h"
#include "enforcer/supervisor.h"
#include "filters/filter.h"

#define TRIES_MAX 8

/* Linked while it waits for somebody else. */
void pending_wait(struct pending *pending)
{
	struct supervisor *supervisor = pending->supervisor;

	pending->previous = NULL;
	pending->next = supervisor->waiting;
	if (pending->next)
		pending->next->previous = pending;
	supervisor->waiting = pending;
}

void pending_wake(struct pending *pending)
{
	if (pending->previous)
		pending->previous->next = pending->next;
	else
		pending->supervisor->waiting = pending->next;
	if (pending->next)
		pending->next->previous = pending->previous;
	pending->previous = pending->next = NULL;
}

/* The call's own failure, whatever policy says: ENOENT, EFAULT, EEXIST. */
static void pipeline_fail(struct pending *pending, const struct target *target, int error)
{
	if (pending->decision.by == BY_NOTHING)
		pending->decision = (struct decision){.verdict = VERDICT_ALLOW,
						      .by = BY_NO_VERB,
						      .reason = "the call fails by itself"};
	reply_error(&pending->supervisor->reply, target, error, &pending->outcome);
	pipeline_answered(pending);
}

/* A call that succeeds without doing anything: times that are both to stay, a second connect that
 * learns of the success of the first. */
static void pipeline_nothing(struct pending *pending, const struct target *target)
{
	pending->decision = (struct decision){
		.verdict = VERDICT_ALLOW, .by = BY_NO_VERB, .reason = "the call does nothing"};
	reply_value(&pending->supervisor->reply, target, 0, &pending->outcome);
	pipeline_answered(pending);
}

void pipeline_deny(struct pending *pending, const struct target *target, int error)
{
	pending->decision.verdict = VERDICT_DENY;
	/* First, so that the line stands before what the program says of it. */
	pending->outcome = (struct outcome){.kind = OUTCOME_ERROR, .value = error};
	told_denied(pending->supervisor->told, pending);
	reply_error(&pending->supervisor->reply, target, error, &pending->outcome);
	pipeline_answered(pending);
}

/* The target died, or cannot be looked at (our own descriptors have run out): in the second case it
 * still waits, and no answer means no. */
void pipeline_gone(struct pending *pending)
{
	pending->outcome = (struct outcome){.kind = OUTCOME_GONE};
	pending->decision =
		(struct decision){.by = BY_FAULT, .reason = "it could not be looked at"};
	if (listener_send_error(&pending->supervisor->listener, pending->notif.id, EACCES) == 0)
		pending->outcome = (struct outcome){.kind = OUTCOME_ERROR, .value = EACCES};
	pipeline_answered(pending);
}

void supervisor_deny_unanswered(struct pending *pending)
{
	listener_send_error(&pending->supervisor->listener, pending->notif.id, EACCES);
}

/* Policy: rule zero, the rules, what the wall cannot do. Returns the errno of a denial. */
static int pipeline_judge(struct pending *pending)
{
	struct supervisor *supervisor = pending->supervisor;
	struct request *request = &pending->request;
	struct decision *decision = &pending->decision;

	if (rule_zero_judge(supervisor->zero, request, decision))
		return EACCES;
	/* Who spoke to it directly would be led anywhere. */
	if (supervisor->outside && outside_is_asked(request) &&
	    network_is_proxy(outside_network(supervisor->outside), &request->objects[0].endpoint)) {
		*decision = (struct decision){.by = BY_RULE_ZERO,
					      .verb = VERB_CONNECT,
					      .reason = "the upstream proxy is callgate's own way"};
		return EACCES;
	}
	policy_judge(supervisor->policy, request, decision);
	if (decision->verdict == VERDICT_DENY)
		return pipeline_is_silent_on_it(request, decision) ? ENETUNREACH : EACCES;
	if (decision->verdict == VERDICT_ASK &&
	    outside_exchanges(supervisor->outside, request, pending->call.socket))
		*decision = (struct decision){.verdict = VERDICT_ALLOW,
					      .by = BY_GRANT,
					      .rule = NULL,
					      .verb = VERB_CONNECT,
					      .reason = "others before it were allowed"};
	if (pipeline_leaves_the_machine(supervisor, request)) {
		*decision = (struct decision){.by = BY_WALL,
					      .verb = VERB_CONNECT,
					      .reason = "nothing of this kind leaves the sandbox"};
		return ENETUNREACH;
	}
	/* mv copies then, judged file by file. */
	if (!moves_lawfully(pending)) {
		*decision = (struct decision){.by = BY_RULE,
					      .rule = decision->rule,
					      .verb = VERB_WRITE,
					      .reason = "other rules hold for the new name"};
		return EXDEV;
	}
	if (!link_leads_lawfully(pending)) {
		*decision = (struct decision){.by = BY_RULE,
					      .rule = decision->rule,
					      .verb = VERB_WRITE,
					      .reason = "the link would lead rules elsewhere"};
		return EACCES;
	}
	return 0;
}

static void pipeline_later_ended(void *userdata, const struct outcome *outcome)
{
	struct pending *pending = userdata;

	pending_wake(pending);
	pending->later = NULL;
	pending->outcome = *outcome;
	pipeline_answered(pending);
}

static void pipeline_later(struct pending *pending, const struct target *target)
{
	struct supervisor *supervisor = pending->supervisor;
	struct call *call = &pending->call;
	const struct later_order order = {
		.call = call,
		.place = pending->n_places ? &pending->places[0] : NULL,
		.handler = pipeline_later_ended,
		.userdata = pending,
	};
	int r = outside_is_asked(&pending->request)
			? pipeline_connect(pending, target)
			: later_begin(&supervisor->reply, target, &order, &pending->later);

	if (r == -EALREADY || r == -EISCONN) {
		pipeline_fail(pending, target, r);
		return;
	}
	if (r < 0) {
		pending->decision.by = BY_FAULT;
		pipeline_deny(pending, target, -r);
		return;
	}
	pending_step(pending, STAGE_PERFORMING);
	pending_wait(pending);
}

/* Reply: does what was allowed. */
static enum reply_result perform(struct pending *pending, const struct target *target)
{
	const struct reply_context *context = &pending->supervisor->reply;

	switch (mediated_family(pending->request.call)) {
	case FAMILY_OPEN:
		return perform_open(context, target, &pending->call, &pending->places[0],
				    &pending->outcome);
	case FAMILY_CHANGE:
		return perform_change(context, target, &pending->call, pending->places,
				      &pending->outcome);
	case FAMILY_CONNECT:
		return pipeline_perform_socket(pending, target);
	case FAMILY_LISTEN:
		/* Nothing to gain by another address: the network namespace is the sandbox's own,
		 * bind overwrites nothing, and read-only mounts bound it. */
		reply_continue(context, target, &pending->outcome);
		return REPLY_DONE;
	case FAMILY_MEMORY:
		return perform_memfd(context, target, &pending->call, &pending->outcome);
	case FAMILY_EXEC:
	case FAMILY_NONE:
		break;
	}
	reply_error(context, target, ENOSYS, &pending->outcome);
	return REPLY_DONE;
}

void pipeline_again(struct pending *pending)
{
	pending_step(pending, STAGE_RECEIVED);
	if (pending->reserved)
		audit_log_release(pending->supervisor->log, pending->reserved);
	pending->reserved = 0;
	pending_forget(pending);
	pipeline_work(pending);
}

void pipeline_perform(struct pending *pending, const struct target *target)
{
	if (!pipeline_reserve(pending)) {
		pending->decision = (struct decision){.by = BY_FAULT,
						      .verb = pending->decision.verb,
						      .object = pending->decision.object,
						      .reason = "no room for its record"};
		pipeline_deny(pending, target, EACCES);
		return;
	}
	if (pending->request.call == MEDIATED_execve ||
	    pending->request.call == MEDIATED_execveat) {
		pipeline_exec(pending, target);
		return;
	}
	switch (perform(pending, target)) {
	case REPLY_DONE:
		pipeline_answered(pending);
		return;
	case REPLY_LATER:
		pipeline_later(pending, target);
		return;
	case REPLY_AGAIN:
		break;
	}
	if (++pending->tries >= TRIES_MAX) {
		pending->decision.by = BY_FAULT;
		pending->decision.reason = "the place kept changing";
		pipeline_deny(pending, target, EACCES);
		return;
	}
	pipeline_again(pending);
}

static int pipeline_decode(struct pending *pending, const struct target *target)
{
	struct request *request = &pending->request;
	int r;

	request->cookie = pending->notif.id;
	request->tid = target->tid;
	request->pid = target->pid;
	request->ppid = target->ppid;
	request->call = filter_call(pending->notif.data.nr);
	r = target_program(target, &request->program);
	/* Decoded once: what the target wrote since is not looked at, not even on a second try. */
	if (r == 0 && pending->call.kind == CALL_NONE)
		r = call_decode(request->call, &pending->notif.data, target, &pending->call);
	request->flags = pending->call.flags;
	return r;
}

/* Nobody is asked for what is not theirs to give. */
static void pipeline_forbidden(struct pending *pending, const struct target *target)
{
	pending->decision.by = BY_NOTHING;
	pipeline_fail(pending, target, -EACCES);
}

void pipeline_decided(struct pending *pending, const struct target *target)
{
	switch (pending->decision.verdict) {
	case VERDICT_DENY:
		pipeline_deny(pending, target, EACCES);
		return;
	case VERDICT_ASK:
		if (pending->n_places && describe_is_forbidden(&pending->call, pending->places))
			pipeline_forbidden(pending, target);
		else if (!pipeline_asked_before(pending, target))
			pipeline_ask(pending);
		return;
	case VERDICT_ALLOW:
		pipeline_perform(pending, target);
		return;
	}
}

void pipeline_work(struct pending *pending)
{
	struct supervisor *supervisor = pending->supervisor;
	struct target target;
	int r;

	r = target_open(supervisor->targets, &supervisor->listener, pending->notif.id,
			(pid_t)pending->notif.pid, &target);
	if (r == 0)
		r = pipeline_decode(pending, &target);
	if (r == 0 && pending->call.nothing) {
		pipeline_nothing(pending, &target);
		return;
	}
	if (r == 0)
		r = pipeline_resolve(pending, &target);
	if (r == -ESRCH) {
		pipeline_gone(pending);
		return;
	}
	if (r == PIPELINE_DONE) {
		pipeline_nothing(pending, &target);
		return;
	}
	if (r < 0) {
		pipeline_fail(pending, &target, r);
		return;
	}
	r = pipeline_judge(pending);
	pending_step(pending, STAGE_DECIDED);
	if (r || pending->decision.verdict == VERDICT_DENY)
		pipeline_deny(pending, &target, r ? r : EACCES);
	else if (!pipeline_hook(pending))
		pipeline_decided(pending, &target);
}
