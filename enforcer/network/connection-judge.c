/* SPDX-License-Identifier: Apache-2.0 */
/* Connections, and exchanges of datagrams, that another policy would not have made. */
#include <errno.h>

#include "enforcer/network/connection.h"
#include "enforcer/network/datagram.h"

static bool is_under_way(const struct connection *connection)
{
	switch (connection->state) {
	case CONNECTION_RESOLVING:
	case CONNECTION_DIALLING:
	case CONNECTION_JOINING:
	case CONNECTION_RELAYING:
		return true;
	case CONNECTION_HELD: /* its question is judged again */
	case CONNECTION_REFUSED:
	case CONNECTION_FOLLOWING:
		break;
	}
	return false;
}

static struct connection *find_unwelcome(const struct network *network,
					 bool (*stays)(void *userdata, const struct object *object),
					 void *userdata)
{
	for (struct connection *one = network->first; one; one = one->next) {
		struct object object = {
			.kind = OBJECT_INET, .verbs = VERB_CONNECT, .endpoint = one->endpoint};

		object.endpoint.host = one->host;
		object.endpoint.port = one->port;
		if (is_under_way(one) && !stays(userdata, &object))
			return one;
	}
	return NULL;
}

/* One whose question waits as well: the agent's next datagram is judged anew. */
static struct exchange *find_unwelcome_exchange(const struct network *network,
						bool (*stays)(void *userdata,
							      const struct object *object),
						void *userdata)
{
	const struct outlet *outlet = network->datagrams ? network->datagrams->outlets : NULL;

	for (; outlet; outlet = outlet->next) {
		const struct object object = {
			.kind = OBJECT_INET, .verbs = VERB_CONNECT, .endpoint = outlet->endpoint};
		struct exchange *exchange = outlet->exchanges;

		while (exchange && exchange->state == EXCHANGE_REFUSED)
			exchange = exchange->next;
		if (exchange && !stays(userdata, &object))
			return exchange;
	}
	return NULL;
}

void network_judge_again(struct network *network,
			 bool (*stays)(void *userdata, const struct object *object), void *userdata)
{
	struct connection *one;
	struct exchange *exchange;

	/* From the start: what ends with it may be others. */
	while ((one = find_unwelcome(network, stays, userdata))) {
		if (one->state == CONNECTION_RELAYING)
			connection_free(one);
		else
			connection_fail(one, -EACCES);
	}
	while ((exchange = find_unwelcome_exchange(network, stays, userdata)))
		exchange_free(exchange, "cut");
}
