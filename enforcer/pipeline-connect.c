/* SPDX-License-Identifier: Apache-2.0 */
/* A call that leads out of the sandbox, and goes on by itself until it is connected. */
#include <errno.h>
#include <string.h>

#include "enforcer/base/fd.h"
#include "enforcer/pipeline.h"
#include "enforcer/supervisor.h"

bool pipeline_leaves_the_machine(const struct supervisor *supervisor, const struct request *request)
{
	const struct object *object = &request->objects[0];

	return request->n_objects == 1 && object->kind == OBJECT_INET &&
	       object->verbs & VERB_CONNECT && !object->endpoint.loopback &&
	       !(supervisor->outside &&
		 (outside_is_asked(request) || outside_takes_datagram(request)));
}

bool pipeline_is_silent_on_it(const struct request *request, const struct decision *decision)
{
	const struct object *object = &request->objects[0];

	return decision->by == BY_OTHERWISE && request->n_objects == 1 &&
	       object->kind == OBJECT_INET && object->verbs & VERB_CONNECT &&
	       object->endpoint.protocol != IPPROTO_TCP && !object->endpoint.loopback;
}

enum reply_result pipeline_perform_socket(struct pending *pending, const struct target *target)
{
	struct supervisor *supervisor = pending->supervisor;
	const struct reply_context *context = &supervisor->reply;
	const struct connect_now now = {.socket = pending->call.socket,
					.address = &pending->call.address,
					.address_len = pending->call.address_len,
					.place = pending->n_places ? &pending->places[0] : NULL};
	enum reply_result result;
	int r;

	if (outside_is_asked(&pending->request))
		return REPLY_LATER;
	r = outside_expect(supervisor->outside, &pending->request);
	if (r < 0) {
		reply_error(context, target, r, &pending->outcome);
		return REPLY_DONE;
	}
	if (pending->call.kind == CALL_CONNECT)
		return perform_connect(context, target, &now, &pending->outcome);
	result = perform_sendto(context, target, &pending->call, &pending->places[0],
				&pending->outcome);
	outside_sent(supervisor->outside, &pending->request, pending->call.socket);
	return result;
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
