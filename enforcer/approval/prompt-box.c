/* SPDX-License-Identifier: Apache-2.0 */
/* How a question looks. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "enforcer/approval/box-lines.h"
#include "enforcer/approval/prompt-box.h"
#include "enforcer/approval/question.h"
#include "enforcer/base/text.h"

#define FRAME   "\x1b[0;33m"
#define TITLE   "\x1b[1;33m"
#define STRONG  "\x1b[1m"
#define FAINT   "\x1b[2m"
#define KEY     "\x1b[1;36m"
#define WARNING "\x1b[1;31m"

#define LABEL 6

/* How much is said, from most to least. */
static const struct level {
	size_t object_lines, objects;
	bool spacious; /* what each key does, and covers */
	bool blank;    /* blank lines, long reasons */
	bool context;  /* where it comes from, and which rule asks */
} levels[] = {
	{6, 4, true, true, true},    {6, 4, true, false, true},  {6, 4, false, false, true},
	{6, 4, false, false, false}, {3, 2, false, false, true}, {1, 1, false, false, true},
	{1, 1, false, false, false},
};

bool box_scope(const struct box_view *view, enum verdict verdict, enum answer_lasts lasts,
	       enum answer_scope *ret_scope)
{
	struct answer answer = {.verdict = verdict, .lasts = lasts, .scope = view->scope};

	for (unsigned i = 0; !question_offers(view->question, &answer); i++) {
		if (i == SCOPE_COUNT)
			return false;
		answer.scope = (enum answer_scope)i;
	}
	*ret_scope = answer.scope;
	return true;
}

static const char *text_of(const struct buffer *buffer)
{
	return buffer->data ? buffer->data : "";
}

static void append_verbs(struct buffer *text, unsigned verbs)
{
	const char *between = "";

	for (unsigned i = 0; i < VERB_COUNT; i++) {
		if (!(verbs & 1u << i))
			continue;
		buffer_printf(text, "%s%s", between, verb_name((enum verb)(1u << i)));
		between = ", ";
	}
}

static void add_verbs(struct box_lines *lines, unsigned verbs)
{
	_cleanup_(buffer_done) struct buffer text = {};

	append_verbs(&text, verbs);
	box_look(lines, TITLE);
	box_text(lines, text_of(&text), 1);
	box_look(lines, NULL);
}

static void add_program(struct box_lines *lines, const struct question *question, size_t max)
{
	const char *program = text_of(&question->program);

	box_look(lines, STRONG);
	box_text(lines, *program ? program : "a program", max);
	box_look(lines, NULL);
}

/* Room for so many columns: on this line behind what parts it from what stands there, or on the
 * next. */
static void box_item(struct box_lines *lines, const char *between, int width)
{
	int used = lines->lines[lines->n - 1].width;

	if (used > 0 && used + (int)strlen(between) + width > lines->width)
		box_begin(lines);
	else if (used > 0)
		box_text(lines, between, 1);
}

/* "PROGRAM wants to read", and what. */
static void add_wish(struct box_lines *lines, const struct question *question,
		     const struct level *level)
{
	_cleanup_(buffer_done) struct buffer verbs = {};
	bool single = question->n_objects == 1;
	const char *argv = text_of(&question->argv);
	size_t shown = question->n_objects < level->objects ? question->n_objects : level->objects;

	lines->indent = 2;
	box_begin(lines);
	add_program(lines, question, level->object_lines > 3 ? 2 : 1);
	if (single)
		append_verbs(&verbs, question->objects[0].verbs);
	box_item(lines, " ", (int)strlen("wants to ") + (int)verbs.len);
	box_text(lines, "wants to ", 1);
	box_look(lines, TITLE);
	box_text(lines, text_of(&verbs), 1);
	for (size_t i = 0; i < shown; i++) {
		const struct question_object *object = &question->objects[i];

		box_begin(lines);
		box_column(lines, 2);
		if (!single) {
			add_verbs(lines, object->verbs);
			box_text(lines, "  ", 1);
		}
		box_look(lines, STRONG);
		box_text(lines, text_of(&object->text), level->object_lines);
	}
	if (shown < question->n_objects) {
		box_begin(lines);
		box_printf(lines, "  and %zu more", question->n_objects - shown);
		lines->cut = true;
	}
	if (!*argv)
		return;
	box_begin(lines);
	box_text(lines, "  ", 1);
	box_text(lines, argv, level->object_lines);
}

