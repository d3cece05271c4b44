/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lines of text for a box of a given width: wrapped, or cut in the middle, with looks. PURE.
 * Text may come from the agent (escaped before): no control or sequence in it gets through here.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "enforcer/approval/screen.h"
#include "enforcer/base/buffer.h"

#define BOX_LINES_MAX 200

struct box_line {
	size_t start, len; /* in bytes */
	int width;
};

struct box_lines {
	struct screen *measure; /* borrowed */
	int width;              /* of each line, at least 8 */
	bool ascii;             /* no other characters of our own */
	struct buffer bytes;
	struct box_line lines[BOX_LINES_MAX];
	size_t n;
	const char *look; /* static: an SGR sequence, or NULL */
	int indent;       /* of lines that go on */
	bool cut;         /* something was not shown in full, or there were too many lines */
};

void box_lines_done(struct box_lines *lines);
void box_begin(struct box_lines *lines);
/* Our own words and looks, on the line that was begun. */
void box_look(struct box_lines *lines, const char *look);
/* Goes on in new lines where it is long, max of them with the first; what does not fit even so is
 * cut in its middle. */
void box_text(struct box_lines *lines, const char *text, size_t max);
void box_printf(struct box_lines *lines, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* Blanks up to that column. */
void box_column(struct box_lines *lines, int column);
int box_text_width(struct box_lines *lines, const char *text);
