/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names that say what they name is a secret, and values that are none whatever their name says.
 * PURE. Each answer takes time linear in what it looks at, and looks at no more than
 * REDACT_WINDOW bytes.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#define REDACT_NAME_MAX 64  /* bytes of a name that are looked at: its last ones */
#define REDACT_WINDOW   128 /* of a value */

enum redact_name {
	REDACT_NAME_PLAIN = 0,
	REDACT_NAME_WEAK,   /* "key", "session": of a value that looks made at random */
	REDACT_NAME_STRONG, /* "password", "api-key": of any value */
};

/* "GITHUB_TOKEN", "--api-key", "clientSecret": words are told apart by case and punctuation. */
enum redact_name redact_name(const char *name, size_t len);

/* How many bytes of a name stand before text[end]: letters, digits, "_", "-" and ".". */
size_t redact_name_before(const char *text, size_t end);

/* False for what stands in place of a secret: nothing, "true", "$TOKEN", "$(pass show x)", "***",
 * "<token>", "{token}". Quotes around it do not count. */
bool redact_value_may_be_secret(const char *value, size_t len);

/* Letters and digits, long, mixed, and no path or file name. */
bool redact_value_looks_random(const char *value, size_t len);
