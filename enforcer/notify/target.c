/* SPDX-License-Identifier: Apache-2.0 */
/* The stopped thread, looked at from outside. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/uio.h>
#include <unistd.h>

#include "enforcer/base/fd.h"
#include "enforcer/notify/target.h"
#include "filters/kernel-newer.h"

#define TARGETS_KEPT 64 /* by tid modulo; a clash only costs an open */

struct kept {
	pid_t tid; /* 0: free */
	pid_t pid, ppid;
	int proc;
	char program[PATH_MAX]; /* as it was told last; "" where it was not */
};

struct targets {
	struct kept kept[TARGETS_KEPT];
};

int targets_new(struct targets **ret_targets)
{
	struct targets *targets = calloc(1, sizeof(*targets));

	if (!targets)
		return -ENOMEM;
	for (size_t i = 0; i < TARGETS_KEPT; i++)
		targets->kept[i].proc = -1;
	*ret_targets = targets;
	return 0;
}

struct targets *targets_free(struct targets *targets)
{
	if (!targets)
		return NULL;
	for (size_t i = 0; i < TARGETS_KEPT; i++)
		fd_close(targets->kept[i].proc);
	free(targets);
	return NULL;
}

bool target_waits(const struct target *target)
{
	return !target->listener || listener_waits(target->listener, target->cookie);
}

int target_open_traced(pid_t pid, struct target *ret_target)
{
	struct target target = {.tid = pid, .pid = pid};
	char path[32];

	/* A stopped tracee of ours is not reaped, so its number cannot be another's. */
	snprintf(path, sizeof(path), "/proc/%d", pid);
	target.proc = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (target.proc < 0)
		return -ESRCH;
	*ret_target = target;
	return 0;
}

int target_read_proc(const struct target *target, const char *name, char *data, size_t size)
{
	_cleanup_fd_ int fd = openat(target->proc, name, O_RDONLY | O_CLOEXEC);
	size_t len = 0;

	if (fd < 0)
		return -errno;
	while (len + 1 < size) {
		ssize_t n = read(fd, data + len, size - len - 1);

		if (n < 0)
			return -errno;
		if (n == 0)
			break;
		len += (size_t)n;
	}
	data[len] = '\0';
	return (int)len;
}

/* The value behind "\nKey:\t" in the text of /proc/<tid>/status. */
static int status_value(const char *status, const char *key, char *value, size_t size)
{
	const char *at = strstr(status, key);
	size_t len;

	if (!at)
		return -ENODATA;
	at += strlen(key);
	at += strspn(at, "\t ");
	len = strcspn(at, "\n");
	if (len >= size)
		return -E2BIG;
	memcpy(value, at, len);
	value[len] = '\0';
	return 0;
}

static int target_status(const struct target *target, const char *key, char *value, size_t size)
{
	char status[4096];
	int r = target_read_proc(target, "status", status, sizeof(status));

	return r < 0 ? r : status_value(status, key, value, size);
}

/* Its process and that one's parent, at the cost of one reading. */
static int target_identify(struct target *target)
{
	char status[4096], value[64];
	int r = target_read_proc(target, "status", status, sizeof(status));

	if (r >= 0)
		r = status_value(status, "\nTgid:", value, sizeof(value));
	if (r < 0)
		return r;
	target->pid = (pid_t)strtol(value, NULL, 10);
	if (status_value(status, "\nPPid:", value, sizeof(value)) == 0)
		target->ppid = (pid_t)strtol(value, NULL, 10);
	return 0;
}

/*
 * True where the kept directory is still the thread's: the kernel binds it to one task for good,
 * and answers ESRCH or ENOENT once that task has ended. We ask by what we want to know anyhow:
 * the program.
 */
static bool kept_is_alive(struct kept *kept)
{
	ssize_t n = readlinkat(kept->proc, "exe", kept->program, sizeof(kept->program) - 1);

	kept->program[n < 0 ? 0 : n] = '\0';
	/* Of a task that lives but shows no program (EACCES) too. */
	return n >= 0 || faccessat(kept->proc, "status", F_OK, 0) == 0;
}

