/* SPDX-License-Identifier: Apache-2.0 */
/* Servers inside, reached by ports of the host's loopback. */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "enforcer/base/fd.h"
#include "enforcer/network/publish.h"

#define AT_ONCE 64
/* Without a free descriptor: until it is tried again. */
#define RETRY_NS 200000000u

static void publish_accept(struct publish *publish);

/* Closing it sends a reset. */
static void refuse(int fd)
{
	struct linger linger = {.l_onoff = 1};

	setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger));
	close(fd);
}

static struct guest *guest_free(struct guest *guest)
{
	struct publish *publish = guest->publish;
	struct network *network = publish->network;

	if (guest->previous)
		guest->previous->next = guest->next;
	else
		network->guests = guest->next;
	if (guest->next)
		guest->next->previous = guest->previous;
	network->n_guests--;
	loop_source_done(&guest->connecting);
	relay_free(guest->relay);
	fd_close(guest->inner);
	if (guest->outer >= 0)
		refuse(guest->outer);
	free(guest);
	return NULL;
}

/* sent, received: as the sandbox sees it. */
static void guest_report(const struct guest *guest, const char *how, uint64_t sent,
			 uint64_t received)
{
	struct network_owner *owner = &guest->publish->network->owner;
	struct guest_end end = {.port = guest->publish->port,
				.on = guest->publish->on,
				.from = guest->from,
				.sent = sent,
				.received = received,
				.how = how,
				.duration_ns = loop_now() - guest->began_ns};

	owner->guest_ended(owner->userdata, &end);
}

static void guest_end(struct guest *guest, const char *how, uint64_t sent, uint64_t received)
{
	struct network *network = guest->publish->network;

	guest_report(guest, how, sent, received);
	guest_free(guest);
	/* Others may have waited for the place. */
	for (struct publish *publish = network->publishes; publish; publish = publish->next)
		if (publish->waits)
			publish_accept(publish);
}

static void on_relay_ended(void *userdata, enum relay_end end, uint64_t sent, uint64_t received)
{
	struct guest *guest = userdata;

	guest->relay = NULL;
	guest_end(guest, relay_end_name(end), sent, received);
}

/* Tries the loopback inside, by IPv4 and then by IPv6. False where nothing is left to try. */
static bool guest_try(struct guest *guest)
{
	struct network_owner *owner = &guest->publish->network->owner;
	uint16_t port = htons(guest->publish->port);
	struct sockaddr_in in = {
		.sin_family = AF_INET, .sin_port = port, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	struct sockaddr_in6 in6 = {
		.sin6_family = AF_INET6, .sin6_port = port, .sin6_addr = IN6ADDR_LOOPBACK_INIT};

	while (guest->tried < 2) {
		bool v6 = guest->tried++ == 1;
		int fd = owner->socket(owner->userdata, v6 ? AF_INET6 : AF_INET);

		if (fd < 0)
			continue;
		if ((connect(fd, v6 ? (struct sockaddr *)&in6 : (struct sockaddr *)&in,
			     v6 ? sizeof(in6) : sizeof(in)) == 0 ||
		     errno == EINPROGRESS) &&
		    loop_poll(&guest->connecting, fd, POLLOUT, false) == 0) {
			guest->inner = fd;
			return true;
		}
		close(fd);
	}
	return false;
}

static void on_connected(struct loop_source *source, int32_t result, bool more)
{
	struct guest *guest = container_of(source, struct guest, connecting);
	int error = 0, fds[2];
	socklen_t len = sizeof(error);

	if (getsockopt(guest->inner, SOL_SOCKET, SO_ERROR, &error, &len) < 0)
		error = errno;
	if (error) {
		guest->inner = fd_close(guest->inner);
		if (!guest_try(guest))
			guest_end(guest, "refused", 0, 0);
		return;
	}
	fds[0] = steal_fd(guest->inner);
	fds[1] = steal_fd(guest->outer);
	if (relay_new(guest->publish->network->relays, fds, on_relay_ended, guest, &guest->relay) <
	    0)
		guest_end(guest, "cut", 0, 0);
}

static void guest_name(struct guest *guest, const struct sockaddr_storage *peer)
{
	const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)peer;
	const struct sockaddr_in *in = (const struct sockaddr_in *)peer;

	/* The listeners stand on these two addresses alone. */
	if (peer->ss_family == AF_INET6)
		snprintf(guest->from, sizeof(guest->from), "[::1]:%u", ntohs(in6->sin6_port));
	else
		snprintf(guest->from, sizeof(guest->from), "127.0.0.1:%u", ntohs(in->sin_port));
}

