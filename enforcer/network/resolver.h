/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The resolver that the programs inside ask: UDP and TCP, answered at once from the table of names.
 * Nothing leaves the machine for a query; what is allowed is looked up outside when it is connected
 * to.
 */
#pragma once

#include "enforcer/loop/loop.h"
#include "enforcer/network/answer.h"

#define RESOLVER_STREAMS_MAX 32

struct resolver;

/* sockets (taken): n pairs of UDP and listening TCP, non-blocking. context: copied. */
int resolver_new(struct loop *loop, int *sockets, size_t n, const struct answer_context *context,
		 struct resolver **ret_resolver);
struct resolver *resolver_free(struct resolver *resolver);
