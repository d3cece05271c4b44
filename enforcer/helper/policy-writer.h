/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writes rules into the user's policy file, as the person who answers "always" would: the text
 * that stands there is kept, and so are mode and the symbolic link that leads there; whoever
 * writes at the same time waits or is waited for; nobody ever reads half of it.
 *
 * Runs in the helper, with the person's rights. The file must be the person's own; what cannot be
 * kept (other names of the file, another owner) is refused in words.
 */
#pragma once

#include <stddef.h>

#include "enforcer/base/error.h"

/* What the file's new text is called before it takes the file's place: a name of our own, which
 * rule zero keeps the agent from. */
#define POLICY_WRITER_SUFFIX ".callgate-new"

struct policy_writer {
	const char *path;   /* of the user's policy, which may not be there yet */
	const char *before; /* its text at the start of the run; NULL: there was none */
	size_t before_len;
};

/* See struct policy_insertion. */
struct policy_addition {
	const char *rules;
	unsigned ordinal;
};

/* All of them, or none. 0, or a negative errno with words. Waits two seconds for others at most. */
int policy_writer_add(const struct policy_writer *writer, const struct policy_addition *additions,
		      size_t n, struct failure *reterr);
