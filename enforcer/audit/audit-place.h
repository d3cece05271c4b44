/* SPDX-License-Identifier: Apache-2.0 */
/* Where a log may lie, and how its parts are called. PURE: strings only; who asks has made them
 * canonical. */
#pragma once

#include <stdbool.h>

struct buffer;

/*
 * True where path is one of the roots (NULL-ended) or below one; also where that cannot be told
 * (not absolute, "." or ".." in it): inside is what the caller refuses.
 */
bool audit_path_inside(const char *path, const char *const *roots);

#define AUDIT_COMPRESSED ".zst"
/* What stands behind a record's name in that of a closed part: ".12" or ".12.zst". Its number, or 0
 * where it is none. */
unsigned audit_part_number(const char *suffix, bool *ret_compressed);

/*
 * Appends STATE/callgate/runs/RUN.jsonl, where STATE is xdg_state_home when that is absolute, else
 * HOME/.local/state. 0, -EINVAL (no absolute home either, or a run id with other characters than
 * letters, digits, "-" and "_"), or the buffer's error.
 */
int audit_default_path(const char *xdg_state_home, const char *home, const char *run,
		       struct buffer *ret_path);
