/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Answers of a moment ago. A program tries a host by both families of address, and again when the
 * first does not come: what a person said once holds for that one attempt, and it is the same
 * process and the same host and port within a few seconds. PURE.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "enforcer/policy/decision.h"

#define RECENT_MAX     32
#define RECENT_KEY_MAX 1024
#define RECENT_NS      10000000000u

/* Whose question, and which: of question_append_key(). */
struct recent_question {
	pid_t pid;
	const void *key;
	size_t len;
};

struct recent_answer {
	uint64_t until_ns;
	pid_t pid;
	size_t len;
	enum verdict verdict;
	enum decided_by by;
	char key[RECENT_KEY_MAX];
};

struct recent {
	struct recent_answer items[RECENT_MAX];
	size_t next;
};

/* A key that is too long is not remembered. */
void recent_add(struct recent *recent, const struct recent_question *question,
		const struct decision *answer, uint64_t now);
/* True, with verdict, by and reason set in decision, where there is one. */
bool recent_find(const struct recent *recent, const struct recent_question *question, uint64_t now,
		 struct decision *decision);
