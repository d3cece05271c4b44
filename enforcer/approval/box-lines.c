/* SPDX-License-Identifier: Apache-2.0 */
/* Lines of text for a box. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "enforcer/approval/box-lines.h"
#include "enforcer/approval/screen-pen.h"

struct glyph {
	uint32_t character;
	int width;
};

/* Text taken apart. */
struct glyphs {
	struct buffer buffer;
	size_t n;
	int width;
};

static struct glyph glyph_at(const struct glyphs *glyphs, size_t i)
{
	struct glyph glyph;

	memcpy(&glyph, glyphs->buffer.data + i * sizeof(glyph), sizeof(glyph));
	return glyph;
}

static void glyphs_add(struct glyphs *glyphs, uint32_t character, int width)
{
	const struct glyph glyph = {character, width};

	buffer_append(&glyphs->buffer, &glyph, sizeof(glyph));
	if (glyphs->buffer.error)
		return;
	glyphs->n++;
	glyphs->width += width;
}

static void glyphs_read(struct glyphs *glyphs, struct screen *measure, const char *text)
{
	struct screen_input input = {};
	struct screen_event event = {};
	size_t len = strlen(text);

	for (size_t at = 0; at < len;) {
		at += screen_input_next(&input, text + at, len - at, &event);
		for (size_t i = 0; event.kind == SCREEN_ASCII && i < event.len; i++)
			glyphs_add(glyphs, (unsigned char)event.ascii[i], 1);
		if (event.kind == SCREEN_CHARACTER)
			glyphs_add(glyphs, event.character, screen_width(measure, event.character));
	}
}

void box_lines_done(struct box_lines *lines)
{
	buffer_done(&lines->bytes);
}

static struct box_line *box_last(struct box_lines *lines)
{
	return &lines->lines[lines->n - 1];
}

static void box_raw(struct box_lines *lines, const char *bytes, size_t len)
{
	buffer_append(&lines->bytes, bytes, len);
	box_last(lines)->len = lines->bytes.len - box_last(lines)->start;
}

void box_begin(struct box_lines *lines)
{
	if (lines->n == BOX_LINES_MAX) {
		lines->cut = true;
		return;
	}
	lines->look = NULL;
	lines->lines[lines->n++] = (struct box_line){.start = lines->bytes.len};
}

void box_look(struct box_lines *lines, const char *look)
{
	lines->look = look;
	box_raw(lines, "\x1b[0m", 4);
	if (look)
		box_raw(lines, look, strlen(look));
}

static bool box_wrap(struct box_lines *lines)
{
	const char *look = lines->look;

	if (lines->n == BOX_LINES_MAX) {
		lines->cut = true;
		return false;
	}
	box_begin(lines);
	box_column(lines, lines->indent);
	box_look(lines, look);
	return true;
}

static void box_glyph(struct box_lines *lines, const struct glyph *glyph)
{
	struct box_line *line = box_last(lines);

	if (line->width + glyph->width > lines->width) {
		if (!box_wrap(lines))
			return;
		line = box_last(lines);
	}
	screen_append_character(&lines->bytes, glyph->character);
	line->width += glyph->width;
	line->len = lines->bytes.len - line->start;
}

/* Which glyphs, from *ret_first to (not including) *ret_end, must go so that the rest and the mark
 * fit into room columns. */
static void middle_of(const struct glyphs *glyphs, int room, size_t *ret_first, size_t *ret_end)
{
	int head = room / 2, tail = room - head;
	size_t first = 0, end = glyphs->n;

	for (int width = 0; first < glyphs->n; first++) {
		width += glyph_at(glyphs, first).width;
		if (width > head)
			break;
	}
	for (int width = 0; end > first; end--) {
		width += glyph_at(glyphs, end - 1).width;
		if (width > tail)
			break;
	}
	*ret_first = first;
	*ret_end = end;
}

/* True where the word that begins at glyph i is better begun on a new line. */
static bool word_wraps(const struct box_lines *lines, const struct glyphs *glyphs, size_t i)
{
	int width = 0, left = lines->width - lines->lines[lines->n - 1].width;

	if (i == 0 || glyph_at(glyphs, i - 1).character != ' ')
		return false;
	for (; i < glyphs->n && glyph_at(glyphs, i).character != ' '; i++)
		width += glyph_at(glyphs, i).width;
	return width > left && width <= (lines->width - lines->indent) / 3;
}

void box_text(struct box_lines *lines, const char *text, size_t max)
{
	const char *mark = lines->ascii ? "[...]" : "[…]";
	struct glyphs glyphs = {}, marks = {};
	size_t first, end;
	int room;

	glyphs_read(&glyphs, lines->measure, text);
	glyphs_read(&marks, lines->measure, mark);
	/* A wide character may leave a column empty at the end of each line. */
	room = lines->width - box_last(lines)->width +
	       (int)(max - 1) * (lines->width - lines->indent - 1);
	first = end = glyphs.n;
	if (glyphs.width > room) {
		middle_of(&glyphs, room > marks.width ? room - marks.width : 0, &first, &end);
		lines->cut = true;
	}
	for (size_t i = 0; i < glyphs.n; i++) {
		struct glyph glyph = glyph_at(&glyphs, i);

		for (size_t k = 0; i == first && k < marks.n; k++) {
			struct glyph dot = glyph_at(&marks, k);

			box_glyph(lines, &dot);
		}
		if (i >= first && i < end)
			continue;
		if (max > 1 && word_wraps(lines, &glyphs, i))
			box_wrap(lines);
		box_glyph(lines, &glyph);
	}
	if (glyphs.buffer.error || marks.buffer.error)
		lines->cut = true;
	buffer_done(&glyphs.buffer);
	buffer_done(&marks.buffer);
}

void box_printf(struct box_lines *lines, const char *format, ...)
{
	char text[512];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	box_text(lines, text, 1);
}

void box_column(struct box_lines *lines, int column)
{
	struct box_line *line = box_last(lines);

	for (; line->width < column && line->width < lines->width; line->width++)
		buffer_append(&lines->bytes, " ", 1);
	line->len = lines->bytes.len - line->start;
}

int box_text_width(struct box_lines *lines, const char *text)
{
	struct glyphs glyphs = {};
	int width;

	glyphs_read(&glyphs, lines->measure, text);
	width = glyphs.width;
	buffer_done(&glyphs.buffer);
	return width;
}
