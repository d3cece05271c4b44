/* SPDX-License-Identifier: Apache-2.0 */
/* The inner half of a connection: the agent's own socket is connected to our listener, and
 * relayed. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "enforcer/base/fd.h"
#include "enforcer/network/connection.h"

static void on_relay_ended(void *userdata, enum relay_end how, uint64_t sent, uint64_t received)
{
	struct connection *connection = userdata;
	struct network *network = connection->network;
	struct connection_end end = {.host = connection->host,
				     .address = connection->address,
				     .port = connection->port,
				     .sent = sent,
				     .received = received,
				     .duration_ns = loop_now() - connection->began_ns,
				     .how = relay_end_name(how),
				     .pid = connection->pid};

	connection->relay = NULL;
	network->owner.ended(network->owner.userdata, &end);
	connection_free(connection);
}

static void connection_relay(struct connection *connection)
{
	const int fds[] = {steal_fd(connection->accepted), steal_fd(connection->outer)};
	int r;

	loop_source_done(&connection->timer);
	connection->inner = inner_release(connection->inner);
	connection->socket = fd_close(connection->socket);
	connection->state = CONNECTION_RELAYING;
	r = relay_new(connection->network->relays, fds, on_relay_ended, connection,
		      &connection->relay);
	if (r < 0)
		connection_free(connection);
}

void connection_accepted(struct connection *connection, int fd)
{
	struct linger linger = {.l_onoff = 1};

	if (connection->state != CONNECTION_JOINING || connection->accepted >= 0) {
		/* Heard though it had to wait, or refused: what can still be said is a reset. */
		setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger));
		close(fd);
		if (connection->state == CONNECTION_REFUSED)
			connection_free(connection);
		return;
	}
	connection->accepted = fd;
	/* A blocking call is answered first: on_joined(). */
	if (!connection->answered)
		connection_relay(connection);
}

static int read_source_port(struct connection *connection)
{
	struct sockaddr_storage own = {};
	socklen_t len = sizeof(own);

	if (getsockname(connection->socket, (struct sockaddr *)&own, &len) < 0)
		return -errno;
	/* At the same place in both families. */
	connection->source_port = ntohs(((struct sockaddr_in *)&own)->sin_port);
	return connection->source_port ? 0 : -ECONNABORTED;
}

/* The agent's socket of a blocking call is connected, or is not. */
static void on_joined(struct loop_source *source, int32_t result, bool more)
{
	struct connection *connection = container_of(source, struct connection, join);

	if (result < 0) {
		connection_fail(connection, result);
		return;
	}
	connection_answer(connection, 0);
	if (connection->accepted >= 0)
		connection_relay(connection);
	else
		inner_accept(connection->inner);
}

int connection_join(struct connection *connection)
{
	bool wait = connection->state < CONNECTION_JOINING;
	int r = loop_source_init(&connection->join, connection->network->loop, on_joined);

	if (r == 0)
		r = inner_take(connection->network, &connection->endpoint, &connection->inner);
	if (r < 0)
		return r;
	if (!wait)
		inner_open(connection->inner);
	r = loop_dial(&connection->join, connection->socket, (struct sockaddr *)connection->dialled,
		      connection->dialled_len);
	if (r == 0)
		r = read_source_port(connection);
	if (r < 0)
		return r;
	/* Others may have to wait before the same door. */
	if (!wait && connection->inner->users > 1)
		inner_close(connection->inner);
	if (connection->blocking)
		return 0;
	/* On its way by itself now, as a non-blocking connect is: we need the socket no more,
	 * and to hold it would keep it open when the agent closes it. */
	loop_source_abandon(&connection->join, steal_pointer(connection->dialled));
	connection->socket = fd_close(connection->socket);
	connection_answer(connection, -EINPROGRESS);
	return 0;
}