static void add_label(struct box_lines *lines, const char *label)
{
	box_begin(lines);
	box_look(lines, FAINT);
	box_text(lines, label, 1);
	box_look(lines, NULL);
	box_column(lines, LABEL);
	lines->indent = LABEL;
}

/* The agent first, then whom it started, down to who asks. */
static void add_ancestry(struct box_lines *lines, const struct question *question, size_t max)
{
	_cleanup_(buffer_done) struct buffer text = {};

	for (size_t i = question->n_ancestry; i-- > 0;)
		buffer_printf(&text, "%s%s", question->ancestry[i].name,
			      i == 0         ? ""
			      : lines->ascii ? " > "
					     : " › ");
	buffer_printf(&text, "%s(pid %d)", text.len ? " " : "", (int)question->pid);
	add_label(lines, "from");
	box_text(lines, text_of(&text), max);
}

static void add_rule(struct box_lines *lines, const struct question *question, size_t max)
{
	const struct rule_info *rule = question->decision.rule;
	const char *reason = question->decision.reason ? question->decision.reason
			     : rule                    ? rule->reason
						       : NULL;
	_cleanup_(buffer_done) struct buffer text = {};

	if (reason)
		text_append_escaped(&text, reason, strlen(reason), 256);
	if (rule)
		buffer_printf(&text, "%srule %s", reason ? ", " : "", rule->id);
	else if (!reason)
		buffer_append_string(&text, "no rule speaks of it");
	if (rule && rule->file) {
		buffer_append_string(&text, " in ");
		text_append_escaped(&text, rule->file, strlen(rule->file), 256);
		buffer_printf(&text, ":%d", rule->line);
	}
	add_label(lines, "why");
	box_text(lines, text_of(&text), max);
}

/* ---- the keys */

struct key {
	char key;
	enum verdict verdict;
	enum answer_lasts lasts;
	const char *words, *brief;
};

static const struct key keys[] = {
	{'a', VERDICT_ALLOW, ANSWER_ONCE, "allow once", "once"},
	{'d', VERDICT_DENY, ANSWER_ONCE, "deny once (Ctrl-C)", "deny"},
	{'r', VERDICT_ALLOW, ANSWER_FOR_RUN, "allow for this run", "for run"},
	{'D', VERDICT_DENY, ANSWER_FOR_RUN, "deny for this run", "deny for run"},
	{'A', VERDICT_ALLOW, ANSWER_ALWAYS, "allow always", "always"},
};

static bool key_works(const struct box_view *view, const struct key *key, bool cut)
{
	enum answer_scope scope;

	if (key->lasts == ANSWER_ONCE)
		return true;
	if (cut && !view->seen && key->verdict == VERDICT_ALLOW)
		return false;
	return box_scope(view, key->verdict, key->lasts, &scope);
}

static void add_key(struct box_lines *lines, const struct box_view *view, char key,
		    const char *words)
{
	const char name[] = {key, '\0'};

	box_look(lines, view->ready ? KEY : FAINT);
	box_text(lines, key == ' ' ? "Space" : name, 1);
	box_look(lines, view->ready ? NULL : FAINT);
	box_printf(lines, "  %s", words);
}

static void add_key_item(struct box_lines *lines, const struct box_view *view, char key,
			 const char *words)
{
	box_item(lines, "   ", (key == ' ' ? 7 : 3) + (int)strlen(words));
	add_key(lines, view, key, words);
}

