/* SPDX-License-Identifier: Apache-2.0 */
/* What a call is about: its places, pinned, and the objects that are judged. */
#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "enforcer/base/fd.h"
#include "enforcer/network/agent-socket.h"
#include "enforcer/pipeline.h"
#include "enforcer/supervisor.h"
#include "filters/filter.h"

/* The n-th path of the call into the n-th place. */
static int resolve_path(struct pending *pending, const struct target *target, size_t n)
{
	const struct call_path *path = &pending->call.path[n];

	return place_resolve(pending->supervisor->view, target,
			     &(struct place_path){.dirfd = path->dirfd,
						  .text = path->text,
						  .walk = path->walk,
						  .restrictions = pending->call.restrictions},
			     &pending->places[n]);
}

/* Request: the places and objects of the call. 0, or the negative errno that answers it. */
static int resolve_files(struct pending *pending, const struct target *target)
{
	struct supervisor *supervisor = pending->supervisor;
	struct call *call = &pending->call;
	bool two = call->kind == CALL_RENAME || call->kind == CALL_LINK;
	int r;

	if (call->path[0].given)
		r = resolve_path(pending, target, 0);
	else
		r = place_from_fd(supervisor->view, target, call->fd, &pending->places[0]);
	if (r == 0 && two)
		r = call->path[1].error;
	if (r == 0 && two)
		r = resolve_path(pending, target, 1);
	if (r < 0)
		return r;
	pending->n_places = two ? 2 : 1;
	r = describe_files(call, pending->places, supervisor->repositories, supervisor->view,
			   &pending->request);
	return r < 0 ? r : describe_foregone(call, pending->places);
}

static int resolve_exec(struct pending *pending, const struct target *target)
{
	struct call *call = &pending->call;
	int r = resolve_path(pending, target, 0);

	if (r < 0)
		return r;
	if (S_ISLNK(pending->places[0].stat.mode))
		return -ELOOP;
	pending->n_places = 1;
	pending->request.argv = steal_pointer(call->argv);
	pending->request.argv_truncated = call->argv_truncated;
	return describe_exec(pending->supervisor->view, target, &pending->places[0],
			     &pending->request, &pending->image);
}

static int socket_protocol(int fd)
{
	int protocol = 0;
	socklen_t len = sizeof(protocol);

	if (getsockopt(fd, SOL_SOCKET, SO_PROTOCOL, &protocol, &len) < 0)
		return -errno;
	return protocol;
}

static int resolve_socket(struct pending *pending, const struct target *target)
{
	struct call *call = &pending->call;
	enum verb verb =
		call->kind == CALL_BIND || call->kind == CALL_LISTEN ? VERB_LISTEN : VERB_CONNECT;
	bool path = call->address.ss_family == AF_UNIX && call->path[0].given;
	int protocol, r;

	call->socket = target_get_fd(target, call->fd);
	if (call->socket < 0)
		return call->socket;
	protocol = socket_protocol(call->socket);
	if (protocol < 0)
		return protocol; /* ENOTSOCK */
	if (call->kind == CALL_LISTEN) {
		call->address_len = sizeof(call->address);
		if (getsockname(call->socket, (struct sockaddr *)&call->address,
				&call->address_len) < 0)
			return -errno;
	}
	if (path) {
		r = resolve_path(pending, target, 0);
		if (r < 0)
			return r;
		pending->n_places = 1;
		if (call->kind == CALL_BIND && pending->places[0].fd >= 0)
			return -EADDRINUSE;
		if (call->kind != CALL_BIND && !S_ISSOCK(pending->places[0].stat.mode))
			return -ECONNREFUSED;
	}
	r = describe_address(call, path ? &pending->places[0] : NULL, verb, protocol,
			     &pending->request);
	/* bind makes a name, which a guard may want to be free. */
	if (r == 0 && path && call->kind == CALL_BIND)
		r = describe_place(&pending->places[0], VERB_WRITE,
				   pending->supervisor->repositories, pending->supervisor->view,
				   &pending->request);
	if (r == 0 && !path)
		r = outside_describe(pending->supervisor->outside, &pending->request.objects[0],
				     call->kind == CALL_CONNECT);
	if (r < 0 || !outside_is_asked(&pending->request))
		return r;
	/* A socket that is connected, on its way or failed says so itself: nobody is asked. */
	r = agent_socket_check(call->socket);
	return r == 1 ? 0 : r == 0 ? PIPELINE_DONE : r;
}

/*
 * What was read may be a stranger's, whose thread got the number of ours: each branch ends with a
 * look whether ours still waits, and before that nothing is judged or done. An error needs no look,
 * for the kernel takes no answer for a thread that is gone.
 */
int pipeline_resolve(struct pending *pending, const struct target *target)
{
	switch (mediated_family(pending->request.call)) {
	case FAMILY_OPEN:
	case FAMILY_CHANGE:
		return resolve_files(pending, target);
	case FAMILY_EXEC:
		return resolve_exec(pending, target);
	case FAMILY_CONNECT:
	case FAMILY_LISTEN:
		return resolve_socket(pending, target);
	case FAMILY_MEMORY:
		pending->request.objects[0] = (struct object){.kind = OBJECT_ANONYMOUS};
		pending->request.n_objects = 1;
		return target_waits(target) ? 0 : -ESRCH;
	case FAMILY_NONE:
		break;
	}
	return -ENOSYS;
}
