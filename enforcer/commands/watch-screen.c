/* SPDX-License-Identifier: Apache-2.0 */
/* The screen of callgate watch. */
#include <errno.h>
#include <locale.h>
#include <ncurses.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "enforcer/base/cleanup.h"
#include "enforcer/commands/user-runs.h"
#include "enforcer/commands/watch-screen.h"
#include "enforcer/commands/watch-text.h"
#include "enforcer/control/client-runs.h"

#define ROWS_MAX      1024
#define RUNS_SHOWN    3
#define CALLS_MIN     4 /* rows, with their heading, that a question leaves if it can */
#define ROWS_FOR_RUNS 20

enum colour { COLOUR_PLAIN = 0, COLOUR_DENY, COLOUR_ASK, COLOUR_QUIET };

int watch_screen_open(struct failure *reterr)
{
	if (!isatty(0) || !isatty(1)) {
		failure_hint(reterr, "callgate pending lists what waits, callgate log what was");
		return failure_set(reterr, -ENOTTY, "this needs a terminal");
	}
	setlocale(LC_CTYPE, "");
	if (!newterm(NULL, stdout, stdin)) {
		failure_hint(reterr, "TERM=xterm may do, or TERM=vt100");
		return failure_set(reterr, -EINVAL, "there is no description of the terminal %s",
				   getenv("TERM") ? "that TERM names" : "as TERM is not set");
	}
	cbreak();
	noecho();
	keypad(stdscr, TRUE);
	nodelay(stdscr, TRUE);
	set_escdelay(25);
	curs_set(0);
	if (has_colors() && start_color() == OK && use_default_colors() == OK) {
		init_pair(COLOUR_DENY, COLOR_RED, -1);
		init_pair(COLOUR_ASK, COLOR_YELLOW, -1);
		init_pair(COLOUR_QUIET, COLOR_CYAN, -1);
	}
	return 0;
}

void watch_screen_close(void)
{
	endwin();
}

int watch_screen_key(void)
{
	return getch();
}

static int page;

int watch_screen_page(void)
{
	return page;
}

/* ---- pieces */

static attr_t colour(enum colour which)
{
	return has_colors() ? (attr_t)COLOR_PAIR(which) : 0;
}

/* From there to the end of the line, cut with a mark. */
static void put(int y, int x, const char *text)
{
	char shown[WATCH_LINE_MAX];

	if (y < 0 || y >= LINES || x >= COLS)
		return;
	watch_text_cut(text, (size_t)(COLS - x), shown);
	mvaddstr(y, x, shown);
}

static void put_right(int y, const char *text)
{
	int width = (int)watch_text_width(text);

	if (width + 1 < COLS)
		put(y, COLS - width - 1, text);
}

/* A line all over, of these looks. */
static void put_bar(int y, attr_t looks, const char *text)
{
	attron(looks);
	mvhline(y, 0, ' ', COLS);
	put(y, 1, text);
	attroff(looks);
}

static void put_heading(int y, const char *text)
{
	mvhline(y, 0, ACS_HLINE, COLS);
	attron(A_BOLD);
	put(y, 2, text);
	attroff(A_BOLD);
}

static void show_time(time_t at, char ret_text[static 16])
{
	struct tm tm;

	if (at == 0 || !localtime_r(&at, &tm) || strftime(ret_text, 16, "%H:%M:%S", &tm) == 0)
		strcpy(ret_text, "        ");
}

static size_t count_questions(const struct watch_model *model)
{
	size_t n = 0;

	for (const struct watch_question *q = model->questions; q; q = q->next)
		n++;
	return n;
}

static void draw_title(const struct watch_model *model)
{
	size_t runs = 0, questions = count_questions(model);
	char text[128], now[16];

	for (const struct watch_run *run = model->runs; run; run = run->next)
		runs++;
	if (runs == 0)
		snprintf(text, sizeof(text), "callgate watch   no run; waiting");
	else if (questions == 0)
		snprintf(text, sizeof(text), "callgate watch   %zu run%s, no question waits", runs,
			 runs == 1 ? "" : "s");
	else
		snprintf(text, sizeof(text), "callgate watch   %zu run%s, %zu question%s", runs,
			 runs == 1 ? "" : "s", questions, questions == 1 ? " waits" : "s wait");
	put_bar(0, A_REVERSE, text);
	show_time(time(NULL), now);
	if ((int)(strlen(text) + strlen(now)) + 4 > COLS)
		return;
	attron(A_REVERSE);
	put_right(0, now);
	attroff(A_REVERSE);
}

