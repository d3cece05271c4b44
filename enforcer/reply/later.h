/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Calls that may block are performed by a worker thread of the ring: opening a FIFO or a file of a
 * network file system, connecting. The target's death ends them; a signal that bare would interrupt
 * the call does too.
 */
#pragma once

#include "enforcer/reply/reply.h"

struct later;

/* At once: each holds some descriptors and a worker thread. More are answered EMFILE. */
#define LATER_MAX 1024

/* Called once, from the loop, when the target was answered; later is freed behind it. */
typedef void (*later_handler)(void *userdata, const struct outcome *outcome);

struct later_order {
	struct call *call;
	const struct place *place; /* of the path; NULL: a connect without one */
	later_handler handler;
	void *userdata;
};

/*
 * Opens the place, or connects the call's socket (taken from the call). target is copied, the order
 * borrowed for the call. 0, or a negative errno with nothing answered.
 */
int later_begin(const struct reply_context *context, const struct target *target,
		const struct later_order *order, struct later **ret_later);
/* Ends it without an answer (the enforcer itself ends). */
struct later *later_free(struct later *later);
