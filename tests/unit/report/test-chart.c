/* SPDX-License-Identifier: Apache-2.0 */
#include "enforcer/report/chart.h"
#include "tests/support/check.h"

static void test_scales_end_at_round_numbers(void)
{
	static const uint64_t cases[][2] = {
		{0, 1}, {1, 1}, {2, 2}, {3, 5}, {6, 10}, {11, 20}, {43, 50}, {50, 50}, {999, 1000},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		CHECK_INT(chart_round_up(cases[i][0]), cases[i][1]);
	CHECK(chart_round_up(UINT64_MAX) >= UINT64_MAX / 2);
}

static void test_a_bar_shows_what_is_there_at_all(void)
{
	const struct chart_bar bar = {.whole = 1000000,
				      .n = 3,
				      .fills = {CHART_ALLOWED, CHART_REFUSED, CHART_DENIED},
				      .values = {999999, 0, 1}};
	struct buffer to = {};

	chart_bar(&to, &bar);
	CHECK(strstr(to.data, "class=\"f-allowed\" x=\"0.00%\""));
	CHECK(!strstr(to.data, "f-refused"));
	/* Within the cell, though all of it was taken. */
	CHECK(strstr(to.data, "class=\"f-denied\" x=\"99.30%\" y=\"0\" width=\"0.70%\""));
	buffer_done(&to);
}

static void test_a_bar_never_leaves_its_cell(void)
{
	const struct chart_bar bar = {.whole = 1,
				      .n = 2,
				      .fills = {CHART_SENT, CHART_RECEIVED},
				      .values = {UINT64_MAX, 7}};
	struct buffer to = {};

	chart_bar(&to, &bar);
	CHECK(strstr(to.data, "f-sent\" x=\"0.00%\" y=\"0\" width=\"100.00%\""));
	CHECK(strstr(to.data, "f-received\" x=\"0.00%\" y=\"0\" width=\"100.00%\""));
	buffer_done(&to);
}

static void test_a_bar_of_nothing_is_empty(void)
{
	const struct chart_bar bar = {.n = 1, .fills = {CHART_SENT}, .values = {0}};
	struct buffer to = {};

	chart_bar(&to, &bar);
	CHECK(!strstr(to.data, "<rect"));
	buffer_done(&to);
}

static void say_column(void *userdata, size_t column, struct buffer *to)
{
	buffer_printf(to, "c%zu", column);
}

static void test_columns_have_a_title_a_description_and_words(void)
{
	const uint64_t values[] = {1, 0, 0, 0, 2, 3};
	const struct chart_columns columns = {
		.id = "x",
		.title = "T",
		.about = "A",
		.n = 3,
		.kinds = 2,
		.fills = {CHART_ALLOWED, CHART_DENIED},
		.values = values,
		.stride = 2,
		.label = say_column,
		.tell = say_column,
		.labels = 2,
	};
	struct buffer to = {};

	chart_columns(&to, &columns);
	CHECK(strstr(to.data, "role=\"img\" aria-labelledby=\"x-title x-about\">"
			      "<title id=\"x-title\">T</title><desc id=\"x-about\">A</desc>"));
	CHECK(strstr(to.data, "<g><title>c0</title>"));
	CHECK(!strstr(to.data, "<g><title>c1</title>")); /* nothing stands there */
	CHECK(strstr(to.data, "text-anchor=\"start\">c0</text>"));
	CHECK(strstr(to.data, "text-anchor=\"end\">c2</text>"));
	CHECK(!strstr(to.data, ">c1</text>"));
	/* Five of five: as high as the picture; two fifths of it, and three on top. */
	CHECK(strstr(to.data, "class=\"f-allowed\" x=\"70.00%\" y=\"108.0\" width=\"26.67%\" "
			      "height=\"60.0\""));
	CHECK(strstr(to.data, "class=\"f-denied\" x=\"70.00%\" y=\"18.0\" width=\"26.67%\" "
			      "height=\"90.0\""));
	buffer_done(&to);
}

int main(void)
{
	RUN(test_scales_end_at_round_numbers);
	RUN(test_a_bar_shows_what_is_there_at_all);
	RUN(test_a_bar_never_leaves_its_cell);
	RUN(test_a_bar_of_nothing_is_empty);
	RUN(test_columns_have_a_title_a_description_and_words);
	return check_summary();
}