static int draw_runs(const struct watch_model *model, int y)
{
	int n = 0;

	if (LINES < ROWS_FOR_RUNS)
		return y;
	for (const struct watch_run *run = model->runs; run; run = run->next, n++) {
		char text[WATCH_LINE_MAX];

		if (n == RUNS_SHOWN) {
			put(y++, 1, "...");
			break;
		}
		snprintf(text, sizeof(text), "run %s  %s  in %s", control_run_short(run->id),
			 run->command, run->directory);
		put(y++, 1, text);
	}
	return y;
}

/* ---- questions */

static void draw_question(const struct watch_model *model, const struct watch_question *question,
			  int y, int64_t now)
{
	attr_t looks = question == model->selected ? A_REVERSE : colour(COLOUR_ASK);
	char name[WATCH_NAME_MAX], left[USER_DURATION_MAX] = "", text[WATCH_LINE_MAX], more[64];
	char cut[WATCH_LINE_MAX];
	int width;

	watch_model_name(model, question->run, question->id, name);
	if (question->deadline)
		user_duration_show(question->deadline > now ? question->deadline - now : 0, left);
	snprintf(more, sizeof(more), "%s%s", left, left[0] ? " left" : "");
	if (question->waiters > 1)
		snprintf(more + strlen(more), sizeof(more) - strlen(more),
			 ", %" JSON_INTEGER_FORMAT " wait", question->waiters);
	snprintf(text, sizeof(text), "%s %-3s %s", question == model->selected ? ">" : " ", name,
		 question->summary);
	width = COLS - (int)watch_text_width(more) - 4;
	attron(looks);
	mvhline(y, 0, ' ', COLS);
	watch_text_cut(text, (size_t)(width > 0 ? width : 0), cut);
	put(y, 1, cut);
	put_right(y, more);
	attroff(looks);
}

/* So many of them that the selected one is there. */
static int draw_list(const struct watch_model *model, int y, int rows, int64_t now)
{
	const struct watch_question *first = model->questions;
	int place = 0;

	for (const struct watch_question *q = first; q && q != model->selected; q = q->next)
		place++;
	for (; place >= rows && first; place--)
		first = first->next;
	for (int i = 0; i < rows && first; i++, first = first->next)
		draw_question(model, first, y++, now);
	return y;
}

static size_t wrap(const char *text, int y, int limit)
{
	char line[WATCH_LINE_MAX];
	size_t n = 0;

	while (*text) {
		text = watch_text_wrap(text, COLS > 6 ? (size_t)COLS - 4 : 2, line);
		if (y + (int)n < limit)
			put(y + (int)n, 3, line);
		n++;
	}
	return n;
}

/* What r, A and D would mean. */
static void covers_of(const struct watch_question *question, char ret_text[static WATCH_LINE_MAX])
{
	const struct watch_reach *reach = &question->reach;

	ret_text[0] = '\0';
	if (reach->n > 0)
		snprintf(ret_text, WATCH_LINE_MAX, "  r, D: %s, %s: %s%s", watch_reach_time(reach),
			 reach->scopes[reach->scope].name, reach->scopes[reach->scope].covers,
			 reach->n > 1 ? " (s: other scope, t: time)" : " (t: other time)");
}

/* The question in all its words. Returns the row behind it. */
static int draw_whole(struct watch_model *model, int y, int64_t now)
{
	const struct watch_question *question = model->selected;
	char covers[WATCH_LINE_MAX];
	int limit = LINES - 2, needed;

	covers_of(question, covers);
	needed = (int)wrap(question->text, limit, 0);
	watch_model_shown(model, needed <= limit - y, now);
	wrap(question->text, y, limit);
	y += needed;
	if (covers[0] && y + (int)wrap(covers, limit, 0) <= limit) {
		attron(colour(COLOUR_QUIET));
		y += (int)wrap(covers, y, limit);
		attroff(colour(COLOUR_QUIET));
	}
	return y < limit ? y : limit;
}