int target_open(struct targets *targets, struct listener *listener, uint64_t cookie, pid_t tid,
		struct target *ret_target)
{
	struct kept *kept = &targets->kept[(unsigned)tid % TARGETS_KEPT];
	struct target target = {.listener = listener, .cookie = cookie, .tid = tid};
	char path[32];

	if (tid <= 0)
		return -ESRCH;
	if (kept->tid == tid && kept_is_alive(kept)) {
		target.pid = kept->pid;
		target.ppid = kept->ppid;
		target.proc = kept->proc;
		target.program = kept->program;
		*ret_target = target;
		return 0;
	}
	kept->tid = 0;
	kept->proc = fd_close(kept->proc);
	snprintf(path, sizeof(path), "/proc/%d", tid);
	kept->proc = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (kept->proc < 0)
		return -ESRCH;
	target.proc = kept->proc;
	if (target_identify(&target) < 0)
		return -ESRCH;
	/* Only now do we know that the number was not a stranger's when we opened it. */
	if (!listener_waits(listener, cookie))
		return -ESRCH;
	kept->pid = target.pid;
	kept->ppid = target.ppid;
	kept->tid = tid;
	*ret_target = target;
	return 0;
}

int target_read_memory(const struct target *target, uint64_t address, void *data, size_t len)
{
	size_t got = 0;

	while (got < len) {
		struct iovec here = {.iov_base = (char *)data + got, .iov_len = len - got};
		struct iovec there = {.iov_base = (void *)(uintptr_t)(address + got),
				      .iov_len = len - got};
		ssize_t n = process_vm_readv(target->tid, &here, 1, &there, 1, 0);

		if (n <= 0)
			return n < 0 && errno == ESRCH ? -ESRCH : -EFAULT;
		got += (size_t)n;
	}
	return 0;
}

int target_read_string(const struct target *target, uint64_t address, char *data, size_t size)
{
	size_t page = 4096, got = 0;

	while (got < size) {
		/* To the end of the page: a read that crosses into an unmapped one fails as a
		 * whole. */
		size_t want = page - (address + got) % page;
		const char *end;
		int r;

		if (want > size - got)
			want = size - got;
		r = target_read_memory(target, address + got, data + got, want);
		if (r < 0)
			return r;
		end = memchr(data + got, '\0', want);
		if (end)
			return (int)(end - data);
		got += want;
	}
	return -ENAMETOOLONG;
}

