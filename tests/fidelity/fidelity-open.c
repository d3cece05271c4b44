/* SPDX-License-Identifier: Apache-2.0 */
/* open, creat and openat: every kind of flag on every kind of path, and from every kind of
 * directory. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "tests/fidelity/fidelity.h"

struct flags {
	const char *name;
	int flags;
};

static const struct flags flag_sets[] = {
	{"RDONLY", O_RDONLY},
	{"WRONLY", O_WRONLY},
	{"RDWR", O_RDWR},
	{"ACCMODE", O_ACCMODE},
	{"CLOEXEC", O_CLOEXEC},
	{"APPEND", O_WRONLY | O_APPEND},
	{"CREAT", O_CREAT},
	{"CREAT|WRONLY", O_CREAT | O_WRONLY},
	{"CREAT|ACCMODE", O_CREAT | O_ACCMODE},
	{"CREAT|EXCL", O_CREAT | O_EXCL | O_RDWR},
	{"CREAT|TRUNC", O_CREAT | O_TRUNC | O_RDWR | O_CLOEXEC},
	{"CREAT|NOFOLLOW", O_CREAT | O_NOFOLLOW | O_WRONLY},
	{"CREAT|APPEND", O_CREAT | O_APPEND | O_RDWR},
	{"CREAT|DIRECTORY", O_CREAT | O_DIRECTORY},
	{"CREAT|PATH", O_CREAT | O_PATH},
	{"EXCL", O_EXCL},
	{"TRUNC", O_TRUNC},
	{"TRUNC|WRONLY", O_TRUNC | O_WRONLY},
	{"DIRECTORY", O_DIRECTORY},
	{"DIRECTORY|WRONLY", O_DIRECTORY | O_WRONLY},
	{"DIRECTORY|NOFOLLOW", O_DIRECTORY | O_NOFOLLOW},
	{"NOFOLLOW", O_NOFOLLOW},
	{"NOFOLLOW|RDWR", O_NOFOLLOW | O_RDWR},
	{"PATH", O_PATH},
	{"PATH|NOFOLLOW", O_PATH | O_NOFOLLOW | O_CLOEXEC},
	{"PATH|DIRECTORY", O_PATH | O_DIRECTORY},
	{"PATH|RDWR|TRUNC", O_PATH | O_RDWR | O_TRUNC},
	{"TMPFILE", O_TMPFILE | O_RDWR},
	{"TMPFILE|EXCL", O_TMPFILE | O_EXCL | O_WRONLY | O_CLOEXEC},
	{"TMPFILE|RDONLY", O_TMPFILE},
	{"TMPFILE|CREAT", O_TMPFILE | O_RDWR | O_CREAT},
	{"__TMPFILE", (O_TMPFILE & ~O_DIRECTORY) | O_RDWR},
	{"NOATIME", O_NOATIME},
	{"NONBLOCK|RDWR", O_NONBLOCK | O_RDWR},
	{"DIRECT", O_DIRECT},
	{"SYNC", O_SYNC | O_WRONLY},
	{"DSYNC", O_DSYNC | O_WRONLY},
	{"ASYNC", O_ASYNC},
	{"NOCTTY|LARGEFILE", O_NOCTTY | 0100000},
	{"unknown bits", (int)0xfe000004},
};

static bool leads_to_fifo(const char *path)
{
	return strcmp(path, "fifo") == 0;
}

/* Has it changed the tree? */
static bool changes(int flags)
{
	return flags & (O_CREAT | O_TRUNC | O_TMPFILE) || (flags & O_ACCMODE) != O_RDONLY;
}

static void open_everything(void)
{
	tree_make();
	for (size_t i = 0; i < COUNT(flag_sets); i++)
		for (size_t j = 0; j < tree_paths_count; j++) {
			int flags = flag_sets[i].flags;
			const char *path = tree_paths[j];
			int fd;

			if (leads_to_fifo(path))
				flags |= O_NONBLOCK;
			fd = (int)syscall(SYS_open, path, flags, 0664);
			row_fd(fd, "open %s %s", flag_sets[i].name, path);
			if (fd >= 0 && changes(flags)) {
				row_path(0, path, "  then %s", path);
				row_path(0, "nothing", "  then nothing");
				tree_make();
			}
		}
}

static void creat_everything(void)
{
	for (size_t j = 0; j < tree_paths_count; j++) {
		const char *path = tree_paths[j];
		int fd;

		if (leads_to_fifo(path))
			continue;
		tree_make();
		fd = (int)syscall(SYS_creat, path, 0600);
		row_fd(fd, "creat %s", path);
	}
}

struct base {
	const char *name;
	int fd;
};

static void open_from(const struct base *base)
{
	static const char *const paths[] = {"in",           "",          ".",       "..",
					    "../file",      "/dev/null", "missing", "../to-dir/in",
					    "../closed/in", "in/x"};
	static const int flags[] = {O_RDONLY, O_WRONLY | O_CREAT, O_PATH, O_DIRECTORY,
				    O_TMPFILE | O_RDWR};

	for (size_t i = 0; i < COUNT(paths); i++)
		for (size_t j = 0; j < COUNT(flags); j++)
			row_fd((int)syscall(SYS_openat, base->fd, paths[i], flags[j], 0644),
			       "openat %s %s %o", base->name, paths[i], flags[j]);
}

static void open_from_everywhere(void)
{
	int pipes[2];

	tree_make();
	must(mkdir("gone", 0755), "gone");
	must(pipe2(pipes, O_CLOEXEC), "a pipe");
	const struct base bases[] = {
		{"cwd", AT_FDCWD},
		{"-1", -1},
		{"-99", -99},
		{"77", 77},
		{"dir", open("d", O_RDONLY | O_DIRECTORY)},
		{"path-dir", open("d", O_PATH | O_DIRECTORY)},
		{"file", open("file", O_RDONLY)},
		{"path-file", open("file", O_PATH)},
		{"path-link", open("to-dir", O_PATH | O_NOFOLLOW)},
		{"path-closed", open("closed", O_PATH)},
		{"path-unlistable", open("unlistable", O_PATH)},
		{"gone", open("gone", O_RDONLY | O_DIRECTORY)},
		{"pipe", pipes[0]},
		{"root", open("/", O_PATH)},
		{"null", open("/dev/null", O_RDONLY)},
	};
	must(rmdir("gone"), "gone");
	for (size_t i = 0; i < COUNT(bases); i++)
		open_from(&bases[i]);
	for (size_t i = 0; i < COUNT(bases); i++)
		if (bases[i].fd > 2)
			close(bases[i].fd);
	close(pipes[1]);
}

int main(int argc, char **argv)
{
	fidelity_begin(argc, argv);
	open_everything();
	creat_everything();
	open_from_everywhere();
	return 0;
}
