/* SPDX-License-Identifier: Apache-2.0 */
/* Names: mkdir, mknod, symlink, unlink, rmdir on every kind of path, and link from and to each. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "tests/fidelity/fidelity.h"

static int make_dir(const char *path)
{
	return (int)syscall(SYS_mkdir, path, 0775);
}

static int make_fifo(const char *path)
{
	return (int)syscall(SYS_mknod, path, S_IFIFO | 0666, 0);
}

static int make_socket(const char *path)
{
	return (int)syscall(SYS_mknod, path, S_IFSOCK | 0600, 0);
}

static int make_regular(const char *path)
{
	return (int)syscall(SYS_mknodat, AT_FDCWD, path, S_IFREG | 0640, 0);
}

static int make_link(const char *path)
{
	return (int)syscall(SYS_symlink, "file", path);
}

static int remove_name(const char *path)
{
	return (int)syscall(SYS_unlink, path);
}

static int remove_dir(const char *path)
{
	return (int)syscall(SYS_rmdir, path);
}

static int remove_dir_at(const char *path)
{
	return (int)syscall(SYS_unlinkat, AT_FDCWD, path, AT_REMOVEDIR);
}

static const struct {
	const char *name;
	int (*call)(const char *path);
} calls[] = {
	{"mkdir", make_dir},     {"mkfifo", make_fifo},           {"mksock", make_socket},
	{"mkreg", make_regular}, {"symlink", make_link},          {"unlink", remove_name},
	{"rmdir", remove_dir},   {"unlinkat dir", remove_dir_at},
};

static void names(void)
{
	tree_make();
	for (size_t i = 0; i < COUNT(calls); i++)
		for (size_t j = 0; j < tree_paths_count; j++) {
			const char *path = tree_paths[j];
			int r = calls[i].call(path);

			row_path(r, path, "%s %s", calls[i].name, path);
			if (r == 0) {
				row_path(0, "nothing", "  then nothing");
				tree_make();
			}
		}
}

static void modes_of_mknod(void)
{
	static const mode_t modes[] = {0,
				       0644,
				       S_IFREG,
				       S_IFDIR | 0755,
				       S_IFLNK | 0777,
				       S_IFCHR | 0600,
				       S_IFBLK | 0600,
				       0150000 | 0600,
				       S_IFREG | 06755,
				       S_IFIFO | 01777,
				       S_IFREG | 0200000};
	static const dev_t devices[] = {0, 0x103, 0x801};

	tree_make();
	for (size_t i = 0; i < COUNT(modes); i++)
		for (size_t j = 0; j < COUNT(devices); j++) {
			row_path(syscall(SYS_mknod, "new", modes[i], devices[j]), "new",
				 "mknod %o %lx", modes[i], (long)devices[j]);
			unlink("new");
			row_path(syscall(SYS_mknod, "file", modes[i], devices[j]), "file",
				 "mknod over %o %lx", modes[i], (long)devices[j]);
		}
}

static void removal(void)
{
	static const char *const paths[] = {
		"full",       "full/empty",    "full/empty/", "full/.",
		"full/..",    "full/empty/..", "d",           "/",
		"/proc",      "/dev",          "/dev/null",   "/tmp",
		"/proc/self", "/proc/self/fd", "to-dir",      "to-dir/"};

	for (size_t i = 0; i < COUNT(paths); i++) {
		tree_make();
		row_path(rmdir(paths[i]), paths[i], "rmdir %s", paths[i]);
		row_path(unlink(paths[i]), paths[i], "unlink %s", paths[i]);
		row_path(unlinkat(AT_FDCWD, paths[i], AT_REMOVEDIR), paths[i], "unlinkat %s",
			 paths[i]);
		row_path(unlinkat(AT_FDCWD, paths[i], 0x1000), paths[i], "unlinkat bad %s",
			 paths[i]);
	}
}

static void links(void)
{
	static const char *const targets[] = {
		"new",         "file",       "d",    "d/",        "d/new", "new/", "dangling",
		"missing/new", "closed/new", "/new", "/proc/new", "",      "."};
	static const int flags[] = {0, AT_SYMLINK_FOLLOW, AT_EMPTY_PATH, 0x100};

	tree_make();
	for (size_t i = 0; i < tree_paths_count; i++)
		for (size_t j = 0; j < COUNT(targets); j++)
			for (size_t k = 0; k < (j == 0 ? COUNT(flags) : 1); k++) {
				int r = (int)syscall(SYS_linkat, AT_FDCWD, tree_paths[i], AT_FDCWD,
						     targets[j], flags[k]);

				row_path(r, targets[j], "linkat %s %s %x", tree_paths[i],
					 targets[j], flags[k]);
				if (r == 0)
					must(unlink(targets[j]), targets[j]);
			}
}

static void links_of_descriptors(void)
{
	int temporary, file, path, dir, closed;
	char name[64];

	tree_make();
	temporary = must(open(".", O_TMPFILE | O_RDWR, 0640), "a nameless file");
	file = must(open("file", O_RDONLY), "file");
	path = must(open("to-file", O_PATH | O_NOFOLLOW), "to-file");
	dir = must(open("d", O_RDONLY), "d");
	closed = must(open("no-access", O_PATH), "no-access");
	const int fds[] = {temporary, file, path, dir, closed, 77, -1};

	for (size_t i = 0; i < COUNT(fds); i++) {
		row_path(linkat(fds[i], "", AT_FDCWD, "a", AT_EMPTY_PATH), "a", "linkat fd %zu", i);
		unlink("a");
		row_path(linkat(fds[i], "", AT_FDCWD, "a", 0), "a", "linkat fd %zu, not empty", i);
		unlink("a");
		snprintf(name, sizeof(name), "/proc/self/fd/%d", fds[i]);
		row_path(linkat(AT_FDCWD, name, AT_FDCWD, "a", AT_SYMLINK_FOLLOW), "a",
			 "linkat proc fd %zu", i);
		unlink("a");
		row_path(linkat(AT_FDCWD, name, AT_FDCWD, "a", 0), "a", "linkat proc itself %zu",
			 i);
		unlink("a");
	}
	temporary = must(open(".", O_TMPFILE | O_RDWR | O_EXCL, 0640), "a nameless file");
	snprintf(name, sizeof(name), "/proc/self/fd/%d", temporary);
	row_path(linkat(AT_FDCWD, name, AT_FDCWD, "a", AT_SYMLINK_FOLLOW), "a", "linkat of O_EXCL");
	must(unlink("file"), "file");
	snprintf(name, sizeof(name), "/proc/self/fd/%d", file);
	row_path(linkat(AT_FDCWD, name, AT_FDCWD, "a", AT_SYMLINK_FOLLOW), "a",
		 "linkat of removed");
	close(temporary);
}

static void symlink_texts(void)
{
	static char text[5000];
	static const size_t lens[] = {0, 1, 255, 4094, 4095, 4096, 4999};

	tree_make();
	for (size_t i = 0; i < COUNT(lens); i++) {
		struct stat st = {};
		int r;

		memset(text, 'x', lens[i]);
		text[lens[i]] = '\0';
		r = symlink(text, "new");
		row(r, "symlink of %zu", lens[i]);
		lstat("new", &st);
		row(st.st_size, "  its size");
		unlink("new");
	}
	row_path(symlink("with\nnewline\x1b[m\xff", "name\n\x1b]0;x\a\xfe"), "name\n\x1b]0;x\a\xfe",
		 "symlink of bytes");
	row(mkdir("\xff\xfe", 0755), "mkdir of bytes");
	row(unlink("name\n\x1b]0;x\a\xfe"), "unlink of bytes");
	row(symlink(NULL, "new"), "symlink of NULL");
	row(symlink("x", NULL), "symlink at NULL");
}

int main(int argc, char **argv)
{
	fidelity_begin(argc, argv);
	names();
	modes_of_mknod();
	removal();
	links();
	links_of_descriptors();
	symlink_texts();
	return 0;
}
