/* SPDX-License-Identifier: Apache-2.0 */
/* The machine's facts that a plan wants: the host's tree, the shim, the kernel's Landlock. */
#pragma once

#include <limits.h>

#include "enforcer/launch/plan.h"

extern const struct plan_tree plan_host_tree;

/*
 * callgate-shim beside the running program's own build tree, else where it was installed; never
 * from the environment or PATH. 0, or -ENOENT with reterr.
 */
int plan_find_shim(char ret_path[static PATH_MAX], struct failure *reterr);

/* The ABI of the running kernel's Landlock, 0 where it has none or it is off. */
int plan_landlock_abi(void);
