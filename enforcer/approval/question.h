/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a question asks: words for a person, a key that tells whether two questions are the same,
 * and what could be answered. PURE. Everything that came from the agent is escaped here; what does
 * not fit on a screen is cut, and then `whole` is false: nobody shall allow for good what was not
 * shown.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "enforcer/approval/answer.h"
#include "enforcer/base/buffer.h"
#include "enforcer/policy/decision.h"

/* Of escaped text, of one object and of an argument vector. */
#define QUESTION_OBJECT_MAX 1024
#define QUESTION_ARGV_MAX   1536
#define QUESTION_KEY_MAX    65536

#define QUESTION_ANCESTRY_MAX 8
#define QUESTION_PARTS_MAX    (REQUEST_OBJECTS_MAX * VERB_COUNT)

/* One verb on one object that the policy asks about, and the rule by which. */
struct asked_part {
	size_t object; /* index into request->objects */
	enum verb verb;
	const struct rule_info *rule; /* NULL: "otherwise" */
};

/* A process on the way from the agent to whoever asks. */
struct question_process {
	pid_t pid;     /* in the enforcer's pid namespace */
	char name[64]; /* of its program, escaped */
};

struct question_object {
	unsigned verbs;
	enum object_kind kind;
	struct buffer text; /* as the question shows it, escaped */
};

/* A question as everybody may read it, until it is closed. Times are monotonic nanoseconds. */
struct grant;
struct waiter;

struct question {
	uint64_t id; /* from 1, never used again in this run */
	uint64_t created, deadline;
	pid_t pid;
	enum mediated call;
	struct decision decision; /* who asks: its rule (id, layer, reason, file, line), or NULL */
	unsigned n_waiters;       /* threads that wait for the answer */

	struct buffer text;    /* all of it, lines for the person, escaped */
	struct buffer program; /* path of the asking program, escaped */
	struct buffer argv;    /* exec: each in quotes, escaped; else empty */
	struct question_object objects[REQUEST_OBJECTS_MAX];
	size_t n_objects;
	/* From whoever asks up; the agent is the last. */
	struct question_process ancestry[QUESTION_ANCESTRY_MAX];
	size_t n_ancestry;

	bool whole; /* text shows everything; else it cannot be allowed for longer than once */
	/* The scopes that may be answered, a bit each (1 << SCOPE_TREE), for each verdict and how
	 * long it lasts; ANSWER_ONCE has none but SCOPE_SAME. question_offers() reads them. */
	unsigned allows[ANSWER_LASTS_COUNT], denies[ANSWER_LASTS_COUNT];
	struct buffer scopes[SCOPE_COUNT]; /* what each would cover, escaped; empty: not offered */

	/* The rest is approval's own. */
	struct request request; /* a copy */
	struct asked_part parts[QUESTION_PARTS_MAX];
	size_t n_parts;
	struct buffer key;
	struct grant *reaches[SCOPE_COUNT]; /* the grant that each scope would make; owned */
	struct waiter *waiters;
	uint64_t lingers_until; /* nobody waits since a signal; 0: somebody does */
	struct question *next;
	bool settling;
};

static inline bool question_offers(const struct question *question, const struct answer *answer)
{
	const unsigned *scopes =
		answer->verdict == VERDICT_ALLOW ? question->allows : question->denies;

	return scopes[answer->lasts] & 1u << answer->scope;
}

/*
 * Appends the key: program, verbs and objects, the rule that asks, and for exec the argument
 * vector. Appends nothing where the request cannot be told in full (an argument vector that was
 * cut, or over QUESTION_KEY_MAX): such a question is like no other.
 */
void question_append_key(struct buffer *ret_key, const struct request *request,
			 const struct decision *decision);

/* Lines of text, each ended by a newline: who wants what, and which rule asks. */
void question_append_text(struct buffer *ret_text, const struct request *request,
			  const struct decision *decision, bool *ret_whole);

/* Fills the question's program, argv and objects from its request. 0 or -ENOMEM. */
int question_describe(struct question *question);

/* "/usr/bin/cat asked to read /w/file", escaped. Given; NULL: no memory. */
char *question_brief(const struct question *question);

/* What an answer of SCOPE_SAME covers, without a newline: "each exec of ... by ...". */
void question_append_scope(struct buffer *ret_text, const struct request *request);
