/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Passes bytes between two connected stream sockets, both ways, until both have ended: an end of
 * one direction is passed on alone (shutdown), a reset as a reset. Memory is held only for what the
 * receiving side does not take; while it does not, nothing more is read for it.
 *
 * Much is passed by splice, through pipes that are lent while bytes flow; little is copied. Whoever
 * sends or does not read, one step of the loop is held up for about a megabyte. The process must
 * ignore SIGPIPE: splice has no flag against it.
 */
#pragma once

#include <stdint.h>

#include "enforcer/loop/loop.h"

enum relay_end {
	RELAY_CUT = 0,     /* by the end of the run */
	RELAY_CLOSED,      /* both sides said that they have no more */
	RELAY_RESET_INNER, /* the agent's side broke off */
	RELAY_RESET_OUTER, /* the other side did */
};

struct relay;
struct relays; /* what all relays of a loop share */

typedef void (*relay_handler)(void *userdata, enum relay_end end, uint64_t sent, uint64_t received);

int relays_new(struct loop *loop, struct relays **ret_relays);
struct relays *relays_free(struct relays *relays);

/* fds: the agent's side and the other, taken, also on failure. ended: called once, from the
 * loop; the relay is freed behind it. */
int relay_new(struct relays *relays, const int fds[static 2], relay_handler ended, void *userdata,
	      struct relay **ret_relay);
/* Cuts it; no call follows. */
struct relay *relay_free(struct relay *relay);
/* Bytes so far: sent by the agent, received by it. */
void relay_bytes(const struct relay *relay, uint64_t *ret_sent, uint64_t *ret_received);
const char *relay_end_name(enum relay_end end);
