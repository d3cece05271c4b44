/* SPDX-License-Identifier: Apache-2.0 */
/* A box comes and goes on a terminal that is not ours (libvterm's), which must not notice. */
#include <vterm.h>

#include "enforcer/approval/prompt-box.h"
#include "enforcer/approval/question.h"
#include "enforcer/approval/screen-draw.h"
#include "tests/support/check.h"
#include "tests/support/terminal-bytes.h"

#define ROWS 12
#define COLS 44

struct terminal {
	VTerm *vterm;
	VTermScreen *screen;
};

static struct terminal terminal_open(void)
{
	struct terminal terminal = {.vterm = vterm_new(ROWS, COLS)};

	vterm_set_utf8(terminal.vterm, 1);
	terminal.screen = vterm_obtain_screen(terminal.vterm);
	vterm_screen_enable_altscreen(terminal.screen, 1);
	vterm_screen_reset(terminal.screen, 1);
	return terminal;
}

static void terminal_feed(struct terminal *terminal, const struct buffer *bytes)
{
	if (bytes->len)
		vterm_input_write(terminal->vterm, bytes->data, bytes->len);
}

static bool colour_is(const VTermColor *a, const VTermColor *b)
{
	return (a->type & VTERM_COLOR_DEFAULT_MASK) == (b->type & VTERM_COLOR_DEFAULT_MASK) &&
	       (a->type & VTERM_COLOR_DEFAULT_MASK ? true : vterm_color_is_equal(a, b));
}

static uint32_t shown(uint32_t character)
{
	return character ? character : ' ';
}

static bool cell_is(const VTermScreenCell *a, const VTermScreenCell *b)
{
	bool erased = a->chars[0] == 0 || b->chars[0] == 0;

	if (a->width != b->width || !colour_is(&a->bg, &b->bg) ||
	    shown(a->chars[0]) != shown(b->chars[0]))
		return false;
	for (int i = 1; !erased && a->chars[i - 1] && i < VTERM_MAX_CHARS_PER_CELL; i++)
		if (a->chars[i] != b->chars[i])
			return false;
	/* libvterm keeps more looks for what is erased than can be seen. */
	return erased ||
	       (colour_is(&a->fg, &b->fg) && a->attrs.bold == b->attrs.bold &&
		a->attrs.underline == b->attrs.underline && a->attrs.italic == b->attrs.italic &&
		a->attrs.blink == b->attrs.blink && a->attrs.reverse == b->attrs.reverse &&
		a->attrs.strike == b->attrs.strike);
}

/* -1: the same, else the row in which they differ; ROWS: the cursor. */
static int terminals_differ(const struct terminal *a, const struct terminal *b)
{
	VTermPos pos, other;

	for (pos.row = 0; pos.row < ROWS; pos.row++) {
		for (pos.col = 0; pos.col < COLS; pos.col++) {
			VTermScreenCell one = {}, two = {};

			vterm_screen_get_cell(a->screen, pos, &one);
			vterm_screen_get_cell(b->screen, pos, &two);
			if (!cell_is(&one, &two))
				return pos.row;
		}
	}
	vterm_state_get_cursorpos(vterm_obtain_state(a->vterm), &pos);
	vterm_state_get_cursorpos(vterm_obtain_state(b->vterm), &other);
	return vterm_pos_cmp(pos, other) == 0 ? -1 : ROWS;
}

static struct question *question_open(void)
{
	static struct question question;

	question = (struct question){.deadline = 60000000000u, .n_objects = 1, .whole = true};
	buffer_append_string(&question.program, "/usr/bin/cat");
	buffer_append_string(&question.objects[0].text, "/home/ada/n/private.txt");
	question.objects[0].verbs = VERB_READ;
	return &question;
}

static void question_close(struct question *question)
{
	buffer_done(&question->program);
	buffer_done(&question->objects[0].text);
}

