/* SPDX-License-Identifier: Apache-2.0 */
/* Text in columns of a terminal. */
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <wchar.h>

#include "enforcer/commands/watch-text.h"

/* A letter, and how it is shown. */
struct letter {
	const char *shown;
	size_t shown_len;
	size_t len, columns;
};

static struct letter letter_at(const char *text)
{
	mbstate_t state = {};
	wchar_t wide = 0;
	size_t len = mbrtowc(&wide, text, strlen(text), &state);
	int columns;

	if (len == (size_t)-1 || len == (size_t)-2 || len == 0)
		return (struct letter){"?", 1, 1, 1};
	columns = wcwidth(wide);
	if (columns < 0)
		return (struct letter){"?", 1, len, 1};
	return (struct letter){text, len, len, (size_t)columns};
}

size_t watch_text_width(const char *text)
{
	size_t width = 0;

	for (struct letter letter; *text; text += letter.len) {
		letter = letter_at(text);
		width += letter.columns;
	}
	return width;
}

/* Copies what fits; returns what does not. */
static const char *fit(const char *text, size_t width, char *ret_text, size_t size)
{
	size_t n = 0, columns = 0;

	while (*text && *text != '\n') {
		struct letter letter = letter_at(text);

		if (columns + letter.columns > width || n + letter.shown_len >= size)
			break;
		memcpy(ret_text + n, letter.shown, letter.shown_len);
		n += letter.shown_len;
		columns += letter.columns;
		text += letter.len;
	}
	ret_text[n] = '\0';
	return text;
}

static void cut(const char *text, size_t width, char *ret_text, size_t size)
{
	const char *rest = fit(text, width, ret_text, size);

	if (width == 0 || !*rest || *rest == '\n')
		return;
	fit(text, width - 1, ret_text, size - 1);
	strcat(ret_text, "~");
}

void watch_text_cut(const char *text, size_t width, char ret_text[static WATCH_LINE_MAX])
{
	cut(text, width, ret_text, WATCH_LINE_MAX);
}

void watch_text_pad(const char *text, size_t width, char ret_text[static 64])
{
	size_t columns, len;

	cut(text, width, ret_text, 64);
	columns = watch_text_width(ret_text);
	len = strlen(ret_text);
	for (; columns < width && len < 63; columns++)
		ret_text[len++] = ' ';
	ret_text[len] = '\0';
}

const char *watch_text_wrap(const char *text, size_t width, char ret_line[static WATCH_LINE_MAX])
{
	const char *rest = fit(text, width, ret_line, WATCH_LINE_MAX);

	return *rest == '\n' ? rest + 1 : rest;
}
