/* SPDX-License-Identifier: Apache-2.0 */
/* A listener inside. */
#include <errno.h>
#include <linux/filter.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "enforcer/base/fd.h"
#include "enforcer/network/connection.h"
#include "enforcer/network/inner.h"
#include "enforcer/network/names.h"

#define HEARD_MAX 100 /* BPF jumps reach 255 instructions; the others come with a later SYN */
#define BACKLOG   1024

static bool same_place(const struct endpoint *a, const struct endpoint *b)
{
	return a->family == b->family && a->port == b->port &&
	       memcmp(a->address, b->address, sizeof(a->address)) == 0;
}

static int new_listener(struct network *network, const struct endpoint *endpoint)
{
	struct sockaddr_in in = {.sin_family = AF_INET, .sin_port = htons(endpoint->port)};
	struct sockaddr_in6 in6 = {.sin6_family = AF_INET6, .sin6_port = htons(endpoint->port)};
	bool v6 = endpoint->family == AF_INET6;
	_cleanup_fd_ int fd = network->owner.socket(network->owner.userdata, endpoint->family);
	int one = 1, r;

	if (fd < 0)
		return fd;
	if (!endpoint->host_loopback && !names_cover(endpoint->family, endpoint->address)) {
		r = network->owner.make_local(network->owner.userdata, endpoint->family,
					      endpoint->address);
		if (r < 0)
			return r;
	}
	memcpy(&in.sin_addr, endpoint->address, 4);
	memcpy(&in6.sin6_addr, endpoint->address, 16);
	/* Connections that were accepted here before have this address as well; and a server of
	 * the agent's on this port of all addresses must not be kept from starting by them. */
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	/* IPv6 lets nobody bind to an address that is local by its route alone. */
	if (v6)
		setsockopt(fd, IPPROTO_IPV6, IPV6_FREEBIND, &one, sizeof(one));
	if (bind(fd, v6 ? (struct sockaddr *)&in6 : (struct sockaddr *)&in,
		 v6 ? sizeof(in6) : sizeof(in)) < 0)
		return -errno;
	return steal_fd(fd);
}

static void on_accept(struct loop_source *source, int32_t result, bool more)
{
	struct inner *inner = container_of(source, struct inner, accept);

	if (!more)
		loop_poll(source, inner->fd, POLLIN, true);
	inner_accept(inner);
}

int inner_take(struct network *network, const struct endpoint *endpoint, struct inner **ret_inner)
{
	struct inner *inner = network->inners;
	int r;

	while (inner && !same_place(&inner->endpoint, endpoint))
		inner = inner->next;
	if (inner) {
		inner->users++;
		*ret_inner = inner;
		return 0;
	}
	inner = calloc(1, sizeof(*inner));
	if (!inner)
		return -ENOMEM;
	inner->network = network;
	inner->endpoint = *endpoint;
	inner->next = network->inners;
	network->inners = inner;
	inner->users = 1;
	inner->fd = r = new_listener(network, endpoint);
	if (r >= 0)
		inner_close(inner);
	if (r >= 0)
		r = listen(inner->fd, BACKLOG) < 0 ? -errno : 0;
	if (r == 0)
		r = loop_source_init(&inner->accept, network->loop, on_accept);
	if (r == 0)
		r = loop_poll(&inner->accept, inner->fd, POLLIN, true);
	if (r < 0) {
		inner_release(inner);
		return r;
	}
	*ret_inner = inner;
	return 0;
}

struct inner *inner_release(struct inner *inner)
{
	struct inner **at;

	if (!inner || --inner->users > 0)
		return NULL;
	at = &inner->network->inners;
	while (*at && *at != inner)
		at = &(*at)->next;
	if (*at)
		*at = inner->next;
	loop_source_done(&inner->accept);
	/* The ring's poll holds the socket until its cancellation is submitted: it must not go on
	 * listening, for the next one binds to the same place. */
	if (inner->fd >= 0)
		shutdown(inner->fd, SHUT_RDWR);
	fd_close(inner->fd);
	free(inner);
	return NULL;
}

void inner_open(struct inner *inner)
{
	int none = 0;

	setsockopt(inner->fd, SOL_SOCKET, SO_DETACH_FILTER, &none, sizeof(none));
}

/* In a filter of a TCP socket the data begins with the TCP header, and that with the source
 * port. */
void inner_close(struct inner *inner)
{
	struct sock_filter code[HEARD_MAX + 3];
	struct sock_fprog program = {.filter = code};
	uint16_t ports[HEARD_MAX];
	unsigned n = 0, len = 0;

	for (struct connection *c = inner->network->first; c && n < HEARD_MAX; c = c->next)
		if (c->inner == inner && c->id.from_port &&
		    (c->state == CONNECTION_JOINING || c->heard))
			ports[n++] = c->id.from_port;
	code[len++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_H | BPF_ABS, 0);
	for (unsigned i = 0; i < n; i++)
		code[len++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ports[i],
							   (uint8_t)(n - i), 0);
	code[len++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, 0);
	code[len++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, ~0u);
	program.len = (unsigned short)len;
	setsockopt(inner->fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof(program));
}

static struct connection *find_peer(const struct inner *inner, const struct sockaddr_storage *peer)
{
	const struct sockaddr_in *in = (const struct sockaddr_in *)peer;
	const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)peer;
	bool v6 = peer->ss_family == AF_INET6;
	const void *address = v6 ? (const void *)&in6->sin6_addr : &in->sin_addr;
	struct connection *c = inner->network->first;

	_Static_assert(offsetof(struct sockaddr_in, sin_port) ==
			       offsetof(struct sockaddr_in6, sin6_port),
		       "the port stands at the same place");
	while (c && !(c->inner == inner && c->id.from_port == ntohs(in->sin_port) &&
		      memcmp(c->id.from, address, v6 ? 16 : 4) == 0))
		c = c->next;
	return c;
}

void inner_accept(struct inner *inner)
{
	inner->users++; /* a connection that goes on may be the last that holds it */
	for (;;) {
		struct sockaddr_storage peer = {};
		socklen_t len = sizeof(peer);
		int fd = accept4(inner->fd, (struct sockaddr *)&peer, &len,
				 SOCK_NONBLOCK | SOCK_CLOEXEC);
		struct connection *c;

		if (fd < 0)
			break;
		c = find_peer(inner, &peer);
		if (c)
			connection_accepted(c, fd);
		else
			close(fd);
	}
	inner_release(inner);
}
