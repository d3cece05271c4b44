/* SPDX-License-Identifier: Apache-2.0 */
/* Text and numbers as they stand in a page. */
#include <stdio.h>
#include <string.h>

#include "enforcer/base/cleanup.h"
#include "enforcer/base/text.h"
#include "enforcer/records/show.h"
#include "enforcer/records/when.h"
#include "enforcer/report/html.h"

static void escape(struct buffer *to, const char *data, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		switch (data[i]) {
		case '&':
			buffer_append_string(to, "&amp;");
			break;
		case '<':
			buffer_append_string(to, "&lt;");
			break;
		case '>':
			buffer_append_string(to, "&gt;");
			break;
		case '"':
			buffer_append_string(to, "&quot;");
			break;
		case '\'':
			buffer_append_string(to, "&#39;");
			break;
		default:
			buffer_append(to, &data[i], 1);
		}
	}
}

void html_text(struct buffer *to, const char *text, size_t max)
{
	_cleanup_(buffer_done) struct buffer shown = {};

	text = text ?: "?";
	text_append_escaped(&shown, text, strlen(text), max);
	escape(to, shown.data ?: "", shown.len);
}

void html_shown(struct buffer *to, const char *text, size_t max)
{
	size_t len = text ? strlen(text) : 0, shown = len;

	if (max && len > max) {
		/* Never within a letter: what is left of one is no UTF-8. */
		for (shown = max; shown > 0 && (text[shown] & 0xc0) == 0x80;)
			shown--;
	}
	escape(to, text ?: "?", text ? shown : 1);
	if (shown < len)
		buffer_append_string(to, "...");
}

void html_path(struct buffer *to, const char *home, const char *path)
{
	const struct show show = {.home = home};
	_cleanup_(buffer_done) struct buffer shown = {};

	show_path(&show, &shown, path ?: "?");
	escape(to, shown.data ?: "", shown.len);
}

void html_number(struct buffer *to, uint64_t n)
{
	char digits[24];
	int len = snprintf(digits, sizeof(digits), "%llu", (unsigned long long)n);

	for (int i = 0; i < len; i++) {
		if (i > 0 && (len - i) % 3 == 0)
			buffer_append_string(to, ",");
		buffer_append(to, &digits[i], 1);
	}
}

void html_number_cell(struct buffer *to, uint64_t n)
{
	buffer_append_string(to, n ? "<td class=\"n\">" : "<td class=\"n none\">");
	html_number(to, n);
	buffer_append_string(to, "</td>");
}

void html_count(struct buffer *to, uint64_t n, const char *one)
{
	html_number(to, n);
	buffer_printf(to, " %s%s", one, n == 1 ? "" : "s");
}

void html_bytes(struct buffer *to, uint64_t n)
{
	static const char *const units[] = {"kB", "MB", "GB", "TB", "PB", "EB"};
	double value = (double)n / 1000;
	size_t unit = 0;

	if (n < 1000) {
		buffer_printf(to, "%llu B", (unsigned long long)n);
		return;
	}
	/* What would be rounded to a thousand is one of the next. */
	for (; value >= 999.95 && unit + 1 < ARRAY_LEN(units); unit++)
		value /= 1000;
	buffer_printf(to, "%.1f %s", value, units[unit]);
}

void html_share(struct buffer *to, uint64_t part, uint64_t all)
{
	double share = all ? 100.0 * (double)part / (double)all : 0;

	if (part == 0 || part == all)
		buffer_printf(to, "%.0f %%", share);
	else if (share < 0.1)
		buffer_append_string(to, "&lt;0.1 %");
	else if (share > 99.9)
		buffer_append_string(to, "&gt;99.9 %");
	else
		buffer_printf(to, "%.1f %%", share);
}

void html_duration(struct buffer *to, uint64_t ns)
{
	char text[WHEN_SIZE];

	when_print_duration(ns, text);
	buffer_append_string(to, text);
}
