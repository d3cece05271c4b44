/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Keys and tokens that are known by how they look: their issuers gave them a prefix. PURE. Docs:
 * each issuer's own of its token format; the shortest that they give out is the least length here.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* Kinds of bytes, as a mask. */
enum {
	REDACT_UPPER = 1 << 0,
	REDACT_LOWER = 1 << 1,
	REDACT_DIGIT = 1 << 2,
	REDACT_UNDER = 1 << 3, /* _ */
	REDACT_DASH = 1 << 4,
	REDACT_DOT = 1 << 5,
	REDACT_SLASH = 1 << 6, /* / and + */
	REDACT_ALNUM = REDACT_UPPER | REDACT_LOWER | REDACT_DIGIT,
};
extern const unsigned char redact_kinds[256];

static inline unsigned redact_kind(char c)
{
	return redact_kinds[(unsigned char)c];
}

/* "\n" and its kin stand before text[at]. */
static inline bool redact_is_escape(const char *text, size_t at)
{
	return at > 1 && text[at - 2] == '\\' &&
	       (text[at - 1] == 'n' || text[at - 1] == 't' || text[at - 1] == 'r');
}

/* at, or before the backslash that escapes what stands there. */
static inline size_t redact_before_escape(const char *text, size_t from, size_t at)
{
	size_t n = 0;

	while (at - n > from && text[at - n - 1] == '\\')
		n++;
	return at - n % 2;
}

/* Where it could begin; what comes of it is looked at only there. */
bool redact_shape_may_begin(const char *text, size_t at);

/*
 * Length of the key that begins at text[at], 0 where none does; in *ret_keep how much of it says of
 * what kind it is, and is no secret. Looks at REDACT_SHAPE_WINDOW bytes where there is none. cut:
 * text ends because it was cut.
 */
#define REDACT_SHAPE_WINDOW 96
struct redact_text {
	const char *text;
	size_t len;
	bool cut;
	bool json; /* what begins within a string of it ends within it */
};
size_t redact_shape(const struct redact_text *text, size_t at, size_t *ret_keep);

/* 40 letters of base64 that stand alone and mix as chance does: a secret key of AWS. 0 or 40. */
size_t redact_shape_forty(const struct redact_text *text, size_t at);

/* A private key as PEM: from its first line to its last, or to the end of the
 * text or of what is quoted. */
size_t redact_shape_pem(const struct redact_text *text, size_t at, size_t *ret_keep);
