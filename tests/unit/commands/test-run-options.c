/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>

#include "enforcer/commands/run-options.h"
#include "tests/support/check.h"

static int parse(const char *const *argv, struct run_options *options, struct failure *failure)
{
	int argc = 0;

	*failure = (struct failure){};
	while (argv[argc])
		argc++;
	return run_options_parse(argc, (char **)argv, options, failure);
}

static void test_every_option_finds_its_place(void)
{
	const char *const argv[] = {
		"run",     "--policy",     "p",         "--profile", "offline",   "--add-dir",
		"/a",      "--add-dir=/b", "--read",    "/r",        "--offline", "--unattended",
		"--audit", "log",          "--json",    "-",         "--verbose", "--print-plan",
		"--",      "cc",           "--version", NULL};
	struct run_options options;
	struct failure failure;

	CHECK_INT(parse(argv, &options, &failure), 0);
	CHECK_STRING(options.config.policy_file, "p");
	CHECK_STRING(options.config.profile, "offline");
	CHECK_STRING(options.config.add_dirs[0], "/a");
	CHECK_STRING(options.config.add_dirs[1], "/b");
	CHECK_STRING(options.config.read_dirs[0], "/r");
	CHECK(options.config.offline && options.config.unattended);
	CHECK_STRING(options.audit, "log");
	CHECK_STRING(options.json_file, "-");
	CHECK(options.verbose && options.print_plan);
	CHECK_STRING(options.command[0], "cc");
	CHECK_STRING(options.command[1], "--version");
	CHECK(!options.command[2]);
	run_options_done(&options);
}

static void test_a_plan_needs_no_command_and_a_run_does(void)
{
	const char *const plan[] = {"run", "--print-plan", NULL}, *const run[] = {"run", NULL};
	struct run_options options;
	struct failure failure;

	CHECK_INT(parse(plan, &options, &failure), 0);
	CHECK(!options.command);
	run_options_done(&options);
	CHECK_INT(parse(run, &options, &failure), -EINVAL);
	CHECK_STRING(failure.text, "there is no command to run");
}

static void test_nothing_is_kept_of_a_line_that_is_wrong(void)
{
	const char *const argv[] = {"run", "--add-dir", "/a", "--nope", NULL};
	struct run_options options;
	struct failure failure;

	CHECK_INT(parse(argv, &options, &failure), -EINVAL);
	CHECK(!options.config.add_dirs);
}

int main(void)
{
	RUN(test_every_option_finds_its_place);
	RUN(test_a_plan_needs_no_command_and_a_run_does);
	RUN(test_nothing_is_kept_of_a_line_that_is_wrong);
	return check_summary();
}