/* As prompt-terminal.c does it. */
static void append_visit(struct buffer *bytes, struct screen *screen, bool aside)
{
	struct question *question = question_open();
	const struct box_view view = {.question = question, .n_waiting = 1, .ready = true};
	struct box_shape shape = {};

	screen_append_borrow(bytes, screen_state(screen), aside);
	CHECK_INT(box_append(bytes, &view, screen, &shape), 0);
	if (!aside)
		screen_append_rows(bytes, screen_grid(screen), shape.top, shape.bottom, shape.top);
	screen_append_return(bytes, screen, aside);
	question_close(question);
}

/* One stream of a program's, with a visit in its middle and without. */
static int visit_differs(enum terminal_style style, bool aside)
{
	struct terminal visited = terminal_open(), bare = terminal_open();
	_cleanup_(screen_freep) struct screen *screen = NULL;
	int differ = -1;

	CHECK_INT(screen_new(ROWS, COLS, &screen), 0);
	for (int i = 0; i < 40 && differ < 0; i++) {
		_cleanup_(buffer_done) struct buffer bytes = {}, visit = {};

		/* DECRC before any DECSC differs from terminal to terminal. */
		if (i == 0)
			buffer_append_string(&bytes, style == TERMINAL_ALTERNATE
							     ? "\x1b[?1049h\x1b[H"
							     : "\x1b[H\x1b"
							       "7");
		random_piece(&bytes, style);
		screen_feed(screen, bytes.data, bytes.len);
		terminal_feed(&visited, &bytes);
		terminal_feed(&bare, &bytes);
		if (random_below(4) == 0) {
			append_visit(&visit, screen, aside);
			terminal_feed(&visited, &visit);
		}
		differ = terminals_differ(&visited, &bare);
	}
	vterm_free(visited.vterm);
	vterm_free(bare.vterm);
	return differ;
}

static void test_a_box_in_place_leaves_no_trace(void)
{
	for (int i = 0; i < 300; i++) {
		uint64_t seed = random_state;
		int differ = visit_differs((enum terminal_style)(i % TERMINAL_STYLES), false);

		if (differ >= 0)
			fprintf(stderr, "round %d, seed %llu: row %d\n", i,
				(unsigned long long)seed, differ);
		CHECK_INT(differ, -1);
		if (differ >= 0)
			return;
	}
}

/* Aside needs the terminal's other screen, so the agent is on the first. */
static void test_a_box_aside_leaves_no_trace(void)
{
	for (int i = 0; i < 300; i++) {
		uint64_t seed = random_state;
		int differ = visit_differs(i % 2 ? TERMINAL_MODES : TERMINAL_SAVES, true);

		if (differ >= 0)
			fprintf(stderr, "round %d, seed %llu: row %d\n", i,
				(unsigned long long)seed, differ);
		CHECK_INT(differ, -1);
		if (differ >= 0)
			return;
	}
}

static bool grids_are_same(const struct screen *a, const struct screen *b)
{
	const struct grid *one = screen_grid(a), *two = screen_grid(b);

	for (int row = 0; row < one->rows; row++)
		for (int col = 0; col < one->cols; col++)
			if (memcmp(grid_cell(one, row, col), grid_cell(two, row, col),
				   sizeof(struct screen_cell)) != 0)
				return false;
	return true;
}