int target_open_cwd(const struct target *target)
{
	int fd = openat(target->proc, "cwd", O_PATH | O_DIRECTORY | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

int target_open_fd_path(const struct target *target, int fd)
{
	char name[32];
	int path;

	if (fd < 0)
		return -EBADF;
	snprintf(name, sizeof(name), "fd/%d", fd);
	path = openat(target->proc, name, O_PATH | O_CLOEXEC);
	if (path < 0)
		return errno == ENOENT ? -EBADF : -errno;
	return path;
}

int target_open_pidfd(const struct target *target)
{
	int pidfd = (int)syscall(SYS_pidfd_open, target->tid, PIDFD_THREAD);

	/* Before 6.9 there is none of a thread. The group's stands for it: a thread may have a
	 * descriptor table of its own, and then sees a stranger's descriptor judged and used: an
	 * error in fidelity, not a way round, for what is judged is what is acted upon. */
	if (pidfd < 0 && errno == EINVAL)
		pidfd = (int)syscall(SYS_pidfd_open, target->pid, 0);
	if (pidfd < 0)
		return -errno;
	if (!target_waits(target)) {
		close(pidfd);
		return -ESRCH;
	}
	return pidfd;
}

int target_get_fd(const struct target *target, int fd)
{
	_cleanup_fd_ int pidfd = -1;
	int dup;

	if (fd < 0)
		return -EBADF;
	pidfd = target_open_pidfd(target);
	if (pidfd < 0)
		return pidfd;
	dup = (int)syscall(SYS_pidfd_getfd, pidfd, fd, 0);
	return dup < 0 ? -errno : dup;
}

bool target_has_room(const struct target *target)
{
	struct rlimit limit = {.rlim_cur = RLIM_INFINITY};
	char name[32];
	DIR *dir;
	size_t used = 0;
	int fd;

	if (prlimit(target->tid, RLIMIT_NOFILE, NULL, &limit) < 0 || limit.rlim_cur == 0)
		return limit.rlim_cur != 0;
	/* A full table holds every number below the limit, the last one too. */
	snprintf(name, sizeof(name), "fd/%llu", (unsigned long long)limit.rlim_cur - 1);
	if (faccessat(target->proc, name, F_OK, AT_SYMLINK_NOFOLLOW) < 0)
		return true;
	fd = openat(target->proc, "fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	dir = fd < 0 ? NULL : fdopendir(fd);
	if (!dir) {
		fd_close(fd);
		return true;
	}
	for (struct dirent *entry; (entry = readdir(dir)) != NULL;)
		used += entry->d_name[0] != '.' &&
			strtoull(entry->d_name, NULL, 10) < limit.rlim_cur;
	closedir(dir);
	return used < limit.rlim_cur;
}

int target_umask(const struct target *target, mode_t *ret_mask)
{
	char value[16];
	int r = target_status(target, "\nUmask:", value, sizeof(value));

	if (r < 0)
		return r;
	*ret_mask = (mode_t)strtoul(value, NULL, 8);
	return 0;
}

int target_inner_ids(const struct target *target, pid_t *ret_pid, pid_t *ret_tid)
{
	char value[256];
	const char *last;
	int r;

	r = target_status(target, "\nNStgid:", value, sizeof(value));
	if (r < 0)
		return r;
	last = strrchr(value, '\t');
	*ret_pid = (pid_t)strtol(last ? last : value, NULL, 10);
	r = target_status(target, "\nNSpid:", value, sizeof(value));
	if (r < 0)
		return r;
	last = strrchr(value, '\t');
	*ret_tid = (pid_t)strtol(last ? last : value, NULL, 10);
	return 0;
}

int target_terminal(const struct target *target, dev_t *ret_dev)
{
	char stat[1024];
	unsigned number;
	char *at;
	int r;

	r = target_read_proc(target, "stat", stat, sizeof(stat));
	if (r < 0)
		return r;
	/* The second field is the program's own name and may hold anything, ")" too. */
	at = strrchr(stat, ')');
	if (!at || sscanf(at + 1, " %*c %*d %*d %*d %d", (int *)&number) != 1)
		return -ENODATA;
	/* Encoded as by new_encode_dev(): minor's low byte, major, minor's rest. */
	*ret_dev = number ? makedev((number >> 8) & 0xfff,
				    (number & 0xff) | ((number >> 12) & 0xfff00))
			  : 0;
	return 0;
}

/* The hexadecimal mask behind "\nKey:\t" of a status file. */
static uint64_t status_mask(const char *status, const char *key)
{
	const char *at = strstr(status, key);

	return at ? strtoull(at + strlen(key), NULL, 16) : 0;
}

int target_signals(const struct target *target, uint64_t *ret_signals)
{
	char status[4096];
	const char *threads;
	uint64_t signals;
	int r = target_read_proc(target, "status", status, sizeof(status));

	if (r < 0)
		return r;
	signals = status_mask(status, "\nSigPnd:");
	threads = strstr(status, "\nThreads:\t1\n");
	if (target->tid == target->pid || threads)
		signals |= status_mask(status, "\nShdPnd:");
	*ret_signals = signals & ~status_mask(status, "\nSigBlk:");
	return 0;
}

int target_signal_pending(const struct target *target, bool *ret_pending)
{
	uint64_t signals;
	int r = target_signals(target, &signals);

	if (r == 0)
		*ret_pending = signals != 0;
	return r;
}

int target_program(const struct target *target, char **ret_path)
{
	char path[PATH_MAX];
	ssize_t n;

	if (target->program && *target->program) {
		*ret_path = strdup(target->program);
		return *ret_path ? 0 : -ENOMEM;
	}
	n = readlinkat(target->proc, "exe", path, sizeof(path) - 1);
	if (n < 0) {
		path[0] = '?';
		n = 1;
	}
	path[n] = '\0';
	*ret_path = strdup(path);
	return *ret_path ? 0 : -ENOMEM;
}
