/* SPDX-License-Identifier: Apache-2.0 */
/* How a question looks. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "enforcer/approval/box-parts.h"
#include "enforcer/base/text.h"

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
	box_text(lines, box_text_of(&text), 1);
	box_look(lines, NULL);
}

static void add_program(struct box_lines *lines, const struct question *question, size_t max)
{
	const char *program = box_text_of(&question->program);

	box_look(lines, STRONG);
	box_text(lines, *program ? program : "a program", max);
	box_look(lines, NULL);
}

/* "PROGRAM wants to read", and what. */
static void add_wish(struct box_lines *lines, const struct question *question,
		     const struct level *level)
{
	_cleanup_(buffer_done) struct buffer verbs = {};
	bool single = question->n_objects == 1;
	const char *argv = box_text_of(&question->argv);
	size_t shown = question->n_objects < level->objects ? question->n_objects : level->objects;

	lines->indent = 2;
	box_begin(lines);
	add_program(lines, question, level->object_lines > 3 ? 2 : 1);
	if (single)
		append_verbs(&verbs, question->objects[0].verbs);
	box_item(lines, " ", (int)strlen("wants to ") + (int)verbs.len);
	box_text(lines, "wants to ", 1);
	box_look(lines, TITLE);
	box_text(lines, box_text_of(&verbs), 1);
	for (size_t i = 0; i < shown; i++) {
		const struct question_object *object = &question->objects[i];

		box_begin(lines);
		box_column(lines, 2);
		if (!single) {
			add_verbs(lines, object->verbs);
			box_text(lines, "  ", 1);
		}
		box_look(lines, STRONG);
		box_text(lines, box_text_of(&object->text), level->object_lines);
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
	box_text(lines, box_text_of(&text), max);
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
	box_text(lines, box_text_of(&text), max);
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
		box_keys_spacious(lines, view, cut);
		box_cover(lines, view, level->blank ? 2 : 1);
	} else {
		box_keys_terse(lines, view, cut);
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
		box_text(lines, box_text_of(&question->scopes[scope]), BOX_LINES_MAX);
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
		box_key_item(lines, view, ' ', end ? "to the top" : "next page");
	if (view->question->denies[ANSWER_FOR_RUN]) {
		box_key_item(lines, view, 's', "scope");
		box_key_item(lines, view, 'e', "expiry");
	}
	box_key_item(lines, view, 'm', "back");
	box_keys_terse(lines, view, !end);
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
	box_text(lines, box_text_of(&view->question->scopes[scope]), 4);
	box_begin(lines);
	box_begin(lines);
	lines->indent = 0;
	if (view->rule)
		box_text(lines, view->rule, 8);
	else
		box_text(lines, "written as a rule into your policy file", 2);
	box_begin(lines);
	box_key(lines, view, 'y', "yes, write it");
	box_text(lines, "   ", 1);
	box_key(lines, view, 'n', "back");
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
	box_append_frame(ret_bytes, view, &lines, ret_shape);
	box_lines_done(&lines);
	box_lines_done(&all);
	return ret_bytes->error;
}
