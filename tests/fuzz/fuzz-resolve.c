/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Random paths over a fixed tree: each leads where the kernel says (openat2 with RESOLVE_IN_ROOT),
 * fails with its errno, and never leaves the root.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdlib.h>
#include <unistd.h>

#include "enforcer/base/fd.h"
#include "enforcer/request/place.h"
#include "tests/fuzz/random.h"
#include "tests/support/check.h"
#include "tests/support/fake-target.h"
#include "tests/support/fake-view.h"
#include "tests/support/scratch.h"
#include "tests/support/walk-tree.h"

#define COMPONENTS_MAX 10

static const char *const components[] = {
	"a",      "b",          "d",      "e",       "file",       "..",     ".",       "",
	"l_file", "l_dir",      "l_up",   "l_far",   "l_absolute", "l_root", "l_slash", "l_loop",
	"l_out",  "l_dangling", "l_long", "l_link",  "l_dot",      "c3",     "c38",     "nowhere",
	"...",    "..x",        " space", "l_other", "..",         "b",      "a",
};
static const uint64_t restrictions[] = {
	0, 0, 0, RESOLVE_NO_SYMLINKS, RESOLVE_BENEATH, RESOLVE_IN_ROOT, RESOLVE_NO_XDEV,
};

static size_t random_path(char *path, size_t size)
{
	unsigned n = random_below(COMPONENTS_MAX) + 1;
	size_t len = 0;

	path[0] = '\0';
	if (random_below(2))
		len += (size_t)snprintf(path, size, "/");
	for (unsigned i = 0; i < n; i++)
		len += (size_t)snprintf(path + len, size - len, "%s%s", i ? "/" : "",
					components[random_below(ARRAY_LEN(components))]);
	if (random_below(4) == 0)
		len += (size_t)snprintf(path + len, size - len, "/");
	return len;
}

static bool is_inside(const char *path)
{
	size_t len = strlen(scratch);

	return strncmp(path, scratch, len) == 0 && (path[len] == '/' || path[len] == '\0');
}

int main(int argc, char **argv)
{
	struct target target = {.proc = -1};
	struct view *view;
	unsigned long rounds = random_rounds(argc, argv, 60000), reached = 0;
	int cwd;

	scratch_make();
	walk_tree_make(scratch);
	fake_listener_reset();
	fake_target_reset();
	view = fake_view_new(scratch);
	cwd = open(scratch_path(WALK_TREE_CWD), O_PATH | O_DIRECTORY | O_CLOEXEC);
	fake_target.cwd = cwd;
	while (rounds-- > 0 && !check_failures) {
		char path[PATH_MAX];
		size_t len = random_path(path, sizeof(path));
		unsigned flags = random_below(2) ? WALK_NOFOLLOW : 0;
		uint64_t restrict_to = restrictions[random_below(ARRAY_LEN(restrictions))];
		struct walk_result expected =
			walk_tree_reference(view->root, cwd, path, (int)flags, restrict_to);
		struct place place = PLACE_NONE;
		int r = place_resolve(view, &target,
				      &(struct place_path){AT_FDCWD, path, flags, restrict_to},
				      &place);

		CHECK(len < sizeof(path));
		CHECK_INT(r, -expected.error);
		if (r == 0) {
			CHECK_INT(place.stat.ino, expected.st.st_ino);
			CHECK(is_inside(place.path));
			reached++;
		}
		if (check_failures)
			fprintf(stderr, "path \"%s\", walk %x, resolve %llx\n", path, flags,
				(unsigned long long)restrict_to);
		place_done(&place);
	}
	CHECK(reached > 0);
	view_free(view);
	fd_close(cwd);
	return check_failures ? 1 : 0;
}
