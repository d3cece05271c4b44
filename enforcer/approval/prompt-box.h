/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How a question looks: a box at the bottom of the screen, for windows from BOX_ROWS_MIN by
 * BOX_COLS_MIN on. PURE. What it has no room for is cut in the middle, and then nothing may be
 * allowed for longer than once before the person has seen all of it.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "enforcer/approval/answer.h"
#include "enforcer/approval/screen.h"
#include "enforcer/base/buffer.h"

#define BOX_ROWS_MIN 10
#define BOX_COLS_MIN 40
#define BOX_COLS_MAX 100

struct question;

enum box_page {
	BOX_QUESTION = 0,
	BOX_MORE,    /* everything, and what may be chosen */
	BOX_CONFIRM, /* before a rule is written */
};

struct box_view {
	const struct question *question;
	enum box_page page;
	size_t from; /* MORE: the first line that is shown */
	enum answer_scope scope;
	uint64_t expires_ns; /* 0: until the end of the run */
	const char *rule;    /* CONFIRM: what will be written, and where; borrowed, or NULL */
	uint64_t now;
	size_t n_waiting; /* questions, with this one */
	bool ready;       /* keys count */
	bool seen;        /* all of it was shown */
	bool ascii;
};

struct box_shape {
	int top, bottom; /* its rows; bottom is the first below it */
	bool cut;        /* not all of the question is in it */
	bool end;        /* MORE: its last line is shown */
	size_t page;     /* MORE: lines that fit */
};

/* Where the box goes, and its bytes. -EMSGSIZE for a window that is too small. */
int box_append(struct buffer *ret_bytes, const struct box_view *view, struct screen *screen,
	       struct box_shape *ret_shape);

/*
 * The answer that the keys r, D (lasts FOR_RUN) and A (ALWAYS) would give: the chosen scope or,
 * where that is not offered, the narrowest that is. False where none is.
 */
bool box_scope(const struct box_view *view, enum verdict verdict, enum answer_lasts lasts,
	       enum answer_scope *ret_scope);
