/* SPDX-License-Identifier: Apache-2.0 */
#include "enforcer/base/cleanup.h"
#include "enforcer/policy/match-command.h"
#include "tests/support/check.h"

#define WORDS 8

static bool matches(const char *const *args, const char *const *argv, bool truncated, bool allow)
{
	struct strings strings = {.items = (char **)args};
	struct request request = {
		.argv = (char **)argv,
		.argv_truncated = truncated,
		.n_objects = 1,
		.objects = {{.kind = OBJECT_PATH,
			     .verbs = VERB_EXEC,
			     .path = (char *)"/usr/bin/git"}},
	};

	while (args[strings.n])
		strings.n++;
	return command_matches(&strings, &request, &request.objects[0], allow);
}

static void test_arguments_are_globs_in_order(void)
{
	static const struct {
		const char *args[WORDS], *argv[WORDS];
		bool matches;
	} cases[] = {
		{{"push", "**"}, {"git", "push"}, true},
		{{"push", "**"}, {"git", "push", "origin", "main"}, true},
		{{"push", "**"}, {"git", "pull"}, false},
		{{"push", "**"}, {"git"}, false},
		{{"push"}, {"git", "push", "x"}, false},
		{{"**", "--force", "**"}, {"git", "push", "--force"}, true},
		{{"**", "--force", "**"}, {"git", "push", "--force", "x"}, true},
		{{"**", "--force*", "**"}, {"git", "push", "--force-with-lease"}, true},
		{{"**"}, {"git"}, true},
		{{"-?", "*"}, {"git", "-C", "/a/b"}, true},
		{{"-?", "*"}, {"git", "-C"}, false},
		{{"*"}, {"git", ""}, true},
		{{"**", "x"}, {"git", "x", "x"}, true},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		CHECK_INT(matches(cases[i].args, cases[i].argv, false, true), cases[i].matches);
		CHECK_INT(matches(cases[i].args, cases[i].argv, false, false), cases[i].matches);
	}
}

static void test_what_is_missing_is_taken_for_the_worst(void)
{
	static const char *const force[] = {"**", "--force", "**", NULL}, *const push[] = {"push",
											   NULL};
	static const char *const pull[] = {"pull", "**", NULL};
	static const char *const argv[] = {"git", "push", NULL}, *const none[] = {NULL};

	CHECK(matches(force, argv, true, false));
	CHECK(!matches(force, argv, true, true));
	CHECK(matches(push, argv, true, false));
	CHECK(!matches(push, argv, true, true));
	CHECK(!matches(pull, argv, true, false));
	CHECK(!matches(pull, argv, true, true));
	CHECK(matches(push, none, false, false));
	CHECK(!matches(push, none, false, true));
}

static void test_a_script_is_judged_by_its_own_arguments(void)
{
	char *argv[] = {(char *)"/usr/bin/env", (char *)"node", (char *)"./deploy", (char *)"prod",
			NULL};
	char *prod[] = {(char *)"prod", NULL}, *node[] = {(char *)"node", (char *)"**", NULL};
	struct strings args = {prod, 1};
	struct request request = {
		.argv = argv,
		.n_objects = 2,
		.objects = {{.kind = OBJECT_PATH, .verbs = VERB_EXEC, .path = (char *)"/w/deploy"},
			    {.kind = OBJECT_PATH,
			     .verbs = VERB_EXEC,
			     .path = (char *)"/usr/bin/env"}},
	};

	CHECK(command_matches(&args, &request, &request.objects[0], false));
	CHECK(command_matches(&args, &request, &request.objects[0], true));
	CHECK(!command_matches(&args, &request, &request.objects[1], true));
	args = (struct strings){node, 2};
	CHECK(command_matches(&args, &request, &request.objects[1], true));
}

int main(void)
{
	RUN(test_arguments_are_globs_in_order);
	RUN(test_what_is_missing_is_taken_for_the_worst);
	RUN(test_a_script_is_judged_by_its_own_arguments);
	return check_summary();
}
