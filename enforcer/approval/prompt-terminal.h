/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Asks on the person's terminal: a box over whatever stands there, one key, and the screen is as it
 * was. On the agent's primary screen the box is on the terminal's other one, with what the agent
 * wrote last above it, so that scrollback, wrapped lines and what stood there before the run are
 * the terminal's to keep. Over a full-screen program it is painted in place, and the rows under it
 * are painted again from what we know of them. Where neither can be done: lines of text.
 */
#pragma once

#include <stdint.h>

#include "enforcer/base/cleanup.h"

struct approvals;
struct buffer;
struct grant;
struct prompter;
struct prompt_terminal;
struct terminal;

/* terminal: borrowed; freed after this. quiet_ns: PROMPT_QUIET_NS. */
int prompt_terminal_new(struct terminal *terminal, uint64_t quiet_ns,
			struct prompt_terminal **ret_prompt);
struct prompt_terminal *prompt_terminal_free(struct prompt_terminal *prompt);
DEFINE_CLEANUP(struct prompt_terminal *, prompt_terminal_free)

/* What an answer for always would write, and where, in words; appended to ret_text, escaped. */
typedef void (*prompt_describe_rule)(void *userdata, const struct grant *grant,
				     struct buffer *ret_text);
void prompt_terminal_set_describe_rule(struct prompt_terminal *prompt,
				       prompt_describe_rule describe, void *userdata);

/* For struct approvals_config; then tell it whose questions they are (borrowed; NULL before those
 * are freed). */
struct prompter *prompt_terminal_prompter(struct prompt_terminal *prompt);
void prompt_terminal_set_approvals(struct prompt_terminal *prompt, struct approvals *approvals);
