/* SPDX-License-Identifier: Apache-2.0 */
/* What stands on a terminal's screen. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <vterm.h>

#include "enforcer/approval/screen-pen.h"
#include "enforcer/approval/screen.h"

struct screen {
	VTerm *vterm;
	VTermState *cursor; /* vterm's */
	VTerm *measure;     /* where characters are only measured */
	VTermState *measured_by;
	int measured;
	struct screen_input input;
	struct grid *grids[2]; /* primary, alternate */
	struct screen_state now;
	struct screen_cursor saved[2];
	bool has_saved[2];
	uint32_t last; /* the last character, for REP */
	/* Where it stands, and where the cursor was behind it: what combines goes there. */
	int last_row, last_col, behind_row, behind_col;
};

static struct grid *screen_cells(const struct screen *screen)
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
	grid_put(screen_cells(screen), pos.row, pos.col, character, info->width, &pen);
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

static void screen_tell(struct screen *screen, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* A control or sequence: the cursor moves, or not. */
static void screen_tell(struct screen *screen, const char *format, ...)
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
static void screen_move(struct screen *screen, int row, int col)
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
	_cleanup_(buffer_done) struct buffer bytes = {};

	if (character >= 0x20 && character < 0x7f)
		return 1;
	screen->measured = 1;
	/* The letter in front keeps libvterm from joining it to what it measured before. */
	buffer_append_string(&bytes, "\ra\r");
	screen_append_character(&bytes, character);
	if (!bytes.error)
		vterm_input_write(screen->measure, bytes.data, bytes.len);
	return screen->measured < 0 ? 0 : screen->measured > 2 ? 2 : screen->measured;
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
static void screen_put(struct screen *screen, uint32_t character, int width)
{
	_cleanup_(buffer_done) struct buffer bytes = {};
	int row = screen->now.cursor.row, col = screen->now.cursor.col;

	if (width == 0) {
		screen_combine(screen, character);
		return;
	}
	screen->last = character;
	screen_append_character(&bytes, character);
	if (bytes.error)
		return;
	screen_write(screen, bytes.data, bytes.len);
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
		grid_put(grid, cursor->row, cursor->col + (int)i, (unsigned char)ascii[i], 1,
			 &cursor->pen);
	screen->last = (unsigned char)ascii[len - 1];
	screen->last_row = cursor->row;
	screen->last_col = cursor->col + (int)len - 1;
	screen_tell(screen, "\x1b[%zuC", len);
	screen_note_behind(screen);
	return len;
}

static void screen_put_ascii(struct screen *screen, const char *ascii, size_t len)
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

/* ---- the cursor that DECSC keeps */

static void screen_save(struct screen *screen)
{
	bool alternate = screen->now.alternate;

	screen->saved[alternate] = screen->now.cursor;
	screen->saved[alternate].origin = screen->now.modes & SCREEN_ORIGIN;
	screen->has_saved[alternate] = true;
}

static void screen_set_charset(struct screen *screen, int i, char final)
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

static void screen_set_shift(struct screen *screen, bool shifted)
{
	screen->now.cursor.shifted = shifted;
	screen_tell(screen, "%c", shifted ? 0x0e : 0x0f);
}

static void screen_restore(struct screen *screen)
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

static void screen_set_bit(struct screen *screen, unsigned bit, bool on)
{
	screen->now.modes = on ? screen->now.modes | bit : screen->now.modes & ~bit;
}

static void screen_set_private_mode(struct screen *screen, int mode, bool on)
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

static void screen_set_mode(struct screen *screen, int mode, bool on)
{
	if (mode != 4 && mode != 20)
		return;
	if (mode == 4)
		screen_set_bit(screen, SCREEN_INSERT, on);
	screen_tell(screen, "\x1b[%d%c", mode, on ? 'h' : 'l');
}

static void screen_set_margins(struct screen *screen, int top, int bottom)
{
	screen->now.top = top;
	screen->now.bottom = bottom;
	screen_tell(screen, "\x1b[%d;%dr", top + 1, bottom);
	screen->now.cursor.full = false;
}

static void screen_reset_soft(struct screen *screen)
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

static void screen_reset(struct screen *screen)
{
	screen->now = (struct screen_state){.cursor = {.sets = "BB"}};
	screen->has_saved[0] = screen->has_saved[1] = false;
	screen->last = 0;
	vterm_state_reset(screen->cursor, 1);
	screen_erase_all(screen);
	screen_look(screen);
	screen_set_charset(screen, 0, 'B');
	screen_set_charset(screen, 1, 'B');
	screen->now.bottom = screen_cells(screen)->rows;
}

/* ---- sequences */

static int arg_or(const struct screen_csi *csi, unsigned i, int otherwise)
{
	int arg = i < csi->n_args ? csi->args[i] : SCREEN_ABSENT;

	return arg == SCREEN_ABSENT ? otherwise : arg;
}

static void screen_repeat(struct screen *screen, int count)
{
	int width = screen->last ? screen_width(screen, screen->last) : 0;
	char run[SCREEN_COLS_MAX];

	/* Programs draw lines with it. More would be much work for few bytes. */
	count = count < screen_cells(screen)->cols ? count : screen_cells(screen)->cols;
	if (screen->last < 0x80 && width > 0) {
		memset(run, (int)screen->last, (size_t)count);
		screen_put_ascii(screen, run, (size_t)count);
		return;
	}
	while (width > 0 && count-- > 0)
		screen_put(screen, screen->last, width);
}

static void screen_fill(struct screen *screen)
{
	struct grid *grid = screen_cells(screen);

	for (int row = 0; row < grid->rows; row++)
		for (int col = 0; col < grid->cols; col++)
			grid->lines[row][col] = (struct screen_cell){
				.characters = {'E'}, .width = 1, .pen = screen->now.cursor.pen};
	screen_move(screen, screen->now.modes & SCREEN_ORIGIN ? screen->now.top : 0, 0);
}

/* Up and down stop at a margin, which libvterm does not know. */
static void screen_move_rows(struct screen *screen, const struct screen_csi *csi, char final)
{
	int row = screen->now.cursor.row, n = arg_or(csi, 0, 1), room;
	bool up = final == 'A' || final == 'F';

	if (up)
		room = row >= screen->now.top ? row - screen->now.top : row;
	else
		room = row < screen->now.bottom ? screen->now.bottom - 1 - row
						: screen_cells(screen)->rows - 1 - row;
	n = n < 1 ? 1 : n;
	n = n < room ? n : room;
	if (final == 'E' || final == 'F')
		screen_tell(screen, "\r");
	if (n > 0)
		screen_tell(screen, "\x1b[%d%c", n, up ? 'A' : 'B');
	screen->now.cursor.full = false;
}

static void screen_margins(struct screen *screen, const struct screen_csi *csi)
{
	int rows = screen_cells(screen)->rows, top = arg_or(csi, 0, 1), bottom = arg_or(csi, 1, 0);

	top = top < 1 ? 1 : top;
	bottom = bottom < 1 || bottom > rows ? rows : bottom;
	if (top < bottom)
		screen_set_margins(screen, top - 1, bottom);
}

/* What libvterm does as we want it, with one number or two. */
static void screen_pass_on(struct screen *screen, const struct screen_csi *csi)
{
	int first = arg_or(csi, 0, SCREEN_ABSENT), second = arg_or(csi, 1, SCREEN_ABSENT);

	if (first == SCREEN_ABSENT && second == SCREEN_ABSENT)
		screen_tell(screen, "\x1b[%c", csi->final);
	else if (second == SCREEN_ABSENT)
		screen_tell(screen, "\x1b[%d%c", first, csi->final);
	else
		screen_tell(screen, "\x1b[%d;%d%c", first < 0 ? 1 : first, second, csi->final);
	/* Where these lead, libvterm forgets that the line was full, also where they lead nowhere.
	 */
	if (strchr("CDGHf`ade", csi->final))
		screen->now.cursor.full = false;
}

static void screen_plain_csi(struct screen *screen, const struct screen_csi *csi)
{
	if (strchr("Hf", csi->final))
		screen->now.placed = true;
	if (strchr("ABEF", csi->final)) {
		screen_move_rows(screen, csi, csi->final);
	} else if (strchr("@CDGHILMPSXZ`adefg", csi->final) ||
		   (csi->final == 'T' && csi->n_args == 1) ||
		   (csi->final == 'J' && arg_or(csi, 0, 0) <= 2) ||
		   (csi->final == 'K' && arg_or(csi, 0, 0) <= 2)) {
		screen_pass_on(screen, csi);
	} else if (csi->final == 'm') {
		screen_pen_apply(&screen->now.cursor.pen, csi);
	} else if (csi->final == 'r') {
		screen_margins(screen, csi);
	} else if (csi->final == 'b') {
		screen_repeat(screen, arg_or(csi, 0, 1));
	} else if (csi->final == 's' && csi->args[0] == SCREEN_ABSENT) {
		screen_save(screen);
	} else if (csi->final == 'u' && csi->args[0] == SCREEN_ABSENT) {
		screen_restore(screen);
	} else if (csi->final == 'h' || csi->final == 'l') {
		for (unsigned i = 0; i < csi->n_args; i++)
			screen_set_mode(screen, arg_or(csi, i, 0), csi->final == 'h');
	}
}

static void screen_csi(struct screen *screen, const struct screen_csi *csi)
{
	if (!csi->leader && !csi->intermediate) {
		screen_plain_csi(screen, csi);
	} else if (csi->leader == '?' && !csi->intermediate &&
		   (csi->final == 'h' || csi->final == 'l')) {
		for (unsigned i = 0; i < csi->n_args; i++)
			screen_set_private_mode(screen, arg_or(csi, i, 0), csi->final == 'h');
	} else if (csi->intermediate == '!' && !csi->leader && csi->final == 'p') {
		screen_reset_soft(screen);
	} else if ((csi->leader == '>' || csi->leader == '=') && csi->final == 'u') {
		screen_set_bit(screen, SCREEN_KEYS, true);
	} else if (csi->leader == '>' && csi->final == 'm' && arg_or(csi, 0, 0) == 4) {
		screen->now.other_keys = (unsigned)arg_or(csi, 1, 0);
	}
}

static void screen_escape(struct screen *screen, char intermediate, char final)
{
	if (intermediate == '(' || intermediate == ')') {
		screen_set_charset(screen, intermediate == ')', final);
	} else if (intermediate == '#' && final == '8') {
		screen_fill(screen);
	} else if (intermediate) {
		return;
	} else if (final == '7') {
		screen_save(screen);
	} else if (final == '8') {
		screen_restore(screen);
	} else if (final == 'c') {
		screen_reset(screen);
	} else if (strchr("DEHM", final)) {
		screen_tell(screen, "\x1b%c", final);
	}
}

static void screen_control(struct screen *screen, unsigned char control)
{
	if (control == 0x0e || control == 0x0f)
		screen_set_shift(screen, control == 0x0e);
	else if (control >= 0x08 && control <= 0x0d)
		screen_tell(screen, "%c", control);
	/* libvterm's line is full still, where a line feed scrolled. */
	if (control == '\r' && screen->now.cursor.full)
		screen_move(screen, screen->now.cursor.row, 0);
}

void screen_feed(struct screen *screen, const char *data, size_t len)
{
	struct screen_event event = {};
	size_t at = 0;

	while (at < len) {
		at += screen_input_next(&screen->input, data + at, len - at, &event);
		switch (event.kind) {
		case SCREEN_NOTHING:
			break;
		case SCREEN_ASCII:
			screen_put_ascii(screen, event.ascii, event.len);
			break;
		case SCREEN_CHARACTER:
			screen_put(screen, event.character, screen_width(screen, event.character));
			break;
		case SCREEN_CONTROL:
			screen_control(screen, event.control);
			break;
		case SCREEN_ESCAPE:
			screen_escape(screen, event.intermediate, event.final);
			break;
		case SCREEN_CSI:
			screen_csi(screen, &event.csi);
			break;
		}
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
