/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Hooks: programs of the user's that have a say before a call, or are told of it behind. Those of
 * all layers add up, and none switches another off. PURE: this knows which hook wants which call;
 * who starts them is helper/.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "enforcer/policy/decision.h"

#define HOOKS_MAX 32 /* of one text */

enum hook_when {
	HOOK_BEFORE = 0,
	HOOK_AFTER,
};

/* What comes of a hook that gives no answer. Zero is no. */
enum hook_failure {
	HOOK_FAILURE_DENY = 0,
	HOOK_FAILURE_ASK,
	HOOK_FAILURE_IGNORE, /* as if it had no opinion */
};

struct policy_hook {
	const char *const *command; /* absolute program and arguments, NULL-ended */
	enum hook_when when;
	bool stream; /* kept alive, and fed a line for each call */
	enum hook_failure on_failure;
	uint64_t timeout_ns;
	enum layer layer;
	const char *file;
	int line;
};

struct policy;

/* In the order of the layers. */
size_t policy_hook_count(const struct policy *policy);
const struct policy_hook *policy_hook(const struct policy *policy, size_t index);
/* Whether the hook wants to see the request. Errs towards yes. */
bool policy_hook_wants(const struct policy *policy, size_t index, const struct request *request);
