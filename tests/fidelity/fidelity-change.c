/* SPDX-License-Identifier: Apache-2.0 */
/* Attributes: modes, owners, lengths and times, by path, by directory and by descriptor. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <utime.h>

#include "tests/fidelity/fidelity.h"

#define FCHMODAT2 452

static void row_times(long result, const char *path, const char *name)
{
	int error = errno;
	struct stat st = {};

	errno = error;
	row(result, "%s %s", name, path);
	if (lstat(path, &st) == 0 && S_ISREG(st.st_mode))
		row_text("  times", "%ld.%09ld %ld.%09ld",
			 st.st_atim.tv_sec < 2000000 ? (long)st.st_atim.tv_sec : -1L,
			 st.st_atim.tv_sec < 2000000 ? st.st_atim.tv_nsec : -1L,
			 st.st_mtim.tv_sec < 2000000 ? (long)st.st_mtim.tv_sec : -1L,
			 st.st_mtim.tv_sec < 2000000 ? st.st_mtim.tv_nsec : -1L);
}

static void by_path(const char *path)
{
	static const struct timespec some[2] = {{1000000, 123456789}, {1000001, 987654321}};
	static const struct timeval old[2] = {{1000002, 5}, {1000003, 999999}};
	static const struct utimbuf oldest = {1000004, 1000005};

	row_path(syscall(SYS_truncate, path, 3L), path, "truncate %s", path);
	row_path(syscall(SYS_chown, path, geteuid(), getegid()), path, "chown %s", path);
	row_path(syscall(SYS_lchown, path, geteuid(), -1), path, "lchown %s", path);
	row_times(syscall(SYS_utimensat, AT_FDCWD, path, some, 0), path, "utimensat");
	row_times(syscall(SYS_utimensat, AT_FDCWD, path, some, AT_SYMLINK_NOFOLLOW), path,
		  "utimensat nofollow");
	row_times(syscall(SYS_utimes, path, old), path, "utimes");
	row_times(syscall(SYS_futimesat, AT_FDCWD, path, NULL), path, "futimesat now");
	row_times(syscall(SYS_utime, path, &oldest), path, "utime");
	row_times(syscall(SYS_utime, path, NULL), path, "utime now");
	row_path(syscall(FCHMODAT2, AT_FDCWD, path, 0700, AT_SYMLINK_NOFOLLOW), path,
		 "fchmodat2 nofollow %s", path);
	row_path(syscall(SYS_fchmodat, AT_FDCWD, path, 0701), path, "fchmodat %s", path);
	row_path(syscall(SYS_chmod, path, 0755), path, "chmod %s", path);
}

static void modes(void)
{
	static const mode_t set[] = {0,     0777,  01777,  02755,     04755,
				     06755, 07777, 010644, 0xffffffff};

	tree_make();
	for (size_t i = 0; i < COUNT(set); i++) {
		int file = must(open("d/in", O_RDONLY), "d/in");

		row_path(syscall(SYS_chmod, "d/in", set[i]), "d/in", "chmod %o", set[i]);
		must(chmod("d/in", 0644), "d/in");
		row_path(syscall(SYS_fchmod, file, set[i]), "d/in", "fchmod %o", set[i]);
		must(chmod("d/in", 0644), "d/in");
		row_path(syscall(SYS_chmod, "full", set[i]), "full", "chmod dir %o", set[i]);
		must(chmod("full", 0755), "full");
		close(file);
	}
}

static void owners(void)
{
	static const int ids[] = {-1, 0, 1, 1000, 65534, 123456, -2};

	tree_make();
	for (size_t i = 0; i < COUNT(ids); i++)
		for (size_t j = 0; j < COUNT(ids); j++) {
			row_path(chown("file", (uid_t)ids[i], (gid_t)ids[j]), "file", "chown %d %d",
				 ids[i], ids[j]);
			row_path(lchown("to-file", (uid_t)ids[i], (gid_t)ids[j]), "to-file",
				 "lchown %d %d", ids[i], ids[j]);
		}
	row_path(fchownat(AT_FDCWD, "", geteuid(), getegid(), AT_EMPTY_PATH), ".",
		 "fchownat empty");
	row_path(fchownat(AT_FDCWD, "", geteuid(), getegid(), 0), ".", "fchownat none");
	row_path(fchownat(AT_FDCWD, "file", geteuid(), getegid(), 0x400), ".", "fchownat bad flag");
	must(chmod("file", 0755), "file");
}

static void times(void)
{
	static const struct {
		const char *name;
		struct timespec times[2];
	} rows[] = {
		{"omit both", {{5, UTIME_OMIT}, {5, UTIME_OMIT}}},
		{"now both", {{5, UTIME_NOW}, {5, UTIME_NOW}}},
		{"omit first", {{5, UTIME_OMIT}, {7, 8}}},
		{"omit last", {{7, 8}, {5, UTIME_OMIT}}},
		{"now first", {{5, UTIME_NOW}, {7, 8}}},
		{"nanosecond 1e9", {{1, 1000000000}, {1, 0}}},
		{"nanosecond -1", {{1, -1}, {1, 0}}},
		{"second -1", {{-1, 0}, {-5, 999999999}}},
	};
	static const char *const paths[] = {"file",    "read-only",    "to-file", "d",
					    "missing", "/usr/bin/env", "dangling"};
	static const struct timeval bad[2] = {{1, 1000000}, {1, 0}},
				    negative[2] = {{1, -1}, {1, 0}};

	tree_make();
	for (size_t i = 0; i < COUNT(rows); i++)
		for (size_t j = 0; j < COUNT(paths); j++) {
			row_times(utimensat(AT_FDCWD, paths[j], rows[i].times, 0), paths[j],
				  rows[i].name);
			row_times(utimensat(AT_FDCWD, paths[j], rows[i].times, AT_SYMLINK_NOFOLLOW),
				  paths[j], rows[i].name);
		}
	row_times(utimes("file", bad), "file", "utimes 1e6");
	row_times(utimes("file", negative), "file", "utimes -1");
	row(utimensat(AT_FDCWD, NULL, NULL, 0), "utimensat cwd NULL");
	row(syscall(SYS_utimensat, AT_FDCWD, "file", (void *)8, 0), "utimensat bad pointer");
	row(syscall(SYS_utimensat, AT_FDCWD, "file", NULL, 0x400), "utimensat bad flag");
	row(syscall(SYS_utimensat, AT_FDCWD, "", NULL, AT_EMPTY_PATH), "utimensat empty");
	row(syscall(SYS_utimensat, AT_FDCWD, "", NULL, 0), "utimensat none");
}

static void by_descriptor(const char *name, int fd)
{
	static const struct timespec some[2] = {{1000000, 1}, {1000001, 2}};
	struct stat st = {};

	row(syscall(SYS_fchmod, fd, 0640), "fchmod %s", name);
	row(syscall(SYS_fchown, fd, geteuid(), getegid()), "fchown %s", name);
	row(syscall(SYS_ftruncate, fd, 2L), "ftruncate %s", name);
	row(syscall(SYS_utimensat, fd, NULL, some, 0), "futimens %s", name);
	row(syscall(SYS_utimensat, fd, NULL, NULL, 0), "futimens now %s", name);
	row(syscall(SYS_utimensat, fd, "", some, AT_EMPTY_PATH), "utimensat empty %s", name);
	row(syscall(SYS_futimesat, fd, NULL, NULL), "futimesat %s", name);
	row(syscall(FCHMODAT2, fd, "", 0600, AT_EMPTY_PATH), "fchmodat2 empty %s", name);
	row(syscall(FCHMODAT2, fd, "in", 0600, 0), "fchmodat2 in %s", name);
	row(syscall(SYS_fchownat, fd, "", -1, -1, AT_EMPTY_PATH), "fchownat empty %s", name);
	row(syscall(SYS_fchownat, fd, "", -1, -1, AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW),
	    "fchownat empty nofollow %s", name);
	fstat(fd, &st);
	row_text("  then", "%o %ld", st.st_mode, (long)(S_ISREG(st.st_mode) ? st.st_size : 0));
}

static void descriptors(void)
{
	int pipes[2], pair[2];

	tree_make();
	must(pipe(pipes), "a pipe");
	must(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), "a pair");
	const struct {
		const char *name;
		int fd;
	} fds[] = {
		{"rdonly", open("file", O_RDONLY)},
		{"rdwr", open("d/in", O_RDWR)},
		{"path", open("read-only", O_PATH)},
		{"path of link", open("to-file", O_PATH | O_NOFOLLOW)},
		{"directory", open("d", O_RDONLY)},
		{"path of directory", open("full", O_PATH)},
		{"pipe", pipes[0]},
		{"pipe to write", pipes[1]},
		{"socket", pair[0]},
		{"fifo", open("fifo", O_RDONLY | O_NONBLOCK)},
		{"nameless", open(".", O_TMPFILE | O_RDWR, 0600)},
		{"proc", open("/proc/self/comm", O_RDWR)},
		{"memory", (int)syscall(SYS_memfd_create, "m", 0)},
		{"closed", 77},
		{"negative", -1},
		{"cwd", AT_FDCWD},
	};

	for (size_t i = 0; i < COUNT(fds); i++)
		by_descriptor(fds[i].name, fds[i].fd);
	must(unlink("file"), "file");
	by_descriptor("removed", fds[0].fd);
	for (size_t i = 0; i < 13; i++)
		close(fds[i].fd);
	close(pair[1]);
}

static void lengths(void)
{
	static const long set[] = {0, 1, 8, 100000, -1, 1L << 40, 0x7fffffffffffffff};

	tree_make();
	for (size_t i = 0; i < COUNT(set); i++)
		row_path(truncate("file", set[i]), "file", "truncate %ld", set[i]);
	row(truncate("read-only", 0), "truncate read-only");
	row(truncate("/usr/bin/env", 0), "truncate outside");
	row(truncate("/proc/self/comm", 0), "truncate proc");
}

int main(int argc, char **argv)
{
	fidelity_begin(argc, argv);
	for (size_t i = 0; i < tree_paths_count; i++) {
		/* What is outside is the machine's; a device inside is too, and bare root would
		 * change it. */
		if (tree_paths[i][0] == '/' || strcmp(tree_paths[i], "to-device") == 0)
			continue;
		tree_make();
		by_path(tree_paths[i]);
	}
	modes();
	owners();
	times();
	descriptors();
	lengths();
	return 0;
}
