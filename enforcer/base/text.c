/* SPDX-License-Identifier: Apache-2.0 */
/* Text that came from the agent, made fit to be shown. */
#include <stdint.h>
#include <string.h>

#include "enforcer/base/cleanup.h"
#include "enforcer/base/text.h"

/* Length of the character at data, 0 where it is no valid UTF-8; the code point in *ret_point. */
static size_t utf8_decode(const unsigned char *data, size_t len, uint32_t *ret_point)
{
	static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
	uint32_t point;
	size_t n;

	if (data[0] < 0x80) {
		*ret_point = data[0];
		return 1;
	}
	if (data[0] >= 0xc2 && data[0] <= 0xdf)
		n = 2, point = data[0] & 0x1f;
	else if (data[0] >= 0xe0 && data[0] <= 0xef)
		n = 3, point = data[0] & 0x0f;
	else if (data[0] >= 0xf0 && data[0] <= 0xf4)
		n = 4, point = data[0] & 0x07;
	else
		return 0;
	if (n > len)
		return 0;
	for (size_t i = 1; i < n; i++) {
		if ((data[i] & 0xc0) != 0x80)
			return 0;
		point = point << 6 | (data[i] & 0x3f);
	}
	if (point < least[n] || point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff))
		return 0;
	*ret_point = point;
	return n;
}

/* Code points that draw nothing, or change where other letters are drawn (Unicode 15). */
static bool point_is_treacherous(uint32_t point)
{
	static const struct {
		uint32_t first, last;
	} ranges[] = {
		{0x00, 0x1f},        {0x7f, 0x9f},     {0xad, 0xad},       {0x34f, 0x34f},
		{0x61c, 0x61c},      {0x115f, 0x1160}, {0x17b4, 0x17b5},   {0x180b, 0x180f},
		{0x200b, 0x200f},    {0x2028, 0x202e}, {0x2060, 0x206f},   {0x3164, 0x3164},
		{0xd800, 0xf8ff},    {0xfe00, 0xfe0f}, {0xfeff, 0xfeff},   {0xffa0, 0xffa0},
		{0xfff0, 0xfffb},    {0xfffe, 0xffff}, {0x1bca0, 0x1bca3}, {0x1d173, 0x1d17a},
		{0xe0000, 0x10ffff},
	};

	for (size_t i = 0; i < ARRAY_LEN(ranges); i++)
		if (point >= ranges[i].first && point <= ranges[i].last)
			return true;
	return false;
}

bool text_is_utf8(const char *data, size_t len)
{
	const unsigned char *p = (const unsigned char *)data;
	uint32_t point;

	while (len > 0) {
		size_t n = utf8_decode(p, len, &point);

		if (n == 0 || point == 0)
			return false;
		p += n;
		len -= n;
	}
	return true;
}

void text_append_escaped(struct buffer *buffer, const char *data, size_t len, size_t max)
{
	const unsigned char *p = (const unsigned char *)data;
	size_t start = buffer->len;

	while (len > 0) {
		uint32_t point = 0;
		size_t n = utf8_decode(p, len, &point);

		if (max && buffer->len - start >= max) {
			buffer_append_string(buffer, "...");
			return;
		}
		if (n > 0 && point == '\\') {
			buffer_append_string(buffer, "\\\\");
		} else if (n > 0 && !point_is_treacherous(point)) {
			buffer_append(buffer, p, n);
		} else if (point == '\n' || point == '\t') {
			buffer_append_string(buffer, point == '\n' ? "\\n" : "\\t");
		} else {
			n = n ? n : 1;
			for (size_t i = 0; i < n; i++)
				buffer_printf(buffer, "\\x%02x", p[i]);
		}
		p += n;
		len -= n;
	}
}
