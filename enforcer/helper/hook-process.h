/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A program of a hook that has been started, and the calls that it has been given: one, or one
 * after the other where it is kept alive. In the runner's process only: it may block there, but
 * never for longer than a poll. Private to helper/.
 */
#pragma once

#include <poll.h>
#include <sys/types.h>

#include "enforcer/base/buffer.h"
#include "enforcer/helper/hooks.h"

#define HOOK_SAID_MAX      65536 /* of an answer */
#define HOOK_COMPLAINT_MAX 4096  /* of standard error; the rest is dropped */
#define PROCESS_POLLS      4

/* One call of a hook. */
struct job {
	struct job *next;
	uint64_t id;
	uint32_t hook;
	uint64_t deadline_ns; /* once it was given to a process */
	bool held;            /* it is told when the one before it was answered */
	size_t len;
	char line[]; /* with its newline */
};

struct process {
	struct process *next;
	const struct policy_hook *hook;
	uint32_t number;
	pid_t pid;
	int pidfd, in, out, err;
	struct buffer to, said, complaint;
	struct job *jobs; /* in flight, oldest first; owned */
	uint64_t last_ns; /* no more calls come: when it is ended; 0: some may */
	bool doomed;      /* killed: whatever it says does not count */
	/* Its answers name their calls. Until one does it is told one call at a time, so that a
	 * line too many is seen before it answers the next. */
	bool names_calls;
};

/* The owner of the answers. answer: its id and hook are filled. */
typedef void (*process_answered)(void *userdata, const struct hook_answer *answer);

/* 0 or a negative errno. */
int process_start(const struct policy_hook *hook, uint32_t number, struct process **ret_process);
struct process *process_free(struct process *process);

/* job: taken. */
void process_give(struct process *process, struct job *job, uint64_t now);
/* No more calls will come. */
void process_close_input(struct process *process);

size_t process_polls(const struct process *process, struct pollfd ret_polls[PROCESS_POLLS]);
/* When the oldest job, or the end, is overdue; UINT64_MAX: never. */
uint64_t process_deadline(const struct process *process);

struct process_events {
	const struct pollfd *polls;
	size_t n;
	uint64_t now;
	process_answered answered;
	void *userdata;
};
/* Reads, writes, answers. False where it has ended, and all its jobs are answered. */
bool process_step(struct process *process, const struct process_events *events);
