/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A listener inside, on the very address and port that was dialled, so getpeername() says what was
 * dialled. It stands only while somebody is on the way to it, so no port is taken from the agent
 * for longer than that; several on the way to one place share it, and are told apart by their
 * source ports. Who must wait is not heard: its SYN is dropped by a filter, and comes again.
 * Private to network/.
 */
#pragma once

#include "enforcer/network/network.h"

struct inner {
	struct network *network;
	struct inner *next;
	struct endpoint endpoint;
	struct loop_source accept;
	int fd;
	unsigned users;
};

/* The one of the place, made where there is none. 0 or a negative errno. */
int inner_take(struct network *network, const struct endpoint *endpoint, struct inner **ret_inner);
/* Closed with its last user: who is still on the way to it is refused. Returns NULL. */
struct inner *inner_release(struct inner *inner);

/* Hears everybody, until inner_close(). */
void inner_open(struct inner *inner);
/* Hears those only whose connections have been made, or must be told that they were not. */
void inner_close(struct inner *inner);
/* Accepts those that are there, and passes each to its connection. */
void inner_accept(struct inner *inner);
