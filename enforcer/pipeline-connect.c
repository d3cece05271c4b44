/* SPDX-License-Identifier: Apache-2.0 */
/* A call that leads out of the sandbox, and goes on by itself until it is connected. */
#include <errno.h>
#include <string.h>

#include "enforcer/base/fd.h"
#include "enforcer/pipeline.h"
#include "enforcer/supervisor.h"

/* Sent by a datagram socket: no relay for those is built yet. */
bool pipeline_leaves_the_machine(const struct supervisor *supervisor, const struct request *request)
{
	const struct object *object = &request->objects[0];

	return request->n_objects == 1 && object->kind == OBJECT_INET &&
	       object->verbs & VERB_CONNECT && !object->endpoint.loopback &&
	       !(supervisor->outside && outside_is_asked(request));
}

static void pipeline_connection_ended(void *userdata, int result)
{
	struct pending *pending = userdata;
	struct supervisor *supervisor = pending->supervisor;
	struct target target = {.listener = &supervisor->listener, .cookie = pending->notif.id};

	pending_wake(pending);
	pending->connection = NULL;
	if (result == -ESRCH) {
		pipeline_gone(pending);
		return;
	}
	reply_result(&supervisor->reply, &target, result, &pending->outcome);
	pipeline_answered(pending);
}

int pipeline_connect(struct pending *pending, const struct target *target)
{
	struct call *call = &pending->call;
	const struct connection_request request = {
		.endpoint = &pending->request.objects[0].endpoint,
		.address = &call->address,
		.address_len = call->address_len,
		.socket = steal_fd(call->socket),
		.target = target,
	};

	return connection_begin(outside_network(pending->supervisor->outside), &request,
				pipeline_connection_ended, pending, &pending->connection);
}
