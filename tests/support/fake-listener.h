/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A listener without a kernel, linked in the place of notify/listener.c: calls are put in by the
 * test, what they were answered is kept for it. There is one; fake_listener_reset() empties it.
 */
#pragma once

#include <sys/stat.h>

#include "enforcer/notify/listener.h"

#define FAKE_CALLS_MAX   4096
#define FAKE_ANSWERS_MAX 4096

enum fake_answer_kind {
	FAKE_NOTHING = 0,
	FAKE_ERROR,
	FAKE_VALUE,
	FAKE_CONTINUE,
	FAKE_FD,
};

struct fake_answer {
	uint64_t cookie;
	enum fake_answer_kind kind;
	int64_t value;     /* a positive errno, a value, a descriptor's number */
	struct stat st;    /* FD: of what was handed over */
	int flags;         /* FD: F_GETFL */
	unsigned fd_flags; /* FD: O_CLOEXEC or 0 */
	bool after_fault;  /* a fault was injected before this answer */
};

struct fake_listener {
	struct seccomp_notif calls[FAKE_CALLS_MAX];
	size_t n_calls, next;
	struct fake_answer answers[FAKE_ANSWERS_MAX];
	size_t n_answers;
	size_t attempts; /* answers that were tried, those to a dead target too */
	bool dead;       /* the target is gone: ENOENT */
	bool hung_up;    /* no thread is left */
	int give_error;  /* ADDFD fails with this negative errno */
	int give_number; /* the next descriptor's number in the target */
	bool faulted;    /* set by whoever injects one */
	/* Called before each answer is given; NULL: nobody. */
	void (*before_answer)(void);
};

extern struct fake_listener fake_listener;

void fake_listener_reset(void);
/* The answer of a call, or NULL; fails the program where there are two. */
const struct fake_answer *fake_answer_of(uint64_t cookie);
size_t fake_answers_of(uint64_t cookie);
