/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The shim's parts. It runs inside the sandbox, before the agent, with the agent's rights; it
 * trusts the plan, which came from outside, and nothing else. No allocation, no locale, no
 * configuration. Whatever fails is told to the enforcer and ends it: nothing weaker is ever
 * started.
 */
#pragma once

#include <stdint.h>

#include "agent-shim/handover-protocol.h"

struct shim {
	const struct handover_plan *plan; /* mapped privately */
	char **argv;                      /* one free slot before the first */
	char **envp;
	int control;
};

/* Tells step and errno, and exits. */
_Noreturn void shim_fail(const struct shim *shim, enum handover_step step);

/* The string at an offset of the plan. */
static inline const char *shim_string(const struct shim *shim, uint32_t offset)
{
	return (const char *)shim->plan + offset;
}

/* handover.c */
void handover_read_plan(struct shim *shim, int fd);
void handover_send(const struct shim *shim, const struct handover_message *message, int fd);
void handover_wait_for_go(const struct shim *shim);

/* terminal.c: a pty in the sandbox's devpts becomes the controlling terminal. */
void terminal_make(const struct shim *shim);

/* restrict.c: no_new_privs (Landlock and seccomp want it), then Landlock. */
void restrict_agent(const struct shim *shim);

/* install-filter.c: from its return on, calls are held by the filter. */
void install_filter(const struct shim *shim);

/* leader.c: returns in the child, which is to be the agent. */
void leader_fork(const struct shim *shim);

/* execute.c: becomes the agent, as execvp(3) with the plan's environment. */
_Noreturn void execute_agent(const struct shim *shim);
