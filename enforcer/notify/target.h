/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The stopped thread, looked at from outside: its memory, directories and descriptors.
 *
 * Hostile: everything read here was written by the agent, and other threads go on writing. So each
 * thing is read once. The thread may die at any time and its number be used again: what was opened
 * through /proc/<tid> is bound to one thread (the kernel answers ESRCH after its end), and it is
 * the right one when the notification still waits after the opening, which target_open() checks.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "enforcer/base/cleanup.h"
#include "enforcer/notify/listener.h"

/* The threads that were seen lately; saves opening /proc/<tid> for each call. */
struct targets;

int targets_new(struct targets **ret_targets);
struct targets *targets_free(struct targets *targets);
DEFINE_CLEANUP(struct targets *, targets_free)

struct target {
	struct listener *listener; /* borrowed; NULL: it is stopped under our ptrace instead */
	uint64_t cookie;
	pid_t tid;
	pid_t pid;  /* thread group, in our pid namespace */
	pid_t ppid; /* its parent, as it was when the thread was first seen; 0: none that we see */
	int proc;   /* /proc/<tid>, O_PATH; borrowed from targets, until the next target_open() */
	const char *program; /* the same, or NULL: not looked at yet */
};

/* -ESRCH: it is gone. */
int target_open(struct targets *targets, struct listener *listener, uint64_t cookie, pid_t tid,
		struct target *ret_target);
/* A process that we hold stopped by ptrace; ret_target->proc is owned, close it. */
int target_open_traced(pid_t pid, struct target *ret_target);
bool target_waits(const struct target *target);

/* Exactly len bytes, or -EFAULT. */
int target_read_memory(const struct target *target, uint64_t address, void *data, size_t len);
/* A string with its NUL into data; its length, -EFAULT, or -ENAMETOOLONG where there is no NUL
 * within size bytes. */
int target_read_string(const struct target *target, uint64_t address, char *data, size_t size);

/* New descriptors, CLOEXEC; or a negative errno. */
int target_open_cwd(const struct target *target); /* O_PATH */
int target_open_fd_path(const struct target *target,
			int fd);                        /* O_PATH of what fd stands for; -EBADF */
int target_get_fd(const struct target *target, int fd); /* the same open file description; -EBADF */
int target_open_pidfd(const struct target *target);

/* False: its table of descriptors is full at this moment (RLIMIT_NOFILE). */
bool target_has_room(const struct target *target);

int target_umask(const struct target *target, mode_t *ret_mask);
/* Of the thread, in the innermost pid namespace: what it sees as its own. */
int target_inner_ids(const struct target *target, pid_t *ret_pid, pid_t *ret_tid);
/* Device number of the controlling terminal, 0 where it has none. */
int target_terminal(const struct target *target, dev_t *ret_dev);
/*
 * Signals (bit n - 1 for signal n) that wait for this thread, are not blocked, and will be told to
 * it and no other: the call would be interrupted. Of those that wait for the whole process only
 * the first thread can be sure: the kernel prefers it (complete_signal()). Told ERESTARTSYS or its
 * kin without a signal of its own, a thread would see just those numbers.
 */
int target_signals(const struct target *target, uint64_t *ret_signals);
/* Any of them. */
int target_signal_pending(const struct target *target, bool *ret_pending);
/* Path of the executable; given. "?" where it cannot be read. */
int target_program(const struct target *target, char **ret_path);
/* A file of its /proc directory, as a string of at most size - 1 bytes; its length. */
int target_read_proc(const struct target *target, const char *name, char *data, size_t size);
