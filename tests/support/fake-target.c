/* SPDX-License-Identifier: Apache-2.0 */
/* A stopped thread without a process. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "enforcer/base/fd.h"
#include "tests/support/fake-target.h"

struct fake_target fake_target;

void fake_target_reset(void)
{
	fake_target = (struct fake_target){.tid = getpid(),
					   .pid = getpid(),
					   .program = "/usr/bin/agent",
					   .cwd = -1,
					   .umask = 022};
}

uint64_t fake_memory_add(const void *data, size_t len)
{
	struct fake_memory *area = &fake_target.memory[fake_target.n_memory];

	if (fake_target.n_memory == FAKE_MEMORY_MAX)
		abort();
	fake_target.n_memory++;
	area->start = (uintptr_t)data;
	area->end = area->start + len;
	return area->start;
}

uint64_t fake_string(const char *text)
{
	return fake_memory_add(text, strlen(text) + 1);
}

void fake_fd_add(int number, int fd)
{
	if (fake_target.n_fds == FAKE_FDS_MAX)
		abort();
	fake_target.fds[fake_target.n_fds++] = (struct fake_fd){number, fd};
}

/* False: it is dead. */
static bool step(const char *what)
{
	if (fake_target.on_step)
		fake_target.on_step(what);
	if (++fake_target.steps == fake_target.dies_at)
		fake_listener.dead = fake_listener.faulted = true;
	return !fake_listener.dead;
}

struct targets {
	int proc;
};

int targets_new(struct targets **ret_targets)
{
	*ret_targets = calloc(1, sizeof(**ret_targets));
	if (!*ret_targets)
		return -ENOMEM;
	(*ret_targets)->proc = open("/proc/self", O_PATH | O_DIRECTORY | O_CLOEXEC);
	return 0;
}

struct targets *targets_free(struct targets *targets)
{
	if (targets)
		fd_close(targets->proc);
	free(targets);
	return NULL;
}

bool target_waits(const struct target *target)
{
	return step("waits") &&
	       (!target->listener || listener_waits(target->listener, target->cookie));
}

int target_open_traced(pid_t pid, struct target *ret_target)
{
	return -ESRCH;
}

int target_open(struct targets *targets, struct listener *listener, uint64_t cookie, pid_t tid,
		struct target *ret_target)
{
	/* The real one opens /proc/<tid>, and cannot tell a gone thread from a full table. */
	_cleanup_fd_ int room = fcntl(targets->proc, F_DUPFD_CLOEXEC, 3);

	if (!step("open") || room < 0 || !listener_waits(listener, cookie))
		return -ESRCH;
	*ret_target = (struct target){.listener = listener,
				      .cookie = cookie,
				      .tid = tid,
				      .pid = fake_target.pid,
				      .proc = targets->proc};
	return 0;
}

int target_read_memory(const struct target *target, uint64_t address, void *data, size_t len)
{
	if (!step("memory"))
		return -ESRCH;
	for (size_t i = 0; i < fake_target.n_memory && len > 0; i++) {
		const struct fake_memory *area = &fake_target.memory[i];

		if (address >= area->start && address < area->end && len <= area->end - address) {
			memcpy(data, (const void *)(uintptr_t)address, len);
			return 0;
		}
	}
	return len ? -EFAULT : 0;
}

int target_read_string(const struct target *target, uint64_t address, char *data, size_t size)
{
	if (!step("string"))
		return -ESRCH;
	for (size_t i = 0; i < fake_target.n_memory; i++) {
		const struct fake_memory *area = &fake_target.memory[i];
		const char *from = (const char *)(uintptr_t)address;
		size_t room, len;

		if (address < area->start || address >= area->end)
			continue;
		room = area->end - address;
		len = strnlen(from, room < size ? room : size);
		if (len == room && len < size)
			return -EFAULT;
		if (len == size)
			return -ENAMETOOLONG;
		memcpy(data, from, len + 1);
		return (int)len;
	}
	return -EFAULT;
}

static int ours(int number)
{
	for (size_t i = 0; i < fake_target.n_fds; i++)
		if (fake_target.fds[i].number == number)
			return fake_target.fds[i].fd;
	return -1;
}

static int reopen(int fd)
{
	char path[FD_PATH_MAX];
	int path_fd;

	if (fd < 0)
		return -EBADF;
	fd_path(fd, path);
	path_fd = open(path, O_PATH | O_CLOEXEC);
	return path_fd < 0 ? -errno : path_fd;
}

int target_open_cwd(const struct target *target)
{
	return step("cwd") ? reopen(fake_target.cwd) : -ENOENT;
}

int target_open_fd_path(const struct target *target, int fd)
{
	return step("fd path") ? reopen(ours(fd)) : -EBADF;
}

int target_get_fd(const struct target *target, int fd)
{
	int dup;

	if (!step("fd"))
		return -ESRCH;
	if (ours(fd) < 0)
		return -EBADF;
	dup = fcntl(ours(fd), F_DUPFD_CLOEXEC, 3);
	return dup < 0 ? -errno : dup;
}

int target_open_pidfd(const struct target *target)
{
	return -ESRCH;
}

int target_umask(const struct target *target, mode_t *ret_mask)
{
	if (!step("umask"))
		return -ESRCH;
	*ret_mask = fake_target.umask;
	return 0;
}

int target_inner_ids(const struct target *target, pid_t *ret_pid, pid_t *ret_tid)
{
	if (!step("ids"))
		return -ESRCH;
	*ret_pid = fake_target.pid;
	*ret_tid = fake_target.tid;
	return 0;
}

int target_terminal(const struct target *target, dev_t *ret_dev)
{
	if (!step("terminal"))
		return -ESRCH;
	*ret_dev = fake_target.terminal;
	return 0;
}

int target_signals(const struct target *target, uint64_t *ret_signals)
{
	if (!step("signal"))
		return -ESRCH;
	*ret_signals = fake_target.signals;
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
	*ret_path = strdup(step("program") ? fake_target.program : "?");
	return *ret_path ? 0 : -ENOMEM;
}

int target_read_proc(const struct target *target, const char *name, char *data, size_t size)
{
	return -ESRCH;
}

bool target_has_room(const struct target *target)
{
	(void)target;
	return true;
}
