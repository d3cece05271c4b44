/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a question asks: words for a person, and a key that tells whether two questions are the
 * same. PURE. Everything that came from the agent is escaped here; what does not fit on a screen is
 * cut, and then `whole` is false: nobody shall allow for good what was not shown.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "enforcer/base/buffer.h"
#include "enforcer/policy/decision.h"

/* Of escaped text, of one object and of an argument vector. */
#define QUESTION_OBJECT_MAX 1024
#define QUESTION_ARGV_MAX   1536
#define QUESTION_KEY_MAX    65536

/*
 * Appends the key: program, verbs and objects, the rule that asks, and for exec the argument
 * vector. Appends nothing where the request cannot be told in full (an argument vector that was
 * cut, or over QUESTION_KEY_MAX): such a question is like no other.
 */
void question_append_key(struct buffer *ret_key, const struct request *request,
			 const struct decision *decision);

/* Lines of text, each ended by a newline: who wants what, and which rule asks. */
void question_append_text(struct buffer *ret_text, const struct request *request,
			  const struct decision *decision, bool *ret_whole);

/* What an answer for this run covers, without a newline: "each exec of ... by ...". */
void question_append_scope(struct buffer *ret_text, const struct request *request);
