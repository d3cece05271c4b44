/* SPDX-License-Identifier: Apache-2.0 */
/* Connections where the host itself must go through a proxy. */
#include <arpa/inet.h>
#include <errno.h>
#include <string.h>

#include "enforcer/base/fd.h"
#include "enforcer/network/connection.h"
#include "enforcer/network/special-address.h"

static bool is_literal(const char *host, struct outside_address *ret_address)
{
	*ret_address = (struct outside_address){.family = AF_INET};
	if (inet_pton(AF_INET, host, ret_address->bytes) == 1)
		return true;
	ret_address->family = AF_INET6;
	return inet_pton(AF_INET6, host, ret_address->bytes) == 1;
}

int network_set_proxy(struct network *network, const struct network_proxy *proxy)
{
	struct outside_address literal;

	network->proxy = *proxy;
	network->proxy_known = (struct lookup){};
	if (is_literal(proxy->host, &literal)) {
		network->proxy_known.addresses[0] = literal;
		network->proxy_known.n = 1;
		return 0;
	}
	/* So that its addresses are known before anybody dials them. */
	return network->owner.resolve(network->owner.userdata, proxy->host);
}

bool network_is_proxy(const struct network *network, const struct endpoint *endpoint)
{
	const struct lookup *known = &network->proxy_known;

	if (!network->proxy.host || endpoint->port != network->proxy.port)
		return false;
	if (endpoint->host && strcmp(endpoint->host, network->proxy.host) == 0)
		return true;
	for (size_t i = 0; i < known->n && !endpoint->host; i++) {
		const struct outside_address *address = &known->addresses[i];

		/* A port of the host's loopback is looked for by both families. */
		if (endpoint->host_loopback
			    ? address_is_loopback(address)
			    : address->family == endpoint->family &&
				      memcmp(address->bytes, endpoint->address,
					     address->family == AF_INET6 ? 16 : 4) == 0)
			return true;
	}
	return false;
}

const struct network_proxy *connection_through(const struct connection *connection)
{
	const struct network_proxy *proxy = &connection->network->proxy;
	const struct endpoint *endpoint = &connection->endpoint;

	return proxy->host && !endpoint->loopback && !endpoint->host_loopback ? proxy : NULL;
}

const char *connection_name(const struct connection *connection)
{
	const struct network_proxy *proxy = connection_through(connection);
	struct outside_address literal;

	if (!proxy)
		return connection->host;
	return is_literal(proxy->host, &literal) ? NULL : proxy->host;
}

static void complain(struct connection *connection, const char *what, int error)
{
	const struct network_owner *owner = &connection->network->owner;

	if (what)
		owner->complain(owner->userdata, what, error);
}

static void on_through(void *userdata, int fd, int error, const char *complaint)
{
	struct connection *connection = userdata;

	connection->upstream = NULL;
	if (error) {
		complain(connection, complaint, error);
		connection_fail(connection, error);
		return;
	}
	connection_reached(connection, fd);
}

void connection_at_proxy(struct connection *connection, int fd)
{
	struct proxy_target target = {.host = connection->host,
				      .address = {.family = connection->endpoint.family},
				      .port = connection->port};
	struct upstream_request request = {.fd = fd,
					   .proxy = &connection->network->proxy,
					   .target = &target,
					   .done = on_through,
					   .userdata = connection};
	int r;

	memcpy(target.address.bytes, connection->endpoint.address, 16);
	if (fd < 0) {
		/* Not the refusal of whom the program wants to reach. */
		complain(connection, "the upstream proxy cannot be reached", fd);
		connection_fail(connection, fd == -ETIMEDOUT ? fd : -EHOSTUNREACH);
		return;
	}
	r = upstream_new(connection->network->loop, &request, &connection->upstream);
	if (r < 0)
		connection_fail(connection, r);
}
