/* SPDX-License-Identifier: Apache-2.0 */
/* What the kernel says of the agent's own socket. */
#include <errno.h>
#include <fcntl.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>

#include "enforcer/network/agent-socket.h"

/* Should another thread's connect get under way while we look, the loop waits this long. */
#define PROBE_US 5000

bool agent_socket_connecting(int fd)
{
	struct tcp_info info = {};
	socklen_t len = sizeof(info);

	return getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &len) == 0 &&
	       info.tcpi_state == TCP_SYN_SENT;
}

/*
 * A connect to an address that is too short: what an unconnected socket would do is not begun
 * (EINVAL), and any other says what it is, taking an old error with it as a real connect does
 * (__inet_stream_connect() looks at the state first).
 */
static int probe(int fd)
{
	struct timeval old, limit = {.tv_usec = PROBE_US};
	socklen_t len = sizeof(old), family_len = sizeof(int);
	struct sockaddr address = {};
	int family = 0, r;

	if (getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &family, &family_len) < 0 ||
	    getsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &old, &len) < 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit)) < 0)
		return -errno;
	address.sa_family = (sa_family_t)family;
	r = connect(fd, &address, sizeof(address.sa_family)) < 0 ? -errno : 0;
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &old, sizeof(old));
	return r == -EINVAL ? 1 : r;
}

int agent_socket_check(int fd)
{
	int flags;

	if (!agent_socket_connecting(fd))
		return probe(fd);
	flags = fcntl(fd, F_GETFL);
	return flags >= 0 && flags & O_NONBLOCK ? -EALREADY : 1;
}

uint64_t agent_socket_patience(int fd)
{
	struct timeval limit = {};
	socklen_t len = sizeof(limit);

	if (getsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, &len) < 0 ||
	    (limit.tv_sec == 0 && limit.tv_usec == 0) || limit.tv_sec > 1000000)
		return UINT64_MAX;
	return (uint64_t)limit.tv_sec * 1000000000u + (uint64_t)limit.tv_usec * 1000u;
}

int agent_socket_identify(int fd, const struct endpoint *to, struct agent_socket_id *ret_id)
{
	struct sockaddr_storage own = {};
	const struct sockaddr_in *in = (const struct sockaddr_in *)&own;
	const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)&own;
	struct agent_socket_id id = {.to = *to};
	socklen_t len = sizeof(own), cookie_len = sizeof(id.cookie);

	if (getsockname(fd, (struct sockaddr *)&own, &len) < 0 ||
	    getsockopt(fd, SOL_SOCKET, SO_COOKIE, &id.cookie, &cookie_len) < 0)
		return -errno;
	/* At the same place in both families. */
	id.from_port = ntohs(in->sin_port);
	if (own.ss_family == AF_INET)
		memcpy(id.from, &in->sin_addr, 4);
	else if (to->family == AF_INET)
		memcpy(id.from, (const uint8_t *)&in6->sin6_addr + 12, 4); /* a mapped one */
	else
		memcpy(id.from, &in6->sin6_addr, 16);
	id.to.host = NULL;
	*ret_id = id;
	return id.from_port ? 0 : -ECONNABORTED;
}

bool agent_socket_lives(int diag, const struct agent_socket_id *id)
{
	struct {
		struct nlmsghdr head;
		struct inet_diag_req_v2 body;
	} request = {
		.head = {.nlmsg_len = sizeof(request),
			 .nlmsg_type = SOCK_DIAG_BY_FAMILY,
			 .nlmsg_flags = NLM_F_REQUEST},
		.body = {.sdiag_family = (uint8_t)id->to.family,
			 .sdiag_protocol = IPPROTO_TCP,
			 .idiag_states = ~0u,
			 .id = {.idiag_sport = htons(id->from_port),
				.idiag_dport = htons(id->to.port),
				.idiag_cookie = {(uint32_t)id->cookie,
						 (uint32_t)(id->cookie >> 32)}}},
	};
	struct {
		struct nlmsghdr head;
		struct nlmsgerr error;
		char rest[1024];
	} answer;
	size_t len = id->to.family == AF_INET6 ? 16 : 4;
	ssize_t n;

	memcpy(request.body.id.idiag_src, id->from, len);
	memcpy(request.body.id.idiag_dst, id->to.address, len);
	/* The kernel answers within the send. */
	if (send(diag, &request, sizeof(request), MSG_DONTWAIT) < 0)
		return true;
	n = recv(diag, &answer, sizeof(answer), MSG_DONTWAIT);
	if (n < (ssize_t)(sizeof(answer.head) + sizeof(answer.error)) ||
	    answer.head.nlmsg_type != NLMSG_ERROR)
		return true;
	return answer.error.error != -ENOENT && answer.error.error != -ESTALE;
}
