/* SPDX-License-Identifier: Apache-2.0 */
/* Text in columns: cut and wrapped between letters, also where one takes two columns. */
#include <locale.h>

#include "enforcer/base/cleanup.h"
#include "enforcer/commands/watch-text.h"
#include "tests/support/check.h"

static char line[WATCH_LINE_MAX];

static void test_what_does_not_fit_is_cut_with_a_mark(void)
{
	static const struct {
		const char *text;
		size_t width;
		const char *cut;
	} cases[] = {
		{"abc", 3, "abc"},
		{"abcd", 3, "ab~"},
		{"", 3, ""},
		{"abc", 0, ""},
		{"abc", 1, "~"},
		{"a\nb", 3, "a"},
		{"日本語", 6, "日本語"},
		{"日本語", 5, "日本~"},
		{"日本語", 4, "日~"},
		{"a\xff\x1b[2J", 9, "a??[2J"},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		watch_text_cut(cases[i].text, cases[i].width, line);
		CHECK_STRING(line, cases[i].cut);
		CHECK(watch_text_width(line) <= cases[i].width);
	}
}

static void test_a_column_is_filled_up(void)
{
	char column[64];

	watch_text_pad("日本", 6, column);
	CHECK_STRING(column, "日本  ");
	watch_text_pad("a-very-long-name", 6, column);
	CHECK_STRING(column, "a-ver~");
}

static void test_wrapping_loses_nothing(void)
{
	const char *text = "one two\n日本語\n\nend";

	text = watch_text_wrap(text, 5, line);
	CHECK_STRING(line, "one t");
	text = watch_text_wrap(text, 5, line);
	CHECK_STRING(line, "wo");
	text = watch_text_wrap(text, 5, line);
	CHECK_STRING(line, "日本");
	text = watch_text_wrap(text, 5, line);
	CHECK_STRING(line, "語");
	text = watch_text_wrap(text, 5, line);
	CHECK_STRING(line, "");
	text = watch_text_wrap(text, 5, line);
	CHECK_STRING(line, "end");
	CHECK_STRING(text, "");
}

int main(void)
{
	if (!setlocale(LC_CTYPE, "C.UTF-8")) {
		printf("skip: no locale C.UTF-8\n");
		return 77;
	}
	RUN(test_what_does_not_fit_is_cut_with_a_mark);
	RUN(test_a_column_is_filled_up);
	RUN(test_wrapping_loses_nothing);
	return check_summary();
}
