/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdlib.h>

#include "enforcer/base/cleanup.h"
#include "enforcer/commands/options.h"
#include "tests/support/check.h"

struct parsed {
	bool flag;
	const char *value;
	const char **list;
	int rest;
	struct failure failure;
};

static int parse(const char *const *argv, struct parsed *parsed)
{
	const struct option_spec specs[] = {
		{"--flag", OPTION_FLAG, &parsed->flag},
		{"--value", OPTION_VALUE, &parsed->value},
		{"--list", OPTION_LIST, &parsed->list},
	};
	int argc = 0;

	*parsed = (struct parsed){};
	while (argv[argc])
		argc++;
	return options_parse(specs, ARRAY_LEN(specs), argc, (char **)argv, &parsed->rest,
			     &parsed->failure);
}

static void test_options_end_at_the_command_or_two_dashes(void)
{
	const char *const plain[] = {"c", "--flag", "ls", "--value", "x", NULL};
	const char *const dashes[] = {"c", "--flag", "--", "--value", NULL};
	const char *const dash[] = {"c", "-", NULL};
	struct parsed parsed;

	CHECK_INT(parse(plain, &parsed), 0);
	CHECK(parsed.flag && !parsed.value);
	CHECK_INT(parsed.rest, 2);
	CHECK_INT(parse(dashes, &parsed), 0);
	CHECK_INT(parsed.rest, 3);
	CHECK_INT(parse(dash, &parsed), 0);
	CHECK_INT(parsed.rest, 1);
}

static void test_values_stand_behind_or_after_an_equals_sign(void)
{
	const char *const argv[] = {"c", "--value=a=b", "--list", "--flag", "--list=y", NULL};
	struct parsed parsed;

	CHECK_INT(parse(argv, &parsed), 0);
	CHECK_STRING(parsed.value, "a=b");
	CHECK_STRING(parsed.list[0], "--flag");
	CHECK_STRING(parsed.list[1], "y");
	CHECK(!parsed.list[2] && !parsed.flag);
	free(parsed.list);
}

static void test_what_is_wrong_is_named(void)
{
	static const struct {
		const char *argv[4];
		const char *text;
	} cases[] = {
		{{"c", "--flg"}, "there is no option --flg"},
		{{"c", "--fla"}, "there is no option --fla"}, /* no abbreviations */
		{{"c", "-x"}, "there is no option -x"},
		{{"c", "--flag=1"}, "--flag takes no value"},
		{{"c", "--value"}, "--value needs a value"},
		{{"c", "--value="}, "--value needs a value"},
		{{"c", "--value=a", "--value=b"}, "--value stands twice"},
		{{"c", "--\x1b[2J"}, "there is no option --\\x1b[2J"},
	};
	struct parsed parsed;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		CHECK_INT(parse(cases[i].argv, &parsed), -EINVAL);
		CHECK_STRING(parsed.failure.text, cases[i].text);
	}
}

static void test_help_is_asked_for_before_the_command_only(void)
{
	const char *const asked[] = {"c", "--flag", "--help", NULL};
	const char *const other[] = {"c", "ls", "--help", NULL};
	struct parsed parsed;

	CHECK_INT(parse(asked, &parsed), 1);
	CHECK_INT(parse(other, &parsed), 0);
}

int main(void)
{
	RUN(test_options_end_at_the_command_or_two_dashes);
	RUN(test_values_stand_behind_or_after_an_equals_sign);
	RUN(test_what_is_wrong_is_named);
	RUN(test_help_is_asked_for_before_the_command_only);
	return check_summary();
}
