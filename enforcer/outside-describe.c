/* SPDX-License-Identifier: Apache-2.0 */
/* What the endpoint of a call means: a name, the sandbox's own, or the host's. */
#include <errno.h>
#include <string.h>

#include "enforcer/network/special-address.h"
#include "enforcer/outside-parts.h"

/* Our resolver: asking it is not asking outside. */
static bool is_resolver(const struct endpoint *endpoint)
{
	static const uint8_t stub[4] = {127, 0, 0, 53}, local[4] = {127, 0, 0, 1};

	return endpoint->family == AF_INET && endpoint->port == 53 &&
	       (memcmp(endpoint->address, stub, 4) == 0 ||
		memcmp(endpoint->address, local, 4) == 0);
}

/* 127.0.0.1 and ::1, also where the unspecified address stands for them; the others of 127/8 are
 * always the sandbox's own. */
static bool stands_for_localhost(const struct endpoint *endpoint, uint8_t ret_address[static 16])
{
	static const uint8_t v4[16] = {127, 0, 0, 1}, v6[16] = {[15] = 1}, any[16];
	const uint8_t *local = endpoint->family == AF_INET6 ? v6 : v4;
	size_t len = endpoint->family == AF_INET6 ? 16 : 4;

	memcpy(ret_address, local, 16);
	return memcmp(endpoint->address, local, len) == 0 ||
	       memcmp(endpoint->address, any, len) == 0;
}

/* The host's loopback, on a port that a rule gives to it. */
static bool is_the_hosts(const struct outside *outside, struct endpoint *endpoint)
{
	const struct policy *policy = outside->supervisor->policy;
	uint8_t address[16];

	if (!stands_for_localhost(endpoint, address) ||
	    !policy_gives_host_port(policy, endpoint->protocol, endpoint->port))
		return false;
	memcpy(endpoint->address, address, 16);
	return true;
}

/* A port that is never reached, by another address of this machine. */
static bool is_own_port(const struct outside *outside, const struct endpoint *endpoint)
{
	struct outside_address address = {.family = endpoint->family};

	memcpy(address.bytes, endpoint->address, 16);
	return rule_zero_has_port(outside->supervisor->zero, endpoint->port) &&
	       own_address(&address);
}

static int find_name(const struct outside *outside, struct endpoint *endpoint)
{
	const char *name;

	if (!names_find(outside->names, endpoint->family, endpoint->address, &name))
		return 0;
	if (!name)
		return -EHOSTUNREACH;
	endpoint->host = strdup(name);
	return endpoint->host ? 0 : -ENOMEM;
}

int outside_describe(const struct outside *outside, struct object *object, bool connects)
{
	struct endpoint *endpoint = &object->endpoint;

	if (!outside || object->kind != OBJECT_INET || !(object->verbs & VERB_CONNECT))
		return 0;
	if (is_resolver(endpoint)) {
		object->verbs = 0;
		return 0;
	}
	if (endpoint->loopback || is_own_port(outside, endpoint)) {
		if (!endpoint->loopback || is_the_hosts(outside, endpoint)) {
			endpoint->loopback = false;
			endpoint->host_loopback = true;
		}
		if (endpoint->loopback)
			return 0;
	}
	/* To connect a datagram socket sends nothing, and getaddrinfo() sorts addresses by it.
	 * What is sent by it later is judged then. */
	if (connects && endpoint->protocol != IPPROTO_TCP)
		object->verbs = 0;
	return find_name(outside, endpoint);
}

bool outside_is_asked(const struct request *request)
{
	const struct object *object = &request->objects[0];

	return request->n_objects == 1 && object->kind == OBJECT_INET &&
	       object->verbs & VERB_CONNECT && request->call == MEDIATED_connect &&
	       object->endpoint.protocol == IPPROTO_TCP && !object->endpoint.loopback;
}
