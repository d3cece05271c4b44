/* SPDX-License-Identifier: Apache-2.0 */
/* Asks on the person's terminal. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "enforcer/approval/pending.h"
#include "enforcer/approval/prompt-box.h"
#include "enforcer/approval/prompt-keys.h"
#include "enforcer/approval/prompt-plain.h"
#include "enforcer/approval/prompt-terminal.h"
#include "enforcer/approval/screen-draw.h"
#include "enforcer/approval/terminal.h"
#include "enforcer/loop/loop.h"

#define CTRL_C    0x03
#define SECOND_NS 1000000000u

struct prompt_terminal {
	struct prompter prompter;
	struct terminal_asker asker;
	struct terminal *terminal;   /* borrowed */
	struct approvals *approvals; /* borrowed */
	struct prompt_keys keys;
	uint64_t quiet_ns;
	const struct question *question; /* on the screen, borrowed; NULL: none */
	struct box_view view;
	struct box_shape shape;
	struct loop_source tick;
	bool boxed;  /* a box is drawn, else text */
	bool aside;  /* on the terminal's other screen */
	bool unread; /* what was drawn last was not written yet: nobody can have read it */
	bool ascii;
	prompt_describe_rule describe_rule; /* or NULL */
	void *describe_userdata;
	struct buffer rule; /* as it described it */
};

/* ---- what is drawn */

/* Above the box, what the agent wrote last: where it stands, if there is room and we know where
 * that is, else just above. */
static void append_backdrop(struct buffer *bytes, const struct screen *screen, int room)
{
	const struct screen_state *state = screen_state(screen);
	const struct grid *grid = screen_grid(screen);
	int end = state->cursor.row + 1, shift = end - room;

	buffer_append_string(bytes, "\x1b[0m\x1b[2J");
	if (shift <= 0 && state->placed)
		screen_append_rows(bytes, grid, 0, room, 0);
	else if (shift <= 0)
		screen_append_rows(bytes, grid, 0, end, -shift);
	else
		screen_append_rows(bytes, grid, shift, end, 0);
}

/* anew: nothing of the box stands there. 0, -EMSGSIZE for too small a window. */
static int prompt_draw(struct prompt_terminal *prompt, struct buffer *bytes, bool anew)
{
	struct screen *screen = terminal_screen(prompt->terminal);
	_cleanup_(buffer_done) struct buffer box = {};
	struct box_shape before = prompt->shape;
	int r;

	prompt->view.now = loop_now();
	prompt->view.n_waiting = prompt->approvals ? approvals_count(prompt->approvals) : 1;
	prompt->view.ready = prompt->view.now >= prompt->keys.ready_at;
	r = box_append(&box, &prompt->view, screen, &prompt->shape);
	if (r < 0)
		return r;
	if (prompt->aside && (anew || before.top != prompt->shape.top))
		append_backdrop(bytes, screen, prompt->shape.top);
	else if (!prompt->aside && anew)
		screen_append_rows(bytes, screen_grid(screen), 0, prompt->shape.top, 0);
	else if (!prompt->aside && before.top < prompt->shape.top)
		screen_append_rows(bytes, screen_grid(screen), before.top, prompt->shape.top,
				   before.top);
	buffer_append(bytes, box.data, box.len);
	return bytes->error;
}

/* The next second, or the moment from which keys count. */
static void prompt_arm(struct prompt_terminal *prompt, uint64_t now)
{
	uint64_t wait = SECOND_NS, ready_at = prompt->keys.ready_at;

	if (prompt->tick.armed || !prompt->tick.slot)
		return;
	if (ready_at > now && ready_at - now < wait)
		wait = ready_at - now + 1;
	loop_timeout(&prompt->tick, wait);
}

static void prompt_redraw(struct prompt_terminal *prompt, bool anew)
{
	_cleanup_(buffer_done) struct buffer bytes = {};

	if (!prompt->boxed)
		return;
	if (prompt_draw(prompt, &bytes, anew) == 0)
		terminal_say(prompt->terminal, bytes.data, bytes.len);
	prompt_arm(prompt, prompt->view.now);
}

