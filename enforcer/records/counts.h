/* SPDX-License-Identifier: Apache-2.0 */
/* How often each value of a member stands in the record. Bounded: beyond COUNTS_MAX different
 * values the rest is counted as one. */
#pragma once

#include <stdint.h>
#include <stdio.h>

#include "enforcer/base/error.h"
#include "enforcer/records/entry.h"
#include "enforcer/records/show.h"
#include "enforcer/records/table.h"

#define COUNTS_MAX 1000000

enum counts_key {
	COUNTS_CALL = 0,
	COUNTS_VERB,
	COUNTS_PATH,
	COUNTS_HOST,
	COUNTS_PROGRAM,
	COUNTS_DECISION,
	COUNTS_RULE,
	COUNTS_LAYER,
	COUNTS_BY,
	COUNTS_ERRNO,
	COUNTS_OUTCOME,
	COUNTS_RUN,
};

struct counts {
	struct table values; /* of struct count */
	uint64_t total, beyond;
};

void counts_init(struct counts *counts);
void counts_done(struct counts *counts);
/* -EINVAL with words. */
int counts_key_named(const char *name, enum counts_key *ret_key, struct failure *reterr);
/* Calls only; each of an entry's values counts, in path and host those of all objects. */
void counts_add(struct counts *counts, enum counts_key key, const struct entry *entry);
/* The most frequent first; at most max (0: all). */
void counts_print(const struct counts *counts, const struct show *show, size_t max, FILE *to);
