/* SPDX-License-Identifier: Apache-2.0 */
/* The bytes that put a screen back on a terminal, cell by cell. PURE. None of them scrolls. */
#pragma once

#include "enforcer/approval/screen.h"
#include "enforcer/base/buffer.h"

/*
 * Makes the terminal ours, whatever the agent left: ends an unfinished sequence; letters, not line
 * drawing; no insertion, no wrapping, no margins that CUP counts from; no reports of mouse or focus
 * (they would drown the keys); pastes in brackets (so that they are told from keys); plain keys.
 * The cursor is hidden. aside: on the terminal's other screen, which it keeps for this.
 */
void screen_append_borrow(struct buffer *buffer, const struct screen_state *state, bool aside);

/* Rows from first to (not including) end, as they are, at the terminal's rows from `to` on. */
void screen_append_rows(struct buffer *buffer, const struct grid *grid, int first, int end, int to);

/*
 * The end of a borrowing: cursor, pen and modes as the agent left them, and what it had begun to
 * write. Where the terminal was not borrowed aside, all that was overwritten stands there again by
 * screen_append_rows().
 */
void screen_append_return(struct buffer *buffer, const struct screen *screen, bool aside);

/* The same where the screen is not known any more: a terminal that can be used. */
void screen_append_abandon(struct buffer *buffer, bool aside);
