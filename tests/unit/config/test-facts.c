/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>

#include "enforcer/config/facts.h"
#include "enforcer/config/string-list.h"
#include "tests/support/check.h"
#include "tests/support/scratch.h"

static void check_canonical(const char *path, const char *expected)
{
	char canonical[PATH_MAX];

	CHECK_INT(facts_canonical(path, canonical), 0);
	CHECK_STRING(canonical, expected);
}

static void test_what_exists_is_resolved_and_the_rest_kept(void)
{
	char expected[PATH_MAX];

	scratch_directory("real");
	CHECK_INT(symlink("real", scratch_path("link")), 0);
	check_canonical(scratch_path("link"), scratch_path("real"));
	check_canonical(scratch_path("link/new/deep"), scratch_path("real/new/deep"));
	check_canonical(scratch_path("link/new/../deep"), scratch_path("real/deep"));
	check_canonical(scratch_path("link//new/./"), scratch_path("real/new"));
	snprintf(expected, sizeof(expected), "/nothing-here/b");
	check_canonical("/nothing-here/a/../b", expected);
	check_canonical("/", "/");
	check_canonical("//..//", "/");
}

static void test_a_dangling_link_keeps_its_name(void)
{
	CHECK_INT(symlink("/nowhere/at/all", scratch_path("dangling")), 0);
	check_canonical(scratch_path("dangling"), scratch_path("dangling"));
}

static void test_relative_and_too_long_paths_are_refused(void)
{
	char canonical[PATH_MAX], longest[PATH_MAX + 8];

	memset(longest, 'a', sizeof(longest));
	longest[0] = '/';
	longest[sizeof(longest) - 1] = '\0';
	CHECK_INT(facts_canonical("relative", canonical), -EINVAL);
	CHECK_INT(facts_canonical(longest, canonical), -ENAMETOOLONG);
}

static void test_path_directories_leave_out_what_would_open_too_much(void)
{
	char path[PATH_MAX * 2];
	char **dirs = NULL;

	scratch_directory("home");
	scratch_directory("home/bin");
	snprintf(path, sizeof(path), "/:.:bin::%s:%s:%s:/nothing-here:%s", scratch_path(""),
		 scratch_path("home"), scratch_path("home/bin"), scratch_path("home/bin/"));
	CHECK_INT(facts_path_directories(path, scratch_path("home"), &dirs), 0);
	CHECK_STRING(dirs[0], scratch_path("home/bin"));
	CHECK(dirs[0] && !dirs[1]);
	string_list_free(dirs);
	CHECK_INT(facts_path_directories(NULL, scratch_path("home"), &dirs), 0);
	CHECK(!dirs[0]);
	string_list_free(dirs);
}

static void test_a_program_is_the_first_executable_file_on_path(void)
{
	const char *dirs[] = {scratch_path("one"), scratch_path("two"), NULL};
	char path[PATH_MAX];
	uint64_t dev, ino;

	scratch_directory("one");
	scratch_directory("one/tool");
	scratch_directory("two");
	scratch_file("one/plain", "", 0600);
	scratch_file("two/plain", "", 0700);
	scratch_file("two/tool", "", 0700);
	CHECK_INT(facts_program(dirs, "tool", path, &dev, &ino), 0);
	CHECK_STRING(path, scratch_path("two/tool"));
	CHECK_INT(facts_program(dirs, "plain", path, &dev, &ino), 0);
	CHECK_STRING(path, scratch_path("two/plain"));
	CHECK_INT(facts_program(dirs, "none", path, &dev, &ino), -ENOENT);
}

static void test_below_means_whole_names(void)
{
	CHECK(facts_is_below("/a", "/a"));
	CHECK(facts_is_below("/a", "/a/b"));
	CHECK(!facts_is_below("/a", "/ab"));
	CHECK(facts_is_below("/", "/a"));
	CHECK(!facts_is_below("/a/b", "/a"));
}

static void test_xdg_variables_count_only_where_absolute(void)
{
	char *path;

	setenv("XDG_CONFIG_HOME", "relative", 1);
	path = facts_user_file("/home/u");
	CHECK_STRING(path, "/home/u/.config/callgate/policy.json");
	free(path);
	setenv("XDG_CONFIG_HOME", "/x", 1);
	path = facts_user_file("/home/u");
	CHECK_STRING(path, "/x/callgate/policy.json");
	free(path);
	unsetenv("XDG_CONFIG_HOME");
	path = facts_user_file("/");
	CHECK_STRING(path, "/.config/callgate/policy.json");
	free(path);
}

int main(void)
{
	scratch_make();
	RUN(test_what_exists_is_resolved_and_the_rest_kept);
	RUN(test_a_dangling_link_keeps_its_name);
	RUN(test_relative_and_too_long_paths_are_refused);
	RUN(test_path_directories_leave_out_what_would_open_too_much);
	RUN(test_a_program_is_the_first_executable_file_on_path);
	RUN(test_below_means_whole_names);
	RUN(test_xdg_variables_count_only_where_absolute);
	return check_summary();
}
