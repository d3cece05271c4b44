/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Between the files of the screen: screen.c, which speaks with libvterm, screen-modes.c, which
 * keeps modes and saved cursors, and screen-sequences.c, which reads what the agent wrote.
 */
#pragma once

#include "enforcer/approval/screen.h"

struct screen_measured {
	uint32_t character;
	int width;
};

struct screen {
	struct VTerm *vterm;
	struct VTermState *cursor; /* vterm's */
	struct VTerm *measure;     /* where characters are only measured */
	struct VTermState *measured_by;
	int measured;
	struct screen_measured widths[1024]; /* by the character, as far as it goes */
	struct screen_input input;
	struct grid *grids[2]; /* primary, alternate */
	struct screen_state now;
	struct screen_cursor saved[2];
	bool has_saved[2];
	uint32_t last; /* the last character, for REP */
	/* Where it stands, and where the cursor was behind it: what combines goes there. */
	int last_row, last_col, behind_row, behind_col;
};

struct grid *screen_cells(const struct screen *screen);
/* A control or sequence for libvterm, known to be one that it can bear. */
void screen_tell(struct screen *screen, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* To a place on the screen, whatever the margins. */
void screen_move(struct screen *screen, int row, int col);
void screen_put(struct screen *screen, uint32_t character, int width);
void screen_put_ascii(struct screen *screen, const char *ascii, size_t len);
/* libvterm forgets all, and the screen is empty. */
void screen_clear(struct screen *screen);

void screen_save(struct screen *screen);
void screen_restore(struct screen *screen);
void screen_set_charset(struct screen *screen, int i, char final);
void screen_set_shift(struct screen *screen, bool shifted);
void screen_set_bit(struct screen *screen, unsigned bit, bool on);
void screen_set_mode(struct screen *screen, int mode, bool on);
void screen_set_private_mode(struct screen *screen, int mode, bool on);
void screen_set_margins(struct screen *screen, int top, int bottom);
void screen_reset_soft(struct screen *screen);
void screen_reset(struct screen *screen);
