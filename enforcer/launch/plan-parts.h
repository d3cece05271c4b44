/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of plan_new(): each fills its own members of the plan. Private to launch/. */
#pragma once

#include "enforcer/launch/plan.h"
#include "enforcer/policy/policy.h"

/* plan-trees.c: what the rules say of whole trees */
/*
 * True where the verdict for the tree at path, for the names in it that no rule singles out, is at
 * least so much. directory: false where only path itself is asked about.
 */
bool plan_tree_allows(const struct policy *policy, enum verb verb, const char *path, bool directory,
		      enum verdict least);
/* True where nothing in the tree can be allowed, now or by a person. */
bool plan_tree_is_denied(const struct policy *policy, enum verb verb, const char *path);
/* The root and the literal roots of read, write and exec rules, sorted, parents first, each once.
 * The array is given, the strings are the policy's. NULL-ended. */
int plan_literals(const struct policy *policy, const char ***ret_paths);

/* plan-mounts.c */
int plan_make_mounts(struct plan *plan, const struct plan_input *input);
/* The view's own tmp, /dev or /proc, not the host's. mount may be NULL. */
bool plan_mount_is_private(const struct plan_mount *mount);

/* plan-landlock.c; wants the mounts */
int plan_make_landlock(struct plan *plan, const struct plan_input *input);

/* plan-command.c */
int plan_copy_command(struct plan *plan, const struct plan_input *input);
int plan_copy_strings(const char *const *strings, char ***ret_copy);
void plan_free_strings(char **strings);
