/* SPDX-License-Identifier: Apache-2.0 */
/* Sockets inside that stand for places outside. */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "enforcer/base/fd.h"
#include "enforcer/network/datagram.h"
#include "enforcer/network/names.h"

#define AT_ONCE  64
#define SWEEP_NS (10 * UINT64_C(1000000000))

static bool same_place(const struct endpoint *a, const struct endpoint *b)
{
	return a->family == b->family && a->port == b->port &&
	       memcmp(a->address, b->address, a->family == AF_INET6 ? 16 : 4) == 0;
}

static struct outlet *outlet_find(const struct network *network, const struct endpoint *endpoint)
{
	struct outlet *outlet = network->datagrams ? network->datagrams->outlets : NULL;

	while (outlet && !same_place(&outlet->endpoint, endpoint))
		outlet = outlet->next;
	return outlet;
}

struct outlet *outlet_free(struct outlet *outlet)
{
	struct datagrams *datagrams = outlet->network->datagrams;
	struct outlet **at = &datagrams->outlets;

	while (outlet->exchanges)
		exchange_free(outlet->exchanges, "cut");
	while (*at && *at != outlet)
		at = &(*at)->next;
	if (*at) {
		*at = outlet->next;
		datagrams->n_outlets--;
	}
	loop_source_done(&outlet->readable);
	fd_close(outlet->fd);
	free(outlet->endpoint.host);
	free(outlet->program);
	free(outlet);
	return NULL;
}

static void on_readable(struct loop_source *source, int32_t result, bool more)
{
	struct outlet *outlet = container_of(source, struct outlet, readable);
	struct datagrams *datagrams = outlet->network->datagrams;

	for (int i = 0; i < AT_ONCE; i++) {
		struct sockaddr_storage from = {};
		socklen_t from_len = sizeof(from);
		ssize_t n = recvfrom(outlet->fd, datagrams->buffer, DATAGRAM_MAX, MSG_DONTWAIT,
				     (struct sockaddr *)&from, &from_len);

		if (n < 0)
			break;
		outlet->used_ns = loop_now();
		exchange_take(outlet, &from, from_len, (size_t)n);
	}
	loop_poll(source, outlet->fd, POLLIN, false);
}

static int new_socket(struct network *network, const struct endpoint *endpoint)
{
	struct sockaddr_in in = {.sin_family = AF_INET, .sin_port = htons(endpoint->port)};
	struct sockaddr_in6 in6 = {.sin6_family = AF_INET6, .sin6_port = htons(endpoint->port)};
	bool v6 = endpoint->family == AF_INET6;
	struct datagrams *datagrams = network->datagrams;
	_cleanup_fd_ int fd = -1;
	int one = 1, r;

	if (!endpoint->host_loopback && !names_cover(endpoint->family, endpoint->address)) {
		if (datagrams->n_locals == LOCALS_MAX)
			return -ENOBUFS;
		r = network->owner.make_local(network->owner.userdata, endpoint->family,
					      endpoint->address);
		if (r < 0)
			return r;
		datagrams->n_locals++;
	}
	fd = network->owner.datagram_socket(network->owner.userdata, endpoint->family);
	if (fd < 0)
		return fd;
	memcpy(&in.sin_addr, endpoint->address, 4);
	memcpy(&in6.sin6_addr, endpoint->address, 16);
	/* See inner.c. Not SO_REUSEADDR: others could bind there too, and take what comes. */
	if (v6)
		setsockopt(fd, IPPROTO_IPV6, IPV6_FREEBIND, &one, sizeof(one));
	if (bind(fd, v6 ? (struct sockaddr *)&in6 : (struct sockaddr *)&in,
		 v6 ? sizeof(in6) : sizeof(in)) < 0)
		return -errno;
	return steal_fd(fd);
}

/* The one that was used longest ago makes room, of those that nobody exchanges anything with. */
static bool make_room(struct datagrams *datagrams)
{
	struct outlet *oldest = NULL;

	if (datagrams->n_outlets < OUTLETS_MAX)
		return true;
	for (struct outlet *outlet = datagrams->outlets; outlet; outlet = outlet->next)
		if (!outlet->exchanges && !outlet->endpoint.host_loopback &&
		    (!oldest || outlet->used_ns < oldest->used_ns))
			oldest = outlet;
	if (oldest)
		outlet_free(oldest);
	return oldest;
}

static int outlet_new(struct network *network, const struct endpoint *endpoint,
		      struct outlet **ret_outlet)
{
	struct datagrams *datagrams = network->datagrams;
	struct outlet *outlet;
	int r;

