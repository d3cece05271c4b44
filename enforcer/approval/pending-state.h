/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the pending questions share. Only they include it. */
#pragma once

#include "enforcer/approval/pacing.h"
#include "enforcer/approval/pending.h"
#include "enforcer/approval/reach.h"
#include "enforcer/loop/loop.h"

struct approvals {
	struct approvals_config config;
	struct grants *grants;
	struct question *questions; /* oldest first */
	const struct question *shown;
	struct approvals_observer *observers;
	size_t n_questions, n_waiters;
	unsigned attending;
	uint64_t last_id;
	struct token_bucket bucket;
	struct cooling cooling;
	struct loop_source timer;
	uint64_t rings_at; /* where the timer is armed */
};

/* Given. NULL: no memory. */
struct question *question_new(const struct approvals *approvals, const struct request *request,
			      const struct decision *decision, struct buffer *key);
struct question *question_free(struct question *question);
DEFINE_CLEANUP(struct question *, question_free)

/* The parts that the policy asks about, QUESTION_PARTS_MAX at most. */
size_t approvals_judge(const struct approvals *approvals, const struct request *request,
		       const struct decision *decision, struct asked_part *ret_parts);
/* Takes the question out, tells everybody, answers its waiters, frees it. */
void approvals_settle(struct approvals *approvals, struct question *question,
		      const struct closing *closing);
void approvals_settle_all(struct approvals *approvals, enum closed_how how, const char *reason);
void approvals_tell_opened(struct approvals *approvals, const struct question *question);
void approvals_tell_changed(struct approvals *approvals, const struct question *question);
void approvals_tell_closed(struct approvals *approvals, const struct question *question,
			   const struct closing *closing);
/* Answers what the grants answer by now. */
void approvals_sweep(struct approvals *approvals);
/* Sees to it that the timer rings in time. */
void approvals_arm(struct approvals *approvals, uint64_t now);
/* Ends grants whose time is over. */
void approvals_expire_grants(struct approvals *approvals, uint64_t now);
