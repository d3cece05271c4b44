/* SPDX-License-Identifier: Apache-2.0 */
/* The walk on a tree of ours, held against the kernel's own. */
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdlib.h>
#include <unistd.h>

#include "enforcer/base/fd.h"
#include "enforcer/request/place.h"
#include "tests/support/check.h"
#include "tests/support/fake-target.h"
#include "tests/support/fake-view.h"
#include "tests/support/scratch.h"
#include "tests/support/walk-tree.h"

static struct view *view;
static struct target target = {.proc = -1};
static int cwd = -1;

static void setup(void)
{
	fake_listener_reset();
	fake_target_reset();
	if (!view) {
		scratch_make();
		walk_tree_make(scratch);
		view = fake_view_new(scratch);
		cwd = open(scratch_path(WALK_TREE_CWD), O_PATH | O_DIRECTORY | O_CLOEXEC);
	}
	fake_target.cwd = cwd;
	fake_fd_add(5, cwd);
}

static int resolve(const char *path, unsigned flags, uint64_t restrictions, struct place *ret_place)
{
	*ret_place = (struct place)PLACE_NONE;
	return place_resolve(view, &target,
			     &(struct place_path){AT_FDCWD, path, flags, restrictions}, ret_place);
}

static int resolve_at(int dirfd, const char *path, unsigned flags, struct place *ret_place)
{
	return place_resolve(view, &target, &(struct place_path){dirfd, path, flags, 0}, ret_place);
}

static const char *const paths[] = {
	"file",
	"./file",
	"b/file",
	"b/../file",
	"../file",
	"../../../file",
	"/file",
	"//a//b///file",
	"/a/./b/../file",
	"/..",
	"/",
	"//",
	".",
	"..",
	"../..",
	"b/.",
	"b/..",
	"b/",
	"b//",
	"file/",
	"file/.",
	"file/..",
	"file/x",
	"nowhere",
	"nowhere/x",
	"nowhere/..",
	"b/nowhere",
	"..x",
	" space",
	"../...",
	"../.../..",
	"/l_file",
	"/l_file/",
	"/l_dir",
	"/l_dir/",
	"/l_dir/file",
	"/l_dir/..",
	"/l_slash",
	"/l_slash/file",
	"/l_absolute",
	"/l_absolute/file",
	"/l_root",
	"/l_root/l_root/file",
	"/l_dangling",
	"/l_dangling/",
	"/l_dangling/x",
	"/l_loop",
	"/l_loop/x",
	"/l_other",
	"l_up",
	"l_up/file",
	"l_up/l_file",
	"l_far",
	"l_dot",
	"l_dot/l_dot/file",
	"l_file",
	"b/l_long",
	"b/l_link",
	"b/l_absolute",
	"b/d/l_out",
	"b/d/l_out/e/file",
	"/e/l_file_slash",
	"/c39",
	"/c40",
	"/c41",
	"/c40/x",
	"../c40",
	"/l_root/c39",
	"/l_root/c40",
	"b/l_link/",
};

static const uint64_t restrictions[] = {
	0,
	RESOLVE_NO_SYMLINKS,
	RESOLVE_NO_MAGICLINKS,
	RESOLVE_BENEATH,
	RESOLVE_IN_ROOT,
	RESOLVE_NO_XDEV,
	RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS,
	RESOLVE_IN_ROOT | RESOLVE_NO_XDEV,
};

static void check_as_kernel(const char *path, unsigned flags, uint64_t restrict_to)
{
	int failures = check_failures;
	struct walk_result expected =
		walk_tree_reference(view->root, cwd, path, flags & WALK_NOFOLLOW, restrict_to);
	struct place place;
	int r = resolve(path, flags, restrict_to, &place);

	CHECK_INT(r, -expected.error);
	if (r == 0 && expected.error == 0) {
		CHECK_INT(place.stat.ino, expected.st.st_ino);
		CHECK_INT(place.stat.dev, expected.st.st_dev);
		CHECK_INT(place.kind, PLACE_VIEW);
		CHECK(strncmp(place.path, scratch, strlen(scratch)) == 0);
	}
	if (failures != check_failures)
		fprintf(stderr, "  in: \"%s\", walk %x, resolve %llx\n", path, flags,
			(unsigned long long)restrict_to);
	place_done(&place);
}

