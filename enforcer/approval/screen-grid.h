/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The cells of a screen: what stands in each, and how it looks. PURE. Rectangles are clipped to the
 * grid; a wide character that is cut in two leaves a blank.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "enforcer/base/cleanup.h"

#define SCREEN_CHARACTERS_MAX 6 /* of a cell: one and what combines with it */

/* Colours: 0 is the terminal's own. */
#define SCREEN_INDEXED 0x01000000u
#define SCREEN_RGB     0x02000000u

#define SCREEN_BOLD            0x001u
#define SCREEN_DIM             0x002u
#define SCREEN_ITALIC          0x004u
#define SCREEN_BLINK           0x008u
#define SCREEN_REVERSE         0x010u
#define SCREEN_HIDDEN          0x020u
#define SCREEN_STRIKE          0x040u
#define SCREEN_OVERLINE        0x080u
#define SCREEN_UNDERLINE       0x700u /* the style, from 1 to 5 */
#define SCREEN_UNDERLINE_SHIFT 8
#define SCREEN_DRAWN           0x800u /* a letter of the line-drawing set; no SGR */

struct screen_pen {
	uint32_t foreground, background, line; /* line: colour of the underline */
	uint32_t attributes;
};

struct screen_cell {
	uint32_t characters[SCREEN_CHARACTERS_MAX]; /* the first is 0 where erased */
	uint32_t width; /* 2: the next cell is this one's right half; 0: it is that */
	struct screen_pen pen;
};

struct grid {
	int rows, cols;
	struct screen_cell **lines; /* scrolling turns these round */
	struct screen_cell *cells;
};

struct grid_area {
	int top, bottom, left, right; /* bottom and right are the first that are not in it */
};

struct grid_place {
	int row, col;
};

struct grid *grid_new(int rows, int cols);
struct grid *grid_free(struct grid *grid);
DEFINE_CLEANUP(struct grid *, grid_free)

/* NULL where there is no such cell. */
struct screen_cell *grid_cell(const struct grid *grid, int row, int col);
/* The cells from row `from` on become the upper left ones of the other. */
void grid_copy(const struct grid *grid, int from, struct grid *to);
void grid_put(struct grid *grid, const struct grid_place *place, uint32_t character, int width,
	      const struct screen_pen *pen);
/* Adds to what stands in the cell, or in its left half. */
void grid_combine(struct grid *grid, int row, int col, uint32_t character);
/* What is erased keeps the pen's background. */
void grid_erase(struct grid *grid, const struct grid_area *area, const struct screen_pen *pen);
/* Moves what is in the area up by `down` rows and left by `right` columns (either may be negative),
 * as a reader who goes down or right sees it. */
void grid_scroll(struct grid *grid, const struct grid_area *area, int down, int right,
		 const struct screen_pen *pen);
