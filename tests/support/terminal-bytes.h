/* SPDX-License-Identifier: Apache-2.0 */
/* What programs write to a terminal, at random: well-formed, or anything at all. */
#pragma once

#include <stdio.h>

#include "enforcer/base/buffer.h"
#include "enforcer/base/cleanup.h"
#include "tests/fuzz/random.h"

enum terminal_style {
	TERMINAL_MODES = 0, /* margins, origin, character sets, insertion, no wrapping */
	TERMINAL_SAVES,     /* DECSC and DECRC */
	TERMINAL_ALTERNATE, /* on the second screen */
	TERMINAL_STYLES,
};

static inline void random_text(struct buffer *bytes, unsigned max)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz  0123456789 jklmqtuvwx~{}";

	for (unsigned n = 1 + random_below(max); n > 0; n--)
		buffer_append(bytes, &letters[random_below(sizeof(letters) - 1)], 1);
}

static inline void random_looks(struct buffer *bytes)
{
	static const char *const looks[] = {"",   "1",  "3",  "4",        "7",          "9",
					    "31", "42", "97", "38;5;200", "48;2;1;2;3", "1;4;35"};

	buffer_printf(bytes, "\x1b[%sm", looks[random_below(ARRAY_LEN(looks))]);
}

/* One piece, of those that libvterm and we take alike. */
static inline void random_piece(struct buffer *bytes, enum terminal_style style)
{
	static const char *const modes[] = {
		"\x1b[4h", "\x1b[4l", "\x1b[?7l",  "\x1b[?7h", "\x1b(0",   "\x1b(B",   "\x1b)0",
		"\x0e",    "\x0f",    "\x1b[2;5r", "\x1b[r",   "\x1b[?6h", "\x1b[?6l", "\x1b[3;9r"};
	static const char *const finals = "@LMPSTX";

	switch (random_below(12)) {
	case 0:
	case 1:
	case 2:
		random_text(bytes, 30);
		break;
	case 3:
		random_text(bytes, 100);
		break;
	case 4:
	case 5:
		buffer_append_string(bytes, "\r\n");
		break;
	case 6:
		buffer_printf(bytes, "\x1b[%u;%uH", 1 + random_below(14), 1 + random_below(50));
		break;
	case 7:
		random_looks(bytes);
		break;
	case 8:
		buffer_printf(bytes, "\x1b[%u%c", random_below(3), random_below(2) ? 'J' : 'K');
		break;
	case 9:
		buffer_printf(bytes, "\x1b[%u%c", 1 + random_below(6), finals[random_below(7)]);
		break;
	case 10:
		buffer_append_string(bytes, random_below(2) ? "\t" : "\b\b");
		break;
	default:
		if (style == TERMINAL_MODES)
			buffer_append_string(bytes, modes[random_below(ARRAY_LEN(modes))]);
		else if (style == TERMINAL_SAVES)
			buffer_append_string(bytes, random_below(2) ? "\x1b"
								      "7"
								    : "\x1b"
								      "8");
		else
			buffer_append_string(bytes, "\x1b[?25l");
	}
}

/* Anything: sequences begun and not ended, far too long, with numbers far too big. */
static inline void random_hostile(struct buffer *bytes)
{
	static const char *const pieces[] = {
		"\x1b[",
		"\x1b]",
		"\x1bP",
		"\x1b_",
		"\x1b",
		";",
		":",
		"99999999",
		"?",
		">",
		"!",
		"\x18",
		"\x07",
		"\x1b\\",
		"\x9b",
		"\xc2\x9b",
		"日",
		"e\xcc\x81",
		"\xcc\x81",
		"\xf0\x9f\x98\x80",
		"\xff",
		"\xe6\x97",
		"\x1b[?1049h",
		"\x1b[?1049l",
		"\x1b[?6h",
		"\x1b"
		"7",
		"\x1b"
		"8",
		"\x1b"
		"c",
		"\x1b#8",
		"\x1b[5;2r",
		"\x1b[b",
		"\x1b[9999b",
		"\x1b[4h",
		"\x1b[?69h",
		"\x1b[3;1s",
		"\x1b[!p",
		"\r",
		"\n",
		"\x1bM",
		"\x1b[999L",
		"\x1b[999@",
		"\x1b[?47h",
		"\x1b[?1047l",
		"\x1b[?1048l",
		"\x0e",
	};

	for (unsigned n = 1 + random_below(12); n > 0; n--) {
		char byte = (char)random_below(256);

		switch (random_below(8)) {
		case 0:
			buffer_append(bytes, &byte, 1);
			break;
		case 1:
			buffer_printf(bytes, "\x1b[%u;%u%c", random_below(70000), random_below(300),
				      0x40 + random_below(0x3f));
			break;
		case 2:
			random_piece(bytes, (enum terminal_style)random_below(TERMINAL_STYLES));
			break;
		default:
			buffer_append_string(bytes, pieces[random_below(ARRAY_LEN(pieces))]);
		}
	}
}
