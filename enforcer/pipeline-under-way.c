/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A connect that must not wait for a person or a hook: a non-blocking one, or one whose socket says
 * for how long. When its time is over it is answered EINPROGRESS, its socket really under way to a
 * listener that does not hear it; the question stays open, and what it comes to is recorded then.
 */
#include <errno.h>
#include <fcntl.h>

#include "enforcer/base/fd.h"
#include "enforcer/network/agent-socket.h"
#include "enforcer/pipeline.h"
#include "enforcer/supervisor.h"

/* How long a non-blocking connect may stand still. */
#define PATIENCE_NS 150000000u
/* Those that a target has been answered do not keep it from making more. */
#define UNDER_WAY_MAX 1024

uint64_t pipeline_patience(const struct pending *pending)
{
	int flags;

	if (!pending->supervisor->outside || !outside_is_asked(&pending->request))
		return UINT64_MAX;
	flags = fcntl(pending->call.socket, F_GETFL);
	return flags >= 0 && flags & O_NONBLOCK ? PATIENCE_NS
						: agent_socket_patience(pending->call.socket);
}

/* The question is open no more: nobody is to be asked. */
static void withdraw(struct pending *pending)
{
	pending_wake(pending);
	approval_withdraw(pending->supervisor->approvals, &pending->waiter, loop_now());
}

void pipeline_get_under_way(struct pending *pending)
{
	struct supervisor *supervisor = pending->supervisor;
	struct connection_request request = {
		.endpoint = &pending->request.objects[0].endpoint,
		.address = &pending->call.address,
		.address_len = pending->call.address_len,
	};
	struct target target;
	int r;

	/* Where that cannot be it waits as every call. */
	pending->patience_ns = UINT64_MAX;
	if (supervisor->n_under_way >= UNDER_WAY_MAX ||
	    target_open(supervisor->targets, &supervisor->listener, pending->notif.id,
			(pid_t)pending->notif.pid, &target) < 0)
		return;
	request.target = &target;
	request.socket = steal_fd(pending->call.socket);
	r = connection_hold(outside_network(supervisor->outside), &request, &pending->connection);
	if (r < 0) {
		withdraw(pending);
		pending->decision.by = BY_FAULT;
		pending->decision.reason = "its socket could not be set under way";
		pipeline_deny(pending, &target, -r);
		return;
	}
	pending_step(pending, STAGE_UNDER_WAY);
	supervisor->n_under_way++;
	reply_error(&supervisor->reply, &target, EINPROGRESS, &pending->outcome);
}

bool pipeline_is_given_up(struct pending *pending)
{
	return !connection_is_wanted(pending->connection);
}

void pipeline_give_up(struct pending *pending)
{
	withdraw(pending);
	pending->supervisor->n_under_way--;
	connection_forget(pending->connection);
	pending->connection = NULL;
	if (pipeline_hook_waits(pending)) {
		/* What the policy said before them was not the end of it. */
		pending->decision.verdict = VERDICT_DENY;
		pending->decision.by = BY_NOTHING;
	}
	pending->decision.reason = "the program gave up before there was an answer";
	pipeline_answered(pending);
}

void pipeline_decided_under_way(struct pending *pending, const struct decision *answer)
{
	struct connection *connection = steal_pointer(pending->connection);

	pending_wake(pending);
	pending->supervisor->n_under_way--;
	pending->decision = *answer;
	if (answer->verdict == VERDICT_ALLOW && !pipeline_reserve(pending))
		pending->decision = (struct decision){
			.by = BY_FAULT, .verb = VERB_CONNECT, .reason = "no room for its record"};
	if (pending->decision.verdict == VERDICT_ALLOW)
		connection_release(connection);
	else
		connection_refuse(connection);
	pipeline_answered(pending);
}
