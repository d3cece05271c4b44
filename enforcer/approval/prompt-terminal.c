/* SPDX-License-Identifier: Apache-2.0 */
/* Asks on the person's terminal. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "enforcer/approval/pending.h"
#include "enforcer/approval/prompt-keys.h"
#include "enforcer/approval/prompt-terminal.h"
#include "enforcer/approval/terminal.h"
#include "enforcer/loop/loop.h"

/*
 * The agent may have left the terminal in the middle of a sequence, or in a state that hides or
 * garbles what follows: CAN and ST end the sequence; then letters (not line drawing), no
 * attributes, no insertion, wrapping lines, the cursor visible.
 */
#define TERMINAL_PLAIN "\x18\x1b\\\x0f\x1b(B\x1b[0m\x1b[4l\x1b[?7h\x1b[?25h"

#define CTRL_C 0x03

struct prompt_terminal {
	struct prompter prompter;
	struct terminal_asker asker;
	struct terminal *terminal;   /* borrowed */
	struct approvals *approvals; /* borrowed */
	struct prompt_keys keys;
	uint64_t quiet_ns;
	uint64_t id; /* of the question on the screen; 0: none */
};

static void append_lines(struct buffer *text, const char *lines)
{
	for (const char *end; (end = strchr(lines, '\n')); lines = end + 1) {
		buffer_append(text, lines, (size_t)(end - lines));
		buffer_append_string(text, "\r\n");
	}
}

static void append_answers(struct buffer *text, const struct question *question, uint64_t now)
{
	const struct buffer *same = &question->scopes[SCOPE_SAME];
	const char *scope = same->data ? same->data : "";
	bool may_allow = question->allows[ANSWER_FOR_RUN] & 1u << SCOPE_SAME;
	bool may_deny = question->denies[ANSWER_FOR_RUN] & 1u << SCOPE_SAME;
	uint64_t left = question->deadline > now ? (question->deadline - now) / 1000000000u : 0;

	buffer_append_string(text, "  a  allow this once\r\n");
	if (may_allow)
		buffer_printf(text, "  r  allow for this run: %s\r\n", scope);
	buffer_append_string(text, "  d  deny this once (also Ctrl-C)\r\n");
	if (may_deny)
		buffer_printf(text, "  D  deny for this run: %s\r\n", scope);
	buffer_printf(text, "  a%s/d%s, or no answer within %llus: ", may_allow ? "/r" : "",
		      may_deny ? "/D" : "", (unsigned long long)left);
}

static int prompt_show(struct prompter *prompter, const struct question *question, uint64_t now)
{
	struct prompt_terminal *prompt = container_of(prompter, struct prompt_terminal, prompter);
	_cleanup_(buffer_done) struct buffer text = {};
	int r;

	buffer_append_string(&text, TERMINAL_PLAIN "\r\ncallgate: ");
	append_lines(&text, question->text.data ? question->text.data : "");
	append_answers(&text, question, now);
	if (text.error)
		return text.error;
	r = terminal_question_begin(prompt->terminal);
	if (r < 0)
		return r;
	prompt->id = question->id;
	prompt_keys_init(&prompt->keys, prompt->quiet_ns, now);
	terminal_say(prompt->terminal, text.data, text.len);
	return 0;
}

static void prompt_hide(struct prompter *prompter, const char *how)
{
	struct prompt_terminal *prompt = container_of(prompter, struct prompt_terminal, prompter);

	prompt->id = 0;
	terminal_say(prompt->terminal, how, strlen(how));
	terminal_say(prompt->terminal, "\r\n", 2);
	terminal_question_end(prompt->terminal);
}

static void prompt_input(struct terminal_asker *asker, const unsigned char *data, size_t len,
			 uint64_t now)
{
	static const struct {
		unsigned char key;
		enum verdict verdict;
		enum answer_lasts lasts;
	} keys[] = {
		{'a', VERDICT_ALLOW, ANSWER_ONCE},   {'r', VERDICT_ALLOW, ANSWER_FOR_RUN},
		{'d', VERDICT_DENY, ANSWER_ONCE},    {'D', VERDICT_DENY, ANSWER_FOR_RUN},
		{CTRL_C, VERDICT_DENY, ANSWER_ONCE},
	};
	struct prompt_terminal *prompt = container_of(asker, struct prompt_terminal, asker);
	unsigned char key;

	/* Nobody has read what is not on the screen yet. */
	if (terminal_is_saying(prompt->terminal))
		prompt_keys_hush(&prompt->keys, now);
	key = prompt_keys_feed(&prompt->keys, data, len, now);
	if (key == 0 || prompt->id == 0)
		return;
	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		const struct answer answer = {.verdict = keys[i].verdict,
					      .lasts = keys[i].lasts,
					      .by = BY_PERSON,
					      .via = "terminal"};

		if (keys[i].key != key)
			continue;
		approvals_answer(prompt->approvals, prompt->id, &answer, now, NULL);
		return;
	}
	prompt_keys_hush(&prompt->keys, now);
}

static void prompt_foreground(struct terminal_asker *asker, bool is_foreground)
{
	struct prompt_terminal *prompt = container_of(asker, struct prompt_terminal, asker);

	if (!is_foreground) {
		prompt->id = 0;
		approvals_unshow(prompt->approvals);
		return;
	}
	approvals_show(prompt->approvals, loop_now());
}

static void prompt_said(struct terminal_asker *asker, uint64_t now)
{
	struct prompt_terminal *prompt = container_of(asker, struct prompt_terminal, asker);

	prompt_keys_hush(&prompt->keys, now);
}

static void prompt_gone(struct terminal_asker *asker)
{
	struct prompt_terminal *prompt = container_of(asker, struct prompt_terminal, asker);

	prompt->id = 0;
	if (prompt->approvals)
		approvals_prompter_gone(prompt->approvals, loop_now());
}

int prompt_terminal_new(struct terminal *terminal, uint64_t quiet_ns,
			struct prompt_terminal **ret_prompt)
{
	struct prompt_terminal *prompt = calloc(1, sizeof(*prompt));

	if (!prompt)
		return -ENOMEM;
	*prompt = (struct prompt_terminal){
		.prompter = {.show = prompt_show, .hide = prompt_hide},
		.asker = {.input = prompt_input,
			  .foreground = prompt_foreground,
			  .said = prompt_said,
			  .gone = prompt_gone},
		.terminal = terminal,
		.quiet_ns = quiet_ns,
	};
	terminal_set_asker(terminal, &prompt->asker);
	*ret_prompt = prompt;
	return 0;
}

struct prompt_terminal *prompt_terminal_free(struct prompt_terminal *prompt)
{
	if (!prompt)
		return NULL;
	terminal_set_asker(prompt->terminal, NULL);
	free(prompt);
	return NULL;
}

struct prompter *prompt_terminal_prompter(struct prompt_terminal *prompt)
{
	return &prompt->prompter;
}

void prompt_terminal_set_approvals(struct prompt_terminal *prompt, struct approvals *approvals)
{
	prompt->approvals = approvals;
}
