/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Text and numbers as they stand in a page. PURE. What came from the agent or from the file is
 * escaped twice: what moves the cursor, hides or reorders letters, as everywhere, and then what
 * HTML and XML would take for more than text; it is safe between tags and in a quoted attribute.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "enforcer/base/buffer.h"

/* At most max bytes of it (0: all), then "..."; NULL is "?". */
void html_text(struct buffer *to, const char *text, size_t max);
/* The same for a path: home (or NULL) is "~". */
void html_path(struct buffer *to, const char *home, const char *path);
/* Text that was made fit to be shown before: it only has to be no HTML. */
void html_shown(struct buffer *to, const char *text, size_t max);
/* "1,234,567". */
void html_number(struct buffer *to, uint64_t n);
/* A table's cell with it. */
void html_number_cell(struct buffer *to, uint64_t n);
/* "1,234 calls", "1 call". */
void html_count(struct buffer *to, uint64_t n, const char *one);
/* "517 B", "41.9 kB": powers of a thousand. */
void html_bytes(struct buffer *to, uint64_t n);
/* "25.9 %", "<0.1 %"; of nothing: "0 %". */
void html_share(struct buffer *to, uint64_t part, uint64_t all);
/* "1.8s", as when_print_duration(). */
void html_duration(struct buffer *to, uint64_t ns);
