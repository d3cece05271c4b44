/* SPDX-License-Identifier: Apache-2.0 */
/* openat2: each restriction on each path, sizes of its structure, and values that it refuses. */
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "tests/fidelity/fidelity.h"

static int openat2_of(int dirfd, const char *path, uint64_t flags, uint64_t resolve)
{
	struct open_how how = {
		.flags = flags, .mode = flags & O_CREAT ? 0640 : 0, .resolve = resolve};
	int fd = -1;

	/* ".." is EAGAIN where anybody on the machine renames or mounts meanwhile (openat2(2)). */
	for (int i = 0; i < 100 && fd < 0; i++) {
		fd = (int)syscall(SYS_openat2, dirfd, path, &how, sizeof(how));
		if (fd < 0 && (errno != EAGAIN || (resolve & RESOLVE_CACHED)))
			break;
	}
	return fd;
}

static const struct {
	const char *name;
	uint64_t resolve;
} restrictions[] = {
	{"none", 0},
	{"BENEATH", RESOLVE_BENEATH},
	{"IN_ROOT", RESOLVE_IN_ROOT},
	{"NO_SYMLINKS", RESOLVE_NO_SYMLINKS},
	{"NO_MAGICLINKS", RESOLVE_NO_MAGICLINKS},
	{"NO_XDEV", RESOLVE_NO_XDEV},
	{"CACHED", RESOLVE_CACHED},
	{"BENEATH|NO_SYMLINKS", RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS},
	{"BENEATH|NO_MAGICLINKS", RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS},
	{"BENEATH|NO_XDEV", RESOLVE_BENEATH | RESOLVE_NO_XDEV},
	{"IN_ROOT|NO_SYMLINKS", RESOLVE_IN_ROOT | RESOLVE_NO_SYMLINKS},
	{"IN_ROOT|NO_XDEV", RESOLVE_IN_ROOT | RESOLVE_NO_XDEV},
	{"BENEATH|IN_ROOT", RESOLVE_BENEATH | RESOLVE_IN_ROOT},
	{"unknown", 0x80},
};

static const char *const more_paths[] = {
	"d/in/..",
	"d/../..",
	"d/../../t/file",
	"../",
	"/file",
	"/d/in",
	"/../file",
	"/proc/self/exe",
	"/proc/self/cwd/file",
	"/proc/self/cwd",
	"/proc/self/root",
	"/proc/self/fd/0",
	"/proc/self",
	"/proc/self/status",
	"/dev/stdin",
	"/proc/thread-self/comm",
	"/etc/passwd",
	"/bin/sh",
	"/tmp",
	"/dev/shm",
	"/proc/../etc/passwd",
	"to-root/etc/passwd",
	"to-root/../etc",
	"up/t/d/in",
	"link-out",
	"link-down/in",
	"link-around/file",
	"link-absolute-dir/in",
	"to-dev/null",
	"to-proc/self/comm",
	"to-fd",
};

static void links_make(void)
{
	static const char *const links[][2] = {
		{"../../x", "link-out"},      {"d/../d", "link-down"}, {"../t", "link-around"},
		{"/d", "link-absolute-dir"},  {"/dev", "to-dev"},      {"/proc", "to-proc"},
		{"/proc/self/fd/0", "to-fd"},
	};

	tree_make();
	for (size_t i = 0; i < COUNT(links); i++)
		must(symlink(links[i][0], links[i][1]), links[i][1]);
}

static void restrict_path(size_t i, int dirfd, const char *from, const char *path)
{
	bool created;
	int fd;

	fd = openat2_of(dirfd, path, O_RDONLY | O_NONBLOCK | O_CLOEXEC, restrictions[i].resolve);
	row_fd(fd, "%s %s %s", restrictions[i].name, from, path);
	fd = openat2_of(dirfd, path, O_PATH | O_NOFOLLOW, restrictions[i].resolve);
	row_fd(fd, "%s path %s %s", restrictions[i].name, from, path);
	fd = openat2_of(dirfd, path, O_CREAT | O_RDWR | O_NONBLOCK, restrictions[i].resolve);
	created = fd >= 0 && strstr(path, "missing");
	row_fd(fd, "%s create %s %s", restrictions[i].name, from, path);
	if (created)
		must(unlinkat(dirfd, path, 0) == 0 || unlink("missing") == 0 ? 0 : -1, path);
}

