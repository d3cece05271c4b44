/* SPDX-License-Identifier: Apache-2.0 */
/* Arguments in memory: pointers to nowhere, strings that cross into it, strings of every length. */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "tests/fidelity/fidelity.h"

static char *edge; /* behind it nothing is mapped */

/* Each call that takes a path as one of its first arguments, with the rest harmless. */
static const struct {
	const char *name;
	long number;
	long args[6];
	int path;
} calls[] = {
	{"open", SYS_open, {0, O_RDONLY}, 0},
	{"open creat", SYS_open, {0, O_RDONLY | O_CREAT, 0600}, 0},
	{"creat", SYS_creat, {0, 0600}, 0},
	{"openat", SYS_openat, {AT_FDCWD, 0, O_RDONLY}, 1},
	{"open path", SYS_open, {0, O_PATH}, 0},
	{"mkdir", SYS_mkdir, {0, 0700}, 0},
	{"mknod", SYS_mknod, {0, S_IFIFO | 0600}, 0},
	{"rmdir", SYS_rmdir, {0}, 0},
	{"unlink", SYS_unlink, {0}, 0},
	{"truncate", SYS_truncate, {0, 0}, 0},
	{"truncate -1", SYS_truncate, {0, -1}, 0},
	{"chmod", SYS_chmod, {0, 0700}, 0},
	{"chown", SYS_chown, {0, -1, -1}, 0},
	{"utimensat", SYS_utimensat, {AT_FDCWD, 0, 0, 0}, 1},
	{"utimes", SYS_utimes, {0, 0}, 0},
	{"utime", SYS_utime, {0, 0}, 0},
	{"rename from", SYS_rename, {0, (long)"renamed"}, 0},
	{"rename to", SYS_rename, {(long)"missing", 0}, 1},
	{"link from", SYS_link, {0, (long)"linked"}, 0},
	{"link to", SYS_link, {(long)"file", 0}, 1},
	{"symlink text", SYS_symlink, {0, (long)"symlinked"}, 0},
	{"symlink at", SYS_symlink, {(long)"x", 0}, 1},
	{"setxattr", SYS_setxattr, {0, (long)"user.a", (long)"v", 1, 0}, 0},
	{"setxattr name", SYS_setxattr, {(long)"file", 0, (long)"v", 1, 0}, 1},
	{"removexattr", SYS_removexattr, {0, (long)"user.a"}, 0},
	{"execve", SYS_execve, {0, 0, 0}, 0},
	{"memfd_create", SYS_memfd_create, {0, 0}, 0},
};

static void call_with(size_t i, const char *path, const char *what)
{
	long args[6];
	long r;

	memcpy(args, calls[i].args, sizeof(args));
	args[calls[i].path] = (long)(uintptr_t)path;
	r = syscall(calls[i].number, args[0], args[1], args[2], args[3], args[4], args[5]);
	row(r, "%s %s", calls[i].name, what);
	if (r > 2)
		close((int)r);
	unlink("renamed");
	unlink("linked");
	unlink("symlinked");
}

static void clean(const char *name)
{
	int error = errno;

	if (unlink(name) < 0)
		rmdir(name);
	errno = error;
}

static void pointers(void)
{
	static const struct {
		const char *name;
		uintptr_t at;
	} bad[] = {
		{"NULL", 0},         {"1", 1},
		{"low", 4096},       {"kernel", 0xffffffff81000000u},
		{"-1", UINTPTR_MAX}, {"not canonical", 0x8000000000000000u},
	};

	for (size_t i = 0; i < COUNT(calls); i++) {
		for (size_t j = 0; j < COUNT(bad); j++)
			call_with(i, (const char *)bad[j].at, bad[j].name);
		call_with(i, edge, "at the edge");
		edge[-1] = 'x';
		call_with(i, edge - 1, "over the edge");
		memcpy(edge - 4, "zzz", 4);
		call_with(i, edge - 4, "up to the edge");
		clean("zzz");
		edge[-1] = '\0';
		call_with(i, edge - 1, "empty at the edge");
	}
}

