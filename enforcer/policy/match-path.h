/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names in the file system against patterns, component by component, on bytes.
 *
 * A pattern is a literal path and, behind it, elements: a word, a glob, or "any depth" (**). It
 * matches what the row matches and the tree under that; where it is exact, the entry only. Read
 * as a machine its states are the places between the elements; what is left of it behind some
 * directory (the residual) is a set of states, and says what it can match below. policy-tree.c
 * lives on that.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PATTERN_ELEMENTS_MAX 60 /* a state each and one for "matched" in 64 bits */

enum pattern_element_kind {
	ELEMENT_WORD = 0,
	ELEMENT_GLOB,
	ELEMENT_ANY_DEPTH,
};

struct pattern_element {
	enum pattern_element_kind kind;
	char *text; /* WORD, GLOB; owned */
	size_t len;
};

struct pattern {
	char *path;      /* absolute, no slash at its end but for "/" itself; owned */
	size_t path_len; /* 0 for "/" */
	struct pattern_element *elements; /* owned */
	size_t n_elements;
	uint64_t names; /* of path and the words, as path_names() has them */
	bool exact;
	bool primary; /* the canonical path of a rule, not one of its other names */
	bool by_name; /* the name of a program that is known by its inode */
};

/*
 * path is absolute and copied as it is (no glob). tail holds the components behind it, from the
 * first glob on, or is empty; well formed as pattern_check() has it. 0, -E2BIG or -ENOMEM.
 */
int pattern_init(struct pattern *pattern, const char *path, const char *tail, bool exact);
void pattern_done(struct pattern *pattern);
bool pattern_equal(const struct pattern *a, const struct pattern *b);

/*
 * NULL where the components (with globs, no "..") are well formed, else what is wrong (static).
 */
const char *pattern_check(const char *components);

/*
 * Cuts components ("a/b/ *.c") into the literal ones at the head, appended to path (which holds
 * path_len bytes, PATH_MAX in size) each behind a slash and without escapes, and the tail from
 * the first glob on. 0 or -ENAMETOOLONG.
 */
int pattern_split(const char *components, char *path, size_t path_len, const char **ret_tail);

bool pattern_matches(const struct pattern *pattern, const char *path);

/*
 * The names that a path is made of, a bit each by hash. Every name that a pattern spells out is
 * one of those of a path that it matches: where a bit is missing there is no need to look, and
 * of the some two hundred patterns of the built-in profile a handful is left.
 */
uint64_t path_names(const char *path);

static inline bool pattern_may_match(const struct pattern *pattern, uint64_t names)
{
	return (pattern->names & ~names) == 0;
}

/* What a pattern can still match at and below a path. */
struct residual {
	const struct pattern *pattern; /* borrowed */
	const char *rest; /* of the literal path, with its slash; empty where it is behind us */
	uint64_t states;  /* 0: nothing at all */
};

void residual_init(struct residual *residual, const struct pattern *pattern, const char *path);
bool residual_matches_root(const struct residual *residual);  /* the path itself */
bool residual_matches_below(const struct residual *residual); /* some name strictly below it */
bool residual_matches_all(const struct residual *residual);   /* every name strictly below it */
/* Proves that each name strictly below which b matches a matches too. False: not proved. */
bool residual_covers(const struct residual *a, const struct residual *b);
