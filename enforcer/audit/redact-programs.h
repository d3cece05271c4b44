/* SPDX-License-Identifier: Apache-2.0 */
/* Programs that take secrets as arguments that no name tells. PURE. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* What of a word is the secret. */
enum redact_value {
	REDACT_NOTHING = 0,
	REDACT_WHOLE,
	REDACT_BEHIND_COLON,   /* user:PASSWORD */
	REDACT_BEHIND_COMMA,   /* user,PASSWORD */
	REDACT_BEHIND_PERCENT, /* user%PASSWORD */
	REDACT_BEHIND_PASS,    /* pass:PASSWORD; "file:..." is none */
};

struct redact_program;

/* path: what may be the name of a program; NULL where it is none of these. */
const struct redact_program *redact_program_find(const char *path, size_t len);

/* It takes secrets only where it is told to log in: `docker login -p`, but `docker run -p`. */
bool redact_program_must_log_in(const struct redact_program *program);
/* Behind its secret stands another program: `sshpass -p SECRET ssh -p 22`. */
bool redact_program_is_over(const struct redact_program *program);

/*
 * What word is to the program: where it is one of its options, what of its value is the secret. In
 * *ret_at where the value begins in the word; len, where the value is the next word.
 */
enum redact_value redact_program_option(const struct redact_program *program, const char *word,
					size_t len, size_t *ret_at);
