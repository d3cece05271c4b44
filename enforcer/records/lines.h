/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The lines of a run's record, through all of its parts, one at a time and in bounded memory. The
 * file may be anybody's: nothing of a line is believed here but that it ends.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "enforcer/base/cleanup.h"
#include "enforcer/base/error.h"

/* What we write is at most 1 MiB; a longer line is nobody's of ours, and left out. */
#define LINES_MAX (2u << 20)

struct lines;

/* path: of FILE (part.h); "-" is stdin. 0 or a negative errno with words. */
int lines_open(const char *path, struct lines **ret_lines, struct failure *reterr);
struct lines *lines_free(struct lines *lines);
DEFINE_CLEANUP(struct lines *, lines_free)

/*
 * 1 and the next line without its newline, NUL-ended, valid until the next call; 0 at the end. Then
 * a later call goes on with what was appended meanwhile. A negative errno with words where a part
 * cannot be read.
 */
int lines_next(struct lines *lines, char **ret_line, size_t *ret_len, struct failure *reterr);

/* Where the last line came from. */
const char *lines_file(const struct lines *lines);
size_t lines_part(const struct lines *lines); /* counted from 0 */
uint64_t lines_number(const struct lines *lines);
/* At the end: bytes behind the last newline, which are no line (yet). */
size_t lines_torn(const struct lines *lines);
/* Parts, before the last one, that did not end with a newline: what stood there was left out. */
unsigned lines_torn_parts(const struct lines *lines);
/* Lines that were left out for their length. */
uint64_t lines_overlong(const struct lines *lines);
