/* SPDX-License-Identifier: Apache-2.0 */
/* The stages of one call, for supervisor.c. */
#pragma once

#include "enforcer/pending.h"

/* From RECEIVED on, as far as it goes without waiting. */
void pipeline_work(struct pending *pending);

/* Of the supervisor's watch: withdraws the questions of targets that are gone or interrupted. */
void pipeline_on_watch(struct loop_source *source, int32_t result, bool more);

/* Between the files of the pipeline. */

/* Request: the places and objects of the call. 0, the negative errno that answers it, or
 * PIPELINE_DONE: there is nothing to do. */
#define PIPELINE_DONE 1
int pipeline_resolve(struct pending *pending, const struct target *target);
/* Continues and verifies an exec that was allowed. */
void pipeline_exec(struct pending *pending, const struct target *target);
/* Decided, as far as policy and hooks go: on to what the verdict says. */
void pipeline_decided(struct pending *pending, const struct target *target);
/* Calls the hooks that want to see the request, and goes on when they have answered. False: none
 * does. */
bool pipeline_hook(struct pending *pending);
/* A hook wants a person to be asked, whatever the policy says. */
bool pipeline_hook_asks(const struct pending *pending);
/* It has been called, and some hook has not answered. */
bool pipeline_hook_waits(const struct pending *pending);
/* Asked, and answered some time. */
void pipeline_ask(struct pending *pending);
/* The same for one that is under way already. */
void pipeline_ask_under_way(struct pending *pending);
/* From now on, until it is answered. */
void pipeline_watch(struct pending *pending);
/* One that is asked for a second time within a moment: answered as the first. */
bool pipeline_asked_before(struct pending *pending, const struct target *target);
/* How long the call may wait for a person or a hook. */
uint64_t pipeline_patience(const struct pending *pending);
/* Asked or hooked, and its patience is over: its socket gets under way, or it has no end. */
void pipeline_get_under_way(struct pending *pending);
/* Under way: has its socket been closed? Then nobody is asked any more. */
bool pipeline_is_given_up(struct pending *pending);
void pipeline_give_up(struct pending *pending);
/* Under way, and answered. */
void pipeline_decided_under_way(struct pending *pending, const struct decision *answer);
/* Resolved and judged again. */
void pipeline_again(struct pending *pending);
/* Does what was allowed. */
void pipeline_perform(struct pending *pending, const struct target *target);
/* The target died, or cannot be looked at. */
void pipeline_gone(struct pending *pending);
/* Everything passes here exactly once: the record, and the end of the call. */
void pipeline_answered(struct pending *pending);
/* Room for the record comes before the act: false where there is none. */
bool pipeline_reserve(struct pending *pending);
/* What neither connects nor sends in a way that is relayed. */
bool pipeline_leaves_the_machine(const struct supervisor *supervisor,
				 const struct request *request);
/* Denied for want of a rule that names its protocol: there is no network for it. */
bool pipeline_is_silent_on_it(const struct request *request, const struct decision *decision);
/* connect, or sendto with an address. */
enum reply_result pipeline_perform_socket(struct pending *pending, const struct target *target);
/* Begins the connection out of the sandbox; 0 or a negative errno. */
int pipeline_connect(struct pending *pending, const struct target *target);
/* Answers with error (positive). */
void pipeline_deny(struct pending *pending, const struct target *target, int error);
/* The request has become another (a new image): room for that one instead. */
bool pipeline_reserve_anew(struct pending *pending);
/* Linked while it waits for somebody else. */
void pending_wait(struct pending *pending);
void pending_wake(struct pending *pending);

/* Of the exec verifier. */
bool pipeline_judge_image(void *pending, struct exec_seen *seen);
void pipeline_exec_ended(void *pending, enum exec_end end, int value);
