/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of plan_new(): each fills its own members of the plan. Private to launch/. */
#pragma once

#include "enforcer/launch/plan.h"
#include "enforcer/policy/policy.h"

/* plan-mounts.c */
int plan_make_mounts(struct plan *plan, const struct plan_input *input);
/* The mount that path lies on in the view, or NULL. */
const struct plan_mount *plan_mount_of(const struct plan *plan, const char *path);
/* The view's own tmp, /dev or /proc, not the host's. mount may be NULL. */
bool plan_mount_is_private(const struct plan_mount *mount);

/* plan-landlock.c; wants the mounts */
int plan_make_landlock(struct plan *plan, const struct plan_input *input);

/* plan-environment.c */
int plan_make_environment(struct plan *plan, const struct plan_input *input);
int plan_copy_strings(const char *const *strings, char ***ret_copy);
void plan_free_strings(char **strings);
