/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the wall does about a name. explain asks the launch plan, which is what makes the wall;
 * check has only a policy file, and asks the policy alone the same questions.
 */
#pragma once

#include <limits.h>
#include <stdbool.h>

#include "enforcer/policy/decision.h"

struct config;
struct policy;

struct wall_view {
	bool open;  /* the kernel alone would let the verb through */
	bool exact; /* and what it lets through in that tree is just what the policy allows */
	/* The tree that the policy opens or closes there; "" where it names none. */
	char tree[PATH_MAX];
};

/* path: absolute and canonical. */
void wall_view(const struct policy *policy, enum verb verb, const char *path,
	       struct wall_view *ret_view);

/* One line for `callgate explain`, to stdout. */
void wall_view_print(const struct config *config, const struct object *object, enum verb verb,
		     enum verdict verdict);