static void lengths(void)
{
	static const size_t lens[] = {254, 255, 256, 4094, 4095, 4096, 4097, 8000};
	static char name[8192], path[8192];
	char what[64];

	for (size_t i = 0; i < COUNT(calls); i++)
		for (size_t j = 0; j < COUNT(lens); j++) {
			memset(name, 'n', lens[j]);
			name[lens[j]] = '\0';
			snprintf(what, sizeof(what), "of %zu", lens[j]);
			call_with(i, name, what);
			clean(name);
			for (size_t k = 0; k < lens[j]; k++)
				path[k] = k % 2 ? '/' : '.';
			path[lens[j]] = '\0';
			snprintf(what, sizeof(what), "of dots %zu", lens[j]);
			call_with(i, path, what);
			snprintf(path + lens[j] - 4, 5, "/new");
			snprintf(what, sizeof(what), "far %zu", lens[j]);
			call_with(i, path, what);
			clean("new");
		}
}

/* Some file systems take no such names; the kernel takes them all. */
static void bytes(void)
{
	static const char *const names[] = {
		"new\nline", "\x1b[31mred", "\xff\xfe\x80", " ",           "-",
		"a b",       "\t",          "\"q\"",        "back\\slash", "...",
		"..a",       "\xc3\xa4",    "(deleted)",    "x (deleted)"};
	char wide[256 * 2];

	for (size_t i = 0; i < COUNT(names); i++) {
		row_fd(open(names[i], O_CREAT | O_EXCL | O_RDWR, 0600), "create %s", names[i]);
		row_fd(open(names[i], O_RDONLY), "open %s", names[i]);
		row_path(chmod(names[i], 0640), names[i], "chmod %s", names[i]);
		row_path(rename(names[i], "other"), "other", "rename %s", names[i]);
		row_path(rename("other", names[i]), names[i], "rename back %s", names[i]);
		row(unlink(names[i]), "unlink %s", names[i]);
		row_path(mkdir(names[i], 0750), names[i], "mkdir %s", names[i]);
		row(rmdir(names[i]), "rmdir %s", names[i]);
	}
	memset(wide, 'w', 255);
	wide[255] = '\0';
	row_fd(open(wide, O_CREAT | O_RDWR, 0600), "create of 255");
	row(rename(wide, "other"), "rename of 255");
	row(rename("other", wide), "rename to 255");
	row(unlink(wide), "unlink of 255");
}

static void addresses(void)
{
	static const int lens[] = {-1, 0, 1, 2, 3, 16, 110, 111, 128, 129, 4096};
	int fd = must(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), "a socket");
	static char memory[8192] = {AF_UNIX, 0, 'm', 'i', 's', 's'};

	for (size_t i = 0; i < COUNT(lens); i++) {
		row(connect(fd, (struct sockaddr *)memory, (socklen_t)lens[i]), "connect of %d",
		    lens[i]);
		row(connect(fd, NULL, (socklen_t)lens[i]), "connect NULL of %d", lens[i]);
		row(connect(fd, (struct sockaddr *)(edge - 2), (socklen_t)lens[i]),
		    "connect edge of %d", lens[i]);
		row(bind(fd, NULL, (socklen_t)lens[i]), "bind NULL of %d", lens[i]);
	}
	row(connect(77, (struct sockaddr *)memory, 10), "connect of no descriptor");
	row(connect(0, (struct sockaddr *)memory, 10), "connect of no socket");
	row(connect(77, NULL, 10), "connect of neither");
	row(bind(77, (struct sockaddr *)memory, 10), "bind of no descriptor");
	row(bind(0, (struct sockaddr *)memory, 10), "bind of no socket");
	row(listen(77, 1), "listen of no descriptor");
	row(listen(0, 1), "listen of no socket");
	row(listen(fd, 1), "listen unbound");
	close(fd);
}

int main(int argc, char **argv)
{
	char *pages;

	fidelity_begin(argc, argv);
	tree_make();
	pages = mmap(NULL, 3 * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	must(pages == MAP_FAILED ? -1 : munmap(pages + 2 * 4096, 4096), "pages");
	edge = pages + 2 * 4096;
	pointers();
	lengths();
	bytes();
	addresses();
	return 0;
}
