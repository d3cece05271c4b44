/* SPDX-License-Identifier: Apache-2.0 */
/* The process that runs the hooks. Private to helper/. */
#pragma once

#include <stdint.h>

#include "enforcer/helper/hooks.h"

/* What comes in over the socket, before the line of JSON; out goes struct hook_answer. */
struct hook_order {
	uint64_t id;
	uint32_t hook;
	uint32_t len;
};

/* Serves the socket until its other end closes, and what was told of until it has ended. */
_Noreturn void hook_runner_run(int fd, const struct hook_list *list);
