/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Asks on the person's terminal: text, one key. For now the text goes where the cursor is, and the
 * screen is not restored.
 */
#pragma once

#include <stdint.h>

#include "enforcer/base/cleanup.h"

struct approvals;
struct prompter;
struct prompt_terminal;
struct terminal;

/* terminal: borrowed; freed after this. quiet_ns: PROMPT_QUIET_NS. */
int prompt_terminal_new(struct terminal *terminal, uint64_t quiet_ns,
			struct prompt_terminal **ret_prompt);
struct prompt_terminal *prompt_terminal_free(struct prompt_terminal *prompt);
DEFINE_CLEANUP(struct prompt_terminal *, prompt_terminal_free)

/* For struct approvals_config; then tell it whose questions they are (borrowed; NULL before those
 * are freed). */
struct prompter *prompt_terminal_prompter(struct prompt_terminal *prompt);
void prompt_terminal_set_approvals(struct prompt_terminal *prompt, struct approvals *approvals);
