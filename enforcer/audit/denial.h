/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the agent is told of a call that was denied: a line of JSON, a sentence for its standard
 * error, and what could be asked of the user. PURE.
 */
#pragma once

#include "enforcer/audit/record.h"

/* What would change it, for the person who runs callgate; or NULL. */
const char *denial_hint(enum decided_by by, const struct rule_info *rule, enum verb verb);

struct denial {
	const struct request *request;
	const struct decision *decision;
	const struct outcome *outcome;
};
/* The members of the record's line that concern the agent, errno and hint; with its newline.
 * Redacted as that: other programs inside read it than the one that was denied. */
int denial_line(const struct record_context *context, const struct denial *denial,
		struct buffer *ret_line);
/* "read ~/.ssh/id by /usr/bin/cat (guards:2: private keys)", escaped, without a newline. */
void denial_text(const struct denial *denial, struct buffer *ret_text);
/* A hash of what makes two denials the same to whoever reads of them. */
uint64_t denial_hash(const struct denial *denial);
