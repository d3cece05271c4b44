/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>

#include "agent-shim/handover-protocol.h"
#include "enforcer/base/cleanup.h"
#include "enforcer/launch/keeper.h"
#include "enforcer/launch/start-failure.h"
#include "tests/support/check.h"

static void check_words(const struct failure *failure, const char *text, const char *hint)
{
	if (!strstr(failure->text, text) || !strstr(failure->hint, hint)) {
		fprintf(stderr, "\"%s\" / \"%s\" lacks \"%s\" / \"%s\"\n", failure->text,
			failure->hint, text, hint);
		check_failures++;
	}
}

static void test_the_keepers_failures_name_cause_and_remedy(void)
{
	static const struct {
		int step, error;
		const char *text, *hint;
	} cases[] = {
		{KEEPER_NAMESPACES, ENOSPC, "user namespace", "max_user_namespaces"},
		{KEEPER_NAMESPACES, EPERM, "user namespace", "unprivileged_userns_clone"},
		{KEEPER_NAMESPACES, EINVAL, "user namespace", "built without"},
		{KEEPER_MOUNTS, EACCES, "mounts private", "AppArmor"},
		{KEEPER_EXECUTE, ENOENT, "/usr/bin/bwrap", "apt-get install bubblewrap"},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct failure failure = {};

		CHECK_INT(start_failure_of_keeper(cases[i].step, cases[i].error, "/usr/bin/bwrap",
						  &failure),
			  -cases[i].error);
		check_words(&failure, cases[i].text, cases[i].hint);
	}
}

static void test_the_shims_failures_name_step_and_cause(void)
{
	static const struct {
		unsigned step;
		int error;
		const char *text, *hint;
	} cases[] = {
		{HANDOVER_STEP_CHDIR, ENOENT, "cannot enter /work", ""},
		{HANDOVER_STEP_FILTER, EINVAL, "system call filter", "5.19"},
		{HANDOVER_STEP_FILTER, EBUSY, "system call filter", "another seccomp listener"},
		{HANDOVER_STEP_LANDLOCK, EOPNOTSUPP, "Landlock", "off"},
		{HANDOVER_STEP_TERMINAL, ENXIO, "terminal", ""},
		{12345, EIO, "unknown step", ""},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct failure failure = {};

		CHECK_INT(start_failure_of_shim(cases[i].step, cases[i].error, "/work", &failure),
			  -cases[i].error);
		check_words(&failure, cases[i].text, cases[i].hint);
	}
	CHECK_INT(start_failure_of_shim(HANDOVER_STEP_PLAN, -7, "/", NULL), -EPROTO);
}

static void test_bwraps_words_are_explained_and_escaped(void)
{
	struct failure failure = {};

	CHECK_INT(start_failure_of_bwrap("bwrap: setting up uid map: Permission denied\nmore",
					 &failure),
		  -EIO);
	check_words(&failure, "uid map: Permission denied", "AppArmor");
	CHECK(!strstr(failure.text, "more"));
	failure = (struct failure){};
	start_failure_of_bwrap("bwrap: \x1b[2J", &failure);
	check_words(&failure, "bwrap: \\x1b[2J", "");
	failure = (struct failure){};
	start_failure_of_bwrap("", &failure);
	check_words(&failure, "without a word", "");
}

int main(void)
{
	RUN(test_the_keepers_failures_name_cause_and_remedy);
	RUN(test_the_shims_failures_name_step_and_cause);
	RUN(test_bwraps_words_are_explained_and_escaped);
	return check_summary();
}
