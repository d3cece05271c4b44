/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What somebody may answer to a question: whether, for how long, and how much it covers. Zero is
 * no, once, and only the very same.
 */
#pragma once

#include <stdint.h>

#include "enforcer/policy/decision.h"

enum answer_lasts {
	ANSWER_ONCE = 0,
	ANSWER_FOR_RUN,
	ANSWER_ALWAYS, /* for this run, and as a rule in the user's policy */
};
#define ANSWER_LASTS_COUNT 3

/* For files, addresses and programs; only SCOPE_SAME regards who asks. */
enum answer_scope {
	SCOPE_SAME = 0,  /* the same program, verbs, objects and arguments */
	SCOPE_FILE,      /* just this file or UNIX socket, by any program */
	SCOPE_DIRECTORY, /* the directory (it, or the one it is in) and what is directly in it */
	SCOPE_TREE,      /* that directory and everything below it */
	SCOPE_HOST,      /* this name or address, at this port */
	SCOPE_COMMAND,   /* exec: this program with this first argument */
	SCOPE_PROGRAM,   /* exec: this program with any arguments */
};
#define SCOPE_COUNT 7

struct answer {
	enum verdict verdict; /* VERDICT_ALLOW, or denied */
	enum answer_lasts lasts;
	enum answer_scope scope; /* not for ANSWER_ONCE */
	uint64_t expires_ns;     /* FOR_RUN: from now; 0: until the end of the run */
	enum decided_by by;      /* BY_PERSON, BY_HOOK, ... */
	const char *via;         /* "terminal", "socket", "hook", "program", "web"; static */
	const char *reason;      /* words of whoever answers, any bytes, or NULL; copied */
};

/* "once", "run", "always"; "same", "file", "dir", "tree", "host", "command", "program": as options
 * and JSON have them. */
const char *answer_lasts_name(enum answer_lasts lasts);
const char *answer_scope_name(enum answer_scope scope);
/* 0 or -EINVAL. */
int answer_lasts_from_name(const char *name, enum answer_lasts *ret_lasts);
int answer_scope_from_name(const char *name, enum answer_scope *ret_scope);
