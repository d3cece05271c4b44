/* SPDX-License-Identifier: Apache-2.0 */
/* The bytes that put a screen back on a terminal. */
#include "enforcer/approval/screen-draw.h"
#include "enforcer/approval/screen-pen.h"

/* CAN and ST end whatever was begun. */
#define PLAIN "\x18\x1b\\\x0f\x1b(B\x1b[0m\x1b[4l\x1b[?7l\x1b[?25l"

static void append_mode(struct buffer *buffer, unsigned mode, bool on)
{
	buffer_printf(buffer, "\x1b[?%u%c", mode, on ? 'h' : 'l');
}

void screen_append_borrow(struct buffer *buffer, const struct screen_state *state, bool aside)
{
	/* Before all else, so that a terminal which keeps the cursor keeps the agent's. */
	buffer_append_string(buffer, "\x18\x1b\\");
	if (aside)
		append_mode(buffer, 1049, true);
	buffer_append_string(buffer, PLAIN);
	if (state->modes & SCREEN_ORIGIN)
		append_mode(buffer, 6, false);
	if (state->mouse)
		append_mode(buffer, state->mouse, false);
	if (state->modes & SCREEN_FOCUS)
		append_mode(buffer, 1004, false);
	if (state->modes & SCREEN_HELD)
		append_mode(buffer, 2026, false);
	append_mode(buffer, 2004, true);
	/* In these, Ctrl-C is a sequence and, if the agent wants it, each letter. */
	if (state->modes & SCREEN_KEYS)
		buffer_append_string(buffer, "\x1b[>0u");
	if (state->other_keys)
		buffer_append_string(buffer, "\x1b[>4;0m");
	if (aside)
		buffer_append_string(buffer, "\x1b[2J");
}

static void append_place(struct buffer *buffer, int row, int col)
{
	buffer_printf(buffer, "\x1b[%d;%dH", row + 1, col + 1);
}

/* How many cells from col on are erased in the same way. */
static int erased_run(const struct grid *grid, int row, int col)
{
	const struct screen_cell *first = grid_cell(grid, row, col);
	int end = col;

	while (end < grid->cols && grid->lines[row][end].characters[0] == 0 &&
	       grid->lines[row][end].width == 1 &&
	       screen_pen_is(&grid->lines[row][end].pen, &first->pen))
		end++;
	return end - col;
}

static void append_cell(struct buffer *buffer, const struct screen_cell *cell)
{
	for (int i = 0; i < SCREEN_CHARACTERS_MAX && cell->characters[i]; i++)
		screen_append_character(buffer, cell->characters[i]);
}

static void append_erased(struct buffer *buffer, const struct screen_cell *cell, int n, bool end)
{
	/* Where nothing was ever written nothing is: the row was cleared before. */
	if (cell->pen.background && end)
		buffer_append_string(buffer, "\x1b[K");
	else if (cell->pen.background)
		buffer_printf(buffer, "\x1b[%dX", n);
	if (!end)
		buffer_printf(buffer, "\x1b[%dC", n);
}

/* From one pen to another. */
static void append_pen(struct buffer *buffer, struct screen_pen *pen, const struct screen_pen *to)
{
	if ((pen->attributes ^ to->attributes) & SCREEN_DRAWN)
		buffer_append_string(buffer, to->attributes & SCREEN_DRAWN ? "\x1b(0" : "\x1b(B");
	if (!screen_pen_is(pen, to))
		screen_pen_append(buffer, to);
	*pen = *to;
}

static void append_row(struct buffer *buffer, const struct grid *grid, int row, int to)
{
	struct screen_pen pen = {};
	int col = 0;

	append_place(buffer, to, 0);
	buffer_append_string(buffer, "\x1b[0m\x1b[2K");
	while (col < grid->cols) {
		const struct screen_cell *cell = grid_cell(grid, row, col);
		int erased = erased_run(grid, row, col);

		append_pen(buffer, &pen, &cell->pen);
		if (erased > 0) {
			col += erased;
			append_erased(buffer, cell, erased, col == grid->cols);
			continue;
		}
		append_cell(buffer, cell);
		col += cell->width == 2 ? 2 : 1;
		/* The terminal may think otherwise of how wide it is. */
		if ((cell->characters[0] >= 0x80 || cell->characters[1]) && col < grid->cols)
			buffer_printf(buffer, "\x1b[%dG", col + 1);
	}
	append_pen(buffer, &pen, &(struct screen_pen){});
}

void screen_append_rows(struct buffer *buffer, const struct grid *grid, int first, int end, int to)
{
	for (int row = first; row < end && row < grid->rows; row++)
		append_row(buffer, grid, row, to + row - first);
}