static void on_tick(struct loop_source *source, int32_t result, bool more)
{
	struct prompt_terminal *prompt = container_of(source, struct prompt_terminal, tick);

	if (!prompt->question || !prompt->boxed)
		return;
	/* A terminal that stands still gets no heap of boxes. */
	if (terminal_is_saying(prompt->terminal))
		prompt_arm(prompt, loop_now());
	else
		prompt_redraw(prompt, false);
}

/* ---- a question comes and goes */

static int prompt_begin_box(struct prompt_terminal *prompt, struct buffer *bytes)
{
	struct screen *screen = terminal_screen(prompt->terminal);

	if (!screen)
		return -ENOENT;
	prompt->aside = !screen_state(screen)->alternate;
	screen_append_borrow(bytes, screen_state(screen), prompt->aside);
	return prompt_draw(prompt, bytes, prompt->aside);
}

static int prompt_show(struct prompter *prompter, const struct question *question, uint64_t now)
{
	struct prompt_terminal *prompt = container_of(prompter, struct prompt_terminal, prompter);
	_cleanup_(buffer_done) struct buffer bytes = {};
	_cleanup_(buffer_done) struct buffer text = {};
	int r;

	plain_append(&text, question, now);
	if (text.error)
		return text.error;
	r = terminal_question_begin(prompt->terminal);
	if (r < 0)
		return r;
	prompt_keys_init(&prompt->keys, prompt->quiet_ns, now);
	prompt->question = question;
	prompt->unread = true;
	prompt->view = (struct box_view){.question = question, .ascii = prompt->ascii};
	prompt->shape = (struct box_shape){};
	prompt->boxed = prompt_begin_box(prompt, &bytes) == 0;
	if (prompt->boxed)
		terminal_say(prompt->terminal, bytes.data, bytes.len);
	else
		terminal_say(prompt->terminal, text.data, text.len);
	if (prompt->boxed)
		prompt_arm(prompt, now);
	return 0;
}

/* The screen as it was. */
static void prompt_clear(struct prompt_terminal *prompt, const char *how)
{
	struct screen *screen = terminal_screen(prompt->terminal);
	_cleanup_(buffer_done) struct buffer bytes = {};

	if (!prompt->boxed) {
		buffer_append_string(&bytes, how);
		buffer_append_string(&bytes, "\r\n");
	} else if (screen && !prompt->aside) {
		screen_append_rows(&bytes, screen_grid(screen), prompt->shape.top,
				   prompt->shape.bottom, prompt->shape.top);
	}
	if (prompt->boxed && screen)
		screen_append_return(&bytes, screen, prompt->aside);
	else if (prompt->boxed)
		screen_append_abandon(&bytes, prompt->aside);
	prompt->question = NULL;
	prompt->boxed = false;
	terminal_say(prompt->terminal, bytes.data ? bytes.data : "", bytes.len);
}

static void prompt_hide(struct prompter *prompter, const char *how)
{
	struct prompt_terminal *prompt = container_of(prompter, struct prompt_terminal, prompter);

	prompt_clear(prompt, how);
	terminal_question_end(prompt->terminal);
}

/* ---- keys */

static const struct {
	unsigned char key;
	enum verdict verdict;
	enum answer_lasts lasts;
} answers[] = {
	{'a', VERDICT_ALLOW, ANSWER_ONCE},   {'r', VERDICT_ALLOW, ANSWER_FOR_RUN},
	{'d', VERDICT_DENY, ANSWER_ONCE},    {'D', VERDICT_DENY, ANSWER_FOR_RUN},
	{CTRL_C, VERDICT_DENY, ANSWER_ONCE}, {'A', VERDICT_ALLOW, ANSWER_ALWAYS},
};

static void prompt_answer(struct prompt_terminal *prompt, enum verdict verdict,
			  enum answer_lasts lasts)
{
	struct answer answer = {
		.verdict = verdict, .lasts = lasts, .by = BY_PERSON, .via = "terminal"};

	if (lasts != ANSWER_ONCE) {
		if (!box_scope(&prompt->view, verdict, lasts, &answer.scope))
			return;
		if (prompt->boxed && prompt->shape.cut && !prompt->view.seen &&
		    verdict == VERDICT_ALLOW)
			return;
	}
	if (lasts == ANSWER_FOR_RUN)
		answer.expires_ns = prompt->view.expires_ns;
	approvals_answer(prompt->approvals, prompt->question->id, &answer, loop_now(), NULL);
}