static void test_a_path_leads_where_the_kernel_says(void)
{
	setup();
	for (size_t i = 0; i < ARRAY_LEN(paths); i++)
		for (size_t k = 0; k < ARRAY_LEN(restrictions); k++) {
			check_as_kernel(paths[i], 0, restrictions[k]);
			check_as_kernel(paths[i], WALK_NOFOLLOW, restrictions[k]);
		}
}

static void test_names_have_255_bytes_and_paths_less_than_4096(void)
{
	char longest[NAME_MAX + 8], deep[PATH_MAX + 2] = "";
	struct place place;

	setup();
	longest[0] = '/';
	memset(longest + 1, 'n', NAME_MAX + 1);
	longest[NAME_MAX + 1] = '\0';
	check_as_kernel(longest, 0, 0);
	CHECK_INT(resolve(longest, 0, 0, &place), 0);
	place_done(&place);
	longest[NAME_MAX + 1] = 'n';
	longest[NAME_MAX + 2] = '\0';
	CHECK_INT(resolve(longest, 0, 0, &place), -ENAMETOOLONG);
	CHECK_INT(resolve(longest, WALK_PARENT, 0, &place), -ENAMETOOLONG);
	while (strlen(deep) < PATH_MAX - 8)
		strcat(deep, "./");
	strcat(deep, "file");
	CHECK(strlen(deep) < PATH_MAX);
	CHECK_INT(resolve(deep, 0, 0, &place), 0);
	place_done(&place);
}

static void test_a_parent_is_pinned_where_the_name_is_missing(void)
{
	static const struct {
		const char *path, *parent, *leaf;
		int error;
		bool slash;
	} cases[] = {
		{"new", "a", "new"},
		{"b/new", "a/b", "new"},
		{"/l_dir/new", "a/b", "new"},
		{"/l_absolute/d/../new", "a/b", "new"},
		{"b/new/", "a/b", "new", 0, true},
		{"/l_root/new", "", "new"},
		{"/l_dangling", "", "nowhere"},
		{"nowhere/new", NULL, NULL, ENOENT},
		{"file/new", NULL, NULL, ENOTDIR},
		{"/l_dangling/new", NULL, NULL, ENOENT},
	};

	setup();
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct place place;
		struct stat st;
		int r = resolve(cases[i].path, WALK_PARENT, 0, &place);

		CHECK_INT(r, -cases[i].error);
		if (r < 0)
			continue;
		CHECK_INT(place.fd, -1);
		CHECK_STRING(place.leaf, cases[i].leaf);
		CHECK_INT(place.slash, cases[i].slash);
		CHECK_INT(stat(scratch_path(cases[i].parent), &st), 0);
		CHECK_INT(place.parent_stat.ino, st.st_ino);
		place_done(&place);
	}
}

static void test_the_last_component_tells_what_it_was(void)
{
	static const struct {
		const char *path;
		bool dots, slash;
		const char *leaf;
	} cases[] = {
		{"file", false, false, "file"}, {"b", false, false, "b"},
		{"b/", false, true, "b"},       {"b/.", true, false, ""},
		{"b/..", true, false, ""},      {"..", true, false, ""},
		{"/", true, true, ""},          {"..x", false, false, "..x"},
	};

	setup();
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct place place;

		CHECK_INT(resolve(cases[i].path, WALK_PARENT | WALK_NOFOLLOW, 0, &place), 0);
		CHECK_INT(place.dots, cases[i].dots);
		CHECK_INT(place.slash, cases[i].slash);
		CHECK_STRING(place.leaf, cases[i].leaf);
		place_done(&place);
	}
}

static void test_a_path_begins_at_the_descriptor(void)
{
	struct place place = PLACE_NONE;

	setup();
	CHECK_INT(resolve_at(5, "b/file", 0, &place), 0);
	place_done(&place);
	CHECK_INT(resolve_at(6, "b/file", 0, &place), -EBADF);
	CHECK_INT(resolve_at(-1, "b/file", 0, &place), -EBADF);
	/* An absolute path does not look at it. */
	CHECK_INT(resolve_at(6, "/file", 0, &place), 0);
	place_done(&place);
	CHECK_INT(resolve_at(5, "", 0, &place), -ENOENT);
	CHECK_INT(resolve_at(5, "", WALK_EMPTY, &place), 0);
	CHECK(S_ISDIR(place.stat.mode));
	place_done(&place);
	CHECK_INT(resolve_at(AT_FDCWD, "", WALK_EMPTY, &place), 0);
	place_done(&place);
}