static void append_charsets(struct buffer *buffer, const struct screen_cursor *cursor)
{
	buffer_printf(buffer, "\x1b(%c\x1b)%c%c", cursor->sets[0], cursor->sets[1],
		      cursor->shifted ? 0x0e : 0x0f);
}

/* The next character wraps only after the last column was written. The cursor is in its row. */
static void append_full(struct buffer *buffer, const struct screen *screen)
{
	const struct screen_cursor *cursor = &screen_state(screen)->cursor;
	const struct screen_cell *last = grid_cell(screen_grid(screen), cursor->row, cursor->col);

	if (!cursor->full || !last)
		return;
	append_mode(buffer, 7, true);
	buffer_printf(buffer, "\x1b[%dG", cursor->col + 1);
	buffer_append_string(buffer, "\x0f\x1b(B\x1b[0m");
	append_pen(buffer, &(struct screen_pen){}, &last->pen);
	if (last->characters[0])
		append_cell(buffer, last);
	else
		buffer_append_string(buffer, " ");
}

static void append_cursor(struct buffer *buffer, const struct screen *screen)
{
	const struct screen_state *state = screen_state(screen);
	int first = state->modes & SCREEN_ORIGIN ? state->top : 0;

	append_place(buffer, state->cursor.row - first, state->cursor.col);
}

/*
 * Going aside by mode 1049 made the terminal keep the cursor, in the one place where DECSC keeps
 * the agent's. It is put there again, by steps relative to where the cursor is: on this screen we
 * may not know which row that is.
 */
static void append_saved(struct buffer *buffer, const struct screen *screen)
{
	const struct screen_cursor *now = &screen_state(screen)->cursor;
	const struct screen_cursor *saved = screen_saved(screen);
	int down = saved->row - now->row;

	if (down)
		buffer_printf(buffer, "\x1b[%d%c", down > 0 ? down : -down, down > 0 ? 'B' : 'A');
	buffer_printf(buffer, "\x1b[%dG", saved->col + 1);
	append_charsets(buffer, saved);
	screen_pen_append(buffer, &saved->pen);
	buffer_append_string(buffer, "\x1b"
				     "7");
	if (down)
		buffer_printf(buffer, "\x1b[%d%c", down > 0 ? down : -down, down > 0 ? 'A' : 'B');
	buffer_printf(buffer, "\x1b[%dG", now->col + 1);
}

void screen_append_return(struct buffer *buffer, const struct screen *screen, bool aside)
{
	const struct screen_state *state = screen_state(screen);
	size_t len;
	const char *unfinished = screen_input_unfinished(screen_unfinished(screen), &len);

	if (state->other_keys)
		buffer_printf(buffer, "\x1b[>4;%um", state->other_keys);
	if (state->modes & SCREEN_KEYS)
		buffer_append_string(buffer, "\x1b[<1u");
	if (aside) {
		buffer_append_string(buffer, "\x1b[0m\x1b[2J");
		append_mode(buffer, 1049, false);
	}
	if (state->modes & SCREEN_ORIGIN)
		append_mode(buffer, 6, true);
	if (aside && screen_saved(screen) && !(state->modes & SCREEN_ORIGIN))
		append_saved(buffer, screen);
	/* Aside, the terminal has put the cursor back itself, and alone knows where; but origin
	 * mode homes it, and belongs to programs that know all of the screen. */
	if (!aside || state->modes & SCREEN_ORIGIN)
		append_cursor(buffer, screen);
	append_full(buffer, screen);
	append_mode(buffer, 7, !(state->modes & SCREEN_NO_WRAP));
	if (state->modes & SCREEN_INSERT)
		buffer_append_string(buffer, "\x1b[4h");
	append_charsets(buffer, &state->cursor);
	screen_pen_append(buffer, &state->cursor.pen);
	append_mode(buffer, 2004, state->modes & SCREEN_PASTE);
	if (state->modes & SCREEN_FOCUS)
		append_mode(buffer, 1004, true);
	if (state->mouse)
		append_mode(buffer, state->mouse, true);
	append_mode(buffer, 25, !(state->modes & SCREEN_CURSOR_HIDDEN));
	if (state->modes & SCREEN_HELD)
		append_mode(buffer, 2026, true);
	buffer_append(buffer, unfinished, len);
}

void screen_append_abandon(struct buffer *buffer, bool aside)
{
	buffer_append_string(buffer, "\x1b[0m");
	if (aside)
		append_mode(buffer, 1049, false);
	append_mode(buffer, 7, true);
	append_mode(buffer, 2004, false);
	append_mode(buffer, 25, true);
}
