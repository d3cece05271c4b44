/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is allowed comes out as it does without callgate: each call on each kind of path, through
 * the stages and by the kernel alone, on the same tree. Answer and tree must be the same.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "enforcer/base/buffer.h"
#include "enforcer/base/fd.h"
#include "filters/filter.h"
#include "tests/pipeline/calls.h"
#include "tests/support/check.h"

#define HERE      (-2) /* where the path goes */
#define ATTRIBUTE true

static struct gate gate;
static struct buffer fresh; /* the tree as it is before each call */

struct operation {
	const char *name;
	enum mediated call;
	int64_t args[5];   /* HERE: the path; a small number otherwise */
	const char *other; /* the argument behind or before HERE, at other_at */
	int other_at;
	bool attribute; /* not on what lies outside of the tree */
};

/* clang-format off */
static const struct operation operations[] = {
	{"open to read", MEDIATED_open, {HERE, O_RDONLY | O_NONBLOCK}},
	{"open, no link", MEDIATED_open, {HERE, O_RDONLY | O_NONBLOCK | O_NOFOLLOW}},
	{"open a directory", MEDIATED_open, {HERE, O_RDONLY | O_DIRECTORY}},
	{"open a directory, no link", MEDIATED_open, {HERE, O_RDONLY | O_DIRECTORY | O_NOFOLLOW}},
	{"open to write", MEDIATED_open, {HERE, O_WRONLY | O_NONBLOCK}},
	{"open and cut", MEDIATED_open, {HERE, O_WRONLY | O_TRUNC | O_NONBLOCK}},
	{"open to read and cut", MEDIATED_open, {HERE, O_RDONLY | O_TRUNC | O_NONBLOCK}},
	{"create", MEDIATED_open, {HERE, O_WRONLY | O_CREAT | O_NONBLOCK, 0666}},
	{"create, read only", MEDIATED_open, {HERE, O_RDONLY | O_CREAT | O_NONBLOCK, 0666}},
	{"create, no link", MEDIATED_open,
		{HERE, O_WRONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK, 0666}},
	{"create new", MEDIATED_open, {HERE, O_WRONLY | O_CREAT | O_EXCL | O_NONBLOCK, 0666}},
	{"without a name", MEDIATED_open, {HERE, O_RDWR | O_TMPFILE, 0600}, NULL, 0, ATTRIBUTE},
	{"mkdir", MEDIATED_mkdir, {HERE, 0777}},
	{"mknod of a fifo", MEDIATED_mknod, {HERE, S_IFIFO | 0666}},
	{"mknod of a file", MEDIATED_mknod, {HERE, 0666}},
	{"symlink", MEDIATED_symlink, {0, HERE}, "text", 0},
	{"unlink", MEDIATED_unlink, {HERE}},
	{"rmdir", MEDIATED_rmdir, {HERE}},
	{"truncate", MEDIATED_truncate, {HERE, 3}},
	{"chmod", MEDIATED_chmod, {HERE, 0711}, NULL, 0, ATTRIBUTE},
	{"chown", MEDIATED_chown, {HERE, -1, -1}},
	{"lchown", MEDIATED_lchown, {HERE, -1, -1}},
	{"utimensat", MEDIATED_utimensat, {AT_FDCWD, HERE, 0, 0}, NULL, 0, ATTRIBUTE},
	{"rename away", MEDIATED_rename, {HERE, 0}, "moved", 1},
	{"rename away, with a slash", MEDIATED_rename, {HERE, 0}, "moved/", 1},
	{"rename a file to it", MEDIATED_rename, {0, HERE}, "dir/inner", 0},
	{"rename a directory to it", MEDIATED_rename, {0, HERE}, "spare", 0},
	{"rename a link to it", MEDIATED_rename, {0, HERE}, "dangling", 0},
	{"link it", MEDIATED_link, {HERE, 0}, "second", 1},
	{"link a file to it", MEDIATED_link, {0, HERE}, "dir/inner", 0},
	{"link a directory to it", MEDIATED_link, {0, HERE}, "spare", 0},
	{"link a link to it", MEDIATED_link, {0, HERE}, "link", 0},
};
/* clang-format on */

static const char *const paths[] = {
	"file",          "file/",       "file/.",     "file/..",   "file/x",      "dir",
	"dir/",          "dir/.",       "dir/..",     "dir/inner", "dir/new",     "dir/new/",
	"link",          "link/",       "link/x",     "dirlink",   "dirlink/",    "dirlink/.",
	"dirlink/inner", "dirlink/new", "dangling",   "dangling/", "dangling/x",  "nothing",
	"nothing/",      "nothing/.",   "nothing/..", "nothing/x", "fifo",        "fifo/",
	"socket",        "socket/",     "loop",       "loop/",     "loop/x",      "spare",
	"spare/",        "spare/.",     "spare/new",  ".",         "./",          "..",
	"../",           "/",           "//",         "",          "dir/../file", "dirlink/../file",
	"full",          "full/",
};

