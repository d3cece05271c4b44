/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a terminal reads, cut into characters, controls and whole escape sequences. PURE, and all
 * of its input is hostile: every number is bounded, what is not understood is dropped whole, and
 * what is unfinished is kept so that it can be sent once more.
 *
 * It stands before libvterm, whose own parser in Debian 12 (0.1.4) writes behind an array for a CSI
 * with more than 16 parameters. Nothing gets there but what was taken apart and put together here.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SCREEN_ARGS_MAX   16
#define SCREEN_NUMBER_MAX 65535
/* Of an unfinished sequence: what is longer is finished by a harmless one. */
#define SCREEN_UNFINISHED_MAX 256

enum screen_event_kind {
	SCREEN_NOTHING = 0, /* all was read */
	SCREEN_ASCII,       /* a run of 0x20 to 0x7e */
	SCREEN_CHARACTER,   /* a code point from 0xa0 on; U+FFFD for what is no character */
	SCREEN_CONTROL,     /* C0, but ESC, CAN, SUB, DEL and NUL */
	SCREEN_ESCAPE,      /* ESC, perhaps an intermediate byte, a final one */
	SCREEN_CSI,
};

struct screen_csi {
	char leader;       /* one of <=>?, or 0 */
	char intermediate; /* 0x20 to 0x2f, or 0 */
	char final;
	unsigned n_args; /* at least 1; an absent one is SCREEN_ABSENT */
	int args[SCREEN_ARGS_MAX];
	bool joined[SCREEN_ARGS_MAX]; /* by a colon to the one before */
};
#define SCREEN_ABSENT (-1)

struct screen_event {
	enum screen_event_kind kind;
	const char *ascii; /* into the input */
	size_t len;
	uint32_t character;
	unsigned char control;
	char intermediate, final; /* ESCAPE */
	struct screen_csi csi;
};

enum screen_input_state {
	SCREEN_GROUND = 0,
	SCREEN_IN_UTF8,
	SCREEN_IN_ESCAPE,
	SCREEN_IN_CSI,
	SCREEN_IN_OSC,
	SCREEN_IN_STRING, /* DCS, SOS, PM, APC */
	SCREEN_IN_STRING_ESCAPE,
};

struct screen_input {
	enum screen_input_state state;
	bool osc; /* of the string: BEL ends it as well */
	bool bad; /* the sequence is beyond our bounds */
	unsigned n_intermediates;
	unsigned utf8_left;
	uint32_t utf8, utf8_least;
	struct screen_csi csi;
	char escape_intermediate;
	char unfinished[SCREEN_UNFINISHED_MAX];
	size_t n_unfinished; /* beyond the array's size: not all of it is kept */
};

/* Reads until an event is whole. Returns how many of the len bytes it took. */
size_t screen_input_next(struct screen_input *input, const char *data, size_t len,
			 struct screen_event *ret_event);

/*
 * What must be sent to a terminal whose sequence was broken off, so that the bytes to come mean
 * what they were to mean. Static, or input's own; NUL-terminated it is not.
 */
const char *screen_input_unfinished(const struct screen_input *input, size_t *ret_len);
