/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How many prompts a recorded run would cost under some policy, as approval would put them: the
 * same question again while it waits is none, nor what an answer covers that is remembered, by its
 * scope and for as long as it lasted then. PURE.
 *
 * The record has what happened then. Its questions, answers and grants stand in the order in which
 * they came about, but a call stands where it ended: when it began is told by how long it took.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "enforcer/base/cleanup.h"
#include "enforcer/policy/policy.h"
#include "enforcer/records/entry.h"

struct prompts_counts {
	/* Prompts; calls that an answer given before, a question still open, or a denial of a
	 * moment ago answered without one; calls that were too many to be asked about then. */
	uint64_t prompts, granted, merged, cooled, flooded;
	uint64_t different; /* questions that differ */
	/* Calls that a grant answered then and none would now, or the other way round. */
	uint64_t grants_differ;
};

struct prompts;

/* think_ns: how long a person takes to answer where the record does not say. counts: counted into;
 * borrowed. */
int prompts_new(uint64_t think_ns, struct prompts_counts *counts, struct prompts **ret_prompts);
struct prompts *prompts_free(struct prompts *prompts);
DEFINE_CLEANUP(struct prompts *, prompts_free)

/* A new run begins: answers to the last one's questions are forgotten. */
int prompts_begin(struct prompts *prompts);
/* Another policy holds from here on; borrowed until the next one. own: the run's. */
void prompts_judge_by(struct prompts *prompts, const struct policy *policy, bool own);

/* A question of the record, or a call, that the policy asks about. 0 or -ENOMEM. */
int prompts_question(struct prompts *prompts, const struct entry *entry,
		     const struct decision *decision);
int prompts_call(struct prompts *prompts, const struct entry *entry,
		 const struct decision *decision);
/* What came of them then. 0 or -ENOMEM. */
int prompts_grant(struct prompts *prompts, const struct entry *entry);
int prompts_answer(struct prompts *prompts, const struct entry *entry);
void prompts_revoke(struct prompts *prompts, const struct entry *entry);
