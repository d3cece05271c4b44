/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>

#include "enforcer/config/string-list.h"
#include "enforcer/config/workspace.h"
#include "tests/support/check.h"
#include "tests/support/scratch.h"

static int choose(struct workspace_choice choice, char ***ret_list, struct failure *failure)
{
	char **notices = NULL;
	int r;

	*failure = (struct failure){};
	choice.home = scratch_path("home");
	r = workspace_choose(&choice, ret_list, &notices, failure);
	CHECK(!notices || choice.lenient);
	string_list_free(notices);
	return r;
}

static void test_what_nobody_means_is_refused(void)
{
	const char *const places[] = {
		"/", "/tmp", "/proc/self", "/sys", "/dev", scratch_path("home"), scratch_path("")};
	struct failure failure;
	char **list = NULL;

	for (size_t i = 0; i < ARRAY_LEN(places); i++) {
		CHECK_INT(
			choose((struct workspace_choice){.workspace = places[i]}, &list, &failure),
			-EPERM);
		CHECK(failure.hint[0]);
	}
}

static void test_a_home_that_is_named_is_meant(void)
{
	const char *const added[] = {scratch_path("home"), NULL};
	struct failure failure;
	char **list = NULL;

	CHECK_INT(choose((struct workspace_choice){.workspace = scratch_path("home"),
						   .add_dirs = added},
			 &list, &failure),
		  0);
	CHECK_STRING(list[0], scratch_path("home"));
	CHECK(!list[1]);
	string_list_free(list);
}

static void test_a_lenient_choice_warns(void)
{
	struct failure failure;
	char **list = NULL;

	CHECK_INT(choose((struct workspace_choice){.workspace = "/", .lenient = true}, &list,
			 &failure),
		  0);
	CHECK_STRING(list[0], "/");
	string_list_free(list);
}

static void test_added_directories_are_absolute_and_exist(void)
{
	static const struct {
		const char *dir;
		int error;
		const char *words;
	} cases[] = {
		{"relative", -EINVAL, "must be an absolute path"},
		{"/nothing-here", -ENOENT, "No such file"},
		{"/etc/passwd", -ENOTDIR, "is not a directory"},
		{"/", -EPERM, "is the whole machine"},
		{"/proc", -EPERM, "belongs to the kernel"},
	};
	struct failure failure;
	char **list = NULL;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const char *const added[] = {cases[i].dir, NULL};

		CHECK_INT(choose((struct workspace_choice){.workspace = scratch_path("work"),
							   .add_dirs = added},
				 &list, &failure),
			  cases[i].error);
		CHECK(strstr(failure.text, cases[i].words));
	}
}

static void test_names_are_made_canonical_and_stand_once(void)
{
	const char *const added[] = {scratch_path("link"), scratch_path("other"),
				     scratch_path("work/."), NULL};
	struct failure failure;
	char **list = NULL;

	CHECK_INT(symlink("other", scratch_path("link")), 0);
	CHECK_INT(choose((struct workspace_choice){.workspace = scratch_path("work"),
						   .add_dirs = added},
			 &list, &failure),
		  0);
	CHECK_STRING(list[0], scratch_path("work"));
	CHECK_STRING(list[1], scratch_path("other"));
	CHECK(!list[2]);
	string_list_free(list);
}

int main(void)
{
	scratch_make();
	scratch_directory("home");
	scratch_directory("work");
	scratch_directory("other");
	RUN(test_what_nobody_means_is_refused);
	RUN(test_a_home_that_is_named_is_meant);
	RUN(test_a_lenient_choice_warns);
	RUN(test_added_directories_are_absolute_and_exist);
	RUN(test_names_are_made_canonical_and_stand_once);
	return check_summary();
}
