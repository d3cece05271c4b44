/* SPDX-License-Identifier: Apache-2.0 */
/* Endpoints of the network against names, address ranges, ports and protocols. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "enforcer/policy/strings.h"
#include "enforcer/request/request.h"

struct address_range {
	int family; /* AF_INET or AF_INET6; mapped forms are AF_INET */
	uint8_t address[16];
	unsigned prefix; /* bits */
};

struct port_range {
	uint16_t first, last;
};

enum protocol_bit {
	PROTOCOL_TCP = 1 << 0,
	PROTOCOL_UDP = 1 << 1,
	PROTOCOL_ICMP = 1 << 2, /* of either family */
};

/* Each part that is set must match; one that holds several, by one of them. */
struct inet_matcher {
	struct strings hosts; /* canonical: lower case, no dot at the end; "*.x" or "*" */
	struct address_range *addresses; /* owned */
	size_t n_addresses;
	struct port_range *ports; /* owned */
	size_t n_ports;
	unsigned protocols; /* mask of enum protocol_bit; 0: any */
	bool loopback;
	bool host_loopback;
};

void inet_matcher_done(struct inet_matcher *matcher);

/*
 * allow: the rule would open something. Then an address does not match an endpoint that has a name:
 * its address only stands for the name (198.18.0.0/15), and names are opened by name. Nor does it
 * match what must be named: see endpoint_must_be_named().
 */
bool inet_matches(const struct inet_matcher *matcher, const struct endpoint *endpoint, bool allow);

/* A destination that no broad allow and no "otherwise" opens: the host's loopback, and what leaves
 * the sandbox other than by TCP. */
bool endpoint_must_be_named(const struct endpoint *endpoint);

/* A host of a rule, made canonical into ret_host (256 bytes). NULL, or what is wrong (static). */
const char *host_parse(const char *text, char *ret_host);
bool host_matches(const char *pattern, const char *host);

/* "10.0.0.0/8", "::1". NULL, or what is wrong (static). */
const char *address_parse(const char *text, struct address_range *ret_range);

/* "8000-8100". NULL, or what is wrong (static). */
const char *port_range_parse(const char *text, struct port_range *ret_range);