/* What r and D would cover. */
static void add_cover(struct box_lines *lines, const struct box_view *view, size_t max)
{
	enum answer_scope scope;

	if (!box_scope(view, VERDICT_ALLOW, ANSWER_FOR_RUN, &scope) &&
	    !box_scope(view, VERDICT_DENY, ANSWER_FOR_RUN, &scope))
		return;
	box_begin(lines);
	box_look(lines, FAINT);
	lines->indent = 2;
	box_text(lines, "r and D cover ", 1);
	box_text(lines, text_of(&view->question->scopes[scope]), max);
	if (view->expires_ns)
		box_printf(lines, ", for %u minutes", (unsigned)(view->expires_ns / 60000000000u));
}

static void add_keys_spacious(struct box_lines *lines, const struct box_view *view, bool cut)
{
	int column = lines->width >= 56 ? lines->width / 2 : 28;

	for (size_t i = 0; i < ARRAY_LEN(keys); i += 2) {
		bool left = key_works(view, &keys[i], cut);
		bool right = i + 1 < ARRAY_LEN(keys) && key_works(view, &keys[i + 1], cut);
		bool last = i + 1 == ARRAY_LEN(keys);

		if (!left && !right && !last)
			continue;
		box_begin(lines);
		if (left) {
			add_key(lines, view, keys[i].key, keys[i].words);
			box_column(lines, column);
		}
		if (right)
			add_key(lines, view, keys[i + 1].key, keys[i + 1].words);
		if (last)
			add_key(lines, view, 'm',
				cut && !view->seen ? "more: see all of it" : "more");
	}
}

static void add_keys_terse(struct box_lines *lines, const struct box_view *view, bool cut)
{
	box_begin(lines);
	lines->indent = 0;
	for (size_t i = 0; i < ARRAY_LEN(keys); i++)
		if (key_works(view, &keys[i], cut))
			add_key_item(lines, view, keys[i].key, keys[i].brief);
	if (view->page == BOX_QUESTION)
		add_key_item(lines, view, 'm', "more");
}

static void make_question(struct box_lines *lines, const struct box_view *view,
			  const struct level *level)
{
	const struct question *question = view->question;
	bool cut;

	add_wish(lines, question, level);
	if (level->blank)
		box_begin(lines);
	cut = lines->cut;
	if (level->context) {
		add_ancestry(lines, question, level->blank ? 2 : 1);
		add_rule(lines, question, level->blank ? 2 : 1);
	}
	if (level->blank)
		box_begin(lines);
	if (level->spacious) {
		add_keys_spacious(lines, view, cut);
		add_cover(lines, view, level->blank ? 2 : 1);
	} else {
		add_keys_terse(lines, view, cut);
	}
	/* A reason or an ancestor that was cut hides nothing of what would be allowed, and what an
	 * answer covers is chosen where it stands in full. */
	lines->cut = cut;
}

/* The most that fits, but rather little than cut. */
static void make_fitting(struct box_lines *lines, const struct box_view *view, size_t room)
{
	for (int may_cut = 0; may_cut < 2; may_cut++) {
		for (size_t i = 0; i < ARRAY_LEN(levels); i++) {
			lines->n = lines->bytes.len = 0;
			lines->cut = false;
			make_question(lines, view, &levels[i]);
			if (lines->n <= room && (may_cut || !lines->cut))
				return;
		}
	}
}

/* ---- everything */

static void add_scopes(struct box_lines *lines, const struct box_view *view)
{
	const struct question *question = view->question;
	enum answer_scope chosen;

	if (!box_scope(view, VERDICT_DENY, ANSWER_FOR_RUN, &chosen))
		return;
	box_begin(lines);
	box_begin(lines);
	box_look(lines, FAINT);
	box_text(lines, "what r, D and A would cover:", 1);
	for (enum answer_scope scope = SCOPE_SAME; scope < SCOPE_COUNT; scope++) {
		if (!question->scopes[scope].len)
			continue;
		box_begin(lines);
		lines->indent = 12;
		box_look(lines, scope == chosen ? KEY : NULL);
		box_printf(lines, "%s %s", scope == chosen ? ">" : " ", answer_scope_name(scope));
		box_column(lines, 12);
		box_text(lines, text_of(&question->scopes[scope]), BOX_LINES_MAX);
	}
	box_begin(lines);
	if (view->expires_ns)
		box_printf(lines, "  for %u minutes", (unsigned)(view->expires_ns / 60000000000u));
	else
		box_text(lines, "  until the end of the run", 1);
	box_text(lines, " (A: for good)", 1);
}

