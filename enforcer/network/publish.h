/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Servers inside that are reached from outside: each connection to a port of the host's loopback is
 * relayed to one port of the sandbox's loopback, and to nothing else. Who connects may be anybody
 * on the host. Private to network/.
 */
#pragma once

#include "enforcer/network/connection.h"

/* Connections at once; more wait in the kernel. */
#define GUESTS_MAX 1024

struct publish {
	struct network *network;
	struct publish *next;
	struct loop_source accept, more;
	int fd; /* listens outside */
	uint16_t port, on;
	bool waits; /* something was not accepted for want of room */
};

struct guest {
	struct publish *publish;
	struct guest *previous, *next;
	int outer, inner;
	unsigned tried; /* addresses inside */
	struct loop_source connecting;
	struct relay *relay;
	uint64_t began_ns;
	char from[32];
};

/* Cuts all guests and listens no more. */
void network_unpublish(struct network *network);