/* Wide and combining characters too, and every look, which libvterm does not know. */
static void test_all_rows_can_be_painted_on_an_empty_terminal(void)
{
	static const char *const screens[] = {
		"日本語\r\n\x1b[2mdim\x1b[22m e\xcc\x81\xcc\x82z\x1b[4:3;58;5;9mcurly",
		"\x1b[48;5;4m\x1b[2J\x1b[3;3Hblue\x1b[K\x1b[m\x1b[5;1Hx\x1b[41m\x1b[5X\x1b[6Cy",
		"\x1b[8mhidden\x1b[28;53mover\x1b[0;9;3mstrike \xf0\x9f\x98\x80!",
		"\x1b[1;43H日\x1b[2;44H日",
	};
	static const char stood_there[] = "\x1b[7;31mwhat stood there\x1b[2;2H日日日";

	for (size_t i = 0; i < ARRAY_LEN(screens); i++) {
		_cleanup_(screen_freep) struct screen *screen = NULL;
		_cleanup_(screen_freep) struct screen *painted = NULL;
		_cleanup_(buffer_done) struct buffer bytes = {};

		CHECK_INT(screen_new(ROWS, COLS, &screen), 0);
		CHECK_INT(screen_new(ROWS, COLS, &painted), 0);
		screen_feed(screen, screens[i], strlen(screens[i]));
		screen_feed(painted, stood_there, strlen(stood_there));
		screen_append_rows(&bytes, screen_grid(screen), 0, ROWS, 0);
		screen_feed(painted, bytes.data, bytes.len);
		CHECK(grids_are_same(screen, painted));
	}
}

/* What was begun before the question goes on after it. */
static void test_a_sequence_is_not_torn(void)
{
	static const struct {
		const char *before, *after, *row;
	} cases[] = {
		{"ab\x1b[3", "1mcd", "abcd"},
		{"ab\xe6\x97", "\xa5z", "ab日z"},
		{"ab\x1b]0;ti", "tle\x07z", "abz"},
		{"ab\x1b", "[2Dz", "zb"},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		_cleanup_(screen_freep) struct screen *screen = NULL;
		_cleanup_(screen_freep) struct screen *terminal = NULL;
		_cleanup_(screen_freep) struct screen *wanted = NULL;
		_cleanup_(buffer_done) struct buffer visit = {};

		CHECK_INT(screen_new(ROWS, COLS, &screen), 0);
		CHECK_INT(screen_new(ROWS, COLS, &terminal), 0);
		CHECK_INT(screen_new(ROWS, COLS, &wanted), 0);
		screen_feed(screen, cases[i].before, strlen(cases[i].before));
		screen_feed(terminal, cases[i].before, strlen(cases[i].before));
		append_visit(&visit, screen, false);
		screen_feed(terminal, visit.data, visit.len);
		screen_feed(terminal, cases[i].after, strlen(cases[i].after));
		screen_feed(wanted, cases[i].before, strlen(cases[i].before));
		screen_feed(wanted, cases[i].after, strlen(cases[i].after));
		CHECK(grids_are_same(terminal, wanted));
	}
}

static void test_modes_are_given_back(void)
{
	static const char modes[] = "\x1b[?1002h\x1b[?1004h\x1b[?2004h\x1b[?25l\x1b[?2026h\x1b[4h"
				    "\x1b[?7l\x1b(0\x1b[>5u\x1b[>4;2m";
	_cleanup_(screen_freep) struct screen *screen = NULL;
	_cleanup_(screen_freep) struct screen *terminal = NULL;
	_cleanup_(buffer_done) struct buffer visit = {};

	CHECK_INT(screen_new(ROWS, COLS, &screen), 0);
	CHECK_INT(screen_new(ROWS, COLS, &terminal), 0);
	screen_feed(screen, modes, sizeof(modes) - 1);
	screen_feed(terminal, modes, sizeof(modes) - 1);
	append_visit(&visit, screen, false);
	screen_feed(terminal, visit.data, visit.len);
	CHECK_INT(screen_state(terminal)->modes, screen_state(screen)->modes);
	CHECK_INT(screen_state(terminal)->mouse, 1002);
	CHECK_INT(screen_state(terminal)->other_keys, 2);
	CHECK_INT(screen_state(terminal)->cursor.sets[0], '0');
}

int main(void)
{
	RUN(test_a_box_in_place_leaves_no_trace);
	RUN(test_a_box_aside_leaves_no_trace);
	RUN(test_all_rows_can_be_painted_on_an_empty_terminal);
	RUN(test_a_sequence_is_not_torn);
	RUN(test_modes_are_given_back);
	return check_summary();
}