static void make_more(struct box_lines *lines, const struct box_view *view)
{
	static const struct level all = {BOX_LINES_MAX, REQUEST_OBJECTS_MAX, true, true};

	add_wish(lines, view->question, &all);
	box_begin(lines);
	box_printf(lines, "  by the call %s", mediated_name(view->question->call));
	box_begin(lines);
	add_ancestry(lines, view->question, BOX_LINES_MAX);
	add_rule(lines, view->question, BOX_LINES_MAX);
	add_scopes(lines, view);
}

static void make_more_keys(struct box_lines *lines, const struct box_view *view, bool end)
{
	box_begin(lines);
	box_begin(lines);
	lines->indent = 0;
	if (!end || view->from > 0)
		add_key_item(lines, view, ' ', end ? "to the top" : "next page");
	if (view->question->denies[ANSWER_FOR_RUN]) {
		add_key_item(lines, view, 's', "scope");
		add_key_item(lines, view, 'e', "expiry");
	}
	add_key_item(lines, view, 'm', "back");
	add_keys_terse(lines, view, !end);
}

static void make_confirm(struct box_lines *lines, const struct box_view *view)
{
	enum answer_scope scope = SCOPE_SAME;

	box_scope(view, VERDICT_ALLOW, ANSWER_ALWAYS, &scope);
	box_begin(lines);
	box_look(lines, WARNING);
	box_text(lines, "Allow always, in all runs to come:", 1);
	box_begin(lines);
	box_column(lines, 2);
	box_look(lines, STRONG);
	lines->indent = 2;
	box_text(lines, text_of(&view->question->scopes[scope]), 4);
	box_begin(lines);
	box_begin(lines);
	lines->indent = 0;
	box_text(lines, "written as a rule into your policy file", 2);
	box_begin(lines);
	add_key(lines, view, 'y', "yes, write it");
	box_text(lines, "   ", 1);
	add_key(lines, view, 'n', "back");
}

/* ---- the frame */

struct frame {
	const char *top_left, *top_right, *bottom_left, *bottom_right, *across, *down;
};

static const struct frame frames[] = {
	{"╭", "╮", "╰", "╯", "─", "│"},
	{"+", "+", "+", "+", "-", "|"},
};

static void append_place(struct buffer *bytes, int row, int col)
{
	buffer_printf(bytes, "\x1b[%d;%dH", row + 1, col + 1);
}

static void append_many(struct buffer *bytes, const char *what, int n)
{
	while (n-- > 0)
		buffer_append_string(bytes, what);
}

/* width: of the whole box. */
static void append_top(struct buffer *bytes, const struct box_view *view, int row, int width)
{
	const struct frame *frame = &frames[view->ascii];
	uint64_t deadline = view->question->deadline;
	uint64_t left =
		deadline > view->now ? (deadline - view->now + 999999999u) / 1000000000u : 0;
	char waiting[64] = "", right[96];
	int fill;

	if (view->n_waiting > 1)
		snprintf(waiting, sizeof(waiting), "1 of %zu, ", view->n_waiting);
	snprintf(right, sizeof(right), " %s%llu s left ", waiting, (unsigned long long)left);
	fill = width - 2 - 2 - (int)strlen(" callgate asks ") - (int)strlen(right);
	append_place(bytes, row, 0);
	buffer_append_string(bytes, FRAME);
	buffer_append_string(bytes, frame->top_left);
	append_many(bytes, frame->across, 1);
	buffer_append_string(bytes, TITLE " callgate asks " FRAME);
	append_many(bytes, frame->across, fill);
	buffer_printf(bytes, TITLE "%s" FRAME, right);
	append_many(bytes, frame->across, 1);
	buffer_append_string(bytes, frame->top_right);
}

