/* SPDX-License-Identifier: Apache-2.0 */
/* What the agent wrote, done to the screen. */
#include <string.h>

#include "enforcer/approval/screen-own.h"
#include "enforcer/approval/screen-pen.h"

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
