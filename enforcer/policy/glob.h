/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One word against one glob: *, ?, [..], [!..] and \ as in gitignore, on bytes. No character is
 * special but these: whoever has paths cuts them at the slashes first.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* NULL where the glob is well formed, else what is wrong with it (static). */
const char *glob_check(const char *glob, size_t len);

/* True where the glob means one word only: no *, ? or [ that is not escaped. */
bool glob_is_literal(const char *glob, size_t len);

/* Takes the backslashes off a literal glob, in place; returns the new length. */
size_t glob_unescape(char *glob, size_t len);

/* Appends the glob that means this name alone. */
struct buffer;
void glob_append_literal(struct buffer *ret_glob, const char *name);

/* The glob passed glob_check(); a malformed one matches nothing. Time is at most len * glob_len. */
bool glob_matches(const char *glob, size_t glob_len, const char *word, size_t len);
