/* SPDX-License-Identifier: Apache-2.0 */
/* The enforcer's side of the handover. */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "enforcer/base/buffer.h"
#include "enforcer/base/fd.h"
#include "enforcer/launch/handover.h"
#include "filters/kernel-newer.h"

#define PLAN_SEALS (F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE)

static const char *const step_names[] = {
	[HANDOVER_STEP_NONE] = "starting",
	[HANDOVER_STEP_PLAN] = "reading the plan",
	[HANDOVER_STEP_SESSION] = "making a session",
	[HANDOVER_STEP_TERMINAL] = "making the agent's terminal",
	[HANDOVER_STEP_DESCRIPTORS] = "placing descriptors",
	[HANDOVER_STEP_SIGNALS] = "resetting signals",
	[HANDOVER_STEP_CHDIR] = "entering the working directory",
	[HANDOVER_STEP_PRIVILEGES] = "giving up privileges (no_new_privs)",
	[HANDOVER_STEP_LANDLOCK] = "setting up Landlock",
	[HANDOVER_STEP_FILTER] = "loading the system call filter",
	[HANDOVER_STEP_GO] = "waiting for the enforcer",
	[HANDOVER_STEP_EXECUTE] = "executing the command",
};
_Static_assert(ARRAY_LEN(step_names) == HANDOVER_STEP_COUNT, "name every step");

const char *handover_step_name(unsigned step)
{
	return step < HANDOVER_STEP_COUNT ? step_names[step] : "an unknown step";
}

int handover_plan_fd(const struct plan *plan)
{
	_cleanup_(buffer_done) struct buffer buffer = {};
	_cleanup_fd_ int fd = -1;
	int r;

	r = handover_pack(plan, &buffer);
	if (r < 0)
		return r;
	/* Sealing against execution came with 6.3; it hardens, nothing hangs on it. */
	fd = memfd_create("callgate-plan", MFD_CLOEXEC | MFD_ALLOW_SEALING | MFD_NOEXEC_SEAL);
	if (fd < 0 && errno == EINVAL)
		fd = memfd_create("callgate-plan", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (fd < 0)
		return -errno;
	r = fd_write_all(fd, buffer.data, buffer.len);
	if (r < 0)
		return r;
	if (fcntl(fd, F_ADD_SEALS, PLAN_SEALS) < 0)
		return -errno;
	return steal_fd(fd);
}

int handover_socketpair(int *ret_ours, int *ret_theirs)
{
	int pair[2], one = 1;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return -errno;
	/* The kernel writes the sender's pid, translated into the receiver's pid namespace: the
	 * shim knows only its own number inside. */
	if (setsockopt(pair[0], SOL_SOCKET, SO_PASSCRED, &one, sizeof(one)) < 0 ||
	    fcntl(pair[0], F_SETFL, O_NONBLOCK) < 0) {
		int error = -errno;

		fd_close(pair[0]);
		fd_close(pair[1]);
		return error;
	}
	*ret_ours = pair[0];
	*ret_theirs = pair[1];
	return 0;
}

/* The padding of a control message has room for a second descriptor, so that the kernel need not
 * tell of a truncation: more than one is seen here, and none of them kept. */
static bool take_descriptors(const struct cmsghdr *c, struct handover_received *received)
{
	size_t count = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
	bool alone = count == 1 && received->fd < 0;

	for (size_t i = 0; i < count; i++) {
		int fd;

		memcpy(&fd, CMSG_DATA(c) + i * sizeof(int), sizeof(fd));
		if (alone)
			received->fd = fd;
		else
			fd_close(fd);
	}
	return alone;
}

/* False where there is what no message has. */
static bool take_control_data(struct msghdr *msg, struct handover_received *received)
{
	bool good = true;

	for (struct cmsghdr *c = CMSG_FIRSTHDR(msg); c; c = CMSG_NXTHDR(msg, c)) {
		if (c->cmsg_level != SOL_SOCKET)
			continue;
		if (c->cmsg_type == SCM_RIGHTS)
			good = take_descriptors(c, received) && good;
		if (c->cmsg_type == SCM_CREDENTIALS &&
		    c->cmsg_len == CMSG_LEN(sizeof(struct ucred))) {
			struct ucred cred;

			memcpy(&cred, CMSG_DATA(c), sizeof(cred));
			received->pid = cred.pid;
		}
	}
	return good;
}

int handover_receive(int control, struct handover_received *ret_received)
{
	struct handover_received received = {.fd = -1};
	union {
		struct cmsghdr align;
		char data[CMSG_SPACE(sizeof(int)) + CMSG_SPACE(sizeof(struct ucred))];
	} cmsg = {};
	struct iovec iov = {&received.message, sizeof(received.message)};
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = cmsg.data,
		.msg_controllen = sizeof(cmsg.data),
	};
	ssize_t n;
	bool good;

	do
		n = recvmsg(control, &msg, MSG_CMSG_CLOEXEC);
	while (n < 0 && errno == EINTR);
	if (n < 0 && errno == EAGAIN)
		return 0;
	/* A peer that dies with our message unread resets the connection. */
	if (n == 0 || (n < 0 && errno == ECONNRESET))
		return -EPIPE;
	if (n < 0)
		return -errno;
	good = take_control_data(&msg, &received);
	if (!good || n != (ssize_t)sizeof(received.message) ||
	    msg.msg_flags & (MSG_CTRUNC | MSG_TRUNC) || received.pid <= 0) {
		fd_close(received.fd);
		return -EPROTO;
	}
	*ret_received = received;
	return 1;
}

int handover_send_go(int control)
{
	struct handover_message message = {.kind = HANDOVER_GO};

	if (send(control, &message, sizeof(message), MSG_NOSIGNAL) != (ssize_t)sizeof(message))
		return -errno;
	return 0;
}
