/* SPDX-License-Identifier: Apache-2.0 */
/* What a person calls the things in runs, and what is said where that is not clear. */
#include <errno.h>
#include <stdlib.h>

#include "enforcer/commands/user-runs.h"
#include "enforcer/control/place.h"
#include "tests/support/check.h"
#include "tests/support/scratch.h"

static const char *const ids[] = {"20261121-231917-1fdd7951", "20261121-231918-1fdc0000",
				  "20261121-231919-ab12cd34"};

static struct user_runs runs;
static struct user_things things;

static void add(int run, int id)
{
	things.things = reallocarray(things.things, things.n + 1, sizeof(*things.things));
	if (!things.things)
		abort();
	things.things[things.n++] = (struct user_thing){.link = runs.links[run],
							.object = json_pack("{s:i}", "id", id)};
}

static void setup(void)
{
	int dirfd, fd = -1;

	scratch_make();
	if (control_place_open(scratch_path("place"), true, &dirfd, NULL) < 0)
		abort();
	for (size_t i = 0; i < ARRAY_LEN(ids); i++)
		if (control_place_listen(dirfd, ids[i], &fd) < 0 ||
		    control_link_open(dirfd, ids[i], NULL, NULL, &runs.links[runs.n++]) < 0)
			abort();
	add(0, 1);
	add(0, 3);
	add(1, 3);
	add(2, 12);
}

static void test_a_name_means_one_thing_or_nothing(void)
{
	static const struct {
		const char *word;
		int thing, error;
		const char *text, *hint;
	} cases[] = {
		{"1", 0, 0, NULL, NULL},
		{"12", 3, 0, NULL, NULL},
		{"1fdd/3", 1, 0, NULL, NULL},
		{"1fdd7951/3", 1, 0, NULL, NULL},
		{"1fdc/3", 2, 0, NULL, NULL},
		{"20261121-231917-1fdd7951/3", 1, 0, NULL, NULL},
		{"3", 0, -ENOTUNIQ, "more than one run has a question 3",
		 "say which: 1fdd7951/3, 1fdc0000/3"},
		{"1fd/3", 0, -ENOTUNIQ, "more than one", "1fdd7951/3, 1fdc0000/3"},
		{"20261121/3", 0, -ENOTUNIQ, "more than one", NULL},
		{"ab/3", 0, -ENOENT, "there is no question ab/3",
		 "there are: 1fdd7951/1, 1fdd7951/3, 1fdc0000/3, ab12cd34/12"},
		{"7", 0, -ENOENT, "there is no question 7", "there are: "},
		{"951/3", 0, -ENOENT, NULL, NULL},
		{"", 0, -EINVAL, "is not the name of a question", NULL},
		{"0", 0, -EINVAL, NULL, NULL},
		{"03", 0, -EINVAL, NULL, NULL},
		{"-3", 0, -EINVAL, NULL, NULL},
		{"+3", 0, -EINVAL, NULL, NULL},
		{"3x", 0, -EINVAL, NULL, NULL},
		{"/3", 0, -EINVAL, NULL, NULL},
		{"1fdd/", 0, -EINVAL, NULL, NULL},
		{"99999999999999999999", 0, -EINVAL, NULL, NULL},
		{"\x1b[2J", 0, -EINVAL, "\\x1b[2J is not", NULL},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const struct user_thing *thing = NULL;
		struct failure failure = {};
		int r = user_things_find(&things, cases[i].word, "question", &thing, &failure);

		if (r != cases[i].error)
			fprintf(stderr, "%s\n", cases[i].word);
		CHECK_INT(r, cases[i].error);
		if (r == 0)
			CHECK(thing == &things.things[cases[i].thing]);
		else
			CHECK(failure.text[0] != '\0');
		if (cases[i].text)
			CHECK(strstr(failure.text, cases[i].text) != NULL);
		if (cases[i].hint)
			CHECK(strstr(failure.hint, cases[i].hint) != NULL);
	}
}

static void test_where_nothing_is_that_is_said(void)
{
	const struct user_things none = {};
	const struct user_thing *thing = NULL;
	struct failure failure = {};

	CHECK_INT(user_things_find(&none, "3", "grant", &thing, &failure), -ENOENT);
	CHECK_STRING(failure.text, "there is no grant 3, and no other one either");
	CHECK_STRING(failure.hint, "");
}

static void test_a_name_is_short_where_one_run_is_all(void)
{
	struct user_runs one = {.n = 1};
	char name[USER_NAME_MAX];

	user_thing_name(&runs, &things.things[1], name);
	CHECK_STRING(name, "1fdd7951/3");
	user_thing_name(&one, &things.things[1], name);
	CHECK_STRING(name, "3");
}

static void test_times(void)
{
	static const struct {
		const char *text;
		int64_t ms;
	} cases[] = {
		{"1s", 1000},    {"90s", 90000},   {"10m", 600000},
		{"2h", 7200000}, {"1d", 86400000}, {"365d", 365 * 86400000ll},
		{"366d", 0},     {"0s", 0},        {"10", 0},
		{"m", 0},        {"", 0},          {"-1m", 0},
		{" 1m", 0},      {"1 m", 0},       {"1mm", 0},
		{"1M", 0},       {"1e3s", 0},      {"99999999999999999999s", 0},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		int64_t ms = 0;
		int r = user_duration_parse(cases[i].text, &ms, NULL);

		if (r != (cases[i].ms ? 0 : -EINVAL))
			fprintf(stderr, "%s\n", cases[i].text);
		CHECK_INT(r, cases[i].ms ? 0 : -EINVAL);
		CHECK_INT(ms, cases[i].ms);
	}
}

int main(void)
{
	setup();
	RUN(test_a_name_means_one_thing_or_nothing);
	RUN(test_where_nothing_is_that_is_said);
	RUN(test_a_name_is_short_where_one_run_is_all);
	RUN(test_times);
	return check_summary();
}
