/* SPDX-License-Identifier: Apache-2.0 */
/* JSON written by hand: printable ASCII only. */
#include <stdbool.h>

#include "enforcer/audit/json-emit.h"
#include "enforcer/base/text.h"

static const char digits[] = "0123456789abcdef";

void emit_unsigned(struct buffer *buffer, uint64_t value)
{
	char text[20];
	size_t at = sizeof(text);

	do {
		text[--at] = (char)('0' + value % 10);
		value /= 10;
	} while (value > 0);
	emit(buffer, text + at, sizeof(text) - at);
}

void emit_signed(struct buffer *buffer, int64_t value)
{
	if (value < 0)
		emit(buffer, "-", 1);
	emit_unsigned(buffer, value < 0 ? -(uint64_t)value : (uint64_t)value);
}

/* Exactly width digits, leading zeros kept. */
static void put_digits(char *text, unsigned width, uint64_t value)
{
	while (width > 0) {
		text[--width] = (char)('0' + value % 10);
		value /= 10;
	}
}

void emit_microseconds(struct buffer *buffer, uint64_t ns)
{
	char text[4] = ".";

	emit_unsigned(buffer, ns / 1000);
	put_digits(text + 1, 3, ns % 1000);
	emit(buffer, text, sizeof(text));
}

void emit_time(struct buffer *buffer, uint64_t ns)
{
	char text[] = "\"0000-00-00T00:00:00.000000000Z\"";
	uint64_t seconds = ns / 1000000000u;
	uint64_t day = seconds / 86400, second = seconds % 86400;
	/* Days since 1 March of the year 0, in eras of 400 years: the leap day is the last of a
	 * year, so that months have fixed lengths (proleptic Gregorian calendar). */
	uint64_t shifted = day + 719468, era = shifted / 146097, of_era = shifted % 146097;
	uint64_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	uint64_t of_year = of_era - (365 * year + year / 4 - year / 100);
	uint64_t month = (5 * of_year + 2) / 153;

	put_digits(text + 1, 4, year + era * 400 + (month >= 10));
	put_digits(text + 6, 2, month < 10 ? month + 3 : month - 9);
	put_digits(text + 9, 2, of_year - (153 * month + 2) / 5 + 1);
	put_digits(text + 12, 2, second / 3600);
	put_digits(text + 15, 2, second / 60 % 60);
	put_digits(text + 18, 2, second % 60);
	put_digits(text + 21, 9, ns % 1000000000u);
	emit(buffer, text, sizeof(text) - 1);
}

void emit_hexadecimal(struct buffer *buffer, uint64_t value)
{
	char text[18];
	size_t at = sizeof(text);

	do {
		text[--at] = digits[value & 15];
		value >>= 4;
	} while (value > 0);
	text[--at] = 'x';
	text[--at] = '0';
	emit(buffer, text + at, sizeof(text) - at);
}

/* Stands in a JSON string, and on a terminal, for itself. */
static inline bool byte_is_plain(unsigned char byte)
{
	return byte >= 0x20 && byte < 0x7f && byte != '"' && byte != '\\';
}

static size_t plain_prefix(const char *text, size_t len)
{
	size_t n = 0;

	while (n < len && byte_is_plain((unsigned char)text[n]))
		n++;
	return n;
}

static void emit_unit(struct buffer *buffer, uint32_t unit)
{
	char text[6] = "\\u";

	for (unsigned i = 0; i < 4; i++)
		text[2 + i] = digits[unit >> (12 - 4 * i) & 15];
	emit(buffer, text, sizeof(text));
}

/* One character of text that is known to be valid UTF-8; its length. */
static size_t emit_character(struct buffer *buffer, const unsigned char *p)
{
	size_t n = p[0] < 0x80 ? 1 : p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;
	uint32_t point = n == 1 ? p[0] : p[0] & (0x7fu >> n);

	for (size_t i = 1; i < n; i++)
		point = point << 6 | (p[i] & 0x3f);
	if (point == '"' || point == '\\') {
		emit(buffer, "\\", 1);
		emit(buffer, (const char *)p, 1);
	} else if (point < 0x10000) {
		emit_unit(buffer, point);
	} else {
		emit_unit(buffer, 0xd800 + ((point - 0x10000) >> 10));
		emit_unit(buffer, 0xdc00 + ((point - 0x10000) & 0x3ff));
	}
	return n;
}

/* What stands between the quotes; text is valid UTF-8, its first plain bytes already looked at. */
static void emit_escaped(struct buffer *buffer, const char *text, size_t len, size_t plain)
{
	for (;;) {
		emit(buffer, text, plain);
		text += plain;
		len -= plain;
		if (len == 0)
			return;
		plain = emit_character(buffer, (const unsigned char *)text);
		text += plain;
		len -= plain;
		plain = plain_prefix(text, len);
	}
}

static void emit_bytes(struct buffer *buffer, const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		unsigned char byte = (unsigned char)text[i];
		char pair[2] = {digits[byte >> 4], digits[byte & 15]};

		emit(buffer, pair, sizeof(pair));
	}
}

size_t emit_cut(const char *text, size_t len, size_t max)
{
	size_t n = max;

	if (len <= max)
		return len;
	/* A character has at most three bytes behind its first. */
	while (n > 0 && max - n < 3 && ((unsigned char)text[n] & 0xc0) == 0x80)
		n--;
	return n;
}

void emit_name(struct buffer *buffer, const char *key, const char *text, size_t len, size_t max)
{
	size_t cut = emit_cut(text, len, max);
	size_t plain = plain_prefix(text, cut);
	bool utf8 = plain == cut || text_is_utf8(text + plain, cut - plain);

	emit(buffer, ",\"", 2);
	emit(buffer, key, strlen(key));
	emit_text(buffer, utf8 ? "\":\"" : "_hex\":\"");
	if (utf8)
		emit_escaped(buffer, text, cut, plain);
	else
		emit_bytes(buffer, text, cut);
	emit(buffer, "\"", 1);
	if (cut == len)
		return;
	emit(buffer, ",\"", 2);
	emit(buffer, key, strlen(key));
	emit_text(buffer, "_length\":");
	emit_unsigned(buffer, len);
}

void emit_element(struct buffer *buffer, const char *text, size_t len)
{
	size_t plain = plain_prefix(text, len);
	bool utf8 = plain == len || text_is_utf8(text + plain, len - plain);

	emit_text(buffer, utf8 ? "\"" : "{\"hex\":\"");
	if (utf8)
		emit_escaped(buffer, text, len, plain);
	else
		emit_bytes(buffer, text, len);
	emit_text(buffer, utf8 ? "\"" : "\"}");
}
