/* SPDX-License-Identifier: Apache-2.0 */
/* How characters look. */
#include <string.h>

#include "enforcer/approval/screen-pen.h"

static const struct {
	uint32_t attribute;
	unsigned on, off;
} attributes[] = {
	{SCREEN_BOLD, 1, 22},   {SCREEN_DIM, 2, 22},       {SCREEN_ITALIC, 3, 23},
	{SCREEN_BLINK, 5, 25},  {SCREEN_REVERSE, 7, 27},   {SCREEN_HIDDEN, 8, 28},
	{SCREEN_STRIKE, 9, 29}, {SCREEN_OVERLINE, 53, 55},
};

static int arg_or(const struct screen_csi *csi, unsigned i, int otherwise)
{
	return i < csi->n_args && csi->args[i] != SCREEN_ABSENT ? csi->args[i] : otherwise;
}

static uint32_t rgb(const struct screen_csi *csi, unsigned first)
{
	uint32_t colour = 0;

	for (unsigned i = 0; i < 3; i++)
		colour = colour << 8 | (uint32_t)(arg_or(csi, first + i, 0) & 0xff);
	return SCREEN_RGB | colour;
}

/* 38, 48 and 58: 5;N or 2;R;G;B, with colons also 2::R:G:B. The number of parameters it took. */
static unsigned extended_colour(const struct screen_csi *csi, unsigned i, uint32_t *ret_colour)
{
	unsigned joined = 0, first = i + 2;
	int kind = arg_or(csi, i + 1, 0);

	while (i + joined + 1 < csi->n_args && csi->joined[i + joined + 1])
		joined++;
	if (kind == 5 && i + 2 < csi->n_args)
		*ret_colour = SCREEN_INDEXED | (uint32_t)(arg_or(csi, i + 2, 0) & 0xff);
	if (kind == 2 && joined >= 5)
		first = i + 3;
	if (kind == 2 && first + 2 < csi->n_args)
		*ret_colour = rgb(csi, first);
	if (joined > 0)
		return joined + 1;
	return kind == 5 ? 3 : kind == 2 ? 5 : 2;
}

static unsigned underline(struct screen_pen *pen, const struct screen_csi *csi, unsigned i)
{
	bool joined = i + 1 < csi->n_args && csi->joined[i + 1];
	int style = joined ? arg_or(csi, i + 1, 1) : 1;

	pen->attributes &= ~SCREEN_UNDERLINE;
	if (style >= 1 && style <= 5)
		pen->attributes |= (uint32_t)style << SCREEN_UNDERLINE_SHIFT;
	return joined ? 2 : 1;
}

static void simple(struct screen_pen *pen, unsigned number)
{
	for (size_t i = 0; i < ARRAY_LEN(attributes); i++) {
		if (attributes[i].on == number)
			pen->attributes |= attributes[i].attribute;
		else if (attributes[i].off == number)
			pen->attributes &= ~attributes[i].attribute;
	}
	if (number == 0)
		*pen = (struct screen_pen){};
	else if (number == 6)
		pen->attributes |= SCREEN_BLINK;
	else if (number == 21)
		pen->attributes =
			(pen->attributes & ~SCREEN_UNDERLINE) | 2u << SCREEN_UNDERLINE_SHIFT;
	else if (number == 24)
		pen->attributes &= ~SCREEN_UNDERLINE;
	else if (number >= 30 && number <= 37)
		pen->foreground = SCREEN_INDEXED | (number - 30);
	else if (number == 39)
		pen->foreground = 0;
	else if (number >= 40 && number <= 47)
		pen->background = SCREEN_INDEXED | (number - 40);
	else if (number == 49)
		pen->background = 0;
	else if (number == 59)
		pen->line = 0;
	else if (number >= 90 && number <= 97)
		pen->foreground = SCREEN_INDEXED | (number - 90 + 8);
	else if (number >= 100 && number <= 107)
		pen->background = SCREEN_INDEXED | (number - 100 + 8);
}

void screen_pen_apply(struct screen_pen *pen, const struct screen_csi *csi)
{
	unsigned i = 0;

	while (i < csi->n_args) {
		int number = arg_or(csi, i, 0);

		if (number == 38)
			i += extended_colour(csi, i, &pen->foreground);
		else if (number == 48)
			i += extended_colour(csi, i, &pen->background);
		else if (number == 58)
			i += extended_colour(csi, i, &pen->line);
		else if (number == 4)
			i += underline(pen, csi, i);
		else {
			simple(pen, (unsigned)number);
			i++;
		}
	}
}

static void append_colour(struct buffer *buffer, uint32_t colour, unsigned base)
{
	unsigned value = colour & 0xff;

	if (colour & SCREEN_RGB)
		buffer_printf(buffer, ";%u;2;%u;%u;%u", base + 8, colour >> 16 & 0xff,
			      colour >> 8 & 0xff, value);
	else if (!(colour & SCREEN_INDEXED))
		return;
	else if (value < 8 && base < 50)
		buffer_printf(buffer, ";%u", base + value);
	else if (value < 16 && base < 50)
		buffer_printf(buffer, ";%u", base + 60 + value - 8);
	else
		buffer_printf(buffer, ";%u;5;%u", base + 8, value);
}

void screen_pen_append(struct buffer *buffer, const struct screen_pen *pen)
{
	uint32_t style = (pen->attributes & SCREEN_UNDERLINE) >> SCREEN_UNDERLINE_SHIFT;

	buffer_append_string(buffer, "\x1b[0");
	for (size_t i = 0; i < ARRAY_LEN(attributes); i++)
		if (pen->attributes & attributes[i].attribute)
			buffer_printf(buffer, ";%u", attributes[i].on);
	if (style == 1)
		buffer_append_string(buffer, ";4");
	else if (style > 1)
		buffer_printf(buffer, ";4:%u", style);
	append_colour(buffer, pen->foreground, 30);
	append_colour(buffer, pen->background, 40);
	append_colour(buffer, pen->line, 50);
	buffer_append_string(buffer, "m");
}

bool screen_pen_is(const struct screen_pen *a, const struct screen_pen *b)
{
	return a->foreground == b->foreground && a->background == b->background &&
	       a->line == b->line && a->attributes == b->attributes;
}

size_t screen_encode(uint32_t character, char ret_bytes[static 4])
{
	size_t n = 0;

	if (character < 0x80) {
		ret_bytes[n++] = (char)character;
	} else if (character < 0x800) {
		ret_bytes[n++] = (char)(0xc0 | character >> 6);
		ret_bytes[n++] = (char)(0x80 | (character & 0x3f));
	} else if (character < 0x10000) {
		ret_bytes[n++] = (char)(0xe0 | character >> 12);
		ret_bytes[n++] = (char)(0x80 | (character >> 6 & 0x3f));
		ret_bytes[n++] = (char)(0x80 | (character & 0x3f));
	} else {
		ret_bytes[n++] = (char)(0xf0 | (character >> 18 & 0x07));
		ret_bytes[n++] = (char)(0x80 | (character >> 12 & 0x3f));
		ret_bytes[n++] = (char)(0x80 | (character >> 6 & 0x3f));
		ret_bytes[n++] = (char)(0x80 | (character & 0x3f));
	}
	return n;
}

void screen_append_character(struct buffer *buffer, uint32_t character)
{
	char bytes[4];

	buffer_append(buffer, bytes, screen_encode(character, bytes));
}
