/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The policy of a run, read again while it runs. The helper finds, reads and checks the files, and
 * looks up what their names stand for; what it hands over are the lines that the record tells of a
 * policy, of which the enforcer makes the same policy again without asking the machine for
 * anything. See docs/decisions/0016-reload.md.
 *
 * It holds from the next call on. What waits for an answer is judged again, and what is connected
 * to where the policy now denies is cut. The wall stays as it was made, and so do the hooks.
 *
 * Rules can be added to the run as well, and taken back: they are one more layer, behind the guards
 * and before the command line's, the newest first.
 */
#pragma once

#include <jansson.h>
#include <stdatomic.h>
#include <stdint.h>

#include "enforcer/base/cleanup.h"
#include "enforcer/base/error.h"

struct config;
struct config_options;
struct helper_answer;
struct reloads;
struct rule_zero;
struct supervisor;

enum reload_kind {
	RELOAD_READ = 0,
	RELOAD_FOLLOW, /* a file has changed: nobody waits for what comes of it */
	RELOAD_ADD,
	RELOAD_REMOVE,
};

struct reload_wanted {
	enum reload_kind kind;
	const char *rule; /* ADD: JSON, one object */
	uint64_t id;      /* REMOVE */
	/* What came of it, once; may be NULL. outcome: borrowed; NULL where it failed, with error
	 * and failure. At the run's end: -ECANCELED. */
	void (*done)(void *userdata, json_t *outcome, int error, const struct failure *failure);
	void *userdata;
};

/* supervisor: borrowed; its rule zero gets what a policy is made of later on. */
int reloads_new(struct supervisor *supervisor, struct rule_zero *zero,
		struct reloads **ret_reloads);
/* Policies that were replaced are freed here: rules of theirs are borrowed until the run's end. */
struct reloads *reloads_free(struct reloads *reloads);
DEFINE_CLEANUP(struct reloads *, reloads_free)

/* One after the other. 0: done() follows; or a negative errno with words: -EINVAL where the rule is
 * no JSON, -ENOENT, -EDQUOT, -EBUSY. */
int reload_begin(struct reloads *reloads, const struct reload_wanted *wanted,
		 struct failure *reterr);
/* The helper has answered; its descriptor is taken. The old policy stays where the new one is
 * wrong. */
void reload_loaded(struct supervisor *supervisor, const struct helper_answer *answer);
/* The helper says that a file has changed, is gone, or cannot be followed. */
void reload_changed(struct supervisor *supervisor, const struct helper_answer *answer);
/* The rules that were added, the newest first: each "id", "rule". NULL: no memory. */
json_t *reload_list_added(const struct reloads *reloads);

/* ---- the helper's half, for struct helper_duties */

struct reload_source {
	const struct config_options *options;
	const char *run;             /* its id */
	const struct config *config; /* of the start */
	atomic_uint *loads;          /* counts them; lives as long as the helper */
};
int reload_load(const void *source, const char *added, int *ret_fd, struct failure *reterr);
