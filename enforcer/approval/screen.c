/* SPDX-License-Identifier: Apache-2.0 */
/* What stands on a terminal's screen: with libvterm, and as a whole. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <vterm.h>

#include "enforcer/approval/screen-own.h"
#include "enforcer/approval/screen-pen.h"

struct grid *screen_cells(const struct screen *screen)
{
	return screen->grids[screen->now.alternate];
}

/* ---- what libvterm tells us */

static int on_glyph(VTermGlyphInfo *info, VTermPos pos, void *user)
{
	struct screen *screen = user;
	const struct screen_cursor *cursor = &screen->now.cursor;
	struct screen_pen pen = cursor->pen;
	uint32_t character = info->chars[0];

	/* Kept as it was written: a terminal may draw lines otherwise than letters that look so. */
	if (cursor->sets[cursor->shifted] == '0' && screen->last < 0x80 &&
	    character != screen->last) {
		character = screen->last;
		pen.attributes |= SCREEN_DRAWN;
	}
	grid_put(screen_cells(screen), &(struct grid_place){pos.row, pos.col}, character,
		 info->width, &pen);
	screen->last_row = pos.row;
	screen->last_col = pos.col;
	return 1;
}

static struct grid_area area_of(VTermRect rect)
{
	return (struct grid_area){.top = rect.start_row,
				  .bottom = rect.end_row,
				  .left = rect.start_col,
				  .right = rect.end_col};
}

static int on_scroll(VTermRect rect, int downward, int rightward, void *user)
{
	struct screen *screen = user;
	struct grid_area area = area_of(rect);

	grid_scroll(screen_cells(screen), &area, downward, rightward, &screen->now.cursor.pen);
	return 1;
}

static int on_erase(VTermRect rect, int selective, void *user)
{
	struct screen *screen = user;
	struct grid_area area = area_of(rect);

	grid_erase(screen_cells(screen), &area, &screen->now.cursor.pen);
	return 1;
}

static int on_measured(VTermGlyphInfo *info, VTermPos pos, void *user)
{
	((struct screen *)user)->measured = info->width;
	return 1;
}

static const VTermStateCallbacks callbacks = {
	.putglyph = on_glyph,
	.scrollrect = on_scroll,
	.erase = on_erase,
};

static const VTermStateCallbacks measure_callbacks = {
	.putglyph = on_measured,
};

/* ---- what we tell libvterm */

static void screen_look(struct screen *screen)
{
	VTermPos pos;

	vterm_state_get_cursorpos(screen->cursor, &pos);
	screen->now.cursor.row = pos.row;
	screen->now.cursor.col = pos.col;
}

static void screen_write(struct screen *screen, const char *bytes, size_t len)
{
	vterm_input_write(screen->vterm, bytes, len);
}

/* A control or sequence: the cursor moves, or not. */
void screen_tell(struct screen *screen, const char *format, ...)
{
	int row = screen->now.cursor.row, col = screen->now.cursor.col, len;
	char bytes[64];
	va_list args;

	va_start(args, format);
	len = vsnprintf(bytes, sizeof(bytes), format, args);
	va_end(args);
	screen_write(screen, bytes, (size_t)len);
	screen_look(screen);
	if (row != screen->now.cursor.row || col != screen->now.cursor.col)
		screen->now.cursor.full = false;
}

/* To a place on the screen, whatever the margins. */
void screen_move(struct screen *screen, int row, int col)
{
	const struct grid *grid = screen_cells(screen);
	int first = screen->now.modes & SCREEN_ORIGIN ? screen->now.top : 0;

	row = row < grid->rows ? row : grid->rows - 1;
	col = col < grid->cols ? col : grid->cols - 1;
	screen_tell(screen, "\x1b[%d;%dH", (row > first ? row - first : 0) + 1, col + 1);
	screen->now.cursor.full = false;
}

/* ---- text */

int screen_width(struct screen *screen, uint32_t character)
{
	struct screen_measured *known = &screen->widths[character % ARRAY_LEN(screen->widths)];
	/* The letter in front keeps libvterm from joining it to what it measured before. */
	char bytes[8] = "\ra\r";

	if (character >= 0x20 && character < 0x7f)
		return 1;
	if (known->character == character && character)
		return known->width;
	screen->measured = 1;
	vterm_input_write(screen->measure, bytes, 3 + screen_encode(character, bytes + 3));
	known->character = character;
	known->width = screen->measured < 0 ? 0 : screen->measured > 2 ? 2 : screen->measured;
	return known->width;
}

/* The last character was written, and the cursor stands where that left it. */
static void screen_note_behind(struct screen *screen)
{
	screen->behind_row = screen->now.cursor.row;
	screen->behind_col = screen->now.cursor.col;
}

static void screen_combine(struct screen *screen, uint32_t character)
{
	const struct screen_cursor *cursor = &screen->now.cursor;
	bool behind = cursor->row == screen->behind_row && cursor->col == screen->behind_col;

	grid_combine(screen_cells(screen), behind ? screen->last_row : cursor->row,
		     behind ? screen->last_col : cursor->col - 1, character);
}

static void screen_set_full(struct screen *screen, int row, int col)
{
	/* libvterm leaves the cursor in the last column, and does not tell that the next character
	 * wraps. It does where it did not move. */
	screen->now.cursor.full = !(screen->now.modes & SCREEN_NO_WRAP) &&
				  row == screen->now.cursor.row && col == screen->now.cursor.col;
}

/* One character, by libvterm: it may wrap, insert, or be of a drawing set. */
void screen_put(struct screen *screen, uint32_t character, int width)
{
	int row = screen->now.cursor.row, col = screen->now.cursor.col;
	char bytes[4];

	if (width == 0) {
		screen_combine(screen, character);
		return;
	}
	screen->last = character;
	screen_write(screen, bytes, screen_encode(character, bytes));
	screen_look(screen);
	screen_set_full(screen, row, col);
	screen_note_behind(screen);
}

