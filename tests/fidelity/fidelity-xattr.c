/* SPDX-License-Identifier: Apache-2.0 */
/* Extended attributes: each call and name space, on files, directories, links and descriptors. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>

#include "tests/fidelity/fidelity.h"

#define SETXATTRAT    463
#define REMOVEXATTRAT 466
#define FILE_SETATTR  469

static const char *const names[] = {
	"user.a",
	"user.",
	"user",
	"",
	"trusted.a",
	"security.a",
	"security.capability",
	"security.selinux",
	"system.a",
	"system.posix_acl_access",
	"system.posix_acl_default",
	"os2.a",
	"user.\xff\n",
};

static void value_of(const char *path, const char *name)
{
	char value[256] = "";
	ssize_t got = lgetxattr(path, name, value, sizeof(value) - 1);

	row_text("  value", "%s", got < 0 ? error_name(errno) : value);
}

static void by_path(const char *path)
{
	for (size_t i = 0; i < COUNT(names); i++) {
		row(setxattr(path, names[i], "value", 5, 0), "setxattr %s %s", path, names[i]);
		value_of(path, names[i]);
		row(setxattr(path, names[i], "v", 1, XATTR_CREATE), "create %s %s", path, names[i]);
		row(setxattr(path, names[i], "other", 5, XATTR_REPLACE), "replace %s %s", path,
		    names[i]);
		row(lsetxattr(path, names[i], "link", 4, 0), "lsetxattr %s %s", path, names[i]);
		value_of(path, names[i]);
		row(lremovexattr(path, names[i]), "lremovexattr %s %s", path, names[i]);
		row(removexattr(path, names[i]), "removexattr %s %s", path, names[i]);
	}
}

static void sizes(void)
{
	static const size_t lens[] = {0, 1, 2000, 4000, 65535, 65536, 65537, 1 << 20};
	static char value[1 << 20];
	char name[300] = "user.";

	memset(value, 'v', sizeof(value));
	for (size_t i = 0; i < COUNT(lens); i++) {
		row(setxattr("file", "user.big", value, lens[i], 0), "size %zu", lens[i]);
		row(getxattr("file", "user.big", NULL, 0), "  its size");
	}
	row(setxattr("file", "user.null", NULL, 0, 0), "value NULL");
	row(setxattr("file", "user.null", NULL, 5, 0), "value NULL of 5");
	row(setxattr("file", "user.null", (void *)8, 5, 0), "value at 8");
	row(setxattr("file", NULL, "v", 1, 0), "name NULL");
	row(setxattr("file", "user.f", "v", 1, 3), "both flags");
	row(setxattr("file", "user.f", "v", 1, 4), "unknown flag");
	row(removexattr("file", "user.never"), "remove what is not");
	for (size_t len = 253; len <= 258; len++) {
		memset(name + 5, 'n', len - 5);
		name[len] = '\0';
		row(setxattr("file", name, "v", 1, 0), "name of %zu", len);
		row(removexattr("file", name), "remove name of %zu", len);
	}
}

static void by_descriptor(const char *name, int fd)
{
	row(fsetxattr(fd, "user.f", "value", 5, 0), "fsetxattr %s", name);
	row(fgetxattr(fd, "user.f", NULL, 0), "  fgetxattr");
	row(fsetxattr(fd, "trusted.f", "value", 5, 0), "fsetxattr trusted %s", name);
	row(fremovexattr(fd, "user.f"), "fremovexattr %s", name);
	row(fremovexattr(fd, "user.f"), "fremovexattr again %s", name);
}

static void descriptors(void)
{
	int pipes[2];

	must(pipe(pipes), "a pipe");
	const struct {
		const char *name;
		int fd;
	} fds[] = {
		{"rdonly", open("file", O_RDONLY)},
		{"wronly", open("file", O_WRONLY)},
		{"path", open("file", O_PATH)},
		{"directory", open("d", O_RDONLY)},
		{"read-only", open("read-only", O_RDONLY)},
		{"pipe", pipes[0]},
		{"memory", (int)syscall(SYS_memfd_create, "m", 0)},
		{"usr", open("/usr", O_RDONLY)},
		{"closed", 77},
	};

	for (size_t i = 0; i < COUNT(fds); i++)
		by_descriptor(fds[i].name, fds[i].fd);
	for (size_t i = 0; i + 1 < COUNT(fds); i++)
		close(fds[i].fd);
	close(pipes[1]);
}

static void newest(void)
{
	static struct {
		unsigned long value;
		unsigned size, flags;
		unsigned long more[1000];
	} args = {.size = 5};
	int dir = must(open("d", O_PATH), "d"), file = must(open("file", O_RDONLY), "file");
	static const size_t lens[] = {0, 8, 15, 16, 24, 4096, 5000};
	static const unsigned flags[] = {0, AT_SYMLINK_NOFOLLOW, AT_EMPTY_PATH, 0x400};

	args.value = (unsigned long)"value";
	for (size_t i = 0; i < COUNT(lens); i++)
		row(syscall(SETXATTRAT, dir, "in", 0, "user.at", &args, lens[i]), "setxattrat %zu",
		    lens[i]);
	args.more[0] = 1;
	row(syscall(SETXATTRAT, dir, "in", 0, "user.at", &args, 24L), "setxattrat more");
	for (size_t i = 0; i < COUNT(flags); i++) {
		row(syscall(SETXATTRAT, dir, "in", flags[i], "user.at", &args, 16L),
		    "setxattrat flags %x", flags[i]);
		row(syscall(SETXATTRAT, file, "", flags[i], "user.at", &args, 16L),
		    "setxattrat empty %x", flags[i]);
		row(syscall(SETXATTRAT, file, NULL, flags[i], "user.at", &args, 16L),
		    "setxattrat NULL %x", flags[i]);
		row(syscall(REMOVEXATTRAT, dir, "in", flags[i], "user.at"),
		    "removexattrat flags %x", flags[i]);
		row(syscall(REMOVEXATTRAT, file, "", flags[i], "user.at"), "removexattrat empty %x",
		    flags[i]);
	}
	row(syscall(SETXATTRAT, 77, "in", 0, "user.at", &args, 16L), "setxattrat bad dirfd");
	row(syscall(FILE_SETATTR, AT_FDCWD, "file", &args, 24L, 0), "file_setattr");
	close(dir);
	close(file);
}

int main(int argc, char **argv)
{
	static const char *const paths[] = {"file",      "d",     "to-file",    "dangling",
					    "missing",   "fifo",  "read-only",  "no-access",
					    "closed/in", "file/", "/proc/self", "/usr",
					    "to-dir/in", ""};

	fidelity_begin(argc, argv);
	tree_make();
	for (size_t i = 0; i < COUNT(paths); i++)
		by_path(paths[i]);
	sizes();
	descriptors();
	newest();
	return 0;
}
