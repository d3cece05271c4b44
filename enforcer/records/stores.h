/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What no suggestion ever opens, however often it was allowed: what the built-in profile guards
 * (key stores, what runs later outside), and files that are called as keys and secrets are,
 * wherever they lie. PURE.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "enforcer/base/buffer.h"
#include "enforcer/base/cleanup.h"
#include "enforcer/policy/policy.h"

struct stores;

/* profile: the built-in profile's text, for its guards; context: of the run. Both borrowed for the
 * call. 0, -EINVAL or -ENOMEM. */
int stores_new(const char *profile, const struct policy_context *context,
	       struct stores **ret_stores);
struct stores *stores_free(struct stores *stores);
DEFINE_CLEANUP(struct stores *, stores_free)

/* True where this verb on this object is not to be opened. */
bool stores_hold(const struct stores *stores, const struct request *request, size_t object,
		 enum verb verb);
bool stores_hold_path(const struct stores *stores, enum verb verb, const char *path,
		      bool directory);
/* True where one of them by its own path is directory, or lies below. */
bool stores_lie_below(const struct stores *stores, enum verb verb, const char *directory);

/* Names of files as keys and secrets have them: globs, NULL-ended. */
extern const char *const stores_names[];
/* True where a name looks as if it held a secret, though it is none of those. */
bool stores_name_is_doubtful(const char *name);
