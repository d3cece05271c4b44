/* SPDX-License-Identifier: Apache-2.0 */
/* In a pipeline: what a person typed before their terminal was taken is echoed once. */
#include <string.h>

#include "enforcer/approval/terminal-state.h"

/* What the person typed at a cooked terminal stands on their screen, and the agent's line
 * discipline, to which it goes, echoes it again. */
void terminal_expect_echo(struct terminal *terminal, const unsigned char *data, size_t len)
{
	struct termios now;

	terminal->echo_len = terminal->echo_seen = 0;
	if (tcgetattr(terminal->peer, &now) < 0 || !(now.c_lflag & ECHO) ||
	    !(terminal->found.c_lflag & ECHO))
		return;
	for (size_t i = 0; i < len; i++) {
		bool hat = data[i] < ' ' && data[i] != '\n' && data[i] != '\t';

		if (hat && now.c_lflag & ECHOCTL)
			terminal->echo[terminal->echo_len++] = '^';
		if (data[i] == '\n' && now.c_oflag & OPOST && now.c_oflag & ONLCR)
			terminal->echo[terminal->echo_len++] = '\r';
		terminal->echo[terminal->echo_len++] =
			hat && now.c_lflag & ECHOCTL ? data[i] ^ 0x40 : data[i];
	}
}

/* Takes the echo out of the n bytes that have come last. Where something else comes first, all is
 * shown: a line too many is better than one too few. */
void terminal_drop_echo(struct terminal *terminal, size_t n)
{
	struct flow *flow = &terminal->to_person;
	unsigned char *new = flow->data + flow->end - n;
	size_t same = 0, left = terminal->echo_len - terminal->echo_seen;

	while (same < n && same < left && new[same] == terminal->echo[terminal->echo_seen + same])
		same++;
	if (same < n && same < left) {
		size_t held = terminal->echo_seen;

		/* What was held back was no echo. */
		if (held <= FLOW_MAX - flow->end) {
			memmove(new + held, new, n);
			memcpy(new, terminal->echo, held);
			flow->end += held;
		}
		terminal->echo_len = terminal->echo_seen = 0;
		return;
	}
	memmove(new, new + same, n - same);
	flow->end -= same;
	terminal->echo_seen += same;
	if (terminal->echo_seen == terminal->echo_len)
		terminal->echo_len = terminal->echo_seen = 0;
}
