/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What stands on a terminal's screen, worked out from the bytes that were written to it, so that it
 * can be painted again. The only user of libvterm, which moves the cursor and knows margins, tabs,
 * line drawing and how wide a character is.
 *
 * The bytes are the agent's. They pass screen-input.h first; libvterm gets sequences that were put
 * together here, each known, its numbers within bounds.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "enforcer/approval/screen-grid.h"
#include "enforcer/approval/screen-input.h"
#include "enforcer/base/cleanup.h"

/* libvterm cannot place a wide character on a narrower screen; beyond, memory would be the agent's
 * to spend (two screens of 40 bytes a cell). */
#define SCREEN_ROWS_MAX 500
#define SCREEN_COLS_MIN 2
#define SCREEN_COLS_MAX 1000

/* Modes of the terminal, as bits. All zero: as it is reset. */
#define SCREEN_INSERT        0x001u
#define SCREEN_ORIGIN        0x002u
#define SCREEN_NO_WRAP       0x004u
#define SCREEN_CURSOR_HIDDEN 0x008u
#define SCREEN_FOCUS         0x010u /* reports focus */
#define SCREEN_PASTE         0x020u /* brackets what is pasted */
#define SCREEN_HELD          0x040u /* synchronized output: shows nothing for now */
#define SCREEN_KEYS          0x080u /* asked for the kitty keyboard protocol once */

struct screen_cursor {
	int row, col;
	bool full; /* the last column was written, the next character wraps */
	struct screen_pen pen;
	char sets[2]; /* G0 and G1, by their final byte */
	bool shifted; /* G1 is in use */
	bool origin;
};

struct screen_state {
	struct screen_cursor cursor;
	unsigned modes;
	unsigned mouse;      /* 9, 1000, 1002, 1003: what is reported; 0: nothing */
	unsigned other_keys; /* xterm's modifyOtherKeys */
	bool alternate;
	int top, bottom; /* margins: the rows that scroll */
	bool placed;     /* else we do not know which row of the terminal our first one is */
};

struct screen;

/* -EINVAL for a size out of bounds, -ENOMEM. */
int screen_new(int rows, int cols, struct screen **ret_screen);
struct screen *screen_free(struct screen *screen);
DEFINE_CLEANUP(struct screen *, screen_free)

void screen_feed(struct screen *screen, const char *data, size_t len);
/* On an error the screen is as it was. */
int screen_resize(struct screen *screen, int rows, int cols);

/* Valid until the next call that changes the screen. */
const struct grid *screen_grid(const struct screen *screen);
const struct screen_state *screen_state(const struct screen *screen);
/* What DECSC keeps for the screen that is shown, or NULL. */
const struct screen_cursor *screen_saved(const struct screen *screen);
const struct screen_input *screen_unfinished(const struct screen *screen);
/* Columns: 0 for what combines with the character before, 1 or 2. */
int screen_width(struct screen *screen, uint32_t character);
