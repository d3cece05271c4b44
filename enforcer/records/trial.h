/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Recorded runs replayed again and again, each time under another text of the person's policy: what
 * the questions hang on is kept in memory, all else of the record was read once.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "enforcer/base/cleanup.h"
#include "enforcer/base/error.h"
#include "enforcer/records/entry.h"
#include "enforcer/records/recorded-policy.h"
#include "enforcer/records/replay.h"

#define TRIAL_KEPT_MAX 50000 /* calls that were asked about, questions, answers, heads of runs */

/* Where the text stands. Strings are borrowed. */
struct trial_place {
	enum layer layer;
	bool replaces;    /* the recorded text of that layer makes room for it */
	const char *file; /* for messages */
	uint64_t think_ns;
	/* As in struct recorded_instead. */
	int (*canonical)(void *userdata, const char *path, char *ret);
	int (*program)(void *userdata, const char *name, char *ret_path, uint64_t *ret_dev,
		       uint64_t *ret_ino);
	void *userdata;
};

/* A text of the policy; text NULL: there is none. Borrowed. */
struct trial_text {
	const char *text;
	size_t len;
};

struct trial;

int trial_new(const struct trial_place *place, struct trial **ret_trial);
struct trial *trial_free(struct trial *trial);
DEFINE_CLEANUP(struct trial *, trial_free)

/*
 * Reading: each entry in its order. relevant: a question may hang on it; heads of runs are kept
 * with the first that is. refused: somebody said no to it, and the policy does not allow it.
 * -E2BIG with words over TRIAL_KEPT_MAX.
 */
struct trial_line {
	const struct entry *entry;
	const char *line;
	size_t len;
	bool relevant, refused;
};
int trial_keep(struct trial *trial, const struct trial_line *line, struct failure *reterr);
/* The kept question of this number, of the run that is being read, was answered no. */
void trial_refuse_question(struct trial *trial, uint64_t question);

/* The policy of the run at whose facts recorded stands, with text in its place. */
int trial_build(const struct trial *trial, struct recorded_policy *recorded,
		const struct trial_text *text, struct policy **ret_policy, struct failure *reterr);

struct trial_outcome {
	struct replay_counts counts;
	uint64_t refused_opened; /* calls that somebody said no to, and that it allows */
};
int trial_run(const struct trial *trial, const struct trial_text *text,
	      struct trial_outcome *ret_outcome, struct failure *reterr);

/* Each of the different policies of the runs, where it holds; a result other than 0 ends it and is
 * returned. */
int trial_each_policy(const struct trial *trial,
		      int (*visit)(void *userdata, struct recorded_policy *recorded),
		      void *userdata);
