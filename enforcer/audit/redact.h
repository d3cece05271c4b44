/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What looks like a secret, taken out of what is recorded. PURE. What is replaced becomes
 * REDACT_MARKER; a word may hold that by itself, so it is the line's "redacted":true that says
 * something was. docs/audit.md lists what is taken for a secret.
 *
 * It keeps secrets of the user's out of a file that lives longer than they should. It holds against
 * accident, not against the agent, who can write a secret in any way that it likes. The words are
 * the agent's all the same: time is linear in their length, whatever they are.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct buffer;

/* No letter of a glob, so that a rule of a policy can hold it. */
#define REDACT_MARKER "<redacted>"
/* Longer words are not held against the user's globs. */
#define REDACT_GLOB_WORD_MAX 1024

/* What the user's policy says. Zero, or none: all that is known is redacted. */
struct redact_rules {
	bool off;
	/* A word, or what stands behind a "=" in one, that any of these matches. NULL-ended. */
	const char *const *globs;
	bool (*matches)(const char *glob, size_t glob_len, const char *word, size_t len);
};

/* What the words before the next one say about it. Zeroed at the start of a vector. */
struct redactor {
	const struct redact_rules *rules; /* or NULL */
	const void *program;              /* the last one known to take secrets; static */
	unsigned expects;                 /* of the next word */
	bool sets;                        /* names of settings, and their values, follow */
	bool script;                      /* the next word is one */
	bool logs_in;
};

/*
 * The next word of a vector. True where something was replaced: then ret_text has the word as it
 * is to be recorded; else ret_text is as it was. cut: there was more of it.
 */
bool redact_argument(struct redactor *redactor, const char *word, bool cut,
		     struct buffer *ret_text);
/* The same of a text in JSON: its strings are the words; it stays JSON. */
bool redact_json(const struct redact_rules *rules, const char *text, size_t len,
		 struct buffer *ret_text);
/* The same of a sentence. */
bool redact_sentence(const struct redact_rules *rules, const char *text, struct buffer *ret_text);
