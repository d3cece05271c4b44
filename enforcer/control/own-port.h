/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Ports of this machine's loopback on which a program of callgate answers questions: no agent may
 * reach one, neither of a run that stood before nor of one that comes later, and each agent's
 * connections are made by its enforcer. So such a program says which port it has, in the last of
 * the places of control sockets, where every run of the user looks: as PORT.port, a file that is
 * locked as long as the program lives. What is left of one that was killed is locked by nobody.
 *
 * In this order: bind, own_port_claim(), listen. Then who was connected can be asked about behind
 * the connecting (own_port_taken()), and nothing falls between.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "enforcer/control/place.h"

/* ret_fd (given): holds the port until it is closed. 0 or a negative errno with reterr;
 * -EADDRINUSE: another has claimed it. */
int own_port_claim(const struct control_places *places, uint16_t port, int *ret_fd,
		   struct failure *reterr);
/* Takes fd, and its file away; returns -1. */
int own_port_release(const struct control_places *places, uint16_t port, int fd);
/* True where a program of callgate's has it, or where that cannot be told. Does not wait. */
bool own_port_taken(const struct control_places *places, uint16_t port);
