/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The hooks of the run, wired: which want to see a call, what they are told, and whose answer is
 * whose. A call waits in pipeline-hook.c; here is the way to the process that runs them.
 *
 * A hook that fails is told of on the person's terminal, since what it was there for is not done.
 */
#pragma once

#include "enforcer/helper/hooks.h"

struct hooked;
struct pending;
struct supervisor;

/* Forks the process that runs them, where there are any. */
int hooked_start(const struct policy *policy, struct hooks **ret_hooks);
/* hooks: taken, also on failure. directory: of the start; borrowed. */
int hooked_new(struct supervisor *supervisor, struct hooks *hooks, const char *directory,
	       struct hooked **ret_hooked);
/* What waits for a hook is denied. */
struct hooked *hooked_free(struct hooked *hooked);
/* Waits for those that are told of calls that have been. Not from a handler. */
void hooked_finish(struct hooked *hooked);

/* hooked may be NULL: nobody wants anything. */
bool hooked_wants(const struct hooked *hooked, const struct request *request, enum hook_when when);
/* Sends the call to each hook that wants to see it, and counts them. pipeline_hooked() follows for
 * each, perhaps before this returns. */
void hooked_ask(struct hooked *hooked, uint64_t id, const struct pending *pending, unsigned *count);
/* Tells those that want to know what has been. */
void hooked_tell(struct hooked *hooked, const struct pending *pending);

/* pipeline-hook.c: an answer has come. What FAILED means was settled. */
void pipeline_hooked(struct supervisor *supervisor, const struct policy_hook *hook,
		     const struct hook_answer *answer);
/* None will come any more. */
void pipeline_hooks_gone(struct supervisor *supervisor);