	if (!make_room(datagrams))
		return -ENOBUFS;
	outlet = calloc(1, sizeof(*outlet));
	if (!outlet)
		return -ENOMEM;
	outlet->network = network;
	outlet->endpoint = *endpoint;
	outlet->endpoint.host = endpoint->host ? strdup(endpoint->host) : NULL;
	outlet->next = datagrams->outlets;
	datagrams->outlets = outlet;
	datagrams->n_outlets++;
	outlet->fd = r = new_socket(network, endpoint);
	if (endpoint->host && !outlet->endpoint.host)
		r = -ENOMEM;
	if (r >= 0)
		r = loop_source_init(&outlet->readable, network->loop, on_readable);
	if (r == 0)
		r = loop_poll(&outlet->readable, outlet->fd, POLLIN, false);
	if (r < 0) {
		outlet_free(outlet);
		return r;
	}
	*ret_outlet = outlet;
	return 0;
}

static void on_sweep(struct loop_source *source, int32_t result, bool more)
{
	struct datagrams *datagrams = container_of(source, struct datagrams, sweep);
	uint64_t now = loop_now();

	for (struct outlet *outlet = datagrams->outlets; outlet; outlet = outlet->next) {
		struct exchange *exchange = outlet->exchanges;

		while (exchange) {
			struct exchange *next = exchange->next;

			if (exchange->state != EXCHANGE_ASKED && now - exchange->sent_ns > IDLE_NS)
				exchange_free(exchange, "idle");
			exchange = next;
		}
	}
	loop_timeout(source, SWEEP_NS);
}

static int datagrams_new(struct network *network)
{
	struct datagrams *datagrams = calloc(1, sizeof(*datagrams));
	int r;

	if (!datagrams)
		return -ENOMEM;
	network->datagrams = datagrams;
	datagrams->buffer = malloc(DATAGRAM_MAX);
	r = datagrams->buffer ? loop_source_init(&datagrams->sweep, network->loop, on_sweep)
			      : -ENOMEM;
	if (r == 0)
		r = loop_timeout(&datagrams->sweep, SWEEP_NS);
	if (r < 0)
		datagrams_free(network);
	return r;
}

void datagrams_free(struct network *network)
{
	struct datagrams *datagrams = network->datagrams;

	if (!datagrams)
		return;
	while (datagrams->outlets)
		outlet_free(datagrams->outlets);
	loop_source_done(&datagrams->sweep);
	free(datagrams->buffer);
	free(datagrams);
	network->datagrams = NULL;
}

int network_expect_datagrams(struct network *network, const struct endpoint *endpoint, pid_t pid,
			     const char *program)
{
	struct outlet *outlet;
	char *copy;
	int r = network->datagrams ? 0 : datagrams_new(network);

	if (r < 0)
		return r;
	outlet = outlet_find(network, endpoint);
	if (!outlet)
		r = outlet_new(network, endpoint, &outlet);
	if (r < 0)
		return r;
	outlet->used_ns = loop_now();
	copy = program ? strdup(program) : NULL;
	if (copy) {
		free(outlet->program);
		outlet->program = copy;
		outlet->pid = pid;
	}
	return 0;
}

static struct exchange *exchange_of(const struct outlet *outlet, uint16_t source_port)
{
	struct exchange *exchange = outlet ? outlet->exchanges : NULL;

	/* The port stands at the same place in both families. */
	while (exchange &&
	       ntohs(((const struct sockaddr_in *)&exchange->agent)->sin_port) != source_port)
		exchange = exchange->next;
	return exchange;
}

/* Holds for one exchange, that the datagram on its way begins. */
void network_approve_datagrams(struct network *network, const struct endpoint *endpoint,
			       uint16_t source_port)
{
	struct outlet *outlet = outlet_find(network, endpoint);
	struct exchange *exchange = exchange_of(outlet, source_port);

	if (exchange && exchange->state == EXCHANGE_REFUSED)
		exchange = exchange_free(exchange, NULL);
	if (outlet && !exchange)
		outlet->approved[outlet->n_approved++ % APPROVED_MAX] = source_port;
}

bool network_exchanges_datagrams(const struct network *network, const struct endpoint *endpoint,
				 uint16_t source_port)
{
	const struct exchange *exchange = exchange_of(outlet_find(network, endpoint), source_port);

	return exchange &&
	       (exchange->state == EXCHANGE_RESOLVING || exchange->state == EXCHANGE_OPEN);
}