static void prompt_turn(struct prompt_terminal *prompt, enum box_page page)
{
	prompt->view.page = page;
	prompt->view.from = 0;
	prompt_redraw(prompt, false);
	if (page == BOX_MORE && prompt->shape.end)
		prompt->view.seen = true;
}

/* The next scope that some answer is offered for. */
static void prompt_next_scope(struct prompt_terminal *prompt)
{
	const struct question *question = prompt->question;
	enum answer_scope scope;

	if (!box_scope(&prompt->view, VERDICT_DENY, ANSWER_FOR_RUN, &scope))
		return;
	do
		scope = (enum answer_scope)((scope + 1) % SCOPE_COUNT);
	while (!(question->denies[ANSWER_FOR_RUN] & 1u << scope));
	prompt->view.scope = scope;
}

static void prompt_next_expiry(struct prompt_terminal *prompt)
{
	static const uint64_t minutes[] = {0, 10, 60, 480};
	size_t i = 0;

	while (i + 1 < ARRAY_LEN(minutes) && minutes[i] * 60 * SECOND_NS != prompt->view.expires_ns)
		i++;
	prompt->view.expires_ns = minutes[(i + 1) % ARRAY_LEN(minutes)] * 60 * SECOND_NS;
}

static bool prompt_key_more(struct prompt_terminal *prompt, unsigned char key)
{
	switch (key) {
	case ' ':
		prompt->view.from = prompt->shape.end ? 0 : prompt->view.from + prompt->shape.page;
		prompt_redraw(prompt, false);
		if (prompt->shape.end)
			prompt->view.seen = true;
		return true;
	case 's':
		prompt_next_scope(prompt);
		break;
	case 'e':
		prompt_next_expiry(prompt);
		break;
	case 'm':
		prompt_turn(prompt, BOX_QUESTION);
		return true;
	default:
		return false;
	}
	prompt_redraw(prompt, false);
	return true;
}

/* Keys of the box that answer nothing. */
static bool prompt_key_box(struct prompt_terminal *prompt, unsigned char key)
{
	enum answer_scope scope;

	if (prompt->view.page == BOX_CONFIRM) {
		if (key == 'y')
			prompt_answer(prompt, VERDICT_ALLOW, ANSWER_ALWAYS);
		else if (key != CTRL_C)
			prompt_turn(prompt, BOX_QUESTION);
		return key != CTRL_C;
	}
	if (prompt->view.page == BOX_MORE && prompt_key_more(prompt, key))
		return true;
	if (key == 'm') {
		prompt_turn(prompt, BOX_MORE);
		return true;
	}
	if (key != 'A')
		return false;
	if ((prompt->shape.cut && !prompt->view.seen) ||
	    !box_scope(&prompt->view, VERDICT_ALLOW, ANSWER_ALWAYS, &scope))
		return true;
	buffer_done(&prompt->rule);
	if (prompt->describe_rule)
		prompt->describe_rule(prompt->describe_userdata, prompt->question->reaches[scope],
				      &prompt->rule);
	prompt->view.rule = prompt->rule.error ? NULL : prompt->rule.data;
	/* Not by two letters of what somebody typed on. */
	prompt->unread = true;
	prompt_keys_hush(&prompt->keys, loop_now());
	prompt_turn(prompt, BOX_CONFIRM);
	return true;
}

static void prompt_key(struct prompt_terminal *prompt, unsigned char key)
{
	if (prompt->boxed && prompt_key_box(prompt, key))
		return;
	for (size_t i = 0; i < ARRAY_LEN(answers); i++) {
		if (answers[i].key != key || answers[i].lasts == ANSWER_ALWAYS)
			continue;
		prompt_answer(prompt, answers[i].verdict, answers[i].lasts);
		return;
	}
	prompt_keys_hush(&prompt->keys, loop_now());
}

static void prompt_input(struct terminal_asker *asker, const unsigned char *data, size_t len,
			 uint64_t now)
{
	struct prompt_terminal *prompt = container_of(asker, struct prompt_terminal, asker);
	unsigned char key;

	/* Nobody has read what is not on the screen yet. */
	if (prompt->unread && terminal_is_saying(prompt->terminal))
		prompt_keys_hush(&prompt->keys, now);
	key = prompt_keys_feed(&prompt->keys, data, len, now);
	if (key != 0 && prompt->question)
		prompt_key(prompt, key);
	if (prompt->question && prompt->boxed && prompt->view.ready && prompt->keys.ready_at > now)
		prompt_redraw(prompt, false);
}

