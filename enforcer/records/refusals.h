/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Answers that denied more than the one thing that was asked: a directory, a tree, a host, a
 * program. What they cover no suggestion opens, whether anybody tried it or not. PURE.
 */
#pragma once

#include <stdbool.h>

#include "enforcer/base/cleanup.h"
#include "enforcer/policy/policy.h"
#include "enforcer/records/entry.h"
#include "enforcer/records/generalise.h"

#define REFUSALS_MAX 1000 /* different ones; with more nothing is suggested that is wide */

struct refusals;

struct refusals *refusals_new(void);
struct refusals *refusals_free(struct refusals *refusals);
DEFINE_CLEANUP(struct refusals *, refusals_free)

/* A grant of the record; all but such are left alone. 0 or -ENOMEM. */
int refusals_take(struct refusals *refusals, const struct entry *grant);
/* Behind the last one: context as of the newest run. 0, -EINVAL or -ENOMEM. */
int refusals_finish(struct refusals *refusals, const struct policy_context *context);
/* True where the candidate could cover some of what they deny. */
bool refusals_clash(const struct refusals *refusals, const struct candidate *candidate,
		    const char *home);
