/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A program that is asked in a person's place, or beside one (`callgate run --approver COMMAND`):
 * called once for each question that opens, with the question as the control socket has it; what
 * it answers as a hook does is the answer. Without a clear answer the question goes on waiting for
 * somebody else, until its deadline: a program that fails never allows.
 */
#pragma once

#include "enforcer/base/error.h"
#include "enforcer/helper/hooks.h"

struct approver;
struct supervisor;

/* Forks the process that runs command by a shell. Before the agent runs. */
int approver_start(const struct policy *policy, const char *command, struct hooks **ret_hooks);
/* hooks: taken, also on failure. With the approvals; questions wait for it from here on. */
int approver_new(struct supervisor *supervisor, struct hooks *hooks,
		 struct approver **ret_approver);
/* Before approvals_free(). */
struct approver *approver_free(struct approver *approver);
