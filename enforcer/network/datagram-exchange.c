/* SPDX-License-Identifier: Apache-2.0 */
/* What one of the agent's sockets exchanges with one place outside. */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "enforcer/base/fd.h"
#include "enforcer/network/datagram.h"
#include "enforcer/network/lookups.h"

#define AT_ONCE 64

static void drop_held(struct exchange *exchange)
{
	while (exchange->held) {
		struct held *held = exchange->held;

		exchange->held = held->next;
		free(held);
	}
	exchange->held_last = &exchange->held;
	exchange->n_held = exchange->held_bytes = 0;
}

static void report(struct exchange *exchange, const char *how)
{
	const struct outlet *outlet = exchange->outlet;
	const struct network_owner *owner = &outlet->network->owner;
	struct connection_end end = {.host = outlet->endpoint.host,
				     .address = exchange->address,
				     .port = outlet->endpoint.port,
				     .sent = exchange->sent,
				     .received = exchange->received,
				     .duration_ns = loop_now() - exchange->began_ns,
				     .how = how,
				     .pid = outlet->pid,
				     .reserved = exchange->reserved,
				     .datagrams = true,
				     .datagrams_sent = exchange->n_sent,
				     .datagrams_received = exchange->n_received};

	exchange->reserved = 0;
	owner->ended(owner->userdata, &end);
}

/* Nothing more is passed on, and what comes is dropped until the agent falls silent. */
static void exchange_refuse(struct exchange *exchange, const char *how)
{
	if (how)
		report(exchange, how);
	exchange->state = EXCHANGE_REFUSED;
	loop_source_done(&exchange->readable);
	exchange->outer = fd_close(exchange->outer);
	drop_held(exchange);
}

struct exchange *exchange_free(struct exchange *exchange, const char *how)
{
	struct outlet *outlet = exchange->outlet;
	struct network_owner *owner = &outlet->network->owner;
	struct exchange **at = &outlet->exchanges;

	if (exchange->state == EXCHANGE_OPEN && how)
		report(exchange, how);
	if (exchange->reserved)
		owner->release(owner->userdata, exchange->reserved);
	if (exchange->state == EXCHANGE_ASKED && exchange->question)
		owner->datagrams_forget(owner->userdata, exchange->question);
	while (*at && *at != exchange)
		at = &(*at)->next;
	if (*at)
		*at = exchange->next;
	outlet->network->datagrams->n_exchanges--;
	loop_source_done(&exchange->readable);
	fd_close(exchange->outer);
	drop_held(exchange);
	free(exchange);
	return NULL;
}

/* The other side has nobody there. */
static void exchange_broken(struct exchange *exchange)
{
	datagram_refuse(exchange);
	exchange_free(exchange, "refused by the host");
}

/* False where the exchange is gone. */
static bool exchange_send(struct exchange *exchange, const void *data, size_t len)
{
	ssize_t n = send(exchange->outer, data, len, MSG_DONTWAIT | MSG_NOSIGNAL);

	/* The error of one before; this one was not sent. */
	if (n < 0 && errno == ECONNREFUSED) {
		exchange_broken(exchange);
		return false;
	}
	if (n >= 0) {
		exchange->sent += (uint64_t)n;
		exchange->n_sent++;
	}
	return true;
}

static void exchange_hold(struct exchange *exchange, const void *data, size_t len)
{
	struct held *held;

	if (exchange->n_held == HELD_MAX || exchange->held_bytes + len > HELD_BYTES_MAX)
		return;
	held = malloc(sizeof(*held) + len);
	if (!held)
		return;
	held->next = NULL;
	held->len = len;
	memcpy(held->data, data, len);
	*exchange->held_last = held;
	exchange->held_last = &held->next;
	exchange->n_held++;
	exchange->held_bytes += len;
}

static void on_readable(struct loop_source *source, int32_t result, bool more)
{
	struct exchange *exchange = container_of(source, struct exchange, readable);
	struct outlet *outlet = exchange->outlet;
	uint8_t *buffer = outlet->network->datagrams->buffer;

	for (int i = 0; i < AT_ONCE; i++) {
		ssize_t n = recv(exchange->outer, buffer, DATAGRAM_MAX, MSG_DONTWAIT);

		if (n < 0 && errno == ECONNREFUSED) {
			exchange_broken(exchange);
			return;
		}
		if (n < 0)
			break;
		exchange->received += (uint64_t)n;
		exchange->n_received++;
		sendto(outlet->fd, buffer, (size_t)n, MSG_DONTWAIT | MSG_NOSIGNAL,
		       (struct sockaddr *)&exchange->agent, exchange->agent_len);
	}
	loop_poll(source, exchange->outer, POLLIN, false);
}

