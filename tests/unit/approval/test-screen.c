/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <string.h>

#include "enforcer/approval/screen-draw.h"
#include "enforcer/approval/screen-pen.h"
#include "enforcer/approval/screen.h"
#include "tests/support/check.h"

static struct screen *screen_with(int rows, int cols, const char *text)
{
	struct screen *screen = NULL;

	CHECK_INT(screen_new(rows, cols, &screen), 0);
	screen_feed(screen, text, strlen(text));
	return screen;
}

/* A row as text, erased cells as dots, without those at its end. */
static const char *row_text(const struct screen *screen, int row)
{
	const struct grid *grid = screen_grid(screen);
	static struct buffer text;
	size_t end = 0;

	text.len = 0;
	for (int col = 0; col < grid->cols; col++) {
		const struct screen_cell *cell = grid_cell(grid, row, col);

		if (cell->width == 0)
			continue;
		if (cell->characters[0] == 0)
			buffer_append_string(&text, ".");
		for (int i = 0; i < SCREEN_CHARACTERS_MAX && cell->characters[i]; i++)
			screen_append_character(&text, cell->characters[i]);
		if (cell->characters[0])
			end = text.len;
	}
	if (!text.data)
		return "";
	text.data[end] = '\0';
	return text.data;
}

static void test_text_stands_where_it_was_written(void)
{
	static const struct {
		const char *bytes, *rows[3];
		int row, col;
		bool full;
	} cases[] = {
		{"abc", {"abc", "", ""}, 0, 3, false},
		{"ab\r\ncd", {"ab", "cd", ""}, 1, 2, false},
		{"0123456789", {"0123456789", "", ""}, 0, 9, true},
		{"0123456789x", {"0123456789", "x", ""}, 1, 1, false},
		{"0123456789\r\nx", {"0123456789", "x", ""}, 1, 1, false},
		{"\x1b[?7l0123456789xy", {"012345678y", "", ""}, 0, 9, false},
		{"a\r\nb\r\nc\r\nd", {"b", "c", "d"}, 2, 1, false},
		{"abc\x1b[2D\x1b[1@x", {"axbc", "", ""}, 0, 2, false},
		{"abc\x1b[2G\x1b[P", {"ac", "", ""}, 0, 1, false},
		{"abcd\x1b[2G\x1b[2X", {"a..d", "", ""}, 0, 1, false},
		{"a\x1b[3b", {"aaaa", "", ""}, 0, 4, false},
		{"a\r\nb\r\nc\x1b[2;3r\x1b[3;1H\nd", {"a", "c", "d"}, 2, 1, false},
		{"a\r\nb\r\nc\x1b[1;2H\x1b[Mx", {"bx", "c", ""}, 0, 2, false},
		{"\x1b(0qqx\x1b(Bq", {"qqxq", "", ""}, 0, 4, false},
		{"\x1b[2;3H\x1b"
		 "7\x1b[Hab\x1b"
		 "8c",
		 {"ab", "..c", ""},
		 1,
		 3,
		 false},
		{"日本x", {"日本x", "", ""}, 0, 5, false},
		{"日本\x1b[2Gx", {".x本", "", ""}, 0, 2, false},
		{"012345678日", {"012345678", "日", ""}, 1, 2, false},
		{"e\xcc\x81x", {"e\xcc\x81x", "", ""}, 0, 2, false},
		{"a\tb", {"a.......b", "", ""}, 0, 9, false},
		{"\x1b]0;title\x07"
		 "a\x1bP1$qm\x1b\\b\x1b_x\x1b\\c",
		 {"abc", "", ""},
		 0,
		 3,
		 false},
		{"\xff"
		 "a\xc3",
		 {"\xef\xbf\xbd"
		  "a",
		  "", ""},
		 0,
		 2,
		 false},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		_cleanup_(screen_freep) struct screen *screen = screen_with(3, 10, cases[i].bytes);
		const struct screen_cursor *cursor = &screen_state(screen)->cursor;

		for (int row = 0; row < 3; row++)
			CHECK_STRING(row_text(screen, row), cases[i].rows[row]);
		CHECK_INT(cursor->row, cases[i].row);
		CHECK_INT(cursor->col, cases[i].col);
		CHECK_INT(cursor->full, cases[i].full);
	}
}

