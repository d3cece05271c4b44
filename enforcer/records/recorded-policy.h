/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The policy by which a recorded run was judged, made again from its record; or with parts of it
 * replaced. Nothing of this machine is asked but what a replacement names for the first time.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "enforcer/base/cleanup.h"
#include "enforcer/base/error.h"
#include "enforcer/policy/policy.h"
#include "enforcer/records/entry.h"

struct recorded_policy;

struct recorded_policy *recorded_policy_new(void);
struct recorded_policy *recorded_policy_free(struct recorded_policy *recorded);
DEFINE_CLEANUP(struct recorded_policy *, recorded_policy_free)

/* Takes in what a record's head tells; a new run's start forgets the run before. 0 or -ENOMEM. */
int recorded_policy_take(struct recorded_policy *recorded, const struct entry *entry);
/* The layers and the facts of a run have been seen, so that it can be built. */
bool recorded_policy_is_there(const struct recorded_policy *recorded);
/* Some layer has hooks: they may have decided otherwise than the rules. */
bool recorded_policy_has_hooks(const struct recorded_policy *recorded);
/* The directories of PATH, NULL-ended; borrowed until the next run's start. */
const char *const *recorded_policy_search(const struct recorded_policy *recorded);
/* What "~" and ${workspace} stood for; NULL: not on record. Borrowed likewise. */
const char *recorded_policy_home(const struct recorded_policy *recorded);
const char *const *recorded_policy_workspaces(const struct recorded_policy *recorded);

/* A text that stands in a layer's place. */
struct recorded_text {
	const char *file; /* for messages */
	const char *text;
	size_t len;
	enum layer layer;
};

/* What a policy of the command line, in a file, may stand in the place of. */
#define RECORDED_PERSONS_LAYERS                                                                    \
	(1u << LAYER_ADDED | 1u << LAYER_COMMAND_LINE | 1u << LAYER_PROJECT | 1u << LAYER_USER)

/* What is judged by instead of some of the run's own layers. */
struct recorded_instead {
	unsigned replaced;            /* the layers that are left out, a bit each */
	bool keeps_read;              /* but for what --read named */
	struct recorded_text policy;  /* before all others of its layer; text NULL: none */
	struct recorded_text profile; /* in the profile's place; text NULL: the run's */
	/* Changes a layer's text before it is parsed: *text (json) is its owner's; may be NULL. */
	int (*alter)(void *userdata, enum layer layer, json_t *text);
	/* As in struct policy_context, for names that the record does not know; may be NULL. */
	int (*canonical)(void *userdata, const char *path, char *ret);
	int (*program)(void *userdata, const char *name, char *ret_path, uint64_t *ret_dev,
		       uint64_t *ret_ino);
	void *userdata;
};

/* instead: NULL for the run's own. 0; -ENODATA: the record does not tell (all of) it; -EINVAL; all
 * with words. */
int recorded_policy_build(struct recorded_policy *recorded, const struct recorded_instead *instead,
			  struct policy **ret_policy, struct failure *reterr);