static int connect_outer(const struct outside_address *address, uint16_t port)
{
	struct sockaddr_in in = {.sin_family = AF_INET, .sin_port = htons(port)};
	struct sockaddr_in6 in6 = {.sin6_family = AF_INET6, .sin6_port = htons(port)};
	bool v6 = address->family == AF_INET6;
	_cleanup_fd_ int fd = socket(address->family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -errno;
	memcpy(&in.sin_addr, address->bytes, 4);
	memcpy(&in6.sin6_addr, address->bytes, 16);
	/* Connected, it hears nobody else. */
	if (connect(fd, v6 ? (struct sockaddr *)&in6 : (struct sockaddr *)&in,
		    v6 ? sizeof(in6) : sizeof(in)) < 0)
		return -errno;
	return steal_fd(fd);
}

/* The first address that can be sent to. */
static void exchange_open(struct exchange *exchange, const struct outside_address *addresses,
			  size_t n)
{
	struct network *network = exchange->outlet->network;
	struct held *held;

	for (size_t i = 0; i < n && exchange->outer < 0; i++) {
		exchange->outer = connect_outer(&addresses[i], exchange->outlet->endpoint.port);
		exchange->address = addresses[i];
	}
	if (exchange->outer < 0 ||
	    loop_source_init(&exchange->readable, network->loop, on_readable) < 0 ||
	    loop_poll(&exchange->readable, exchange->outer, POLLIN, false) < 0) {
		exchange_refuse(exchange, "unreachable");
		return;
	}
	exchange->state = EXCHANGE_OPEN;
	/* Not exchange_send(): who called us still holds the exchange. */
	for (held = exchange->held; held; held = held->next) {
		ssize_t sent =
			send(exchange->outer, held->data, held->len, MSG_DONTWAIT | MSG_NOSIGNAL);

		if (sent >= 0) {
			exchange->sent += (uint64_t)sent;
			exchange->n_sent++;
		}
	}
	drop_held(exchange);
}

static void exchange_resolved(struct exchange *exchange, const struct lookup *lookup)
{
	const struct endpoint *endpoint = &exchange->outlet->endpoint;
	const struct network_owner *owner = &exchange->outlet->network->owner;
	struct outside_address allowed[ADDRESSES_MAX];
	size_t n = 0;

	for (size_t i = 0; i < lookup->n && lookup->error == 0; i++)
		if (owner->datagrams_allowed(owner->userdata, endpoint->host, &lookup->addresses[i],
					     endpoint->port))
			allowed[n++] = lookup->addresses[i];
	if (n > 0)
		exchange_open(exchange, allowed, n);
	else
		exchange_refuse(exchange, lookup->error ? "not resolved" : "address refused");
}

void datagrams_resolved(struct network *network, const char *host, const struct lookup *lookup)
{
	struct outlet *outlet = network->datagrams ? network->datagrams->outlets : NULL;

	for (; outlet; outlet = outlet->next) {
		if (!outlet->endpoint.host || (host && strcmp(outlet->endpoint.host, host) != 0))
			continue;
		for (struct exchange *exchange = outlet->exchanges; exchange;
		     exchange = exchange->next)
			if (exchange->state == EXCHANGE_RESOLVING)
				exchange_resolved(exchange, lookup);
	}
}

static bool is_being_resolved(const struct network *network, const char *host)
{
	const struct outlet *outlet = network->datagrams->outlets;

	for (; outlet; outlet = outlet->next) {
		if (!outlet->endpoint.host || strcmp(outlet->endpoint.host, host) != 0)
			continue;
		for (const struct exchange *e = outlet->exchanges; e; e = e->next)
			if (e->state == EXCHANGE_RESOLVING)
				return true;
	}
	return false;
}

/* Looked up outside, unless that was done lately or is under way. */
static void exchange_resolve(struct exchange *exchange)
{
	struct network *network = exchange->outlet->network;
	const char *host = exchange->outlet->endpoint.host;
	const struct lookup *lookup = lookups_find(network->lookups, host, loop_now());
	bool under_way = is_being_resolved(network, host);

	exchange->state = EXCHANGE_RESOLVING;
	if (lookup)
		exchange_resolved(exchange, lookup);
	else if (!under_way && network->owner.resolve(network->owner.userdata, host) < 0)
		exchange_refuse(exchange, "not resolved");
}

void network_datagrams_decided(struct exchange *exchange, bool allowed)
{
	const struct endpoint *endpoint = &exchange->outlet->endpoint;
	struct network_owner *owner = &exchange->outlet->network->owner;
	struct outside_address literals[2];
	int room = allowed ? owner->reserve(owner->userdata, endpoint->host) : 0;

	exchange->question = NULL;
	if (room > 0)
		exchange->reserved = (size_t)room;
	if (!allowed || room < 0) {
		exchange_refuse(exchange, NULL);
	} else if (endpoint->host) {
		exchange_resolve(exchange);
	} else {
		endpoint_addresses(endpoint, literals);
		exchange_open(exchange, literals, 1);
	}
}

/* An approval is used up by it. */
static bool take_approval(struct outlet *outlet, const struct sockaddr_storage *from)
{
	uint16_t port = ntohs(((const struct sockaddr_in *)from)->sin_port);

	/* A sendmsg beside a connect that dissolves the socket leaves without a port; so does
	 * a free place of the list look. */
	if (port == 0)
		return false;
	for (size_t i = 0; i < APPROVED_MAX; i++)
		if (outlet->approved[i] == port) {
			outlet->approved[i] = 0;
			return true;
		}
	return false;
}

/* The one whose agent was silent longest makes room. */
static void make_room(struct datagrams *datagrams)
{
	struct exchange *oldest = NULL;

	if (datagrams->n_exchanges < EXCHANGES_MAX)
		return;
	for (struct outlet *outlet = datagrams->outlets; outlet; outlet = outlet->next)
		for (struct exchange *e = outlet->exchanges; e; e = e->next)
			if (!oldest || e->sent_ns < oldest->sent_ns)
				oldest = e;
	if (oldest)
		exchange_free(oldest, "idle");
}

static struct exchange *exchange_begin(struct outlet *outlet, const struct sockaddr_storage *from,
				       socklen_t from_len)
{
	struct network_owner *owner = &outlet->network->owner;
	struct exchange *exchange;
	struct datagrams_question question;

	make_room(outlet->network->datagrams);
	exchange = calloc(1, sizeof(*exchange));
	if (!exchange)
		return NULL;
	exchange->outlet = outlet;
	exchange->outer = -1;
	exchange->agent = *from;
	exchange->agent_len = from_len;
	exchange->held_last = &exchange->held;
	exchange->began_ns = exchange->sent_ns = loop_now();
	exchange->next = outlet->exchanges;
	outlet->exchanges = exchange;
	outlet->network->datagrams->n_exchanges++;
	exchange->state = EXCHANGE_ASKED;
	question = (struct datagrams_question){.endpoint = &outlet->endpoint,
					       .pid = outlet->pid,
					       .program = outlet->program,
					       .approved = take_approval(outlet, from),
					       .exchange = exchange};
	owner->datagrams_begin(owner->userdata, &question, &exchange->question);
	return exchange;
}

void exchange_take(struct outlet *outlet, const struct sockaddr_storage *from, socklen_t from_len,
		   size_t len)
{
	const uint8_t *data = outlet->network->datagrams->buffer;
	struct exchange *exchange = outlet->exchanges;

	while (exchange &&
	       (exchange->agent_len != from_len || memcmp(&exchange->agent, from, from_len) != 0))
		exchange = exchange->next;
	if (!exchange)
		exchange = exchange_begin(outlet, from, from_len);
	if (!exchange)
		return;
	exchange->sent_ns = loop_now();
	switch (exchange->state) {
	case EXCHANGE_REFUSED:
		return;
	case EXCHANGE_ASKED:
	case EXCHANGE_RESOLVING:
		exchange_hold(exchange, data, len);
		return;
	case EXCHANGE_OPEN:
		exchange_send(exchange, data, len);
		return;
	}
}
