/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Questions that wait for an answer. Each is answered exactly once, at the latest at its deadline,
 * or withdrawn; identical ones are merged; there are at most APPROVALS_PENDING_MAX, new ones come
 * at most as fast as APPROVALS_BURST and APPROVALS_REFILL_NS let them, and more are denied. What
 * could not be asked gets the policy's answer for nobody being there.
 *
 * Answers come from anywhere: a terminal (struct prompter, which is shown one question at a time),
 * or by id from whoever attends (the control socket, a hook). The first one counts.
 *
 * Not here: how a person is asked, the clock (now: monotonic nanoseconds), the policy (judge).
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "enforcer/approval/answer.h"
#include "enforcer/approval/grants.h"
#include "enforcer/approval/question.h"
#include "enforcer/base/cleanup.h"
#include "enforcer/base/error.h"
#include "enforcer/policy/decision.h"

#define APPROVALS_PENDING_MAX 32
/* A token bucket for new questions, beyond which they are denied as a flood. */
#define APPROVALS_BURST     40
#define APPROVALS_REFILL_NS 1000000000u
/* What was denied once is denied for so long without asking again: retry loops. */
#define APPROVALS_COOL_NS 5000000000u
/* A call that a signal interrupted may be restarted: so long its question stays, to be joined. */
#define APPROVALS_LINGER_NS 300000000u
/* Calls that wait, for all questions together. */
#define APPROVALS_WAITERS_MAX 1024

struct approvals;
struct loop;

/* Embedded in what waits. */
struct waiter {
	/* Called once; the waiter is free again then. answer is valid during the call. */
	void (*answered)(struct waiter *waiter, const struct decision *answer);
	struct question *question; /* NULL: not waiting */
	struct waiter *previous, *next;
};

/* Somebody who asks a person, one question at a time. */
struct prompter {
	/* 0: on the screen, approvals_answer() follows. -EAGAIN: not now, approvals_show() follows.
	 * Else nobody is there any more. question: borrowed until hide. */
	int (*show)(struct prompter *prompter, const struct question *question, uint64_t now);
	/* how: what became of it, for the person. */
	void (*hide)(struct prompter *prompter, const char *how);
};

enum closed_how {
	CLOSED_ANSWERED = 0,
	CLOSED_EXPIRED,    /* nobody answered in time: the policy's unattended answer */
	CLOSED_UNATTENDED, /* whoever could answer went: likewise */
	CLOSED_WITHDRAWN,  /* the targets died or were interrupted: no answer */
	CLOSED_ENDED,      /* the run has ended: denied */
};

/* What became of a question; valid during the call. */
struct closing {
	enum closed_how how;
	const struct decision *decision; /* NULL where withdrawn */
	const struct answer *answer;     /* where answered */
	const struct grant *grant;       /* that the answer made, or that is the answer; or NULL */
	const char *text;                /* for a person: "allowed for this run", "withdrawn" */
};

/* Everything that happens, to whoever looks on. Each may be NULL. None of them may answer, ask or
 * revoke from within the call: defer it. */
struct approvals_observer {
	void (*opened)(struct approvals_observer *observer, const struct question *question);
	/* Another target joined or left: n_waiters. */
	void (*changed)(struct approvals_observer *observer, const struct question *question);
	void (*closed)(struct approvals_observer *observer, const struct question *question,
		       const struct closing *closing);
	void (*granted)(struct approvals_observer *observer, const struct grant *grant);
	/* how: "revoked", "expired", "the policy has changed". */
	void (*revoked)(struct approvals_observer *observer, const struct grant *grant,
			const char *how);
	/* ANSWER_ALWAYS: the rule stands in the user's policy (error 0), or could not be written,
	 * and the grant holds for this run only. text: where, or why not; for a person. */
	void (*kept)(struct approvals_observer *observer, const struct grant *grant, int error,
		     const char *text);
	struct approvals_observer *next; /* approvals' own */
};

enum attendance {
	ATTENDED_BY_WHOEVER_COMES = 0, /* a prompter, or approvals_attend() */
	ATTENDED_ALWAYS,               /* wait for `callgate allow`, whoever is there now */
	ATTENDED_NEVER,                /* the policy's unattended answer at once */
};

