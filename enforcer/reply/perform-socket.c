/* SPDX-License-Identifier: Apache-2.0 */
/* sendto with an address, performed on the duplicate of the agent's own socket. */
#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include "enforcer/base/fd.h"
#include "enforcer/reply/reply.h"

enum reply_result perform_sendto(const struct reply_context *context, const struct target *target,
				 const struct call *call, struct outcome *ret_outcome)
{
	_cleanup_fd_ int fd = target_get_fd(target, call->fd);
	int flags = (int)call->flags;
	ssize_t n;

	/* To a netlink socket with an address the kernel asks for the rights of whoever sends: ours, who own
	 * the sandbox's namespaces. So the target sends it: nothing is gained by another address, which
	 * sendmsg could carry unseen. */
	if (call->address.ss_family == AF_NETLINK) {
		reply_continue(context, target, ret_outcome);
		return REPLY_DONE;
	}
	if (fd < 0) {
		reply_error(context, target, fd, ret_outcome);
		return REPLY_DONE;
	}
	/* MSG_NOSIGNAL: the signal would be ours. MSG_DONTWAIT: the buffer is full only where the
	 * receiver inside does not read; the loop must not wait for it. */
	n = sendto(fd, call->data, call->size, flags | MSG_NOSIGNAL | MSG_DONTWAIT,
		   (const struct sockaddr *)&call->address, call->address_len);
	if (n < 0 && errno == EAGAIN && !(flags & MSG_DONTWAIT))
		errno = ENOBUFS;
	reply_result(context, target, n < 0 ? -errno : n, ret_outcome);
	return REPLY_DONE;
}
