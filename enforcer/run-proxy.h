/* SPDX-License-Identifier: Apache-2.0 */
/* The upstream proxy of a run: what the policy says of it, its password, and rule zero for that. */
#pragma once

#include "enforcer/supervisor.h"

struct config;

/* Fills supervisor's proxy, before the agent starts; what is borrowed there is config's. */
int run_proxy_init(const struct config *config, struct rule_zero *zero,
		   struct supervisor *supervisor, struct failure *reterr);
void run_proxy_done(struct supervisor *supervisor);