struct approvals_config {
	struct loop *loop;         /* for deadlines; NULL: the owner calls approvals_expire() */
	struct prompter *prompter; /* borrowed; NULL: no terminal */
	enum attendance attendance;
	uint64_t timeout_ns;
	enum verdict unattended; /* VERDICT_ALLOW, or denied */
	/*
	 * The parts of the request that the policy asks about, at most max; their number. What it
	 * denies, or more than max: 0, and then no grant but SCOPE_SAME answers. NULL: the
	 * decision alone.
	 */
	size_t (*judge)(void *userdata, const struct request *request, struct asked_part *ret_parts,
			size_t max);
	/* Who started whom, from the asking process up; the number of steps. May be NULL. */
	size_t (*ancestry)(void *userdata, pid_t pid, struct question_process *ret_steps,
			   size_t max);
	/* True where the grant that an answer to this would make can be a rule in the user's policy
	 * that holds for nothing else than the rules of the parts would ask about. NULL: each. */
	bool (*keepable)(void *userdata, const struct request *request,
			 const struct asked_part *parts, size_t n_parts, const struct grant *grant);
	/*
	 * ANSWER_ALWAYS: writes the grant as a rule into the user's policy; approvals_kept() tells
	 * how it went. 0, or a negative errno. NULL: not offered.
	 */
	int (*keep)(void *userdata, const struct grant *grant);
	void *userdata;
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
/* As approval_withdraw(), for a target that a signal interrupts: its call may come again at once
 * (SA_RESTART), and then it is the same question, on the same screen and with the same deadline. */
void approval_interrupt(struct approvals *approvals, struct waiter *waiter, uint64_t now);

/*
 * Somebody's answer to any question, on a screen or not. answer: borrowed for the call.
 * 0; -ENOENT: there is no such question, or no longer; -EPERM: this was not offered (question's
 * offers), with reterr. On an error the question still waits.
 */
int approvals_answer(struct approvals *approvals, uint64_t id, const struct answer *answer,
		     uint64_t now, struct failure *reterr);
/* NULL where there is none (any more). Borrowed until the loop turns or something is answered. */
const struct question *approvals_find(const struct approvals *approvals, uint64_t id);
/* Oldest first. visit: false to stop; it may not answer, ask or withdraw. */
void approvals_each(const struct approvals *approvals,
		    bool (*visit)(void *userdata, const struct question *question), void *userdata);
size_t approvals_count(const struct approvals *approvals);

/* Borrowed until they are taken out. */
void approvals_observe(struct approvals *approvals, struct approvals_observer *observer);
void approvals_unobserve(struct approvals *approvals, struct approvals_observer *observer);

/*
 * Somebody who can answer by id has come (a control client that subscribed) or has gone. With the
 * last one gone, and no prompter, what waits gets the unattended answer.
 */
void approvals_attend(struct approvals *approvals);
void approvals_unattend(struct approvals *approvals, uint64_t now);
/* True where a question would wait for somebody. */
bool approvals_attended(const struct approvals *approvals);

/* Shows the oldest question if none is on the screen. */
void approvals_show(struct approvals *approvals, uint64_t now);
/* What was on the screen is there no more, and waits again. */
void approvals_unshow(struct approvals *approvals);
/* The prompter's person is gone: it is asked no more; see approvals_unattend(). */
void approvals_prompter_gone(struct approvals *approvals, uint64_t now);
/* Answers what is overdue, ends grants that are. */
void approvals_expire(struct approvals *approvals, uint64_t now);

/*
 * A grant that nobody was asked about. wanted: as grants.h has it. 0 with its id; -EPERM: the
 * policy does not ask there (it allows, or it denies, which no grant can undo); -EINVAL: that scope
 * does not go with it; -ENOSPC: GRANTS_MAX; each with reterr.
 */
int approvals_grant(struct approvals *approvals, const struct grant_wanted *wanted, uint64_t now,
		    uint64_t *ret_id, struct failure *reterr);
/* The next call asks again. 0 or -ENOENT. */
int approvals_revoke(struct approvals *approvals, uint64_t id, uint64_t now);
/*
 * Another policy holds. rule: how a rule of the old one (by its id) is called in the new one, or
 * NULL where it is gone; then the grants of its questions are gone too.
 */
void approvals_policy_changed(struct approvals *approvals,
			      const char *(*rule)(void *userdata, const char *id), void *userdata,
			      uint64_t now);
/* For lists: grants_each(), grants_find_id(). */
const struct grants *approvals_grants(const struct approvals *approvals);
/* How config->keep ended for the grant; text: see struct approvals_observer. */
void approvals_kept(struct approvals *approvals, uint64_t grant, int error, const char *text);
