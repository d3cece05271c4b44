/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A process that does nothing but wait for our end, so that a SIGKILL does not leave the person's
 * terminal raw: it is told what modes we owe them, and gives those back when we are gone, if the
 * terminal is still as we had set it. (A shell with job control has put its own there by then.)
 * Forked before the agent starts: it has the terminal, and nothing else.
 */
#pragma once

#include <stdbool.h>
#include <termios.h>

#include "enforcer/base/cleanup.h"

struct terminal_guard;

/* tty: which of 0 to 2 are the person's terminal; none: the controlling one is. 0 or a negative
 * errno: then nobody guards it, and nothing else changes. */
int terminal_guard_start(const bool tty[static 3], struct terminal_guard **ret_guard);
/* Its end: nothing is owed any more. */
struct terminal_guard *terminal_guard_free(struct terminal_guard *guard);
DEFINE_CLEANUP(struct terminal_guard *, terminal_guard_free)

/* ours: what stands there now; owed: what is to be given back. NULL: nothing is. guard may be
 * NULL. */
void terminal_guard_tell(struct terminal_guard *guard, const struct termios *ours,
			 const struct termios *owed);
