/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a policy can decide at a place or for the names below it, which nobody has listed: a row
 * of entries in the order of search, each an effect and the set of names that its rule can still
 * match there, given by the residuals of its patterns (match-path.h). The first entry that holds
 * a name decides it; the last, "otherwise", holds all. Only files of this folder include it.
 */
#pragma once

#include "enforcer/policy/policy-joined.h"

enum atom_kind {
	ATOM_RESIDUAL = 0,
	ATOM_IDENTITY, /* one inode, by whatever name */
	ATOM_ALL,
};

struct atom {
	enum atom_kind kind;
	struct residual residual;
	struct identity identity;
};

struct entry {
	enum verdict effect;
	const struct rule *rule; /* NULL: "otherwise" */
	struct atom *atoms;      /* borrowed from the row */
	size_t n;
	size_t n_before; /* of the row's ordinary entries, those that may outrank it */
};

struct row {
	struct entry *entries;
	size_t n;
	struct entry *ordinary; /* what stands before a rule that unprotects */
	size_t n_ordinary;
	struct atom *atoms;
	size_t n_atoms;
};

/* For which names a row is made. */
struct place {
	const char *path;
	bool below;                  /* those strictly below path; else path itself */
	const struct object *object; /* what stands at path; NULL: nobody knows */
	bool hypothetical;           /* programs count at the path where they were found */
	bool old;                    /* rules on repositories that existed count */
};

void row_done(struct row *row);
/* False: no memory; nothing is proved then. row_done() is due either way. */
bool row_init(struct row *row, const struct policy *policy, enum verb verb,
	      const struct place *place);

/* Some entries of a row, and whether its repositories are known to be old or new. */
struct cover {
	const struct row *row;
	size_t n;
	bool existed_known;
};

/*
 * How many of the cover's entries it takes to hold all of the entry, which is of row; n + 1: not
 * proved.
 */
size_t cover_needs(const struct cover *cover, const struct row *row, const struct entry *entry);
