/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Records put in order: closed parts compressed, and of the runs that have ended those removed that
 * a policy does not keep. Takes its time: for the helper and for a command. Several of them, and
 * runs that go on, do not get in each other's way: one at a time has the ledger, and a file that is
 * locked is left alone. Killed at any moment, the next one goes on.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "enforcer/policy/decision.h"

struct failure;

struct audit_tidied {
	const char *name;  /* a file, or the id of a run that was removed; borrowed */
	const char *why;   /* removed: why; NULL: it was compressed */
	uint64_t size;     /* of what is there no more */
	uint64_t now_size; /* compressed: of what is there instead */
};

struct audit_tidy {
	const char *directory; /* of all runs: "…/callgate/runs"; NULL: there is none */
	const char *record;    /* a file elsewhere whose parts are compressed; NULL: none */
	const char *run;       /* is under way, and not removed; NULL: none */
	struct audit_keep keep;
	uint64_t now_ns; /* wall clock */
	bool dry;        /* only tells what would be removed */
	void (*tell)(void *userdata, const struct audit_tidied *tidied); /* or NULL */
	void *userdata;
};

/* 0, or the first negative errno with words: what could be done was. */
int audit_tidy(const struct audit_tidy *tidy, struct failure *reterr);
