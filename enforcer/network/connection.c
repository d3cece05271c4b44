/* SPDX-License-Identifier: Apache-2.0 */
/* Connections out of the sandbox: the steps of each, and all of them. */
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "enforcer/base/fd.h"
#include "enforcer/network/connection.h"
#include "enforcer/network/datagram.h"
#include "enforcer/network/publish.h"

#define WATCH_NS 50000000u
/* How long a non-blocking connect may stand still. */
#define PATIENCE_NS 150000000u
/* How long both sides of a connection that was answered may take: the kernel gives up after 127
 * s. */
#define DEADLINE_NS 150000000000u
#define ERESTARTSYS 512 /* include/linux/errno.h */

int network_new(struct loop *loop, const struct network_owner *owner, struct network **ret_network)
{
	struct network *network = calloc(1, sizeof(*network));
	int r;

	if (!network)
		return -ENOMEM;
	network->loop = loop;
	network->owner = *owner;
	r = relays_new(loop, &network->relays);
	if (r < 0) {
		free(network);
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
	while (network->inners)
		inner_release(network->inners);
	relays_free(network->relays);
	free(network);
	return NULL;
}

static void report_cut(struct connection *connection)
{
	struct network_owner *owner = &connection->network->owner;
	struct connection_end end = {.host = connection->host,
				     .address = connection->address,
				     .port = connection->port,
				     .duration_ns = loop_now() - connection->began_ns,
				     .how = relay_end_name(RELAY_CUT),
				     .pid = connection->pid};

	relay_bytes(connection->relay, &end.sent, &end.received);
	connection->relay = relay_free(connection->relay);
	owner->ended(owner->userdata, &end);
}

struct connection *connection_free(struct connection *connection)
{
	if (!connection)
		return NULL;
	if (connection->relay)
		report_cut(connection);
	if (connection->previous)
		connection->previous->next = connection->next;
	else if (connection->network->first == connection)
		connection->network->first = connection->next;
	if (connection->next)
		connection->next->previous = connection->previous;
	loop_source_done(&connection->timer);
	loop_source_abandon(&connection->join, connection->dialled);
	dial_free(connection->dial);
	fd_close(connection->socket);
	inner_release(connection->inner);
	fd_close(connection->outer);
	fd_close(connection->accepted);
	fd_close(connection->target.proc);
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
 * refused. Where others share the listener, it cannot end: a reset must do. */
void connection_fail(struct connection *connection, int error)
{
	if (!connection->answered && connection->state < CONNECTION_JOINING && connection->inner &&
	    connection->inner->users > 1) {
		connection->state = CONNECTION_REFUSED;
		inner_close(connection->inner);
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

static void on_dialled(void *userdata, int fd, const struct outside_address *address)
{
	struct connection *connection = userdata;
	int r = 0;

	connection->dial = NULL;
	if (fd < 0) {
		connection_fail(connection, fd);
		return;
	}
	connection->outer = fd;
	connection->address = *address;
	connection->state = CONNECTION_JOINING;
	if (connection->inner) {
		if (connection->inner->users > 1)
			inner_close(connection->inner);
		else
			inner_open(connection->inner);
		return;
	}
	r = connection_join(connection);
	if (r < 0)
		connection_fail(connection, r);
}

static int connection_dial(struct connection *connection, const struct outside_address *addresses,
			   size_t n)
{
	const struct dial_request request = {.addresses = addresses,
					     .n = n,
					     .port = connection->port,
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
			      !connection->host || strcmp(connection->host, host) != 0))
		connection = connection->next;
	return connection;
}

static void connection_resolved(struct connection *connection, int error,
				const struct outside_address *addresses, size_t n)
{
	const struct network_owner *owner = &connection->network->owner;
	struct outside_address allowed[ADDRESSES_MAX];
	size_t n_allowed = 0;
	int r = error;

	for (size_t i = 0; i < n && r == 0 && n_allowed < ADDRESSES_MAX; i++)
		if (owner->address_allowed(owner->userdata, connection->host, &addresses[i],
					   connection->port))
			allowed[n_allowed++] = addresses[i];
	if (r == 0 && n_allowed == 0)
		r = -EACCES;
	if (r == 0)
		r = connection_dial(connection, allowed, n_allowed);
	if (r < 0)
		connection_fail(connection, r == -ENOENT ? -EHOSTUNREACH : r);
}

void network_resolved(struct network *network, const char *host, int error,
		      const struct outside_address *addresses, size_t n)
{
	struct connection *connection;

	datagrams_resolved(network, host, error, addresses, n);
	/* One answer for all that asked meanwhile; each leaves the state, or is gone. */
	while ((connection = find_resolving(network, host, NULL))) {
		connection->state = CONNECTION_DIALLING;
		connection_resolved(connection, error, addresses, n);
	}
}

void network_cannot_resolve(struct network *network)
{
	struct connection *connection = network->first;

	datagrams_resolved(network, NULL, -EHOSTUNREACH, NULL, 0);
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

/* A blocking call waits as bare: until its target dies, or a signal comes. */
static void watch(struct connection *connection)
{
	bool pending = false;

	if (!target_waits(&connection->target)) {
		connection_fail(connection, -ESRCH);
		return;
	}
	if (target_signal_pending(&connection->target, &pending) == 0 && pending) {
		connection_fail(connection, -ERESTARTSYS);
		return;
	}
	loop_timeout(&connection->timer, WATCH_NS);
}

static void on_timer(struct loop_source *source, int32_t result, bool more)
{
	struct connection *connection = container_of(source, struct connection, timer);
	int r;

	if (connection->blocking && connection->answered) {
		watch(connection);
		return;
	}
	if (!connection->answered) {
		/* The agent closed its socket meanwhile. */
		connection_free(connection);
		return;
	}
	r = loop_timeout(source, DEADLINE_NS);
	if (r == 0)
		r = connection_join(connection);
	if (r < 0)
		connection_fail(connection, r);
}

/* A socket that is connected or on its way says so itself. */
static int check_socket(int fd)
{
	struct tcp_info info = {};
	socklen_t len = sizeof(info);

	if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &len) < 0)
		return -errno;
	if (info.tcpi_state == TCP_CLOSE)
		return 0;
	return info.tcpi_state == TCP_SYN_SENT ? -EALREADY : -EISCONN;
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

int connection_begin(struct network *network, const struct connection_request *request,
		     connection_handler answered, void *userdata,
		     struct connection **ret_connection)
{
	struct connection *connection;
	int r = check_socket(request->socket);

	if (r < 0) {
		fd_close(request->socket);
		return r;
	}
	connection = connection_new(network, request);
	if (!connection)
		return -ENOMEM;
	r = loop_source_init(&connection->timer, network->loop, on_timer);
	if (r == 0)
		r = loop_timeout(&connection->timer, connection->blocking ? WATCH_NS : PATIENCE_NS);
	if (r == 0 && connection->host) {
		if (!find_resolving(network, connection->host, connection))
			r = network->owner.resolve(network->owner.userdata, connection->host);
	} else if (r == 0) {
		struct outside_address literals[2];

		r = connection_dial(connection, literals,
				    endpoint_addresses(request->endpoint, literals));
	}
	if (r < 0) {
		connection_forget(connection);
		return r;
	}
	connection->answered = answered;
	connection->userdata = userdata;
	*ret_connection = connection;
	return 0;
}
