/* SPDX-License-Identifier: Apache-2.0 */
/* A tree for the walk, and the kernel's own account of it. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "enforcer/base/cleanup.h"
#include "tests/support/walk-tree.h"

#define CHAIN          41 /* one more than the kernel follows */
#define LOOPS_BELIEVED 100

static const char *const directories[] = {"a", "a/b", "a/b/d", "e", "..."};
static const char *const names[] = {"file", "a/file", "a/b/file", "e/file", "a/..x", "a/ space"};
static const struct {
	const char *name, *text;
} links[] = {
	{"l_file", "file"},
	{"l_dir", "a/b"},
	{"l_slash", "a/b/"},
	{"l_absolute", "/a/b"},
	{"l_root", "/"},
	{"l_dangling", "nowhere"},
	{"l_loop", "l_loop"},
	{"l_other", "l_another"},
	{"l_another", "l_other"},
	{"a/l_up", ".."},
	{"a/l_far", "../../../../e/file"},
	{"a/l_dot", "."},
	{"a/l_file", "../file"},
	{"a/b/l_long", "./d/..//../b/./file"},
	{"a/b/l_link", "../../l_dir/l_long"},
	{"a/b/l_absolute", "/l_dir/d/../l_long"},
	{"a/b/d/l_out", "/../.."},
	{"e/l_file_slash", "file/"},
};

static void at(char full[static PATH_MAX], const char *root, const char *name)
{
	if (snprintf(full, PATH_MAX, "%s/%s", root, name) >= PATH_MAX)
		abort();
}

static void make_link(const char *root, const char *name, const char *text)
{
	char full[PATH_MAX];

	at(full, root, name);
	if (symlink(text, full) < 0)
		abort();
}

void walk_tree_make(const char *root)
{
	char full[PATH_MAX], name[32], text[32], longest[NAME_MAX + 1];

	for (size_t i = 0; i < ARRAY_LEN(directories); i++) {
		at(full, root, directories[i]);
		if (mkdir(full, 0755) < 0)
			abort();
	}
	memset(longest, 'n', NAME_MAX);
	longest[NAME_MAX] = '\0';
	for (size_t i = 0; i <= ARRAY_LEN(names); i++) {
		at(full, root, i < ARRAY_LEN(names) ? names[i] : longest);
		if (close(open(full, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644)) < 0)
			abort();
	}
	for (size_t i = 0; i < ARRAY_LEN(links); i++)
		make_link(root, links[i].name, links[i].text);
	/* c41 -> c40 -> ... -> c1 -> file */
	for (int i = 1; i <= CHAIN; i++) {
		snprintf(name, sizeof(name), "c%d", i);
		snprintf(text, sizeof(text), "c%d", i - 1);
		make_link(root, name, i == 1 ? "file" : text);
	}
}

struct walk_result walk_tree_reference(int root, int cwd, const char *path, int nofollow,
				       uint64_t restrictions)
{
	struct open_how how = {.flags = O_PATH | O_CLOEXEC | (uint64_t)(nofollow ? O_NOFOLLOW : 0),
			       .resolve = restrictions};
	struct walk_result result = {};
	char full[2 * PATH_MAX];
	int fd, loops = 0;

	snprintf(full, sizeof(full), "%s", path);
	if (!(restrictions & (RESOLVE_BENEATH | RESOLVE_IN_ROOT))) {
		if (path[0] != '/' && path[0] != '\0')
			snprintf(full, sizeof(full), "/%s/%s", WALK_TREE_CWD, path);
		how.resolve |= RESOLVE_IN_ROOT;
		cwd = root;
	}
	/* EAGAIN: something was renamed anywhere on the machine while ".." was walked. ELOOP may
	 * come of fewer than 40 links: a walk that is begun again without RCU goes on counting
	 * (fs/namei.c). */
	do {
		fd = (int)syscall(SYS_openat2, cwd, full, &how, sizeof(how));
	} while (fd < 0 && (errno == EAGAIN || (errno == ELOOP && ++loops < LOOPS_BELIEVED)));
	if (fd < 0) {
		result.error = errno;
		return result;
	}
	if (fstat(fd, &result.st) < 0)
		abort();
	close(fd);
	return result;
}
