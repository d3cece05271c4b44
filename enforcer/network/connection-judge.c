/* SPDX-License-Identifier: Apache-2.0 */
/* Connections that another policy would not have made. */
#include <errno.h>

#include "enforcer/network/connection.h"

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

void network_judge_again(struct network *network,
			 bool (*stays)(void *userdata, const struct object *object), void *userdata)
{
	struct connection *one;

	/* From the start: what ends with it may be others. */
	while ((one = find_unwelcome(network, stays, userdata))) {
		if (one->state == CONNECTION_RELAYING)
			connection_free(one);
		else
			connection_fail(one, -EACCES);
	}
}
