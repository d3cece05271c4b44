/* SPDX-License-Identifier: Apache-2.0 */
/* The cells of a screen. */
#include <stdlib.h>
#include <string.h>

#include "enforcer/approval/screen-grid.h"

static const struct screen_pen plain;

struct grid *grid_new(int rows, int cols)
{
	_cleanup_(grid_freep) struct grid *grid = calloc(1, sizeof(*grid));

	if (!grid)
		return NULL;
	grid->rows = rows;
	grid->cols = cols;
	grid->lines = calloc((size_t)rows, sizeof(*grid->lines));
	grid->cells = calloc((size_t)rows * (size_t)cols, sizeof(*grid->cells));
	if (!grid->lines || !grid->cells)
		return NULL;
	for (int row = 0; row < rows; row++)
		grid->lines[row] = grid->cells + (size_t)row * (size_t)cols;
	grid_erase(grid, &(struct grid_area){0, rows, 0, cols}, &plain);
	return steal_pointer(grid);
}

struct grid *grid_free(struct grid *grid)
{
	if (!grid)
		return NULL;
	free(grid->lines);
	free(grid->cells);
	free(grid);
	return NULL;
}

struct screen_cell *grid_cell(const struct grid *grid, int row, int col)
{
	if (row < 0 || row >= grid->rows || col < 0 || col >= grid->cols)
		return NULL;
	return &grid->lines[row][col];
}

static void cell_erase(struct screen_cell *cell, const struct screen_pen *pen)
{
	*cell = (struct screen_cell){.width = 1, .pen = {.background = pen->background}};
}

/* Halves of wide characters whose other half is gone. */
static void grid_mend(struct grid *grid, int row)
{
	struct screen_cell *line = grid->lines[row];

	for (int col = 0; col < grid->cols; col++) {
		bool cut =
			line[col].width == 2 && (col + 1 == grid->cols || line[col + 1].width != 0);

		if (cut)
			cell_erase(&line[col], &line[col].pen);
		else if (line[col].width == 2)
			col++;
		else if (line[col].width == 0)
			cell_erase(&line[col], &line[col].pen);
	}
}

void grid_copy(const struct grid *grid, int from, struct grid *to)
{
	int cols = grid->cols < to->cols ? grid->cols : to->cols;

	for (int row = 0; row < to->rows && row + from < grid->rows; row++) {
		memcpy(to->lines[row], grid->lines[row + from],
		       (size_t)cols * sizeof(struct screen_cell));
		grid_mend(to, row);
	}
}

void grid_put(struct grid *grid, const struct grid_place *place, uint32_t character, int width,
	      const struct screen_pen *pen)
{
	int col = place->col;
	struct screen_cell *cell = grid_cell(grid, place->row, col), *last;

	if (!cell || width < 1 || width > 2 || col + width > grid->cols)
		return;
	last = cell + width - 1;
	if (cell->width == 0 && col > 0)
		cell_erase(cell - 1, &cell[-1].pen);
	if (last->width == 2 && col + width < grid->cols)
		cell_erase(last + 1, &last[1].pen);
	*last = (struct screen_cell){.width = 0, .pen = *pen};
	*cell = (struct screen_cell){
		.characters = {character}, .width = (uint32_t)width, .pen = *pen};
}

void grid_combine(struct grid *grid, int row, int col, uint32_t character)
{
	struct screen_cell *cell = grid_cell(grid, row, col);

	if (cell && cell->width == 0)
		cell = grid_cell(grid, row, col - 1);
	if (!cell || cell->characters[0] == 0)
		return;
	for (int i = 1; i < SCREEN_CHARACTERS_MAX; i++) {
		if (cell->characters[i])
			continue;
		cell->characters[i] = character;
		return;
	}
}

static struct grid_area grid_clip(const struct grid *grid, const struct grid_area *area)
{
	struct grid_area clipped = *area;

	clipped.top = clipped.top < 0 ? 0 : clipped.top;
	clipped.left = clipped.left < 0 ? 0 : clipped.left;
	clipped.bottom = clipped.bottom > grid->rows ? grid->rows : clipped.bottom;
	clipped.right = clipped.right > grid->cols ? grid->cols : clipped.right;
	return clipped;
}

void grid_erase(struct grid *grid, const struct grid_area *area, const struct screen_pen *pen)
{
	struct grid_area clipped = grid_clip(grid, area);

	for (int row = clipped.top; row < clipped.bottom; row++) {
		for (int col = clipped.left; col < clipped.right; col++)
			cell_erase(&grid->lines[row][col], pen);
		if (clipped.left > 0 || clipped.right < grid->cols)
			grid_mend(grid, row);
	}
}

static void lines_reverse(struct screen_cell **lines, int n)
{
	for (int i = 0; i < n / 2; i++) {
		struct screen_cell *line = lines[i];

		lines[i] = lines[n - 1 - i];
		lines[n - 1 - i] = line;
	}
}

/* Whole lines: nothing is copied. down is from 1 to n - 1. */
static void lines_rotate(struct screen_cell **lines, int n, int down)
{
	struct screen_cell *first = lines[0];

	if (down == 1) {
		memmove(lines, lines + 1, (size_t)(n - 1) * sizeof(*lines));
		lines[n - 1] = first;
		return;
	}
	lines_reverse(lines, down);
	lines_reverse(lines + down, n - down);
	lines_reverse(lines, n);
}

static void grid_scroll_rows(struct grid *grid, const struct grid_area *area, int down,
			     const struct screen_pen *pen)
{
	int n = area->bottom - area->top, by = down < 0 ? -down : down;
	struct grid_area empty = *area;

	if (by < n)
		lines_rotate(grid->lines + area->top, n, down > 0 ? by : n - by);
	else
		by = n;
	if (down > 0)
		empty.top = area->bottom - by;
	else
		empty.bottom = area->top + by;
	grid_erase(grid, &empty, pen);
}

static void grid_scroll_columns(struct grid *grid, const struct grid_area *area, int right,
				const struct screen_pen *pen)
{
	int n = area->right - area->left, by = right < 0 ? -right : right;
	struct grid_area empty = *area;

	by = by < n ? by : n;
	if (right > 0)
		empty.left = area->right - by;
	else
		empty.right = area->left + by;
	for (int row = area->top; row < area->bottom; row++) {
		struct screen_cell *line = grid->lines[row] + area->left;

		memmove(line + (right > 0 ? 0 : by), line + (right > 0 ? by : 0),
			(size_t)(n - by) * sizeof(*line));
	}
	grid_erase(grid, &empty, pen);
	for (int row = area->top; row < area->bottom; row++)
		grid_mend(grid, row);
}

void grid_scroll(struct grid *grid, const struct grid_area *area, int down, int right,
		 const struct screen_pen *pen)
{
	struct grid_area clipped = grid_clip(grid, area);

	if (clipped.top >= clipped.bottom || clipped.left >= clipped.right)
		return;
	/* Our margins are rows only, so what moves up or down is whole lines. */
	if (down != 0 && clipped.left == 0 && clipped.right == grid->cols)
		grid_scroll_rows(grid, &clipped, down, pen);
	else if (right != 0)
		grid_scroll_columns(grid, &clipped, right, pen);
}
