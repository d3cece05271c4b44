/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From what was allowed to rules that would have allowed it: the thing itself first, and what is
 * wider only where enough different things speak for it. PURE: the same pieces give the same rules
 * in the same order. Whether a rule may be offered is not said here.
 *
 * A directory is wider than a file, a domain than a host, a first argument than all arguments. One
 * thing that was allowed forty times says nothing of its neighbours: what counts is how many
 * different ones there were.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "enforcer/base/buffer.h"
#include "enforcer/records/evidence.h"

/* Different things that a wider rule needs. Three: two may be chance, and a person who has said yes
 * to three different neighbours is hardly asked about the fourth for its own sake. */
#define GENERALISE_FILES         3 /* directly in a directory */
#define GENERALISE_TREE_FILES    6 /* in a tree, */
#define GENERALISE_TREE_BRANCHES 3 /* and below different ones of what is directly in it */
#define GENERALISE_HOSTS         3 /* of a domain */
#define GENERALISE_COMMANDS      3 /* argument vectors that begin with the same word */

/* From the narrowest to the widest of a kind. */
enum candidate_scope {
	CANDIDATE_FILE = 0,
	CANDIDATE_SOCKET,
	CANDIDATE_HOST,
	CANDIDATE_COMMAND_LINE, /* a program with just these arguments */
	CANDIDATE_DIRECTORY,    /* it, and what is directly in it */
	CANDIDATE_COMMAND,      /* a program with this first argument, and whatever follows */
	CANDIDATE_DOMAIN,       /* all names below it */
	CANDIDATE_TREE,         /* it, and everything below it */
};
#define CANDIDATE_SCOPE_COUNT (CANDIDATE_TREE + 1)
const char *candidate_scope_name(enum candidate_scope scope);

/* A rule that could be. Strings are owned. */
struct candidate {
	enum candidate_scope scope;
	unsigned verbs;
	char *name; /* as in struct evidence: of the file, directory, host, domain, program */
	bool address;
	uint16_t port;
	int protocol;
	char **args; /* COMMAND_LINE: all; COMMAND: the first; NULL-ended */
	unsigned ordinal;
	uint64_t pieces;  /* different things that speak for it */
	uint64_t prompts; /* that were answered yes */
};

struct candidates {
	struct candidate *items;
	size_t n;
};

/* True for names below which anybody may have one ("co.uk", "github.io"). */
typedef bool (*generalise_is_shared)(const char *domain);

/* 0 or -ENOMEM. */
int generalise(const struct evidences *evidences, generalise_is_shared is_shared,
	       struct candidates *ret_candidates);
void candidates_done(struct candidates *candidates);

static inline bool candidate_is_wide(const struct candidate *candidate)
{
	return candidate->scope >= CANDIDATE_DIRECTORY;
}

/*
 * Appends the candidate as rules of a policy, JSON, one a line: what is called as keys and secrets
 * are stays asked about, in a rule before the one that allows. reason: NULL for none. 0 or -ENOMEM.
 */
int candidate_append_rules(const struct candidate *candidate, const char *reason,
			   struct buffer *ret_rules);
/* The thing in a few words, escaped. */
void candidate_describe(const struct candidate *candidate, struct buffer *ret_text);