static void test_looks_are_kept(void)
{
	static const struct {
		const char *sgr;
		struct screen_pen pen;
	} cases[] = {
		{"\x1b[1;2;3m", {.attributes = SCREEN_BOLD | SCREEN_DIM | SCREEN_ITALIC}},
		{"\x1b[1;2;22m", {}},
		{"\x1b[7;1;27m", {.attributes = SCREEN_BOLD}},
		{"\x1b[31;42m",
		 {.foreground = SCREEN_INDEXED | 1, .background = SCREEN_INDEXED | 2}},
		{"\x1b[97;100m",
		 {.foreground = SCREEN_INDEXED | 15, .background = SCREEN_INDEXED | 8}},
		{"\x1b[38;5;200;4m",
		 {.foreground = SCREEN_INDEXED | 200, .attributes = 1 << SCREEN_UNDERLINE_SHIFT}},
		{"\x1b[38;2;1;2;3;48;2;4;5;6m",
		 {.foreground = SCREEN_RGB | 0x010203, .background = SCREEN_RGB | 0x040506}},
		{"\x1b[38:2::1:2:3;9m",
		 {.foreground = SCREEN_RGB | 0x010203, .attributes = SCREEN_STRIKE}},
		{"\x1b[38:2:1:2:3m", {.foreground = SCREEN_RGB | 0x010203}},
		{"\x1b[4:3;58:5:9m",
		 {.attributes = 3 << SCREEN_UNDERLINE_SHIFT, .line = SCREEN_INDEXED | 9}},
		{"\x1b[31;1m\x1b[m", {}},
		{"\x1b[;;31m", {.foreground = SCREEN_INDEXED | 1}},
		/* Beyond our bounds: as if it were not there. */
		{"\x1b[31m\x1b[1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1m",
		 {.foreground = SCREEN_INDEXED | 1}},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		_cleanup_(screen_freep) struct screen *screen = screen_with(3, 10, cases[i].sgr);
		_cleanup_(screen_freep) struct screen *again = NULL;
		_cleanup_(buffer_done) struct buffer bytes = {};

		CHECK(screen_pen_is(&screen_state(screen)->cursor.pen, &cases[i].pen));
		screen_pen_append(&bytes, &cases[i].pen);
		again = screen_with(3, 10, bytes.data);
		CHECK(screen_pen_is(&screen_state(again)->cursor.pen, &cases[i].pen));
	}
}

static void test_the_alternate_screen_leaves_the_primary_as_it_was(void)
{
	_cleanup_(screen_freep) struct screen *screen =
		screen_with(3, 10, "one\r\ntwo\x1b[31m\x1b[?1049h\x1b[Hvim\x1b[32m");

	CHECK(screen_state(screen)->alternate);
	CHECK_STRING(row_text(screen, 0), "vim");
	CHECK_STRING(row_text(screen, 1), "");
	screen_feed(screen, "\x1b[?1049l", 8);
	CHECK(!screen_state(screen)->alternate);
	CHECK_STRING(row_text(screen, 0), "one");
	CHECK_STRING(row_text(screen, 1), "two");
	CHECK_INT(screen_state(screen)->cursor.row, 1);
	CHECK_INT(screen_state(screen)->cursor.col, 3);
	CHECK_INT(screen_state(screen)->cursor.pen.foreground, SCREEN_INDEXED | 1);
}

static void test_sequences_may_come_byte_by_byte(void)
{
	static const char bytes[] = "\x1b[2;3H\x1b[1;38;5;9mé日\x1b]0;t\x1b\\\x1b(0q\x1b(Bx";
	_cleanup_(screen_freep) struct screen *whole = screen_with(3, 10, bytes);
	_cleanup_(screen_freep) struct screen *parts = screen_with(3, 10, "");

	for (size_t i = 0; i < sizeof(bytes) - 1; i++)
		screen_feed(parts, bytes + i, 1);
	CHECK_STRING(row_text(whole, 1), "..é日qx");
	CHECK_STRING(row_text(parts, 1), "..é日qx");
}

static void test_what_was_begun_can_be_sent_again(void)
{
	static const char *const begun[] = {"\x1b",         "\x1b[",   "\x1b[1;3", "\x1b]0;ti",
					    "\x1b]0;t\x1b", "\x1bP$q", "\xe6\x97", "\x1b("};

	for (size_t i = 0; i < sizeof(begun) / sizeof(begun[0]); i++) {
		_cleanup_(screen_freep) struct screen *screen = screen_with(3, 10, begun[i]);
		size_t len;
		const char *again = screen_input_unfinished(screen_unfinished(screen), &len);

		CHECK_INT(len, strlen(begun[i]));
		CHECK(memcmp(again, begun[i], len) == 0);
	}
}

