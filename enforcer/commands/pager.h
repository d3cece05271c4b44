/* SPDX-License-Identifier: Apache-2.0 */
/* What is longer than a screen goes through a pager, where a person looks at a terminal. */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

struct pager {
	pid_t pid; /* 0: none */
};

/* Where stdout is a terminal and wanted: stdout is the pager's input from here on. Without a pager
 * it stays as it is. */
void pager_start(struct pager *pager, bool wanted);
/* Flushes, and waits until the person has left it. */
void pager_end(struct pager *pager);

/* Whether to write in colour: --color WHEN ("always", "never", "auto" or NULL), NO_COLOR, TERM, and
 * whether stdout is a terminal. Ask before pager_start(). -EINVAL: another word. */
int colour_wanted(const char *when, bool *ret_wanted);