static void tree(void)
{
	gate_tree();
	if (symlink("loop", gate_path("loop")) < 0 || mkdir(gate_path("spare"), 0755) < 0 ||
	    mkdir(gate_path("full"), 0755) < 0 || mkdir(gate_path("full/of"), 0755) < 0)
		abort();
}

/* Names, types, modes, sizes and second names of all there is. */
static void picture_of(const char *path, struct buffer *ret_picture)
{
	struct dirent **entries;
	int n = scandir(gate_path(path), &entries, NULL, alphasort);

	for (int i = 0; i < n; i++) {
		char below[NAME_MAX * 2 + 2];
		struct stat st;

		if (strcmp(entries[i]->d_name, ".") != 0 && strcmp(entries[i]->d_name, "..") != 0) {
			snprintf(below, sizeof(below), "%s%s%s", path, *path ? "/" : "",
				 entries[i]->d_name);
			if (lstat(gate_path(below), &st) == 0) {
				buffer_printf(ret_picture, "%s %o %lu %lld\n", below, st.st_mode,
					      (unsigned long)st.st_nlink,
					      S_ISDIR(st.st_mode) ? 0LL : (long long)st.st_size);
				if (S_ISDIR(st.st_mode))
					picture_of(below, ret_picture);
			}
		}
		free(entries[i]);
	}
	if (n >= 0)
		free(entries);
}

static void arguments(const struct operation *operation, const char *path, uint64_t args[6])
{
	memset(args, 0, 6 * sizeof(args[0]));
	for (size_t i = 0; i < ARRAY_LEN(operation->args); i++)
		args[i] = operation->args[i] == HERE ? (uint64_t)(uintptr_t)path
						     : (uint64_t)operation->args[i];
	if (operation->other)
		args[operation->other_at] = (uint64_t)(uintptr_t)operation->other;
}

/* A negative errno, or 0. */
static int by_the_kernel(const struct operation *operation, const char *path)
{
	uint64_t a[6];
	long r;

	arguments(operation, path, a);
	r = syscall(filter_number(operation->call), a[0], a[1], a[2], a[3], a[4], a[5]);
	if (r < 0)
		return -errno;
	if (mediated_family(operation->call) == FAMILY_OPEN)
		close((int)r);
	return 0;
}

static int through_the_stages(const struct operation *operation, const char *path)
{
	const struct fake_answer *answer;
	uint64_t a[6], cookie;

	fake_target.n_memory = 0;
	fake_string(path);
	if (operation->other)
		fake_string(operation->other);
	fake_listener.n_answers = 0;
	arguments(operation, path, a);
	cookie = gate_call(&gate, operation->call, a);
	answer = fake_answer_of(cookie);
	CHECK(answer != NULL);
	return answer && answer->kind == FAKE_ERROR ? -(int)answer->value : 0;
}

/* What a call left, and the tree as it was again. */
static void look(struct buffer *ret_picture)
{
	picture_of("", ret_picture);
	if (strcmp(ret_picture->data, fresh.data) != 0)
		tree();
}

static void compare(const struct operation *operation, const char *path)
{
	_cleanup_(buffer_done) struct buffer bare_picture = {}, gated_picture = {};
	int bare, gated;

	bare = by_the_kernel(operation, path);
	look(&bare_picture);
	gated = through_the_stages(operation, path);
	look(&gated_picture);
	if (bare != gated || strcmp(bare_picture.data, gated_picture.data) != 0) {
		fprintf(stderr, "%s, \"%s\": bare %d, gated %d%s\n", operation->name, path, bare,
			gated,
			strcmp(bare_picture.data, gated_picture.data) ? ", another tree" : "");
		CHECK(false);
	}
}

static bool leads_outside(const char *path)
{
	return path[0] == '/' || strncmp(path, "..", 2) == 0;
}

static void test_each_call_on_each_kind_of_path_comes_out_as_bare(void)
{
	gate_init(&gate, GATE_ALLOW_ALL);
	tree();
	if (chdir(gate_path("")) < 0)
		abort();
	umask(022);
	picture_of("", &fresh);
	for (size_t i = 0; i < ARRAY_LEN(operations); i++)
		for (size_t k = 0; k < ARRAY_LEN(paths); k++)
			if (!operations[i].attribute || !leads_outside(paths[k]))
				compare(&operations[i], paths[k]);
	buffer_done(&fresh);
	gate_done(&gate);
}

int main(void)
{
	RUN(test_each_call_on_each_kind_of_path_comes_out_as_bare);
	return check_summary();
}
