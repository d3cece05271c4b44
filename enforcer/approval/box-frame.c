/* SPDX-License-Identifier: Apache-2.0 */
/* What is around the words of a question. */
#include <stdio.h>
#include <string.h>

#include "enforcer/approval/box-parts.h"

struct frame {
	const char *top_left, *top_right, *bottom_left, *bottom_right, *across, *down;
};

static const struct frame frames[] = {
	{"╭", "╮", "╰", "╯", "─", "│"},
	{"+", "+", "+", "+", "-", "|"},
};

static void append_place(struct buffer *bytes, int row, int col)
{
	buffer_printf(bytes, "\x1b[%d;%dH", row + 1, col + 1);
}

static void append_many(struct buffer *bytes, const char *what, int n)
{
	while (n-- > 0)
		buffer_append_string(bytes, what);
}

/* width: of the whole box. */
static void append_top(struct buffer *bytes, const struct box_view *view, int row, int width)
{
	const struct frame *frame = &frames[view->ascii];
	uint64_t deadline = view->question->deadline;
	uint64_t left =
		deadline > view->now ? (deadline - view->now + 999999999u) / 1000000000u : 0;
	char waiting[64] = "", right[96];
	int fill;

	if (view->n_waiting > 1)
		snprintf(waiting, sizeof(waiting), "1 of %zu, ", view->n_waiting);
	snprintf(right, sizeof(right), " %s%llu s left ", waiting, (unsigned long long)left);
	fill = width - 2 - 2 - (int)strlen(" callgate asks ") - (int)strlen(right);
	append_place(bytes, row, 0);
	buffer_append_string(bytes, FRAME);
	buffer_append_string(bytes, frame->top_left);
	append_many(bytes, frame->across, 1);
	buffer_append_string(bytes, TITLE " callgate asks " FRAME);
	append_many(bytes, frame->across, fill);
	buffer_printf(bytes, TITLE "%s" FRAME, right);
	append_many(bytes, frame->across, 1);
	buffer_append_string(bytes, frame->top_right);
}

static void append_bottom(struct buffer *bytes, const struct box_view *view, int row, int width)
{
	const struct frame *frame = &frames[view->ascii];
	const char *words = view->ready ? "" : " wait... ";

	append_place(bytes, row, 0);
	buffer_append_string(bytes, FRAME);
	buffer_append_string(bytes, frame->bottom_left);
	append_many(bytes, frame->across, 1);
	buffer_append_string(bytes, words);
	append_many(bytes, frame->across, width - 3 - (int)strlen(words));
	buffer_append_string(bytes, frame->bottom_right);
	buffer_append_string(bytes, "\x1b[0m");
}

static void append_line(struct buffer *bytes, const struct box_view *view,
			const struct box_lines *lines, size_t i, const int place[static 2])
{
	const struct frame *frame = &frames[view->ascii];
	int row = place[0], width = place[1];

	append_place(bytes, row, 0);
	buffer_printf(bytes, FRAME "%s\x1b[0m", frame->down);
	append_many(bytes, " ", width - 2);
	/* Each border has a place of its own: the terminal may think otherwise of how wide the text
	 * is. */
	append_place(bytes, row, 2);
	if (i < lines->n)
		buffer_append(bytes, lines->bytes.data + lines->lines[i].start,
			      lines->lines[i].len);
	append_place(bytes, row, width - 1);
	buffer_printf(bytes, FRAME "%s", frame->down);
}

void box_append_frame(struct buffer *bytes, const struct box_view *view,
		      const struct box_lines *lines, const struct box_shape *shape)
{
	int width = lines->width + 4;

	append_top(bytes, view, shape->top, width);
	for (int row = shape->top + 1; row < shape->bottom - 1; row++)
		append_line(bytes, view, lines, (size_t)(row - shape->top - 1),
			    (const int[2]){row, width});
	append_bottom(bytes, view, shape->bottom - 1, width);
}
