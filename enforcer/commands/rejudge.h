/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Recorded runs judged again, by a policy file or a built-in profile instead of their own, or by
 * their own: what `callgate replay` does, and other commands that compare policies. The records may
 * be anybody's; of this machine only those names are looked up that the new policy brings.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "enforcer/base/cleanup.h"
#include "enforcer/base/error.h"
#include "enforcer/records/replay.h"

/* How long a person takes to answer where the record does not say. */
#define REJUDGE_THINK_NS 5000000000u

/* Neither: by their own. Borrowed. */
struct rejudge_by {
	const char *policy_file;
	const char *profile; /* a built-in one's name */
};

struct rejudge;

/* Reads the policy file. 0 or a negative errno with words. */
int rejudge_new(const struct rejudge_by *by, uint64_t think_ns, struct rejudge **ret_rejudge,
		struct failure *reterr);
struct rejudge *rejudge_free(struct rejudge *rejudge);
DEFINE_CLEANUP(struct rejudge *, rejudge_free)

/* A line of a run, in its order. 0; -ENODATA with words: the record does not hold the run's policy;
 * -EINVAL with words: the new policy is wrong; -ENOMEM. */
int rejudge_take(struct rejudge *rejudge, const struct entry *entry, struct failure *reterr);

bool rejudge_is_own(const struct rejudge *rejudge);
uint64_t rejudge_runs(const struct rejudge *rejudge);
const struct replay *rejudge_replay(const struct rejudge *rejudge);
