/* SPDX-License-Identifier: Apache-2.0 */
/* Ports of the loopback inside that stand for the host's. */
#include <errno.h>
#include <string.h>

#include "enforcer/network/connection.h"

static void loopback_address(int family, uint8_t address[static 16])
{
	static const uint8_t v4[16] = {127, 0, 0, 1}, v6[16] = {[15] = 1};

	memcpy(address, family == AF_INET6 ? v6 : v4, 16);
}

int network_hold(struct network *network, int family, uint16_t port)
{
	struct endpoint endpoint = {
		.family = family, .protocol = IPPROTO_TCP, .port = port, .host_loopback = true};
	struct inner *inner;

	loopback_address(family, endpoint.address);
	/* It stays among the network's. */
	return inner_take(network, &endpoint, &inner);
}

size_t endpoint_addresses(const struct endpoint *endpoint,
			  struct outside_address ret_addresses[static 2])
{
	ret_addresses[0] = (struct outside_address){.family = endpoint->family};
	memcpy(ret_addresses[0].bytes, endpoint->address, 16);
	if (!endpoint->host_loopback)
		return 1;
	/* "localhost" is both, and a server listens on one of them. */
	ret_addresses[1].family = endpoint->family == AF_INET ? AF_INET6 : AF_INET;
	loopback_address(ret_addresses[1].family, ret_addresses[1].bytes);
	return 2;
}