/* What is too long to be kept is finished by something of the same kind that shows nothing. */
static void test_long_strings_are_finished_harmlessly(void)
{
	static const struct {
		const char *begin, *end;
	} cases[] = {{"\x1b]52;c;", "\x07z"}, {"\x1b]8;;", "\x1b\\z"}, {"\x1bP", "\x1b\\z"},
		     {"\x1b_", "\x1b\\z"},    {"\x1b[", "mz"},         {"\x1b#", "8z"}};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		_cleanup_(screen_freep) struct screen *screen = screen_with(3, 10, cases[i].begin);
		_cleanup_(screen_freep) struct screen *after = screen_with(3, 10, "");
		const char *again;
		size_t len;

		for (int k = 0; k < SCREEN_UNFINISHED_MAX + 10; k++)
			screen_feed(screen, i == 4 ? "1" : i == 5 ? "#" : "x", 1);
		again = screen_input_unfinished(screen_unfinished(screen), &len);
		CHECK(len > 0 && len < 16);
		screen_feed(after, again, len);
		screen_feed(after, cases[i].end, strlen(cases[i].end));
		CHECK_STRING(row_text(after, 0), "z");
	}
}

static void test_a_wider_and_a_narrower_window(void)
{
	_cleanup_(screen_freep) struct screen *screen =
		screen_with(3, 10, "\x1b[1;2rone\r\n\x1b[3;1Htwo日\x1b[2;3r\x1b[3;4H");

	CHECK_INT(screen_resize(screen, 6, 20), 0);
	CHECK_STRING(row_text(screen, 2), "two日");
	CHECK_INT(screen_state(screen)->bottom, 6);
	CHECK_INT(screen_resize(screen, 2, 4), 0);
	/* The cursor's row stays; half of a wide character does not. */
	CHECK_STRING(row_text(screen, 1), "two");
	CHECK_INT(screen_state(screen)->cursor.row, 1);
	CHECK_INT(screen_resize(screen, 1, 2), 0);
	CHECK_INT(screen_resize(screen, SCREEN_ROWS_MAX, SCREEN_COLS_MAX), 0);
	CHECK_INT(screen_resize(screen, SCREEN_ROWS_MAX + 1, 80), -EINVAL);
	CHECK_INT(screen_resize(screen, 24, SCREEN_COLS_MAX + 1), -EINVAL);
	CHECK_INT(screen_resize(screen, 24, SCREEN_COLS_MIN - 1), -EINVAL);
	CHECK_INT(screen_resize(screen, 0, 80), -EINVAL);
	CHECK_INT(screen_grid(screen)->cols, SCREEN_COLS_MAX);
}

/* Each makes libvterm 0.1.4 write behind an array, turn for ever or fall, where it gets it. */
static void test_what_breaks_libvterm_does_not_reach_it(void)
{
	static const char *const bad[] = {
		"\x1b[1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1m",
		"\x1b[::::::::::::::::::::::::::::::::::::::::::::::::::::::::::::::::::::::::m",
		"\x1b[b",
		"\x1b[99999999999999999999999b",
		"\x1b[9223372036854775807C\x1b[9223372036854775807B",
		"\x1b[?69h\x1b[10;2s\x1b[L\x1b[P",
		"\x1b[99;99H\0337",
		"\xc2\x80\xc2\x9b\xc2\x80",
		"\x1b]0;\x1b",
		"\x1b#6\x1b#3wide",
		"\x1b[2;2r\x1b[?6h\x1b[5M\x1b[5L",
	};
	_cleanup_(screen_freep) struct screen *screen = screen_with(3, 10, "");

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		screen_feed(screen, bad[i], strlen(bad[i]));
		CHECK_INT(screen_resize(screen, 2, 5), 0);
		screen_feed(screen,
			    "\x1b"
			    "8x\x1b[u日",
			    10);
		CHECK_INT(screen_resize(screen, 3, 10), 0);
	}
	screen_feed(screen,
		    "\x18\x1b"
		    "cok",
		    5);
	CHECK_STRING(row_text(screen, 0), "ok");
}

int main(void)
{
	RUN(test_text_stands_where_it_was_written);
	RUN(test_looks_are_kept);
	RUN(test_the_alternate_screen_leaves_the_primary_as_it_was);
	RUN(test_sequences_may_come_byte_by_byte);
	RUN(test_what_was_begun_can_be_sent_again);
	RUN(test_long_strings_are_finished_harmlessly);
	RUN(test_a_wider_and_a_narrower_window);
	RUN(test_what_breaks_libvterm_does_not_reach_it);
	return check_summary();
}
