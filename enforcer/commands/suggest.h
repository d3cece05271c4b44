/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of `callgate suggest` have in common. */
#pragma once

#include <stdbool.h>
#include <stdio.h>

#include "enforcer/commands/record-options.h"
#include "enforcer/records/suggestions.h"

struct suggest_options {
	struct record_options records;
	const char *output, *apply, *least_text, *think;
	bool json;
	uint64_t least, think_ns;
};

struct suggesting {
	struct suggest_options options;
	struct failure *reterr;
	char *file; /* the policy that rules would go to, absolute; owned */
	char *text; /* what stands there; owned; NULL: nothing */
	size_t text_len;
	struct trial_place place;
	struct trial *trial;
	struct evidences evidences;
	struct candidates candidates;
	struct suggestions suggestions;
	/* While records are read, and then of the newest run: */
	struct recorded_policy *recorded;
	struct policy *policy; /* with the text in its place */
	struct stores *stores;
	struct refusals *refusals;
	struct table lookups; /* what this machine said of names */
	uint64_t n_runs, prompts_then;
	bool *chosen; /* of the suggestions; owned */
	size_t n_applied;
};

/* What a name stood for, when it was asked for first. */
struct suggest_lookup {
	bool done;
	int error;
	char *to; /* owned */
	uint64_t dev, ino;
};

/* suggest-machine.c: as struct trial_place has them; userdata is the suggesting. */
int suggest_canonical(void *userdata, const char *path, char *ret);
int suggest_program(void *userdata, const char *name, char *ret_path, uint64_t *ret_dev,
		    uint64_t *ret_ino);
void suggest_lookups_done(struct table *lookups);

/* suggest-reach.c: as struct suggestions_config has it. */
int suggest_reach(void *userdata, const struct candidate *candidate, const struct trial_text *with,
		  struct suggested_reach *ret_reach, struct failure *reterr);

/* suggest-apply.c: which of them the person named; asks where that is "ask". 0, or a negative errno
 * with words (-EINVAL: the option is wrong). */
int suggest_choose(struct suggesting *suggesting);
/* Writes the chosen ones, all or none. */
int suggest_apply(struct suggesting *suggesting);
/* The rules of one, with the day as their reason. */
int suggest_rules(const struct suggesting *suggesting, const struct suggestion *suggestion,
		  struct buffer *ret_rules);

/* suggest-print.c */
void suggest_print_one(const struct suggesting *suggesting, size_t i, FILE *to);
void suggest_print_text(const struct suggesting *suggesting, FILE *to);
int suggest_print_json(const struct suggesting *suggesting, FILE *to);

struct suggestions_config suggest_config(struct suggesting *suggesting);
