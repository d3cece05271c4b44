/* SPDX-License-Identifier: Apache-2.0 */
/* connect and sendto with an address, performed on the duplicate of the agent's own socket. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "enforcer/base/fd.h"
#include "enforcer/reply/reply.h"

/* What means the same from us as from the target. Not MSG_ZEROCOPY above all: the pages that the
 * kernel would send later are ours, and hold something else by then. */
#define SEND_FLAGS                                                                                 \
	(MSG_DONTWAIT | MSG_MORE | MSG_OOB | MSG_EOR | MSG_CONFIRM | MSG_DONTROUTE | MSG_NOSIGNAL)

/* Where to, and not by a path that would be looked up in our view. */
static socklen_t address_of(const struct call *call, const struct place *place,
			    struct sockaddr_storage *ret_address)
{
	struct sockaddr_un *un = (struct sockaddr_un *)ret_address;

	*ret_address = call->address;
	if (call->address.ss_family != AF_UNIX || !call->path[0].given)
		return call->address_len;
	memset(un->sun_path, 0, sizeof(un->sun_path));
	fd_path(place->fd, un->sun_path);
	return sizeof(*un);
}

enum reply_result perform_sendto(const struct reply_context *context, const struct target *target,
				 const struct call *call, const struct place *place,
				 struct outcome *ret_outcome)
{
	struct sockaddr_storage address;
	socklen_t len = address_of(call, place, &address);
	int flags = (int)call->flags & SEND_FLAGS;
	ssize_t n;

	/* To a netlink socket with an address the kernel asks for the rights of whoever sends:
	 * ours, who own the sandbox's namespaces. So the target sends it: nothing is gained by
	 * another address, which sendmsg could carry unseen. */
	if (call->address.ss_family == AF_NETLINK) {
		reply_continue(context, target, ret_outcome);
		return REPLY_DONE;
	}
	/* MSG_NOSIGNAL: the signal would be ours. MSG_DONTWAIT: the buffer is full only where the
	 * receiver inside does not read; the loop must not wait for it. */
	n = sendto(call->socket, call->data, call->size, flags | MSG_NOSIGNAL | MSG_DONTWAIT,
		   (const struct sockaddr *)&address, len);
	if (n < 0 && errno == EAGAIN && !(flags & MSG_DONTWAIT))
		errno = ENOBUFS;
	reply_result(context, target, n < 0 ? -errno : n, ret_outcome);
	return REPLY_DONE;
}

/* Should the agent take O_NONBLOCK away while we connect, the loop waits this long. */
#define CONNECT_US 5000

/* To connect it sends nothing, and waits for nothing. */
static bool is_datagram(const struct connect_now *now)
{
	int type = 0;
	socklen_t len = sizeof(type);

	return !now->place && getsockopt(now->socket, SOL_SOCKET, SO_TYPE, &type, &len) == 0 &&
	       type == SOCK_DGRAM;
}

/*
 * A connect that does not wait. The ring cannot do it: it hides EINPROGRESS, waits for the end and
 * takes the error, for which the program then asks in vain (SO_ERROR). The rest is later.c's.
 */
enum reply_result perform_connect(const struct reply_context *context, const struct target *target,
				  const struct connect_now *now, struct outcome *ret_outcome)
{
	struct sockaddr_storage address = *now->address;
	struct sockaddr_un *un = (struct sockaddr_un *)&address;
	struct timeval old, limit = {.tv_usec = CONNECT_US};
	socklen_t len = now->address_len, old_len = sizeof(old);
	int flags = fcntl(now->socket, F_GETFL), r;

	/* A look-up connects one for each address that it found. */
	if (is_datagram(now)) {
		r = connect(now->socket, (struct sockaddr *)&address, len) < 0 ? -errno : 0;
		reply_result(context, target, r, ret_outcome);
		return REPLY_DONE;
	}
	if (flags < 0 || !(flags & O_NONBLOCK))
		return REPLY_LATER;
	if (now->place) {
		/* The socket is named by its pin: the path cannot lead elsewhere any more. */
		memset(un->sun_path, 0, sizeof(un->sun_path));
		fd_path(now->place->fd, un->sun_path);
		len = sizeof(*un);
	}
	if (getsockopt(now->socket, SOL_SOCKET, SO_SNDTIMEO, &old, &old_len) < 0 ||
	    setsockopt(now->socket, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit)) < 0)
		return REPLY_LATER;
	r = connect(now->socket, (struct sockaddr *)&address, len) < 0 ? -errno : 0;
	setsockopt(now->socket, SOL_SOCKET, SO_SNDTIMEO, &old, sizeof(old));
	reply_result(context, target, r, ret_outcome);
	return REPLY_DONE;
}
