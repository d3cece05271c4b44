/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Hooks are run by a process of their own, forked before the agent starts: it has the user's
 * rights and environment (the enforcer's own process has given up the right to gain any), starts
 * the programs outside the sandbox, in "/", and reads what they answer. The enforcer sends it a
 * line of JSON and gets an opinion; nothing here waits.
 *
 * A hook that crashes, is missing, exits with another status than 0 and 2, says what is no answer,
 * or takes too long has failed, and HOOK_OPINION_FAILED is all that comes of it.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "enforcer/base/cleanup.h"
#include "enforcer/policy/policy-hooks.h"

#define HOOK_REASON_MAX   512
#define HOOKS_PATIENCE_MS 10000
/* Of what is sent to a hook for one call. */
#define HOOK_INPUT_MAX (1u << 20)

enum hook_opinion {
	HOOK_OPINION_DENY = 0,
	HOOK_OPINION_FAILED,
	HOOK_OPINION_ASK,
	HOOK_OPINION_ALLOW,
	HOOK_OPINION_NONE,
};

struct hook_answer {
	uint64_t id;
	uint32_t hook;
	enum hook_opinion opinion;
	char reason[HOOK_REASON_MAX]; /* the hook's, or what failed; hostile bytes possible */
};

struct hooks;

struct hook_list {
	const struct policy_hook *const *hooks; /* their place is their number */
	size_t n;
};

/* list: borrowed for the call; the runner has its own copy. */
int hooks_new(const struct hook_list *list, struct hooks **ret_hooks);
/* Kills what still runs. */
struct hooks *hooks_free(struct hooks *hooks);
DEFINE_CLEANUP(struct hooks *, hooks_free)
/* Waits for the hooks that are told of calls that have been, each up to its timeout, all of them up
 * to HOOKS_PATIENCE_MS. */
void hooks_finish(struct hooks *hooks);
/* Readable when there is an answer; borrowed. */
int hooks_fd(const struct hooks *hooks);

/* Calls a hook: one line of JSON, without its newline. 0; -EAGAIN: the socket is full, try again
 * when it can be written; or a negative errno. */
int hooks_call(struct hooks *hooks, uint64_t id, size_t hook, const char *line, size_t len);
/* 1, 0 where there is none now, or a negative errno (-EPIPE: the runner has ended). */
int hooks_receive(struct hooks *hooks, struct hook_answer *ret_answer);