static void append_bottom(struct buffer *bytes, const struct box_view *view, int row, int width)
{
	const struct frame *frame = &frames[view->ascii];
	const char *words = view->ready ? "" : " wait... ";

	append_place(bytes, row, 0);
	buffer_append_string(bytes, FRAME);
	buffer_append_string(bytes, frame->bottom_left);
	append_many(bytes, frame->across, 1);
	buffer_append_string(bytes, words);
	append_many(bytes, frame->across, width - 3 - (int)strlen(words));
	buffer_append_string(bytes, frame->bottom_right);
	buffer_append_string(bytes, "\x1b[0m");
}

static void append_line(struct buffer *bytes, const struct box_view *view,
			const struct box_lines *lines, size_t i, const int place[static 2])
{
	const struct frame *frame = &frames[view->ascii];
	int row = place[0], width = place[1];

	append_place(bytes, row, 0);
	buffer_printf(bytes, FRAME "%s\x1b[0m", frame->down);
	append_many(bytes, " ", width - 2);
	/* Each border has a place of its own: the terminal may think otherwise of how wide the text
	 * is. */
	append_place(bytes, row, 2);
	if (i < lines->n)
		buffer_append(bytes, lines->bytes.data + lines->lines[i].start,
			      lines->lines[i].len);
	append_place(bytes, row, width - 1);
	buffer_printf(bytes, FRAME "%s", frame->down);
}

static void append_box(struct buffer *bytes, const struct box_view *view,
		       const struct box_lines *lines, const struct box_shape *shape)
{
	int width = lines->width + 4;

	append_top(bytes, view, shape->top, width);
	for (int row = shape->top + 1; row < shape->bottom - 1; row++)
		append_line(bytes, view, lines, (size_t)(row - shape->top - 1),
			    (const int[2]){row, width});
	append_bottom(bytes, view, shape->bottom - 1, width);
}

/* The lines of the page from view->from on, and its keys below. */
static void page_more(struct box_lines *all, struct box_lines *lines, const struct box_view *view,
		      struct box_shape *shape)
{
	size_t room = (size_t)shape->bottom - 2, from;

	/* As many keys as there may be, to know how much room they leave. */
	make_more_keys(lines, view, false);
	room = room > lines->n + 1 ? room - lines->n - 1 : 1;
	lines->n = lines->bytes.len = 0;
	make_more(all, view);
	from = view->from < all->n ? view->from : 0;
	shape->page = room;
	shape->end = from + room >= all->n && !all->cut;
	for (size_t i = from; i < all->n && i < from + room; i++) {
		const struct box_line *line = &all->lines[i];

		box_begin(lines);
		buffer_append(&lines->bytes, all->bytes.data + line->start, line->len);
		lines->lines[lines->n - 1].len = line->len;
		lines->lines[lines->n - 1].width = line->width;
	}
	make_more_keys(lines, view, shape->end);
}

int box_append(struct buffer *ret_bytes, const struct box_view *view, struct screen *screen,
	       struct box_shape *ret_shape)
{
	const struct grid *grid = screen_grid(screen);
	int width = grid->cols < BOX_COLS_MAX ? grid->cols : BOX_COLS_MAX;
	struct box_lines lines = {.measure = screen, .width = width - 4, .ascii = view->ascii};
	struct box_lines all = lines;
	size_t room = (size_t)grid->rows - 2;

	if (grid->rows < BOX_ROWS_MIN || grid->cols < BOX_COLS_MIN)
		return -EMSGSIZE;
	*ret_shape = (struct box_shape){.bottom = grid->rows};
	switch (view->page) {
	case BOX_QUESTION:
		make_fitting(&lines, view, room);
		break;
	case BOX_MORE:
		page_more(&all, &lines, view, ret_shape);
		break;
	case BOX_CONFIRM:
		make_confirm(&lines, view);
		break;
	}
	ret_shape->cut = lines.cut;
	ret_shape->top = lines.n < room ? grid->rows - (int)lines.n - 2 : 0;
	append_box(ret_bytes, view, &lines, ret_shape);
	box_lines_done(&lines);
	box_lines_done(&all);
	return ret_bytes->error;
}
