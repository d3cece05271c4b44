/* SPDX-License-Identifier: Apache-2.0 */
/* Who waits for a connection, and for how long: the call, and then the agent's socket by itself. */
#include <errno.h>

#include "enforcer/base/fd.h"
#include "enforcer/network/connection.h"

#define WATCH_NS 50000000u   /* a blocking call: the target's death, a signal */
#define TICK_NS  1000000000u /* a socket on its way: was it closed? */
/* How long a look-up may take: what is behind it has given up by then. */
#define LOOKUP_NS 60000000000u
/* How long somebody who was refused waits for those that share the listener. */
#define REFUSED_NS 3000000000u
/* How long a socket that cannot be looked at is believed to wait: the kernel gives up after 127
 * s. */
#define DEADLINE_NS 150000000000u
#define ERESTARTSYS 512 /* include/linux/errno.h */

static uint64_t passed(uint64_t since)
{
	return loop_now() - since;
}

/* The call ends, the connection goes on: as bare. */
static void connection_let_go(struct connection *connection, int result)
{
	int r;

	if (connection->state == CONNECTION_FOLLOWING) {
		connection_fail(connection, result == -EINPROGRESS ? -EALREADY : result);
		return;
	}
	r = loop_timeout(&connection->timer, TICK_NS);
	if (r == 0 && connection->state == CONNECTION_JOINING) {
		connection_unjoin(connection, result);
		return;
	}
	connection->blocking = false;
	if (r == 0)
		r = connection_join(connection, result);
	if (r < 0)
		connection_fail(connection, r);
}

/* A blocking call waits as bare: until its target dies, or a signal comes, or for as long as the
 * socket says. */
static void on_call_waits(struct connection *connection)
{
	bool pending = false;

	if (!target_waits(&connection->target))
		connection_fail(connection, -ESRCH);
	else if (passed(connection->began_ns) >= connection->patience_ns)
		connection_let_go(connection, -EINPROGRESS);
	else if (connection->blocking &&
		 target_signal_pending(&connection->target, &pending) == 0 && pending)
		/* As sock_intr_errno(): whose patience ends is not restarted. */
		connection_let_go(connection,
				  connection->patience_ns == UINT64_MAX ? -ERESTARTSYS : -EINTR);
	else
		connection_watch(connection);
}

static void on_socket_waits(struct connection *connection)
{
	bool refused = connection->state == CONNECTION_REFUSED;

	if (refused && !connection->heard && passed(connection->since_ns) >= REFUSED_NS) {
		connection->heard = true;
		inner_close(connection->inner);
	}
	if (!connection_is_wanted(connection))
		connection_free(connection);
	else
		connection_watch(connection);
}

void connection_on_timer(struct loop_source *source, int32_t result, bool more)
{
	struct connection *connection = container_of(source, struct connection, timer);

	if (connection->state == CONNECTION_RESOLVING && passed(connection->since_ns) >= LOOKUP_NS)
		connection_fail(connection, -EHOSTUNREACH);
	else if (connection->answered)
		on_call_waits(connection);
	else
		on_socket_waits(connection);
}

int connection_watch(struct connection *connection)
{
	uint64_t delay = TICK_NS, gone = passed(connection->began_ns);

	if (connection->answered && gone < connection->patience_ns)
		delay = connection->patience_ns - gone;
	if (connection->answered && connection->blocking && delay > WATCH_NS)
		delay = WATCH_NS;
	return loop_timeout(&connection->timer, delay);
}

bool connection_is_wanted(struct connection *connection)
{
	struct network *network = connection->network;

	if (network->diag < 0)
		network->diag = network->owner.socket(network->owner.userdata, AF_NETLINK);
	if (network->diag >= 0)
		return agent_socket_lives(network->diag, &connection->id);
	return passed(connection->began_ns) < DEADLINE_NS;
}