/* As many as stand in a row without reaching the last column: only the cursor is libvterm's
 * business then, and it is told once for all. */
static size_t screen_put_run(struct screen *screen, const char *ascii, size_t len)
{
	struct screen_cursor *cursor = &screen->now.cursor;
	struct grid *grid = screen_cells(screen);
	int room = grid->cols - 1 - cursor->col;

	if (room <= 0 || cursor->full || screen->now.modes & SCREEN_INSERT ||
	    cursor->sets[cursor->shifted] != 'B')
		return 0;
	len = len < (size_t)room ? len : (size_t)room;
	for (size_t i = 0; i < len; i++)
		grid_put(grid, &(struct grid_place){cursor->row, cursor->col + (int)i},
			 (unsigned char)ascii[i], 1, &cursor->pen);
	screen->last = (unsigned char)ascii[len - 1];
	screen->last_row = cursor->row;
	screen->last_col = cursor->col + (int)len - 1;
	screen_tell(screen, "\x1b[%zuC", len);
	screen_note_behind(screen);
	return len;
}

void screen_put_ascii(struct screen *screen, const char *ascii, size_t len)
{
	while (len > 0) {
		size_t n = screen_put_run(screen, ascii, len);

		if (n == 0) {
			screen_put(screen, (unsigned char)*ascii, 1);
			n = 1;
		}
		ascii += n;
		len -= n;
	}
}

/* ---- the screen as a whole */

static bool size_is_ours(int rows, int cols)
{
	return rows >= 1 && rows <= SCREEN_ROWS_MAX && cols >= SCREEN_COLS_MIN &&
	       cols <= SCREEN_COLS_MAX;
}

int screen_new(int rows, int cols, struct screen **ret_screen)
{
	_cleanup_(screen_freep) struct screen *screen = NULL;

	if (!size_is_ours(rows, cols))
		return -EINVAL;
	screen = calloc(1, sizeof(*screen));
	if (!screen)
		return -ENOMEM;
	screen->grids[0] = grid_new(rows, cols);
	screen->grids[1] = grid_new(rows, cols);
	screen->vterm = vterm_new(rows, cols);
	screen->measure = vterm_new(1, 8);
	if (!screen->grids[0] || !screen->grids[1] || !screen->vterm || !screen->measure)
		return -ENOMEM;
	vterm_set_utf8(screen->vterm, 1);
	vterm_set_utf8(screen->measure, 1);
	screen->cursor = vterm_obtain_state(screen->vterm);
	screen->measured_by = vterm_obtain_state(screen->measure);
	if (!screen->cursor || !screen->measured_by)
		return -ENOMEM;
	vterm_state_set_callbacks(screen->cursor, &callbacks, screen);
	vterm_state_set_callbacks(screen->measured_by, &measure_callbacks, screen);
	vterm_state_reset(screen->measured_by, 1);
	screen_reset(screen);
	*ret_screen = steal_pointer(screen);
	return 0;
}

struct screen *screen_free(struct screen *screen)
{
	if (!screen)
		return NULL;
	if (screen->vterm)
		vterm_free(screen->vterm);
	if (screen->measure)
		vterm_free(screen->measure);
	grid_free(screen->grids[0]);
	grid_free(screen->grids[1]);
	free(screen);
	return NULL;
}

void screen_clear(struct screen *screen)
{
	const struct grid *grid = screen_cells(screen);

	vterm_state_reset(screen->cursor, 1);
	grid_erase(screen_cells(screen), &(struct grid_area){0, grid->rows, 0, grid->cols},
		   &screen->now.cursor.pen);
	screen_look(screen);
}

int screen_resize(struct screen *screen, int rows, int cols)
{
	int row = screen->now.cursor.row, col = screen->now.cursor.col, from = 0;
	_cleanup_(grid_freep) struct grid *primary = NULL;
	_cleanup_(grid_freep) struct grid *alternate = NULL;

	if (!size_is_ours(rows, cols))
		return -EINVAL;
	if (rows == screen_cells(screen)->rows && cols == screen_cells(screen)->cols)
		return 0;
	primary = grid_new(rows, cols);
	alternate = grid_new(rows, cols);
	if (!primary || !alternate)
		return -ENOMEM;
	/* As terminals do: what is above goes when the cursor would be left below. */
	if (row >= rows)
		from = row - (rows - 1);
	grid_copy(screen->grids[0], screen->now.alternate ? 0 : from, primary);
	grid_copy(screen->grids[1], screen->now.alternate ? from : 0, alternate);
	/* libvterm keeps margins that are outside of the new size, and then moves less than no
	 * lines. */
	screen_set_margins(screen, 0, screen_cells(screen)->rows);
	grid_free(screen->grids[0]);
	grid_free(screen->grids[1]);
	screen->grids[0] = steal_pointer(primary);
	screen->grids[1] = steal_pointer(alternate);
	vterm_set_size(screen->vterm, rows, cols);
	screen_set_margins(screen, 0, rows);
	screen_move(screen, row - from, col);
	return 0;
}

const struct grid *screen_grid(const struct screen *screen)
{
	return screen_cells(screen);
}

const struct screen_state *screen_state(const struct screen *screen)
{
	return &screen->now;
}

const struct screen_cursor *screen_saved(const struct screen *screen)
{
	bool alternate = screen->now.alternate;

	return screen->has_saved[alternate] ? &screen->saved[alternate] : NULL;
}

const struct screen_input *screen_unfinished(const struct screen *screen)
{
	return &screen->input;
}
