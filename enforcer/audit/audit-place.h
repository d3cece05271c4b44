/* SPDX-License-Identifier: Apache-2.0 */
/* Where a log may lie. PURE: strings only; who asks has made them canonical. */
#pragma once

#include <stdbool.h>

struct buffer;

/*
 * True where path is one of the roots (NULL-ended) or below one; also where that cannot be told
 * (not absolute, "." or ".." in it): inside is what the caller refuses.
 */
bool audit_path_inside(const char *path, const char *const *roots);

/*
 * Appends STATE/callgate/runs/RUN.jsonl, where STATE is xdg_state_home when that is absolute, else
 * HOME/.local/state. 0, -EINVAL (no absolute home either, or a run id with other characters than
 * letters, digits, "-" and "_"), or the buffer's error.
 */
int audit_default_path(const char *xdg_state_home, const char *home, const char *run,
		       struct buffer *ret_path);
