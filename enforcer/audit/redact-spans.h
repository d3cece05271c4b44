/* SPDX-License-Identifier: Apache-2.0 */
/* The places of secrets in one text. Between redact.c, redact-text.c and redact-words.c. */
#pragma once

#include "enforcer/audit/redact-shape.h"
#include "enforcer/audit/redact.h"

#define REDACT_SPANS_MAX 256

/* In the order of finding; they may overlap. */
struct redact_spans {
	struct redact_text text;
	size_t n;
	struct {
		size_t at, end;
	} items[REDACT_SPANS_MAX + 1]; /* one more: the rest of the text, when they are too many */
};

void redact_spans_add(struct redact_spans *spans, size_t at, size_t end);

/* redact-text.c: by their look, in URLs, headers and quoted values, wherever they stand. */
void redact_find_in_text(struct redact_spans *spans);

/* redact-words.c: by what words say of each other, from at to end. */
void redact_find_in_word(struct redact_spans *spans, struct redactor *redactor, size_t at,
			 size_t end);
