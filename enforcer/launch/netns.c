/* SPDX-License-Identifier: Apache-2.0 */
/* The process in the sandbox's network namespace, and how the enforcer speaks with it. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/netlink.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "enforcer/base/fd.h"
#include "enforcer/launch/netns-link.h"
#include "enforcer/launch/netns.h"

union control {
	struct cmsghdr align;
	char data[CMSG_SPACE(NETNS_BATCH * sizeof(int))];
};

static int send_fds(int sock, const void *data, size_t len, const int *fds, int n)
{
	union control control = {};
	struct iovec iov = {(void *)data, len};
	struct msghdr msg = {.msg_iov = &iov, .msg_iovlen = 1};

	if (n > 0) {
		struct cmsghdr *c = &control.align;

		msg.msg_control = control.data;
		msg.msg_controllen = CMSG_SPACE((size_t)n * sizeof(int));
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN((size_t)n * sizeof(int));
		memcpy(CMSG_DATA(c), fds, (size_t)n * sizeof(int));
	}
	return sendmsg(sock, &msg, MSG_NOSIGNAL) == (ssize_t)len ? 0 : -errno;
}

/* Number of descriptors, at most max, or a negative errno (-EPIPE: the other side is gone). */
static int receive_fds(int sock, void *data, size_t len, int *ret_fds, int max)
{
	union control control = {};
	struct iovec iov = {data, len};
	struct msghdr msg = {.msg_iov = &iov,
			     .msg_iovlen = 1,
			     .msg_control = control.data,
			     .msg_controllen = sizeof(control.data)};
	struct cmsghdr *c;
	int n = 0;
	ssize_t got;

	do
		got = recvmsg(sock, &msg, MSG_CMSG_CLOEXEC);
	while (got < 0 && errno == EINTR);
	if (got <= 0)
		return got < 0 ? -errno : -EPIPE;
	c = CMSG_FIRSTHDR(&msg);
	if (c && c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_RIGHTS) {
		int count = (int)((c->cmsg_len - CMSG_LEN(0)) / sizeof(int));

		for (int i = 0; i < count; i++) {
			int fd;

			memcpy(&fd, CMSG_DATA(c) + (size_t)i * sizeof(int), sizeof(fd));
			if (n < max)
				ret_fds[n++] = fd;
			else
				close(fd);
		}
	}
	if (got != (ssize_t)len) {
		for (int i = 0; i < n; i++)
			close(ret_fds[i]);
		return -EPROTO;
	}
	return n;
}

int netns_call(int sock, const struct netns_request *request, int namespace_fd, int *ret_fds,
	       int max)
{
	struct netns_answer answer;
	int r = send_fds(sock, request, sizeof(*request), &namespace_fd, namespace_fd >= 0 ? 1 : 0);

	if (r < 0)
		return r;
	r = receive_fds(sock, &answer, sizeof(answer), ret_fds, max);
	return r >= 0 && answer.error ? -answer.error : r;
}

static void answer(int sock, int error, int *fds, int n)
{
	struct netns_answer message = {error};

	if (send_fds(sock, &message, sizeof(message), fds, error ? 0 : n) < 0)
		_exit(1);
	for (int i = 0; i < n; i++)
		close(fds[i]);
}

static int resolver_socket(int type, uint32_t address)
{
	struct sockaddr_in in = {
		.sin_family = AF_INET, .sin_port = htons(53), .sin_addr.s_addr = htonl(address)};
	_cleanup_fd_ int fd = socket(AF_INET, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd < 0 || bind(fd, (struct sockaddr *)&in, sizeof(in)) < 0 ||
	    (type == SOCK_STREAM && listen(fd, 64) < 0))
		return -errno;
	return steal_fd(fd);
}

/* Number of sockets, or a negative errno. */
static int enter(int namespace_fd, int fds[static NETNS_ENTERED])
{
	/* Where a host has no resolv.conf, programs ask 127.0.0.1. */
	static const uint32_t addresses[] = {0x7f000035, INADDR_LOOPBACK};
	int r;

	if (setns(namespace_fd, CLONE_NEWNET) < 0)
		return -errno;
	netns_tune_tcp();
	r = netns_prepare_loopback();
	for (int i = 0; i < NETNS_RESOLVER && r == 0; i++) {
		fds[i] = resolver_socket(i % 2 ? SOCK_STREAM : SOCK_DGRAM, addresses[i / 2]);
		if (fds[i] < 0)
			r = fds[i];
	}
	if (r < 0)
		return r;
	fds[NETNS_RESOLVER] = socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_ICMP);
	if (fds[NETNS_RESOLVER] < 0)
		return -errno;
	fds[NETNS_RESOLVER + 1] = socket(AF_INET6, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_ICMPV6);
	return fds[NETNS_RESOLVER + 1] < 0 ? NETNS_RESOLVER + 1 : NETNS_ENTERED;
}

static void give_up_rights(void)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	const uint32_t kept = 1u << CAP_NET_ADMIN;
	struct __user_cap_data_struct data[2] = {{.effective = kept, .permitted = kept}};

	if (syscall(SYS_capset, &header, data) < 0 || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		_exit(1);
}

static void make_sockets(int sock, int family, int kind)
{
	bool diag = family == AF_NETLINK, one = diag || kind == NETNS_DATAGRAM;
	int type = (one ? SOCK_DGRAM : SOCK_STREAM) | SOCK_NONBLOCK | SOCK_CLOEXEC;
	int fds[NETNS_BATCH], n = 0, error = 0;

	while (n < (one ? 1 : NETNS_BATCH) && !error) {
		fds[n] = socket(family, type, diag ? NETLINK_SOCK_DIAG : 0);
		if (fds[n] < 0)
			error = errno;
		else
			n++;
	}
	answer(sock, n > 0 ? 0 : error, fds, n);
}

_Noreturn void netns_run(int sock, pid_t keeper)
{
	struct netns_request request;
	int fds[NETNS_ENTERED], namespace_fd = -1, r;

	if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || getppid() != keeper)
		_exit(1);
	prctl(PR_SET_NAME, "callgate-netns");
	r = receive_fds(sock, &request, sizeof(request), &namespace_fd, 1);
	/* The sandbox did not come to be. */
	if (r < 1)
		_exit(0);
	r = enter(namespace_fd, fds);
	close(namespace_fd);
	give_up_rights();
	answer(sock, r < 0 ? -r : 0, fds, r);
	while (receive_fds(sock, &request, sizeof(request), fds, 0) == 0) {
		if (request.kind == NETNS_LOCAL)
			answer(sock, -netns_make_local(request.family, request.address), NULL, 0);
		else
			make_sockets(sock, request.family, request.kind);
	}
	_exit(0);
}
