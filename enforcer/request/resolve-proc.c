/* SPDX-License-Identifier: Apache-2.0 */
/* Links and files of procfs. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "enforcer/base/fd.h"
#include "enforcer/request/resolve-proc.h"

#define PROC_ROOT_INO 1 /* include/linux/proc_ns.h */

/* Splits "/proc/12/task/13/fd" into process 12 and what follows ("fd"). NULL: no process'
 * directory. */
static const char *process_of(const char *path, long *ret_pid)
{
	static const char prefix[] = "/proc/";
	char *end;

	if (strncmp(path, prefix, sizeof(prefix) - 1) != 0)
		return NULL;
	path += sizeof(prefix) - 1;
	if (*path < '1' || *path > '9')
		return NULL;
	*ret_pid = strtol(path, &end, 10);
	if (*end == '/')
		end++;
	if (strncmp(end, "task/", 5) == 0) {
		end += 5;
		strtol(end, &end, 10);
		if (*end == '/')
			end++;
	}
	return end;
}

/*
 * The kernel lets a process look at another one's links, memory and environment when both have the
 * same user and the other is dumpable. We may look at more. pid 1 of the sandbox is bubblewrap:
 * never. A directory of /proc belongs to root where its process is not dumpable.
 */
static int may_look_at(const struct target *target, long pid, uid_t owner)
{
	pid_t inner, thread;
	int r = target_inner_ids(target, &inner, &thread);

	if (r < 0)
		return r;
	if (pid == inner)
		return 0;
	return pid == 1 || owner != geteuid() ? -EACCES : 0;
}

static int directory_path(int fd, char *path, size_t size)
{
	char name[FD_PATH_MAX];
	ssize_t n;

	fd_path(fd, name);
	n = readlink(name, path, size - 1);
	if (n < 0)
		return -errno;
	path[n] = '\0';
	return 0;
}

static int root_link(const struct target *target, int dir, const char *name, struct proc_link *link)
{
	pid_t pid, tid;
	ssize_t n;
	int r;

	if (strcmp(name, "self") == 0 || strcmp(name, "thread-self") == 0) {
		r = target_inner_ids(target, &pid, &tid);
		if (r < 0)
			return r;
		if (name[0] == 's')
			snprintf(link->text, sizeof(link->text), "%d", pid);
		else
			snprintf(link->text, sizeof(link->text), "%d/task/%d", pid, tid);
		return 0;
	}
	/* /proc/mounts, /proc/net: plain text relative to self. */
	n = readlinkat(dir, name, link->text, sizeof(link->text) - 1);
	if (n < 0)
		return -errno;
	link->text[n] = '\0';
	return 0;
}

int proc_link_follow(const struct target *target, int dir, const struct place_stat *link_stat,
		     const char *name, struct proc_link *ret_link)
{
	struct proc_link link = {.fd = -1, .number = -1};
	char path[PATH_MAX];
	struct place_stat st;
	const char *below;
	pid_t inner, thread;
	long pid;
	int r;

	r = place_stat(dir, &st);
	if (r < 0)
		return r;
	if (st.ino == PROC_ROOT_INO) {
		r = root_link(target, dir, name, &link);
		if (r == 0)
			*ret_link = link;
		return r;
	}
	r = directory_path(dir, path, sizeof(path));
	if (r < 0)
		return r;
	below = process_of(path, &pid);
	/* Outside a process' directory there are plain links (/proc/fs, /proc/bus): their text
	 * would be relative to there, but none is known that a program needs. */
	if (!below)
		return -EACCES;
	r = may_look_at(target, pid, link_stat->uid);
	if (r < 0)
		return r;
	/* ns/ leads to namespaces, which nothing inside may enter; map_files/ wants a
	 * capability. */
	if (strncmp(below, "ns", 2) == 0)
		return -EACCES;
	if (strncmp(below, "map_files", 9) == 0)
		return -EPERM;
	link.fd = openat(dir, name, O_PATH | O_CLOEXEC);
	if (link.fd < 0)
		return -errno;
	r = target_inner_ids(target, &inner, &thread);
	if (strcmp(below, "fd") == 0 && r == 0 && pid == inner)
		link.number = (int)strtol(name, NULL, 10);
	*ret_link = link;
	return 0;
}

/* Files whose mode lets all read, and whose open asks the kernel whether the opener (us) may. */
static bool asks_at_open(const char *below)
{
	static const char *const names[] = {"fd",           "fdinfo",    "maps", "smaps",
					    "smaps_rollup", "numa_maps", "wchan"};

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (strcmp(below, names[i]) == 0)
			return true;
	return false;
}

/* Files outside the processes' directories that show the namespaces and keys of whoever opens them:
 * the host's, not the target's. */
static bool shows_the_opener(const char *path)
{
	static const char *const names[] = {"/proc/sys/net", "/proc/sys/user",
					    "/proc/sys/fs/mqueue", "/proc/keys", "/proc/key-users"};

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		size_t len = strlen(names[i]);

		if (strncmp(path, names[i], len) == 0 && (path[len] == '\0' || path[len] == '/'))
			return true;
	}
	return false;
}

int proc_file_check(const struct target *target, const char *path, const struct place_stat *stat,
		    bool write)
{
	static const char *const writable[] = {"comm", "oom_score_adj", "coredump_filter",
					       "timerslack_ns", "clear_refs"};
	const char *below;
	long pid;
	int r;

	below = process_of(path, &pid);
	if (!below)
		return write || shows_the_opener(path) ? -EACCES : 0;
	if (!write && (S_ISDIR(stat->mode) || (stat->mode & S_IROTH)))
		/* Open to all, by the kernel's own bits: it checks the reader of what is not. */
		return asks_at_open(below) ? may_look_at(target, pid, stat->uid) : 0;
	r = may_look_at(target, pid, stat->uid);
	if (r < 0 || !write)
		return r;
	for (size_t i = 0; i < ARRAY_LEN(writable); i++)
		if (strcmp(below, writable[i]) == 0)
			return 0;
	return -EACCES;
}