static void restrict_everything(void)
{
	links_make();
	int here = must(open(".", O_PATH | O_DIRECTORY), ".");

	for (size_t i = 0; i < COUNT(restrictions); i++) {
		for (size_t j = 0; j < tree_paths_count; j++)
			restrict_path(i, AT_FDCWD, "cwd", tree_paths[j]);
		for (size_t j = 0; j < COUNT(more_paths); j++) {
			restrict_path(i, AT_FDCWD, "cwd", more_paths[j]);
			restrict_path(i, here, "here", more_paths[j]);
		}
		restrict_path(i, 77, "77", "file");
		restrict_path(i, 77, "77", "/etc/passwd");
		unlink("nothing");
	}
	close(here);
}

static void sizes(void)
{
	static const size_t lens[] = {0,  1,  8,    16,   23,   24,    25,
				      32, 40, 4095, 4096, 4097, 65536, (size_t)-1};
	static unsigned char bytes[65536 + 64];
	struct open_how *how = (struct open_how *)bytes;

	for (size_t i = 0; i < COUNT(lens); i++) {
		row_fd((int)syscall(SYS_openat2, AT_FDCWD, "file", how, lens[i]), "size %zu",
		       lens[i]);
		bytes[30] = 1;
		row_fd((int)syscall(SYS_openat2, AT_FDCWD, "file", how, lens[i]),
		       "size %zu, more set", lens[i]);
		bytes[30] = 0;
	}
	row_fd((int)syscall(SYS_openat2, AT_FDCWD, "file", NULL, sizeof(*how)), "how NULL");
	row_fd((int)syscall(SYS_openat2, AT_FDCWD, "file", (void *)8, sizeof(*how)), "how 8");
	row_fd((int)syscall(SYS_openat2, AT_FDCWD, NULL, how, sizeof(*how)), "path NULL");
}

static void values(void)
{
	static const struct {
		const char *name;
		uint64_t flags, mode;
	} rows[] = {
		{"mode without create", O_RDONLY, 0644},
		{"mode 01777", O_CREAT, 01777},
		{"mode 010000", O_CREAT, 010000},
		{"mode high", O_CREAT, 1ull << 40},
		{"flags high", 1ull << 40, 0},
		{"flags 04", 4, 0},
		{"flags 0x80000000", 0x80000000u, 0},
		{"path|rdwr", O_PATH | O_RDWR, 0},
		{"path|trunc", O_PATH | O_TRUNC, 0},
		{"path|creat", O_PATH | O_CREAT, 0},
		{"path|directory|nofollow|cloexec", O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC,
		 0},
		{"creat|directory", O_CREAT | O_DIRECTORY, 0644},
		{"tmpfile", O_TMPFILE | O_RDWR, 0600},
		{"tmpfile without mode", O_TMPFILE | O_RDWR, 0},
		{"tmpfile rdonly", O_TMPFILE, 0600},
		{"tmpfile creat", O_TMPFILE | O_RDWR | O_CREAT, 0600},
		{"accmode", O_ACCMODE, 0},
		{"largefile", 0100000, 0},
		{"trunc rdonly", O_TRUNC, 0},
	};
	static const char *const paths[] = {"file", "d", "new", "to-file"};

	for (size_t i = 0; i < COUNT(rows); i++)
		for (size_t j = 0; j < COUNT(paths); j++) {
			struct open_how how = {.flags = rows[i].flags, .mode = rows[i].mode};

			row_fd((int)syscall(SYS_openat2, AT_FDCWD, paths[j], &how, sizeof(how)),
			       "%s %s", rows[i].name, paths[j]);
			unlink("new");
		}
}

int main(int argc, char **argv)
{
	fidelity_begin(argc, argv);
	restrict_everything();
	tree_make();
	sizes();
	values();
	return 0;
}
