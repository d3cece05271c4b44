/* SPDX-License-Identifier: Apache-2.0 */
/* Connections out of the sandbox: the steps of each, and all of them. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "enforcer/base/fd.h"
#include "enforcer/network/connection.h"
#include "enforcer/network/datagram.h"
#include "enforcer/network/publish.h"

/* How long a non-blocking connect may stand still. */
#define PATIENCE_NS 150000000u

int network_new(struct loop *loop, const struct network_owner *owner, struct network **ret_network)
{
	struct network *network = calloc(1, sizeof(*network));
	int r;

	if (!network)
		return -ENOMEM;
	network->loop = loop;
	network->owner = *owner;
	network->refusals[0] = network->refusals[1] = -1;
	network->diag = -1;
	network->lookups = lookups_new();
	r = network->lookups ? relays_new(loop, &network->relays) : -ENOMEM;
	if (r < 0) {
		network_free(network);
		return r;
	}
	*ret_network = network;
	return 0;
}

struct network *network_free(struct network *network)
{
	if (!network)
		return NULL;
	while (network->first) {
		network->first->answered = NULL;
		connection_free(network->first);
	}
	network_unpublish(network);
	datagrams_free(network);
	fd_close(network->refusals[0]);
	fd_close(network->refusals[1]);
	while (network->inners)
		inner_release(network->inners);
	relays_free(network->relays);
	lookups_free(network->lookups);
	fd_close(network->diag);
	free(network);
	return NULL;
}

void connection_report(struct connection *connection, enum relay_end how, uint64_t sent,
		       uint64_t received)
{
	const struct network_owner *owner = &connection->network->owner;
	const struct connection_end end = {.host = connection->host,
					   .address = connection->address,
					   .port = connection->port,
					   .sent = sent,
					   .received = received,
					   .duration_ns = loop_now() - connection->began_ns,
					   .how = relay_end_name(how),
					   .pid = connection->pid,
					   .reserved = connection->reserved};

	connection->reserved = 0;
	owner->ended(owner->userdata, &end);
}

static void connection_cut(struct connection *connection)
{
	uint64_t sent, received;

	relay_bytes(connection->relay, &sent, &received);
	connection->relay = relay_free(connection->relay);
	connection_report(connection, RELAY_CUT, sent, received);
}

static struct connection *find_inner(const struct network *network, const struct inner *inner,
				     bool refused)
{
	struct connection *connection = network->first;

	while (connection &&
	       (connection->inner != inner || (connection->state == CONNECTION_REFUSED) != refused))
		connection = connection->next;
	return connection;
}

/* Who was refused hears it by the listener's end, which comes when nobody else is on the way to
 * it. */
static void end_refused(struct network *network, const struct inner *inner)
{
	struct connection *connection;

	if (!inner || find_inner(network, inner, false))
		return;
	while ((connection = find_inner(network, inner, true))) {
		struct inner *held = steal_pointer(connection->inner);

		connection_free(connection);
		inner_release(held);
	}
}

void connection_leave(struct connection *connection)
{
	struct inner *inner = steal_pointer(connection->inner);

	if (inner && inner->users > 1)
		end_refused(connection->network, inner);
	inner_release(inner);
}

struct connection *connection_free(struct connection *connection)
{
	struct network *network;

	if (!connection)
		return NULL;
	network = connection->network;
	if (connection->relay)
		connection_cut(connection);
	if (connection->reserved)
		network->owner.release(network->owner.userdata, connection->reserved);
	if (connection->previous)
		connection->previous->next = connection->next;
	else if (network->first == connection)
		network->first = connection->next;
	if (connection->next)
		connection->next->previous = connection->previous;
	loop_source_done(&connection->timer);
	loop_source_abandon(&connection->join, connection->dialled);
	dial_free(connection->dial);
	upstream_free(connection->upstream);
	fd_close(connection->socket);
	fd_close(connection->outer);
	fd_close(connection->accepted);
	fd_close(connection->target.proc);
	connection_leave(connection);
	free(connection->host);
	free(connection);
	return NULL;
}

void connection_answer(struct connection *connection, int result)
{
	connection_handler answered = connection->answered;

	connection->answered = NULL;
	connection->target.proc = fd_close(connection->target.proc);
	if (answered)
		answered(connection->userdata, result);
}

/* Before the answer it is the answer; afterwards the listener's end says it: the next SYN is
 * refused. A listener that others share cannot end yet. */
void connection_fail(struct connection *connection, int error)
{
	if (!connection->answered && connection->inner && connection->inner->users > 1) {
		connection->state = CONNECTION_REFUSED;
		connection->since_ns = loop_now();
		if (!connection->timer.armed)
			connection_watch(connection);
		end_refused(connection->network, connection->inner);
		return;
	}
	connection_answer(connection, error);
	connection_free(connection);
}