/* ---- what happens to the terminal */

static void prompt_resized(struct terminal_asker *asker)
{
	struct prompt_terminal *prompt = container_of(asker, struct prompt_terminal, asker);
	_cleanup_(buffer_done) struct buffer bytes = {};
	int r = -EMSGSIZE;

	if (!prompt->question || !prompt->boxed)
		return;
	if (terminal_screen(prompt->terminal))
		r = prompt_draw(prompt, &bytes, true);
	if (r == 0) {
		terminal_say(prompt->terminal, bytes.data, bytes.len);
		return;
	}
	/* No box fits any more: asked again, in lines. */
	prompt->shape = (struct box_shape){};
	if (terminal_screen(prompt->terminal))
		prompt->shape.bottom = screen_grid(terminal_screen(prompt->terminal))->rows;
	prompt_clear(prompt, "");
	terminal_question_end(prompt->terminal);
	approvals_unshow(prompt->approvals);
	approvals_show(prompt->approvals, loop_now());
}

static void prompt_foreground(struct terminal_asker *asker, bool is_foreground)
{
	struct prompt_terminal *prompt = container_of(asker, struct prompt_terminal, asker);

	if (!is_foreground) {
		if (prompt->question)
			prompt_clear(prompt, "");
		approvals_unshow(prompt->approvals);
		return;
	}
	approvals_show(prompt->approvals, loop_now());
}

static void prompt_said(struct terminal_asker *asker, uint64_t now)
{
	struct prompt_terminal *prompt = container_of(asker, struct prompt_terminal, asker);

	if (prompt->unread)
		prompt_keys_hush(&prompt->keys, now);
	prompt->unread = false;
}

static void prompt_gone(struct terminal_asker *asker)
{
	struct prompt_terminal *prompt = container_of(asker, struct prompt_terminal, asker);

	prompt->question = NULL;
	prompt->boxed = false;
	if (prompt->approvals)
		approvals_prompter_gone(prompt->approvals, loop_now());
}

/* As locale(7) has it: the first of these that is set counts. */
static bool terminal_reads_utf8(void)
{
	static const char *const names[] = {"LC_ALL", "LC_CTYPE", "LANG"};

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		const char *value = getenv(names[i]);

		if (value && *value)
			return strcasestr(value, "utf-8") || strcasestr(value, "utf8");
	}
	return false;
}

int prompt_terminal_new(struct terminal *terminal, uint64_t quiet_ns,
			struct prompt_terminal **ret_prompt)
{
	_cleanup_(prompt_terminal_freep) struct prompt_terminal *prompt =
		calloc(1, sizeof(*prompt));
	int r;

	if (!prompt)
		return -ENOMEM;
	*prompt = (struct prompt_terminal){
		.prompter = {.show = prompt_show, .hide = prompt_hide},
		.asker = {.input = prompt_input,
			  .foreground = prompt_foreground,
			  .resized = prompt_resized,
			  .said = prompt_said,
			  .gone = prompt_gone},
		.terminal = terminal,
		.quiet_ns = quiet_ns,
		.ascii = !terminal_reads_utf8(),
	};
	r = loop_source_init(&prompt->tick, terminal_loop(terminal), on_tick);
	if (r < 0)
		return r;
	terminal_set_asker(terminal, &prompt->asker);
	*ret_prompt = steal_pointer(prompt);
	return 0;
}

struct prompt_terminal *prompt_terminal_free(struct prompt_terminal *prompt)
{
	if (!prompt)
		return NULL;
	loop_source_done(&prompt->tick);
	terminal_set_asker(prompt->terminal, NULL);
	buffer_done(&prompt->rule);
	free(prompt);
	return NULL;
}

void prompt_terminal_set_describe_rule(struct prompt_terminal *prompt,
				       prompt_describe_rule describe, void *userdata)
{
	prompt->describe_rule = describe;
	prompt->describe_userdata = userdata;
}

struct prompter *prompt_terminal_prompter(struct prompt_terminal *prompt)
{
	return &prompt->prompter;
}

void prompt_terminal_set_approvals(struct prompt_terminal *prompt, struct approvals *approvals)
{
	prompt->approvals = approvals;
}
