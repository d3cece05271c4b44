/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the kernel says of the agent's own socket: is it free to be connected, how long may its
 * connect wait, and, when we hold it no more, is it still there.
 */
#pragma once

#include "enforcer/request/request.h"

/*
 * What a connect by this TCP socket comes to by itself, as the kernel has it: 0 or a negative errno
 * (-EISCONN, -EALREADY, the error of an earlier connect that failed), or 1: it is free. A blocking
 * one that is under way is free, too: it waits. Never waits itself.
 */
int agent_socket_check(int fd);
/* True where its connect is under way. */
bool agent_socket_connecting(int fd);
/* How long a connect may wait (SO_SNDTIMEO), in nanoseconds; UINT64_MAX: for ever. */
uint64_t agent_socket_patience(int fd);

/* A socket on its way, by its addresses and the kernel's own number for it. */
struct agent_socket_id {
	struct endpoint to; /* its host is not used */
	uint8_t from[16];
	uint16_t from_port; /* host order; 0: not known */
	uint64_t cookie;
};

/* 0, or a negative errno. */
int agent_socket_identify(int fd, const struct endpoint *to, struct agent_socket_id *ret_id);
/* diag: a NETLINK_SOCK_DIAG socket of its namespace. False: closed, or failed. Where the kernel
 * cannot tell it is taken to be there. Asks the kernel; nothing is sent anywhere. */
bool agent_socket_lives(int diag, const struct agent_socket_id *id);
