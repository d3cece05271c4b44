/* SPDX-License-Identifier: Apache-2.0 */
/* What bwrap reads from descriptors. Private to launch/. */
#pragma once

#include "enforcer/launch/plan.h"

/* Its options (--args). A descriptor, or a negative errno. */
int bwrap_options_fd(const struct plan *plan);
/* The texts of the plan's files, in the order of its mounts; -1 behind the last. Also filled on
 * failure. */
int bwrap_files(const struct plan *plan, int ret_fds[static PLAN_FILES_MAX]);
