/* SPDX-License-Identifier: Apache-2.0 */
/* A question as lines of text. */
#include <string.h>

#include "enforcer/approval/prompt-plain.h"
#include "enforcer/approval/question.h"

/*
 * The agent may have left the terminal in the middle of a sequence, or in a state that hides or
 * garbles what follows: CAN and ST end the sequence; then letters (not line drawing), no
 * attributes, no insertion, wrapping lines, the cursor visible.
 */
#define TERMINAL_PLAIN "\x18\x1b\\\x0f\x1b(B\x1b[0m\x1b[4l\x1b[?7h\x1b[?25h"

static void append_lines(struct buffer *text, const char *lines)
{
	for (const char *end; (end = strchr(lines, '\n')); lines = end + 1) {
		buffer_append(text, lines, (size_t)(end - lines));
		buffer_append_string(text, "\r\n");
	}
}

void plain_append(struct buffer *ret_text, const struct question *question, uint64_t now)
{
	const struct buffer *same = &question->scopes[SCOPE_SAME];
	const char *scope = same->data ? same->data : "";
	bool may_allow = question->allows[ANSWER_FOR_RUN] & 1u << SCOPE_SAME;
	bool may_deny = question->denies[ANSWER_FOR_RUN] & 1u << SCOPE_SAME;
	uint64_t left = question->deadline > now ? (question->deadline - now) / 1000000000u : 0;

	buffer_append_string(ret_text, TERMINAL_PLAIN "\r\ncallgate: ");
	append_lines(ret_text, question->text.data ? question->text.data : "");
	buffer_append_string(ret_text, "  a  allow this once\r\n");
	if (may_allow)
		buffer_printf(ret_text, "  r  allow for this run: %s\r\n", scope);
	buffer_append_string(ret_text, "  d  deny this once (also Ctrl-C)\r\n");
	if (may_deny)
		buffer_printf(ret_text, "  D  deny for this run: %s\r\n", scope);
	buffer_printf(ret_text, "  a%s/d%s, or no answer within %llus: ", may_allow ? "/r" : "",
		      may_deny ? "/D" : "", (unsigned long long)left);
}
