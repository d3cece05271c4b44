/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rules that would have saved prompts, the most saving first, each proved by replaying the runs
 * under the person's policy with it. A candidate is no suggestion where
 *
 *   - it would let through one single call that somebody ever said no to, or covers what a denial
 *     for more than once did,
 *   - a rule behind it denies some of what it covers,
 *   - it covers a key store or what runs later outside, by a path of its own,
 *   - it covers far more of what is there than what speaks for it,
 *   - it saves less than `least` prompts beyond those before it.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "enforcer/base/error.h"
#include "enforcer/records/generalise.h"
#include "enforcer/records/refusals.h"
#include "enforcer/records/stores.h"
#include "enforcer/records/trial.h"

#define SUGGESTIONS_CANDIDATES_MAX 400 /* the most approved ones; more are counted */
/* What a rule may open that nobody was asked about, for each thing that speaks for it. */
#define SUGGESTIONS_REACH_MAX 50

#define REACH_EXAMPLES_MAX 5

/* What a rule opens on this machine that the evidence never touched. Strings are owned. */
struct suggested_reach {
	uint64_t files, directories; /* regular files and all else; directories */
	uint64_t doubtful;           /* of them, called as if they held secrets */
	uint64_t kept;               /* in it, called as keys and secrets are: not opened */
	bool more;                   /* there was too much to look at: at least so many */
	bool counted;                /* it can be counted at all */
	char *examples[REACH_EXAMPLES_MAX];
	char *doubtful_examples[REACH_EXAMPLES_MAX];
	char *kept_examples[REACH_EXAMPLES_MAX];
};

struct suggestion {
	const struct candidate *candidate; /* borrowed from the candidates */
	uint64_t saves;                    /* prompts, by itself */
	uint64_t saves_more;               /* beyond those before it */
	struct suggested_reach reach;
};

struct suggestions_config {
	const struct trial *trial;
	const struct trial_place *place;
	struct trial_text text; /* the person's policy as it is */
	const struct candidates *candidates;
	const struct stores *stores;
	const struct refusals *refusals;
	const char *home;              /* of the newest run */
	const char *const *workspaces; /* likewise */
	uint64_t least;
	/* with: the policy with the candidate. 0 or a negative errno with words. */
	int (*reach)(void *userdata, const struct candidate *candidate,
		     const struct trial_text *with, struct suggested_reach *ret_reach,
		     struct failure *reterr);
	void *userdata;
};

struct suggestions {
	struct suggestion *items; /* owned */
	size_t n;
	uint64_t calls, prompts; /* of the runs, under the policy as it is */
	uint64_t prompts_left;   /* with all of them */
	/* Candidates that are none, by why. */
	uint64_t refused, denied, stores, wide, invalid, beyond;
};

int suggestions_find(const struct suggestions_config *config, struct suggestions *ret_suggestions,
		     struct failure *reterr);
void suggestions_done(struct suggestions *suggestions);
void suggested_reach_done(struct suggested_reach *reach);

/* The person's policy with some of them, in their order; chosen NULL: all. ret_text is appended
 * to. 0 or a negative errno with words. */
int suggestions_insert(const struct suggestions_config *config,
		       const struct suggestions *suggestions, const bool *chosen,
		       struct buffer *ret_text, struct failure *reterr);
