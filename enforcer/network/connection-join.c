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

	connection->relay = NULL;
	connection_report(connection, how, sent, received);
	connection_free(connection);
}

static void connection_relay(struct connection *connection)
{
	const int fds[] = {steal_fd(connection->accepted), steal_fd(connection->outer)};
	int r;

	loop_source_done(&connection->timer);
	connection->socket = fd_close(connection->socket);
	connection->state = CONNECTION_RELAYING;
	connection_leave(connection);
	r = relay_new(connection->network->relays, fds, on_relay_ended, connection,
		      &connection->relay);
	if (r < 0)
		connection_free(connection);
}

void connection_accepted(struct connection *connection, int fd)
{
	struct linger linger = {.l_onoff = 1};

	if (connection->state != CONNECTION_JOINING || connection->accepted >= 0) {
		/* Heard though it had to wait, or because it was refused long ago: what can still
		 * be said is a reset. */
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

void connection_unjoin(struct connection *connection, int result)
{
	loop_source_abandon(&connection->join, steal_pointer(connection->dialled));
	connection->socket = fd_close(connection->socket);
	connection->blocking = false;
	connection_answer(connection, result);
	if (connection->accepted >= 0)
		connection_relay(connection);
}

int connection_join(struct connection *connection, int result)
{
	bool wait = connection->state != CONNECTION_JOINING;
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
		r = agent_socket_identify(connection->socket, &connection->endpoint,
					  &connection->id);
	if (r < 0)
		return r;
	/* Others may have to wait before the same door. */
	if (!wait && connection->inner->users > 1)
		inner_close(connection->inner);
	if (connection->blocking)
		return 0;
	/* On its way by itself now, as a non-blocking connect is: we need the socket no more,
	 * and to hold it would keep it open when the agent closes it. */
	connection_unjoin(connection, result);
	return 0;
}