static void test_a_descriptor_from_outside_is_no_directory(void)
{
	int outside = open("/sys", O_PATH | O_DIRECTORY | O_CLOEXEC);
	struct place place = PLACE_NONE;
	struct stat here, there;

	setup();
	if (outside < 0 || fstat(outside, &there) < 0 || stat(scratch, &here) < 0 ||
	    here.st_dev == there.st_dev) {
		fd_close(outside);
		return;
	}
	fake_fd_add(8, outside);
	CHECK_INT(place_from_fd(view, &target, 8, &place), -EACCES);
	CHECK_INT(resolve_at(8, "kernel", 0, &place), -EACCES);
	close(outside);
}

static void test_a_pipe_is_nameless_and_found_by_its_number(void)
{
	struct place place = PLACE_NONE;
	int fds[2];

	setup();
	CHECK_INT(pipe2(fds, O_CLOEXEC), 0);
	fake_fd_add(7, fds[0]);
	CHECK_INT(place_from_fd(view, &target, 7, &place), 0);
	CHECK_INT(place.kind, PLACE_NAMELESS);
	CHECK_INT(place.number, 7);
	place_done(&place);
	close(fds[0]);
	close(fds[1]);
}

/* ---- somebody renames what is being walked to: between any two looks at it */

int __real_place_stat(int fd, struct place_stat *ret_stat);
int __wrap_place_stat(int fd, struct place_stat *ret_stat);

static int looks, rename_at; /* at which look; 0: never; -1: at each */
static bool renamed;

int __wrap_place_stat(int fd, struct place_stat *ret_stat)
{
	if (rename_at && (++looks == rename_at || rename_at == -1)) {
		const char *name = scratch_path("e/file"), *other = scratch_path("e/other");

		CHECK_INT(rename(renamed ? other : name, renamed ? name : other), 0);
		renamed = !renamed;
	}
	return __real_place_stat(fd, ret_stat);
}

static void test_a_thing_has_the_name_by_which_it_was_reached(void)
{
	int reached = 0, gone = 0;

	setup();
	for (int n = 1; n < 64; n++) {
		struct place place;
		int r;

		looks = 0;
		renamed = false;
		rename_at = n;
		r = resolve("l_far", 0, 0, &place);
		rename_at = 0;
		if (renamed)
			CHECK_INT(rename(scratch_path("e/other"), scratch_path("e/file")), 0);
		/* It was there until it was not: never a name that it does not have. */
		CHECK(r == 0 || r == -ENOENT);
		if (r == 0)
			CHECK_STRING(place.path, scratch_path("e/file"));
		reached += r == 0;
		gone += r == -ENOENT;
		place_done(&place);
	}
	CHECK(reached > 0 && gone > 0);
}

static void test_what_is_renamed_all_the_time_is_named_rightly_or_refused(void)
{
	struct place place;
	int r;

	setup();
	looks = 0;
	renamed = false;
	rename_at = -1;
	r = resolve("/e/file", 0, 0, &place);
	rename_at = 0;
	if (renamed)
		CHECK_INT(rename(scratch_path("e/other"), scratch_path("e/file")), 0);
	CHECK(r == 0 || r == -EACCES || r == -ENOENT);
	if (r == 0)
		CHECK_STRING(place.path, scratch_path("e/file"));
	CHECK(looks < 100);
	place_done(&place);
}

static void test_a_dead_target_leads_nowhere(void)
{
	setup();
	for (unsigned n = 1; n < 8; n++) {
		struct place place;

		fake_listener_reset();
		fake_target.steps = 0;
		fake_target.dies_at = n;
		if (resolve("b/../l_up/file", 0, 0, &place) == 0) {
			CHECK(!fake_listener.dead);
			place_done(&place);
			break;
		}
		CHECK(fake_listener.dead);
	}
}

int main(void)
{
	RUN(test_a_path_leads_where_the_kernel_says);
	RUN(test_names_have_255_bytes_and_paths_less_than_4096);
	RUN(test_a_parent_is_pinned_where_the_name_is_missing);
	RUN(test_the_last_component_tells_what_it_was);
	RUN(test_a_path_begins_at_the_descriptor);
	RUN(test_a_descriptor_from_outside_is_no_directory);
	RUN(test_a_pipe_is_nameless_and_found_by_its_number);
	RUN(test_a_thing_has_the_name_by_which_it_was_reached);
	RUN(test_what_is_renamed_all_the_time_is_named_rightly_or_refused);
	RUN(test_a_dead_target_leads_nowhere);
	view_free(view);
	fd_close(cwd);
	return check_summary();
}
