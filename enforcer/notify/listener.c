/* SPDX-License-Identifier: Apache-2.0 */
/* The seccomp listener. */
#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "enforcer/base/fd.h"
#include "enforcer/notify/listener.h"
#include "filters/kernel-newer.h"

int listener_init(struct listener *listener, int fd)
{
	struct seccomp_notif_sizes sizes;

	*listener = (struct listener){.fd = fd};
	if (syscall(SYS_seccomp, SECCOMP_GET_NOTIF_SIZES, 0, &sizes) < 0)
		return -errno;
	if (sizes.seccomp_notif < sizeof(struct seccomp_notif))
		return -EOPNOTSUPP;
	listener->room = calloc(1, sizes.seccomp_notif);
	if (!listener->room)
		return -ENOMEM;
	/* Before 6.6 the ioctl is unknown: everything works, each answer wakes another CPU. */
	listener->sync_wake_up =
		ioctl(fd, SECCOMP_IOCTL_NOTIF_SET_FLAGS, SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP) == 0;
	return 0;
}

void listener_done(struct listener *listener)
{
	listener->fd = fd_close(listener->fd);
	free(listener->room);
	listener->room = NULL;
}

int listener_receive(struct listener *listener, struct seccomp_notif *ret_notif)
{
	for (;;) {
		struct pollfd p = {.fd = listener->fd, .events = POLLIN};

		if (poll(&p, 1, 0) < 0)
			return errno == EINTR ? LISTENER_NOTHING : -errno;
		if (!(p.revents & POLLIN))
			return p.revents & (POLLHUP | POLLERR) ? LISTENER_GONE : LISTENER_NOTHING;
		/* The kernel refuses a room that is not zero (EINVAL since 5.5). */
		memset(listener->room, 0, sizeof(*listener->room));
		if (ioctl(listener->fd, SECCOMP_IOCTL_NOTIF_RECV, listener->room) == 0) {
			*ret_notif = *listener->room;
			return LISTENER_RECEIVED;
		}
		/* ENOENT: the target died between poll and RECV. The next one may be waiting. */
		if (errno != ENOENT && errno != EINTR)
			return -errno;
	}
}

bool listener_waits(struct listener *listener, uint64_t cookie)
{
	return ioctl(listener->fd, SECCOMP_IOCTL_NOTIF_ID_VALID, &cookie) == 0;
}

static int listener_send(struct listener *listener, const struct seccomp_notif_resp *answer)
{
	struct seccomp_notif_resp resp = *answer;

	if (ioctl(listener->fd, SECCOMP_IOCTL_NOTIF_SEND, &resp) < 0)
		return -errno;
	return 0;
}

int listener_send_error(struct listener *listener, uint64_t cookie, int error)
{
	return listener_send(listener, &(struct seccomp_notif_resp){.id = cookie, .error = -error});
}

int listener_send_value(struct listener *listener, uint64_t cookie, int64_t value)
{
	return listener_send(listener, &(struct seccomp_notif_resp){.id = cookie, .val = value});
}

int listener_continue(struct listener *listener, uint64_t cookie)
{
	return listener_send(
		listener, &(struct seccomp_notif_resp){.id = cookie,
						       .flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE});
}

/*
 * ADDFD is carried out by the target, which the kernel wakes for it on any idle CPU, without the
 * sync flag: a wake-up across CPUs costs five times all the rest. While it is blocked the target
 * cannot look at its affinity, so we hold it on our CPU for that one step. Returns whether mask
 * must be restored.
 */
static bool hold_on_this_cpu(pid_t tid, cpu_set_t *ret_mask)
{
	cpu_set_t here;
	int cpu;

	if (sched_getaffinity(tid, sizeof(*ret_mask), ret_mask) < 0 || CPU_COUNT(ret_mask) < 2)
		return false;
	cpu = sched_getcpu();
	if (cpu < 0 || !CPU_ISSET(cpu, ret_mask))
		return false;
	CPU_ZERO(&here);
	CPU_SET(cpu, &here);
	return sched_setaffinity(tid, sizeof(here), &here) == 0;
}

int listener_give_fd(struct listener *listener, uint64_t cookie, pid_t tid, int fd, unsigned flags)
{
	struct seccomp_notif_addfd add = {
		.id = cookie, .srcfd = (uint32_t)fd, .newfd_flags = flags};
	bool held = false;
	cpu_set_t mask;
	int number;
	int r;

	if (listener->sync_wake_up)
		held = hold_on_this_cpu(tid, &mask);
	number = ioctl(listener->fd, SECCOMP_IOCTL_NOTIF_ADDFD, &add);
	if (number < 0)
		number = -errno;
	/* Before the target runs: a description that we still held would keep a file busy for its
	 * execve (ETXTBSY), a pipe open and a lock taken. */
	close(fd);
	if (held)
		sched_setaffinity(tid, sizeof(mask), &mask);
	if (number < 0)
		return number;
	r = listener_send_value(listener, cookie, number);
	return r < 0 ? r : number;
}
