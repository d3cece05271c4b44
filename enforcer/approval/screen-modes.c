/* SPDX-License-Identifier: Apache-2.0 */
/* Modes of the screen, and the cursor that DECSC keeps. */
#include <string.h>

#include "enforcer/approval/screen-own.h"

/* ---- the cursor that DECSC keeps */

void screen_save(struct screen *screen)
{
	bool alternate = screen->now.alternate;

	screen->saved[alternate] = screen->now.cursor;
	screen->saved[alternate].origin = screen->now.modes & SCREEN_ORIGIN;
	screen->has_saved[alternate] = true;
}

void screen_set_charset(struct screen *screen, int i, char final)
{
	screen->now.cursor.sets[i] = final;
	/* Others than these are ASCII in libvterm as well, or unknown to it. */
	screen_tell(screen, "\x1b%c%c", "()"[i], strchr("0A", final) ? final : 'B');
}

static void screen_set_origin(struct screen *screen, bool on)
{
	screen->now.modes =
		on ? screen->now.modes | SCREEN_ORIGIN : screen->now.modes & ~SCREEN_ORIGIN;
	screen_tell(screen, "\x1b[?6%c", on ? 'h' : 'l');
	screen->now.cursor.full = false;
}

void screen_set_shift(struct screen *screen, bool shifted)
{
	screen->now.cursor.shifted = shifted;
	screen_tell(screen, "%c", shifted ? 0x0e : 0x0f);
}

void screen_restore(struct screen *screen)
{
	const struct screen_cursor *saved = &screen->saved[screen->now.alternate];
	struct screen_cursor cursor = *saved;

	if (!screen->has_saved[screen->now.alternate])
		cursor = (struct screen_cursor){.sets = "BB"};
	screen->now.cursor.pen = cursor.pen;
	screen_set_charset(screen, 0, cursor.sets[0]);
	screen_set_charset(screen, 1, cursor.sets[1]);
	screen_set_shift(screen, cursor.shifted);
	if (cursor.origin != !!(screen->now.modes & SCREEN_ORIGIN))
		screen_set_origin(screen, cursor.origin);
	screen_move(screen, cursor.row, cursor.col);
}

/* ---- modes */

static void screen_erase_all(struct screen *screen)
{
	struct grid *grid = screen_cells(screen);

	grid_erase(grid, &(struct grid_area){0, grid->rows, 0, grid->cols},
		   &screen->now.cursor.pen);
}

static void screen_set_alternate(struct screen *screen, int mode, bool on)
{
	if (on != screen->now.alternate) {
		if (on && mode == 1049)
			screen_save(screen);
		screen->now.alternate = on;
		if (on)
			screen_erase_all(screen);
	}
	if (!on && mode == 1049)
		screen_restore(screen);
}

void screen_set_bit(struct screen *screen, unsigned bit, bool on)
{
	screen->now.modes = on ? screen->now.modes | bit : screen->now.modes & ~bit;
}

void screen_set_private_mode(struct screen *screen, int mode, bool on)
{
	switch (mode) {
	case 6:
		screen_set_origin(screen, on);
		break;
	case 7:
		screen_set_bit(screen, SCREEN_NO_WRAP, !on);
		screen_tell(screen, "\x1b[?7%c", on ? 'h' : 'l');
		break;
	case 25:
		screen_set_bit(screen, SCREEN_CURSOR_HIDDEN, !on);
		break;
	case 9:
	case 1000:
	case 1002:
	case 1003:
		screen->now.mouse = on ? (unsigned)mode : 0;
		break;
	case 1004:
		screen_set_bit(screen, SCREEN_FOCUS, on);
		break;
	case 2004:
		screen_set_bit(screen, SCREEN_PASTE, on);
		break;
	case 2026:
		screen_set_bit(screen, SCREEN_HELD, on);
		break;
	case 47:
	case 1047:
	case 1049:
		screen_set_alternate(screen, mode, on);
		break;
	case 1048:
		if (on)
			screen_save(screen);
		else
			screen_restore(screen);
		break;
	default:
		break;
	}
}

void screen_set_mode(struct screen *screen, int mode, bool on)
{
	if (mode != 4 && mode != 20)
		return;
	if (mode == 4)
		screen_set_bit(screen, SCREEN_INSERT, on);
	screen_tell(screen, "\x1b[%d%c", mode, on ? 'h' : 'l');
}

void screen_set_margins(struct screen *screen, int top, int bottom)
{
	screen->now.top = top;
	screen->now.bottom = bottom;
	screen_tell(screen, "\x1b[%d;%dr", top + 1, bottom);
	screen->now.cursor.full = false;
}

void screen_reset_soft(struct screen *screen)
{
	struct screen_cursor cursor = screen->now.cursor;

	screen_set_mode(screen, 4, false);
	screen_set_origin(screen, false);
	screen_set_private_mode(screen, 7, true);
	screen_set_private_mode(screen, 25, true);
	screen_set_margins(screen, 0, screen_cells(screen)->rows);
	screen_set_charset(screen, 0, 'B');
	screen_set_charset(screen, 1, 'B');
	screen_set_shift(screen, false);
	screen->now.cursor.pen = (struct screen_pen){};
	screen->has_saved[screen->now.alternate] = false;
	screen_move(screen, cursor.row, cursor.col);
}

void screen_reset(struct screen *screen)
{
	screen->now = (struct screen_state){.cursor = {.sets = "BB"}};
	screen->has_saved[0] = screen->has_saved[1] = false;
	screen->last = 0;
	screen_clear(screen);
	screen_set_charset(screen, 0, 'B');
	screen_set_charset(screen, 1, 'B');
	screen->now.bottom = screen_cells(screen)->rows;
}
