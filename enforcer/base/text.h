/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Text that came from the agent, made fit to be shown. What a person reads must not move the
 * cursor, hide a letter or fake a line: everything but printable ASCII and whole, printable UTF-8
 * is written as an escape.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "enforcer/base/buffer.h"

/* True where the bytes are valid UTF-8 without NUL, surrogates or overlong forms. */
bool text_is_utf8(const char *data, size_t len);

/*
 * Appends data with \n, \t, \\ and \xNN escapes. Control characters (C0, DEL, C1), invalid UTF-8,
 * and the code points that reorder or hide text (bidirectional controls, zero-width characters,
 * tags, variation selectors, BOM, line and paragraph separators) become \xNN, byte by byte.
 * At most max bytes are appended, then "..." ; 0 means no limit.
 */
void text_append_escaped(struct buffer *buffer, const char *data, size_t len, size_t max);
