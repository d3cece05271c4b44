/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The recorded calls of runs judged again, by another policy or by their own. PURE: the same
 * records and the same policy give the same result. What cannot be judged again is counted by its
 * reason, never dropped.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "enforcer/base/cleanup.h"
#include "enforcer/policy/policy.h"
#include "enforcer/records/entry.h"
#include "enforcer/records/prompts.h"
#include "enforcer/records/table.h"

/* Why a call cannot be judged again. */
enum replay_unknown {
	REPLAY_KNOWN = 0,
	REPLAY_FAILED_BY_ITSELF, /* before anybody judged: no such file */
	REPLAY_RULE_ZERO,        /* callgate's own files: no policy's to allow */
	REPLAY_WALL,             /* the sandbox had no way there */
	REPLAY_FAULT,            /* callgate could not read, perform or record it */
	REPLAY_HOOK,             /* a hook may have had another opinion than the rules */
	REPLAY_CUT,              /* the record holds only a part of it */
	REPLAY_REDACTED,
	REPLAY_MOVE, /* whether what moved was a link is not on record, and would matter */
};
#define REPLAY_UNKNOWN_COUNT (REPLAY_MOVE + 1)
const char *replay_unknown_name(enum replay_unknown why); /* for people */
const char *replay_unknown_key(enum replay_unknown why);  /* "wall": for programs */

#define REPLAY_CHANGES_MAX 100000 /* different ones; more are counted */

/* Calls that are judged otherwise, merged by program's name, verb, object and rules. */
struct replay_change {
	uint64_t n;
	enum verdict was, is; /* what the policies said; ask, whoever answered */
	enum verb verb;
	char *program, *name; /* owned */
	char *was_by, *is_by; /* a rule, or "otherwise"; owned */
};

struct replay_counts {
	uint64_t calls, judged;
	uint64_t unknown[REPLAY_UNKNOWN_COUNT];
	uint64_t matrix[3][3];  /* [was][is], by enum verdict */
	uint64_t rules_differ;  /* the same verdict by another rule */
	uint64_t newly_through; /* refused then, allowed now */
	uint64_t prompts_then;  /* questions put to a person in the recorded runs */
	/* Under the policy now, where each answer is as the recorded one to the same question, and
	 * otherwise for once. */
	struct prompts_counts now;
	uint64_t changes_beyond;
};

struct replay;

/* think_ns: how long a person takes to answer where the record does not say. */
int replay_new(uint64_t think_ns, struct replay **ret_replay);
struct replay *replay_free(struct replay *replay);
DEFINE_CLEANUP(struct replay *, replay_free)

/* A new run begins: answers to the last one's questions are forgotten. */
int replay_begin(struct replay *replay);
/* Behind it, and again where the run's policy changed: policy is borrowed until the next one. own:
 * it is the run's. hooks: the run's own had some. */
void replay_judge_by(struct replay *replay, const struct policy *policy, bool own, bool hooks);
/* Judges a call or a question again, and learns from answers and grants. 0 or -ENOMEM. */
int replay_add(struct replay *replay, const struct entry *entry);

const struct replay_counts *replay_counts(const struct replay *replay);
/* Values are struct replay_change; in order of first sight. */
const struct table *replay_changes(const struct replay *replay);
