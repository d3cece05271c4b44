/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A stopped thread without a process, linked in the place of notify/target.c. Its memory is what
 * the test registers of its own; its directories and descriptors are real ones of ours. There is
 * one.
 *
 * Each function counts as a step. At step dies_at the thread is dead, from then on for all who
 * look.
 */
#pragma once

#include "enforcer/notify/target.h"
#include "tests/support/fake-listener.h"

#define FAKE_MEMORY_MAX 64
#define FAKE_FDS_MAX    16

struct fake_memory {
	uintptr_t start, end;
};

struct fake_fd {
	int number; /* in the target */
	int fd;     /* ours; borrowed */
};

struct fake_target {
	pid_t tid, pid;
	const char *program;
	int cwd; /* borrowed */
	mode_t umask;
	dev_t terminal;
	uint64_t signals; /* pending */
	struct fake_memory memory[FAKE_MEMORY_MAX];
	size_t n_memory;
	struct fake_fd fds[FAKE_FDS_MAX];
	size_t n_fds;
	unsigned steps;
	unsigned dies_at; /* 0: never */
	/* Called at the start of each step with the function's name; NULL: nobody. */
	void (*on_step)(const char *what);
};

extern struct fake_target fake_target;

void fake_target_reset(void);
/* The target's memory has these bytes, at this address; read when they are asked for. */
uint64_t fake_memory_add(const void *data, size_t len);
uint64_t fake_string(const char *text);
void fake_fd_add(int number, int fd);
