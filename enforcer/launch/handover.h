/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The enforcer's side of agent-shim/handover-protocol.h: packs the plan for the shim, and receives
 * what it sends. Until go the shim is ours; its messages are trusted no further than their lengths.
 */
#pragma once

#include <sys/types.h>

#include "agent-shim/handover-protocol.h"

struct buffer;
struct plan;

/* Appends the plan as the shim reads it. Pure. 0, -E2BIG or -ENOMEM. */
int handover_pack(const struct plan *plan, struct buffer *buffer);

/* A sealed memfd with the packed plan, given to the caller, or a negative errno. */
int handover_plan_fd(const struct plan *plan);

/* A connected pair: ours does not block and learns the sender's pid, theirs is for the shim. */
int handover_socketpair(int *ret_ours, int *ret_theirs);

struct handover_received {
	struct handover_message message;
	int fd;    /* given to the caller, or -1 */
	pid_t pid; /* of the sender, in our pid namespace */
};

/* 1 with a message, 0 where none is there yet, -EPIPE at the end of file, or a negative errno. */
int handover_receive(int control, struct handover_received *ret_received);
int handover_send_go(int control);

/* "loading the system call filter" */
const char *handover_step_name(unsigned step);