static int draw_questions(struct watch_model *model, int y, int64_t now)
{
	int n = (int)count_questions(model), rows = LINES / 6 > 1 ? LINES / 6 : 1;
	char text[64];

	if (n == 0)
		return y;
	snprintf(text, sizeof(text), " Questions (%d) ", n);
	put_heading(y++, text);
	y = draw_list(model, y, n < rows ? n : rows, now);
	return draw_whole(model, y, now);
}

/* ---- calls */

static void draw_call(const struct watch_model *model, const struct watch_call *call, int y)
{
	const struct watch_calls *calls = model->calls;
	bool deny = strcmp(call->decision, "deny") == 0;
	char text[WATCH_LINE_MAX], time[16], run[32] = "", program[64];
	attr_t looks = deny ? A_BOLD | colour(COLOUR_DENY)
		       : call->decision[0] == '\0' || strcmp(call->decision, "ask") == 0
			       ? colour(COLOUR_ASK)
			       : 0;

	show_time(call->at, time);
	if (model->runs_seen > 1)
		snprintf(run, sizeof(run), "%-8s ", call->run);
	watch_text_pad(call->program, 12, program);
	snprintf(text, sizeof(text), "%s %s%-5s %-7s %s %s%s%s%s", time, run, call->decision,
		 call->verb, program, call->object, deny ? "  (" : "", deny ? call->why : "",
		 deny ? ")" : "");
	if (watch_calls_holds(calls, call))
		looks |= watch_calls_is_found(calls, call) ? A_REVERSE : A_UNDERLINE;
	attron(looks);
	put(y, 0, text);
	attroff(looks);
}

static void head_calls(const struct watch_model *model, const struct watch_view *view, int y)
{
	const struct watch_calls *calls = model->calls;
	const char *filter = watch_calls_filtered(calls), *search = watch_calls_searched(calls);
	size_t behind = watch_calls_behind(calls);
	char text[WATCH_LINE_MAX], more[64] = "";

	if (behind > 0)
		snprintf(more, sizeof(more), ", %zu more below", behind);
	snprintf(text, sizeof(text), " Calls%s%s%s%s%s%s%s ",
		 view->on_calls && model->questions ? " (arrows)" : "",
		 filter[0] ? " · filter: " : "", filter, search[0] ? " · search: " : "", search,
		 watch_calls_paused(calls) ? " · paused" : "", more);
	put_heading(y, text);
}

static void draw_calls(struct watch_model *model, const struct watch_view *view, int y)
{
	const struct watch_call *rows[ROWS_MAX];
	int room = LINES - 2 - y - 1;
	size_t n;

	page = room > 0 ? room : 0;
	if (room <= 0)
		return;
	head_calls(model, view, y++);
	n = watch_calls_view(model->calls, (size_t)(room < ROWS_MAX ? room : ROWS_MAX), rows);
	for (size_t i = 0; i < n; i++)
		draw_call(model, rows[i], y + (int)i);
	if (n == 0)
		put(y, 1,
		    watch_calls_filtered(model->calls)[0] ? "no call passes the filter"
							  : "no call yet");
}

/* ---- the other pages */

static void draw_grants(struct watch_model *model)
{
	const struct watch_grant *first = model->grants;
	int rows = LINES - 4, place = 0, y = 1;

	put_heading(y++, " What runs remember ");
	if (!first)
		put(y, 1, "nothing: no answer was for a run or for always");
	for (const struct watch_grant *g = first; g && g != model->selected_grant; g = g->next)
		place++;
	for (; place >= rows && first; place--)
		first = first->next;
	for (; first && y < LINES - 2; first = first->next) {
		attr_t looks = first == model->selected_grant ? A_REVERSE : 0;
		char name[WATCH_NAME_MAX], text[WATCH_LINE_MAX];

		watch_model_name(model, first->run, first->id, name);
		snprintf(text, sizeof(text), "%s %-3s %s", looks ? ">" : " ", name, first->text);
		put_bar(y++, looks, text);
	}
}

