/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The lines that tell by what a run was judged: a layer of its policy each, and the facts of the
 * machine that its names stood for. Behind the run's start; PURE. docs/audit.md has the members.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "enforcer/audit/record.h"

struct buffer;

/* Of a layer's text; a longer one is cut, its length told, and nobody can judge by it again. */
#define RECORD_POLICY_MAX (128u << 10)
/* Of the bytes of all names, and how many: names that a policy speaks of by the hundred. */
#define RECORD_FACTS_MAX (32u << 10)
#define RECORD_NAMES_MAX 1024

/* All strings borrowed. */
struct record_policy {
	enum layer layer;
	const char *file;
	const char *text; /* NULL: read is what it says */
	size_t len;
	char *const *read; /* --read: trees */
};
int record_policy(const struct record_context *context, const struct record_policy *policy,
		  struct buffer *ret_line);

/* What a name in the policy stood for: a path another one, a bare program name a file. */
struct record_name {
	const char *from, *to; /* to: NULL: there was no such program */
	bool program;
	uint64_t dev, ino; /* of a program */
};

struct record_facts {
	const char *home;
	char *const *tmp, *const *state, *const *path; /* NULL-ended, or NULL */
	const struct record_name *names;
	size_t n_names;
};
int record_facts(const struct record_context *context, const struct record_facts *facts,
		 struct buffer *ret_line);