void connection_forget(struct connection *connection)
{
	connection->answered = NULL;
	connection_free(connection);
}

void connection_reached(struct connection *connection, int fd)
{
	int r;

	connection->outer = fd;
	connection->state = CONNECTION_JOINING;
	if (connection->inner) {
		if (connection->inner->users > 1)
			inner_close(connection->inner);
		else
			inner_open(connection->inner);
		return;
	}
	r = connection_join(connection, -EINPROGRESS);
	if (r < 0)
		connection_fail(connection, r);
}

static void on_dialled(void *userdata, int fd, const struct outside_address *address)
{
	struct connection *connection = userdata;
	const struct network_owner *owner = &connection->network->owner;

	connection->dial = NULL;
	connection->address = *address;
	if (connection_through(connection)) {
		connection_at_proxy(connection, fd);
		return;
	}
	if (fd >= 0 && owner->reached &&
	    !owner->reached(owner->userdata, address, connection->port)) {
		fd_close(fd);
		fd = -EACCES;
	}
	if (fd < 0)
		connection_fail(connection, fd);
	else
		connection_reached(connection, fd);
}

static int connection_dial(struct connection *connection, const struct outside_address *addresses,
			   size_t n)
{
	const struct network_proxy *proxy = connection_through(connection);
	const struct dial_request request = {.addresses = addresses,
					     .n = n,
					     .port = proxy ? proxy->port : connection->port,
					     .done = on_dialled,
					     .userdata = connection};

	connection->state = CONNECTION_DIALLING;
	return dial_new(connection->network->loop, &request, &connection->dial);
}

static struct connection *find_resolving(struct network *network, const char *host,
					 const struct connection *except)
{
	struct connection *connection = network->first;

	while (connection && (connection == except || connection->state != CONNECTION_RESOLVING ||
			      strcmp(connection_name(connection), host) != 0))
		connection = connection->next;
	return connection;
}

/* 0 or a negative errno. */
static int connection_resolved(struct connection *connection, const struct lookup *lookup)
{
	const struct network_owner *owner = &connection->network->owner;
	struct outside_address allowed[ADDRESSES_MAX];
	size_t n = 0;

	if (lookup->error && connection_through(connection))
		owner->complain(owner->userdata,
				"the name of the upstream proxy cannot be looked up",
				lookup->error);
	if (lookup->error)
		return lookup->error == -ENOENT ? -EHOSTUNREACH : lookup->error;
	if (connection_through(connection))
		return connection_dial(connection, lookup->addresses, lookup->n);
	for (size_t i = 0; i < lookup->n; i++)
		if (owner->address_allowed(owner->userdata, connection->host, &lookup->addresses[i],
					   connection->port))
			allowed[n++] = lookup->addresses[i];
	return n ? connection_dial(connection, allowed, n) : -EACCES;
}

void network_resolved(struct network *network, const char *host, int error,
		      const struct outside_address *addresses, size_t n)
{
	struct lookup lookup = {.error = error, .n = n < ADDRESSES_MAX ? n : ADDRESSES_MAX};
	struct connection *connection;
	int r;

	if (lookup.n)
		memcpy(lookup.addresses, addresses, lookup.n * sizeof(*addresses));
	datagrams_resolved(network, host, &lookup);
	lookups_add(network->lookups, host, &lookup, loop_now());
	if (network->proxy.host && strcmp(network->proxy.host, host) == 0 && lookup.n)
		network->proxy_known = lookup;
	/* One answer for all that asked meanwhile; each leaves the state, or is gone. */
	while ((connection = find_resolving(network, host, NULL))) {
		connection->state = CONNECTION_DIALLING;
		r = connection_resolved(connection, &lookup);
		if (r < 0)
			connection_fail(connection, r);
	}
}

void network_cannot_resolve(struct network *network)
{
	struct connection *connection = network->first;

	datagrams_resolved(network, NULL, &(struct lookup){.error = -EHOSTUNREACH});
	while (connection) {
		struct connection *next = connection->next;

		if (connection->state == CONNECTION_RESOLVING) {
			connection->state = CONNECTION_DIALLING;
			connection_fail(connection, -EHOSTUNREACH);
			/* An answer may have begun or ended others. */
			next = network->first;
		}
		connection = next;
	}
}

static void on_followed(struct loop_source *source, int32_t result, bool more)
{
	struct connection *connection = container_of(source, struct connection, join);
	int r;

	if (agent_socket_connecting(connection->socket) &&
	    loop_poll(source, connection->socket, POLLOUT, false) == 0)
		return;
	r = agent_socket_check(connection->socket);
	/* 1: somebody else has taken what became of it. */
	connection_fail(connection, r == 1 ? -ECONNABORTED : r);
}

