/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Questions that wait for an answer. Each is answered exactly once, at the latest at its deadline,
 * or withdrawn; identical ones are merged; there are at most APPROVALS_PENDING_MAX, and more are
 * denied. What could not be asked gets the policy's answer for nobody being there.
 *
 * Not here: how a person is asked (struct prompter), the clock (now: monotonic nanoseconds).
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "enforcer/base/buffer.h"
#include "enforcer/base/cleanup.h"
#include "enforcer/policy/decision.h"

#define APPROVALS_PENDING_MAX 32

struct approvals;
struct loop;

/* Embedded in what waits. */
struct waiter {
	/* Called once; the waiter is free again then. answer is valid during the call. */
	void (*answered)(struct waiter *waiter, const struct decision *answer);
	struct question *question; /* NULL: not waiting */
	struct waiter *previous, *next;
};

/* Zero is no. */
enum answer {
	ANSWER_DENY = 0,
	ANSWER_DENY_FOR_RUN,
	ANSWER_ALLOW_ONCE,
	ANSWER_ALLOW_FOR_RUN,
};

struct question {
	uint64_t id; /* from 1, never used again */
	uint64_t deadline;
	struct buffer text;  /* lines for the person, escaped */
	struct buffer scope; /* what an answer for this run covers, escaped */
	bool whole;          /* text shows everything; else it cannot be allowed for this run */
	bool remembered;     /* an answer for this run is possible */
	unsigned n_waiters;
	/* The rest is pending.c's own. */
	struct buffer key;
	enum mediated call;
	struct decision decision;
	struct waiter *waiters;
	struct question *next;
	bool settling;
};

/* Somebody who asks a person, one question at a time. */
struct prompter {
	/* 0: on the screen, approvals_answer() follows. -EAGAIN: not now, approvals_show() follows.
	 * Else nobody is there any more. question: borrowed until hide. */
	int (*show)(struct prompter *prompter, const struct question *question, uint64_t now);
	/* how: what became of it, for the person. */
	void (*hide)(struct prompter *prompter, const char *how);
};

struct approvals_config {
	struct loop *loop;         /* for deadlines; NULL: the owner calls approvals_expire() */
	struct prompter *prompter; /* borrowed; NULL: unattended */
	uint64_t timeout_ns;
	enum verdict unattended; /* VERDICT_ALLOW, or denied */
};

int approvals_new(const struct approvals_config *config, struct approvals **ret_approvals);
/* What still waits is denied. */
struct approvals *approvals_free(struct approvals *approvals);
DEFINE_CLEANUP(struct approvals *, approvals_free)

/* request: borrowed for the call only; decision: its rule is borrowed until the answer.
 * waiter->answered may be called before this returns. */
void approval_ask(struct approvals *approvals, const struct request *request,
		  const struct decision *decision, struct waiter *waiter, uint64_t now);
/* The target is gone, or does not want it any more. No call follows. Does nothing where waiter does
 * not wait. */
void approval_withdraw(struct approvals *approvals, struct waiter *waiter, uint64_t now);

/* The person's answer to the question on the screen; nothing where its id is another. */
void approvals_answer(struct approvals *approvals, uint64_t id, enum answer answer, uint64_t now);
/* Shows the oldest question if none is on the screen. */
void approvals_show(struct approvals *approvals, uint64_t now);
/* What was on the screen is there no more, and waits again. */
void approvals_unshow(struct approvals *approvals);
/* The person is gone: all questions get the unattended answer, and so do those to come. */
void approvals_unattended(struct approvals *approvals);
/* Answers what is overdue. */
void approvals_expire(struct approvals *approvals, uint64_t now);
size_t approvals_count(const struct approvals *approvals);