/* fd: taken. */
static void guest_begin(struct publish *publish, int fd, const struct sockaddr_storage *peer)
{
	struct network *network = publish->network;
	struct guest *guest = calloc(1, sizeof(*guest));
	struct guest_end begin = {.port = publish->port, .on = publish->on};

	if (!guest || loop_source_init(&guest->connecting, network->loop, on_connected) < 0) {
		free(guest);
		refuse(fd);
		return;
	}
	guest->publish = publish;
	guest->outer = fd;
	guest->inner = -1;
	guest->began_ns = loop_now();
	guest_name(guest, peer);
	begin.from = guest->from;
	guest->next = network->guests;
	if (guest->next)
		guest->next->previous = guest;
	network->guests = guest;
	network->n_guests++;
	if (!network->owner.guest_begins(network->owner.userdata, &begin))
		guest_free(guest);
	else if (!guest_try(guest))
		guest_end(guest, "refused", 0, 0);
}

static void publish_accept(struct publish *publish)
{
	struct network *network = publish->network;

	publish->waits = false;
	for (int i = 0; i < AT_ONCE; i++) {
		struct sockaddr_storage peer = {};
		socklen_t len = sizeof(peer);
		int fd;

		if (network->n_guests >= GUESTS_MAX) {
			publish->waits = true;
			return;
		}
		fd = accept4(publish->fd, (struct sockaddr *)&peer, &len,
			     SOCK_NONBLOCK | SOCK_CLOEXEC);
		if (fd < 0) {
			/* The multishot poll does not say it again, and what uses up the
			 * descriptors need be no guest, whose end would. */
			if ((errno == EMFILE || errno == ENFILE || errno == ENOBUFS ||
			     errno == ENOMEM) &&
			    !publish->more.armed)
				loop_timeout(&publish->more, RETRY_NS);
			return;
		}
		guest_begin(publish, fd, &peer);
	}
	/* There may be more, and the poll tells of new ones only. */
	if (!publish->more.armed)
		loop_defer(&publish->more);
}

static void on_more(struct loop_source *source, int32_t result, bool more)
{
	publish_accept(container_of(source, struct publish, more));
}

static void on_accept(struct loop_source *source, int32_t result, bool more)
{
	struct publish *publish = container_of(source, struct publish, accept);

	if (!more)
		loop_poll(source, publish->fd, POLLIN, true);
	publish_accept(publish);
}

int network_publish(struct network *network, int fd, uint16_t port, uint16_t on)
{
	struct publish *publish = calloc(1, sizeof(*publish));
	int r;

	if (!publish) {
		close(fd);
		return -ENOMEM;
	}
	publish->network = network;
	publish->fd = fd;
	publish->port = port;
	publish->on = on;
	publish->next = network->publishes;
	network->publishes = publish;
	r = loop_source_init(&publish->accept, network->loop, on_accept);
	if (r == 0)
		r = loop_source_init(&publish->more, network->loop, on_more);
	return r < 0 ? r : loop_poll(&publish->accept, fd, POLLIN, true);
}

void network_unpublish(struct network *network)
{
	while (network->guests) {
		struct guest *guest = network->guests;
		uint64_t sent = 0, received = 0;

		if (guest->relay)
			relay_bytes(guest->relay, &sent, &received);
		guest_report(guest, relay_end_name(RELAY_CUT), sent, received);
		guest_free(guest);
	}
	while (network->publishes) {
		struct publish *publish = network->publishes;

		network->publishes = publish->next;
		loop_source_done(&publish->accept);
		loop_source_done(&publish->more);
		fd_close(publish->fd);
		free(publish);
	}
}