static struct connection *connection_new(struct network *network,
					 const struct connection_request *request)
{
	struct connection *connection = calloc(1, sizeof(*connection));
	int flags = fcntl(request->socket, F_GETFL);

	if (!connection) {
		fd_close(request->socket);
		return NULL;
	}
	connection->network = network;
	connection->outer = connection->accepted = connection->target.proc = -1;
	connection->socket = request->socket;
	connection->next = network->first;
	if (connection->next)
		connection->next->previous = connection;
	network->first = connection;
	connection->began_ns = loop_now();
	connection->port = request->endpoint->port;
	connection->endpoint = *request->endpoint;
	connection->endpoint.host = NULL;
	connection->pid = request->target->pid;
	connection->blocking = flags >= 0 && !(flags & O_NONBLOCK);
	connection->patience_ns =
		connection->blocking ? agent_socket_patience(request->socket) : PATIENCE_NS;
	connection->target = *request->target;
	connection->target.proc = fcntl(request->target->proc, F_DUPFD_CLOEXEC, 3);
	connection->dialled = malloc(sizeof(*connection->dialled));
	connection->dialled_len = request->address_len;
	if (request->endpoint->host)
		connection->host = strdup(request->endpoint->host);
	if (flags < 0 || !connection->dialled || connection->target.proc < 0 ||
	    (request->endpoint->host && !connection->host))
		return connection_free(connection);
	*connection->dialled = *request->address;
	return connection;
}

int connection_go(struct connection *connection)
{
	struct network *network = connection->network;
	const struct lookup *lookup;
	const char *name = connection_name(connection);
	struct outside_address literals[2];
	int r = network->owner.reserve(network->owner.userdata, connection->host);

	if (r < 0)
		return -EACCES;
	connection->reserved = (size_t)r;
	connection->since_ns = loop_now();
	if (!name && connection_through(connection))
		return connection_dial(connection, network->proxy_known.addresses, 1);
	if (!name)
		return connection_dial(connection, literals,
				       endpoint_addresses(&connection->endpoint, literals));
	lookup = lookups_find(network->lookups, name, loop_now());
	if (lookup)
		return connection_resolved(connection, lookup);
	connection->state = CONNECTION_RESOLVING;
	if (find_resolving(network, name, connection))
		return 0;
	return network->owner.resolve(network->owner.userdata, name);
}

/* The socket is under way by an earlier call, which a signal or its patience has ended. */
static int connection_follow(struct connection *connection)
{
	int r;

	connection->state = CONNECTION_FOLLOWING;
	r = loop_source_init(&connection->join, connection->network->loop, on_followed);
	return r < 0 ? r : loop_poll(&connection->join, connection->socket, POLLOUT, false);
}

/* 0 or a negative errno; request's socket is taken. */
static int connection_prepare(struct network *network, const struct connection_request *request,
			      struct connection **ret_connection)
{
	struct connection *connection;
	int r = agent_socket_check(request->socket);

	if (r <= 0) {
		fd_close(request->socket);
		return r ? r : -EISCONN;
	}
	connection = connection_new(network, request);
	if (!connection)
		return -ENOMEM;
	r = loop_source_init(&connection->timer, network->loop, connection_on_timer);
	if (r < 0) {
		connection_free(connection);
		return r;
	}
	*ret_connection = connection;
	return 0;
}

int connection_begin(struct network *network, const struct connection_request *request,
		     connection_handler answered, void *userdata,
		     struct connection **ret_connection)
{
	struct connection *connection;
	int r = connection_prepare(network, request, &connection);

	if (r < 0)
		return r;
	/* Seen by the first ring of the timer only. */
	connection->answered = answered;
	connection->userdata = userdata;
	r = connection_watch(connection);
	if (r == 0)
		r = agent_socket_connecting(connection->socket) ? connection_follow(connection)
								: connection_go(connection);
	if (r < 0) {
		connection_forget(connection);
		return r;
	}
	*ret_connection = connection;
	return 0;
}

int connection_hold(struct network *network, const struct connection_request *request,
		    struct connection **ret_connection)
{
	struct connection *connection;
	int r = connection_prepare(network, request, &connection);

	if (r < 0)
		return r;
	connection->blocking = false;
	connection->target.proc = fd_close(connection->target.proc);
	r = connection_join(connection, -EINPROGRESS);
	if (r < 0) {
		connection_free(connection);
		return r;
	}
	*ret_connection = connection;
	return 0;
}

void connection_release(struct connection *connection)
{
	int r = connection_watch(connection);

	if (r == 0)
		r = connection_go(connection);
	if (r < 0)
		connection_fail(connection, r);
}

void connection_refuse(struct connection *connection)
{
	int r = connection_watch(connection);

	connection_fail(connection, r < 0 ? r : -ECONNREFUSED);
}