static void draw_help(void)
{
	static const char *const lines[] = {
		"a, Enter   allow the selected question once",
		"r, A       allow it for the rest of the run; always (a rule in your policy)",
		"d, D       deny it once; for the rest of the run",
		"s, t       what r, A and D cover; for how long r and D hold",
		"j k arrows move among the questions; where none waits, the calls",
		"Tab        arrows move the calls, and back",
		"PgUp PgDn Home End   move the calls",
		"space      pause the calls, and go on",
		"/ n N      search the calls; the next older, newer one",
		"f          filter the calls: words that must stand in the line;",
		"           read write exec connect listen, allow deny ask,",
		"           program=NAME, run=ID. An empty filter shows all",
		"g          what runs remember, to revoke it",
		"q          quit. Questions wait on, if somebody else is there to answer;",
		"           otherwise the policy answers for nobody: deny, as a rule",
		"",
		"A key counts only when its question has stood there for a moment.",
	};

	put_heading(1, " Keys ");
	for (size_t i = 0; i < ARRAY_LEN(lines); i++)
		if ((int)i + 2 < LINES - 1)
			put((int)i + 2, 1, lines[i]);
}

/* ---- the last lines */

static void keys_of_question(const struct watch_model *model, char *text, size_t size)
{
	static const struct {
		enum watch_answer answer;
		const char *words;
	} keys[] = {{WATCH_ALLOW_ONCE, "a allow"},
		    {WATCH_ALLOW_RUN, "r allow for run"},
		    {WATCH_ALLOW_ALWAYS, "A always"},
		    {WATCH_DENY_ONCE, "d deny"},
		    {WATCH_DENY_RUN, "D deny for run"}};

	text[0] = '\0';
	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		if (!(model->selected->offers & 1u << keys[i].answer) ||
		    (keys[i].answer >= WATCH_ALLOW_ONCE && !model->whole))
			continue;
		strncat(text, keys[i].words, size - strlen(text) - 1);
		strncat(text, "  ", size - strlen(text) - 1);
	}
	strncat(text, "? help  q quit", size - strlen(text) - 1);
}

static const char *covers_always(const struct watch_question *question)
{
	const struct watch_scope *scope = watch_reach_scope(&question->reach, WATCH_ALLOW_ALWAYS);

	return scope ? scope->covers : "nothing";
}

static void draw_bottom(const struct watch_model *model, const struct watch_view *view, int64_t now)
{
	char text[WATCH_LINE_MAX] = "";

	if (view->ask)
		snprintf(text, sizeof(text), "%s%s_", view->ask, view->line);
	else if (view->confirm && model->selected)
		snprintf(text, sizeof(text), "always, in your policy: %s?  y yes  n no",
			 covers_always(model->selected));
	else if (view->mode == WATCH_MAIN && model->selected && !model->whole)
		snprintf(text, sizeof(text), "it does not fit: make the window larger to allow it");
	else
		snprintf(text, sizeof(text), "%s", model->message);
	put(LINES - 2, 1, text);
	if (view->ask)
		snprintf(text, sizeof(text), "Enter take it  Esc leave it");
	else if (view->mode == WATCH_GRANTS)
		snprintf(text, sizeof(text), "x revoke  arrows j k select  g back  q quit");
	else if (view->mode == WATCH_HELP)
		snprintf(text, sizeof(text), "any key: back");
	else if (!model->selected)
		snprintf(text, sizeof(text),
			 "arrows scroll  / search  f filter  space pause  "
			 "g grants  ? help  q quit");
	else if (watch_model_settled(model, now))
		keys_of_question(model, text, sizeof(text));
	else
		snprintf(text, sizeof(text), "wait...");
	put_bar(LINES - 1, A_REVERSE, text);
}

void watch_screen_draw(struct watch_model *model, const struct watch_view *view, int64_t now)
{
	int y = 1;

	erase();
	if (view->mode != WATCH_MAIN)
		watch_model_hidden(model);
	draw_title(model);
	switch (view->mode) {
	case WATCH_MAIN:
		y = draw_questions(model, draw_runs(model, y), now);
		draw_calls(model, view, y);
		break;
	case WATCH_GRANTS:
		draw_grants(model);
		break;
	case WATCH_HELP:
		draw_help();
		break;
	}
	draw_bottom(model, view, now);
	refresh();
	if (model->news)
		beep();
	model->news = false;
}
