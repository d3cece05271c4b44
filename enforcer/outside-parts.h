/* SPDX-License-Identifier: Apache-2.0 */
/* What the files outside*.c share. */
#pragma once

#include "enforcer/network/resolver.h"
#include "enforcer/outside.h"
#include "enforcer/supervisor.h"

/* Of the host's loopback, that the sandbox may be given. */
#define HOST_PORTS_MAX 256

struct outside {
	struct supervisor *supervisor;
	struct helper *helper;
	struct loop_source answered;
	struct names *names;
	struct resolver *resolver;
	struct network *network;
};

/* outside-publish.c, for the network */
bool outside_guest_begins(void *outside, const struct guest_end *begin);
void outside_guest_ended(void *outside, const struct guest_end *end);
