/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What people allowed in recorded runs, piece by piece: one verb on one thing, as far as a policy
 * of theirs asks about it still. PURE. The records may be anybody's.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "enforcer/approval/question.h"
#include "enforcer/base/cleanup.h"
#include "enforcer/records/entry.h"
#include "enforcer/records/table.h"

#define EVIDENCE_MAX      20000
#define EVIDENCE_ARGS_MAX 60 /* more arguments no rule can tell */

/* Strings are owned. */
struct evidence {
	size_t row; /* its own, from 1 */
	enum verb verb;
	enum object_kind kind; /* PATH, UNIX, INET */
	bool directory;
	char *name;    /* as a rule would write it, but without escapes: "~/x", "/x", a host */
	bool address;  /* INET: name is no name */
	uint16_t port; /* INET */
	int protocol;  /* INET */
	char **args;   /* exec: behind the program's own name, NULL-ended; else NULL */
	size_t n_args;
	unsigned ordinal; /* of the person's rule that asks; 0: one that stands behind all theirs */
	uint64_t prompts; /* that were answered yes */
	uint64_t calls;   /* that went through by that, or by a grant */
	uint64_t runs, last_run;
};

/* Why what was allowed is no evidence. */
enum evidence_unfit {
	EVIDENCE_FIT = 0,
	EVIDENCE_RULE_ABOVE, /* the rule that asks stands before the person's: guards, managed */
	EVIDENCE_KEPT_SAFE,  /* a key store, or what runs later, outside */
	EVIDENCE_NO_TEXT,    /* its name is no text, or was cut or redacted */
	EVIDENCE_NO_RULE,    /* there is no rule that says just that */
};
#define EVIDENCE_UNFIT_COUNT (EVIDENCE_NO_RULE + 1)
const char *evidence_unfit_name(enum evidence_unfit why); /* for people */
const char *evidence_unfit_key(enum evidence_unfit why);  /* for programs */

struct evidences {
	struct table pieces;                  /* of struct evidence */
	struct table open;                    /* questions of this run, by their number */
	uint64_t runs;                        /* that have begun */
	uint64_t unfit[EVIDENCE_UNFIT_COUNT]; /* parts of allowed calls */
	uint64_t beyond;                      /* pieces that there was no room for */
};

/* A call or a question, and what of it the policy asks about. Borrowed. */
struct evidence_of {
	const struct entry *entry;
	const struct asked_part *parts;
	size_t n_parts;
	enum layer layer; /* the person's, where the rules would go: */
	bool before;      /* before all that is recorded of it */
	const char *home; /* of the run */
	/* True for what no rule shall open. */
	bool (*is_kept_safe)(void *userdata, const struct request *request,
			     const struct asked_part *part);
	void *userdata;
};

void evidences_init(struct evidences *evidences);
void evidences_done(struct evidences *evidences);
/* A new run begins: its questions have numbers of their own. */
void evidences_begin(struct evidences *evidences);
/* A question, or a call that somebody allowed. 0 or -ENOMEM. */
int evidences_add(struct evidences *evidences, const struct evidence_of *of);
/* What a question came to. */
void evidences_answer(struct evidences *evidences, const struct entry *answer);

/* True where a person, or a program of theirs, said so: not a rule, not time. */
bool evidence_was_answered(const struct entry *entry, enum verdict verdict);
