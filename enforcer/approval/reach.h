/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How far an answer may reach: the grant that each scope would make of a request, and the words
 * that tell a person so. PURE.
 */
#pragma once

#include "enforcer/approval/grants.h"

/* The parts of the request that the policy asks about. Borrowed. */
struct asked {
	const struct request *request;
	const struct asked_part *parts;
	size_t n_parts;
};

/* Given; without verdict, duration and origin. NULL: the scope does not go with this request, or
 * there is no memory. Not for SCOPE_SAME. */
struct grant *reach_new(const struct asked *asked, enum answer_scope scope);
/* What it covers, escaped, without a newline. False where it had to be cut. */
bool reach_append_text(struct buffer *ret_text, const struct grant *grant);
