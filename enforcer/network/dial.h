/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Connects to the first of several addresses that answers: in their order, the families in turns,
 * the next one started when one fails or after a while (RFC 8305). Private to network/.
 */
#pragma once

#include "enforcer/network/network.h"

struct dial;

/* fd (given): connected, non-blocking; or a negative errno: the first address's. Called once,
 * from the loop; the dial is freed behind it. */
typedef void (*dial_handler)(void *userdata, int fd, const struct outside_address *address);

struct dial_request {
	const struct outside_address *addresses; /* borrowed for the call */
	size_t n;
	uint16_t port;
	dial_handler done;
	void *userdata;
};

int dial_new(struct loop *loop, const struct dial_request *request, struct dial **ret_dial);
struct dial *dial_free(struct dial *dial);
