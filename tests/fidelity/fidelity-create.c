/* SPDX-License-Identifier: Apache-2.0 */
/* What a created file is: umask, default ACLs, the number of its descriptor, limits; and what its
 * descriptor leaves behind when it is closed. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <sys/xattr.h>

#include "tests/fidelity/fidelity.h"

static void make_each(const char *dir, mode_t mode, const char *name)
{
	static const char *const things[] = {"file", "dir", "fifo", "link", "nameless"};
	char path[128];

	for (size_t i = 0; i < COUNT(things); i++) {
		struct stat st = {};
		int r = -1;

		snprintf(path, sizeof(path), "%s/new", dir);
		if (i == 0)
			r = open(path, O_CREAT | O_RDWR | O_CLOEXEC, mode);
		else if (i == 1)
			r = mkdir(path, mode);
		else if (i == 2)
			r = mknod(path, S_IFIFO | mode, 0);
		else if (i == 3)
			r = symlink("x", path);
		else
			r = open(dir, O_TMPFILE | O_RDWR, mode);
		row_path(r, path, "%s %s %o", name, things[i], mode);
		if (r > 2) {
			fstat(r, &st);
			row((long)st.st_mode, "  its mode");
			close(r);
		}
		row(lgetxattr(path, "system.posix_acl_access", NULL, 0), "  its ACL");
		if (unlink(path) < 0)
			rmdir(path);
	}
}

static void umasks(void)
{
	static const mode_t masks[] = {0, 022, 077, 0777, 027, 0111};
	static const mode_t modes[] = {0, 0600, 0666, 0777, 0444, 01777};
	char name[32];

	for (size_t i = 0; i < COUNT(masks); i++)
		for (size_t j = 0; j < COUNT(modes); j++) {
			umask(masks[i]);
			snprintf(name, sizeof(name), "umask %o", masks[i]);
			make_each(".", modes[j], name);
		}
	umask(022);
}

/* Of the calling thread, where it has left its process' umask. */
static void *with_own_umask(void *mask)
{
	must(unshare(CLONE_FS), "a umask of its own");
	umask(*(mode_t *)mask);
	make_each(".", 0777, "own umask");
	return NULL;
}

static void default_acls(void)
{
	/* Version 2; entries of tag, rights, id: owner rwx, a user rw-, group r-x, mask rwx, other
	 * r-- */
	struct {
		unsigned version;
		struct {
			unsigned short tag, rights;
			unsigned id;
		} entries[5];
	} acl = {2, {{1, 7, -1}, {2, 6, 12345}, {4, 5, -1}, {0x10, 7, -1}, {0x20, 4, -1}}};

	must(mkdir("with-acl", 0755), "with-acl");
	row(setxattr("with-acl", "system.posix_acl_default", &acl, sizeof(acl), 0),
	    "a stranger's ACL");
	acl.entries[1].id = geteuid();
	row(setxattr("with-acl", "system.posix_acl_default", &acl, sizeof(acl), 0), "default ACL");
	umask(077);
	make_each("with-acl", 0777, "in ACL");
	make_each("with-acl", 0640, "in ACL");
	umask(022);
	row(setxattr("with-acl", "system.posix_acl_default", &acl, 7, 0), "half an ACL");
}

static void numbers(void)
{
	struct rlimit old, limit;
	int held[8];

	for (size_t i = 0; i < COUNT(held); i++)
		held[i] = open("file", O_RDONLY);
	for (size_t i = 0; i < COUNT(held); i++)
		row(held[i], "descriptor %zu", i);
	close(held[2]);
	close(held[5]);
	row(open("file", O_RDONLY), "lowest free");
	row(open("file", O_RDONLY), "next");
	row(open("file", O_RDONLY), "last");
	getrlimit(RLIMIT_NOFILE, &old);
	limit = old;
	limit.rlim_cur = 12;
	must(setrlimit(RLIMIT_NOFILE, &limit), "a limit");
	row(open("file", O_RDONLY), "one below the limit");
	row(open("file", O_RDONLY), "at the limit");
	row_path(open("never", O_CREAT | O_RDWR, 0600), "never", "create at the limit");
	row_path(open("file", O_WRONLY | O_TRUNC), "file", "truncate at the limit");
	row(open("missing", O_RDONLY), "missing at the limit");
	row(open("/dev/tty", O_RDONLY), "tty at the limit");
	must(setrlimit(RLIMIT_NOFILE, &old), "the old limit");
	for (int fd = 3; fd < 13; fd++)
		close(fd);
	close(0);
	row(open("file", O_RDONLY), "number 0");
	close(0);
	must(open("/dev/null", O_RDWR), "/dev/null");
}

static void busy_programs(void)
{
	static const char script[] = "#!/bin/sh\nexit 7\n";
	int failures = 0, wrong = 0;

	for (int i = 0; i < 1000; i++) {
		char *const argv[] = {(char *)"./program", NULL};
		int status, r, fd = open("program", O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0755);
		pid_t pid;

		if (fd < 0 || write(fd, script, sizeof(script) - 1) < 0)
			failures++;
		close(fd);
		r = posix_spawn(&pid, "./program", NULL, NULL, argv, NULL);
		if (r != 0) {
			failures++;
			continue;
		}
		waitpid(pid, &status, 0);
		if (!WIFEXITED(status) || WEXITSTATUS(status) != 7)
			wrong++;
	}
	row(failures, "of 1000 programs not written or started (ETXTBSY)");
	row(wrong, "of 1000 programs ended otherwise");
}

static void locks(void)
{
	int failures = 0;

	for (int i = 0; i < 300; i++) {
		int a = open("file", O_RDWR | O_CLOEXEC), b;
		struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};

		failures += flock(a, LOCK_EX | LOCK_NB) < 0;
		close(a);
		b = open("file", O_RDWR | O_CLOEXEC);
		failures += flock(b, LOCK_EX | LOCK_NB) < 0;
		close(b);
		a = open("file", O_RDWR | O_CLOEXEC);
		failures += fcntl(a, F_OFD_SETLK, &lock) < 0;
		close(a);
		b = open("file", O_RDWR | O_CLOEXEC);
		failures += fcntl(b, F_OFD_SETLK, &lock) < 0;
		close(b);
	}
	row(failures, "of 300 locks held after close");
}

static void ends_of_files(void)
{
	int failures = 0;

	for (int i = 0; i < 300; i++) {
		int r = open("fifo", O_RDONLY | O_NONBLOCK),
		    w = open("fifo", O_WRONLY | O_NONBLOCK);
		struct pollfd p = {.fd = r, .events = POLLIN};
		char byte;

		failures += write(w, "x", 1) != 1 || read(r, &byte, 1) != 1;
		close(w);
		failures += poll(&p, 1, 0) != 1 || p.revents != POLLHUP || read(r, &byte, 1) != 0;
		close(r);
	}
	row(failures, "of 300 ends of a fifo late");
}

int main(int argc, char **argv)
{
	mode_t mask = 0770;
	pthread_t thread;

	fidelity_begin(argc, argv);
	tree_make();
	numbers();
	umasks();
	must(pthread_create(&thread, NULL, with_own_umask, &mask) ? -1 : 0, "a thread");
	pthread_join(thread, NULL);
	make_each(".", 0777, "main's umask");
	default_acls();
	locks();
	ends_of_files();
	busy_programs();
	return 0;
}
