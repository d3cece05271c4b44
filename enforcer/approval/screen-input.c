/* SPDX-License-Identifier: Apache-2.0 */
/* What a terminal reads, cut into characters, controls and whole escape sequences. */
#include <string.h>

#include "enforcer/approval/screen-input.h"

#define ESC 0x1b
#define BEL 0x07
#define CAN 0x18
#define SUB 0x1a
#define DEL 0x7f

#define REPLACEMENT 0xfffd

static void input_keep(struct screen_input *input, unsigned char byte)
{
	if (input->n_unfinished < SCREEN_UNFINISHED_MAX)
		input->unfinished[input->n_unfinished] = (char)byte;
	/* One more than fits tells that something is lacking. */
	if (input->n_unfinished <= SCREEN_UNFINISHED_MAX)
		input->n_unfinished++;
}

static void input_ground(struct screen_input *input)
{
	input->state = SCREEN_GROUND;
	input->n_unfinished = 0;
}

static void input_start_escape(struct screen_input *input)
{
	input->state = SCREEN_IN_ESCAPE;
	input->n_unfinished = 0;
	input->n_intermediates = 0;
	input->escape_intermediate = 0;
	input->bad = false;
	input_keep(input, ESC);
}

static void input_start_csi(struct screen_input *input)
{
	input->state = SCREEN_IN_CSI;
	input->bad = false;
	input->n_intermediates = 0;
	input->csi = (struct screen_csi){.n_args = 1, .args = {SCREEN_ABSENT}};
}

static bool utf8_is_character(uint32_t character, uint32_t least)
{
	if (character < least || character > 0x10ffff)
		return false;
	/* Surrogates, and the non-characters at the end of each plane. */
	return !(character >= 0xd800 && character <= 0xdfff) && (character & 0xfffe) != 0xfffe;
}

/* The first byte of a sequence. True where it is a character by itself (a broken one). */
static bool utf8_start(struct screen_input *input, unsigned char byte)
{
	if (byte < 0xc2 || byte > 0xf4)
		return true;
	input->state = SCREEN_IN_UTF8;
	input->n_unfinished = 0;
	input_keep(input, byte);
	input->utf8_left = byte < 0xe0 ? 1 : byte < 0xf0 ? 2 : 3;
	input->utf8_least = byte < 0xe0 ? 0x80 : byte < 0xf0 ? 0x800 : 0x10000;
	input->utf8 = byte & (byte < 0xe0 ? 0x1f : byte < 0xf0 ? 0x0f : 0x07);
	return false;
}

/* The final byte has come, or what cannot be one. */
static void input_escape_byte(struct screen_input *input, unsigned char byte,
			      struct screen_event *event)
{
	input_keep(input, byte);
	if (byte >= 0x20 && byte <= 0x2f) {
		input->bad |= input->n_intermediates++ > 0;
		input->escape_intermediate = (char)byte;
		return;
	}
	if (input->n_intermediates == 0 && strchr("[]PX^_", byte)) {
		if (byte == '[') {
			input_start_csi(input);
			return;
		}
		input->osc = byte == ']';
		input->state = input->osc ? SCREEN_IN_OSC : SCREEN_IN_STRING;
		return;
	}
	input_ground(input);
	if (input->bad || byte < 0x30 || byte > 0x7e)
		return;
	event->kind = SCREEN_ESCAPE;
	event->intermediate = input->escape_intermediate;
	event->final = (char)byte;
}

static void csi_digit(struct screen_input *input, int digit)
{
	int *arg = &input->csi.args[input->csi.n_args - 1];

	if (*arg == SCREEN_ABSENT)
		*arg = 0;
	*arg = *arg * 10 + digit;
	if (*arg > SCREEN_NUMBER_MAX)
		*arg = SCREEN_NUMBER_MAX;
}

static void csi_next(struct screen_input *input, bool joined)
{
	struct screen_csi *csi = &input->csi;

	if (csi->n_args == SCREEN_ARGS_MAX) {
		input->bad = true;
		return;
	}
	csi->args[csi->n_args] = SCREEN_ABSENT;
	csi->joined[csi->n_args] = joined;
	csi->n_args++;
}

static void input_csi_byte(struct screen_input *input, unsigned char byte,
			   struct screen_event *event)
{
	struct screen_csi *csi = &input->csi;

	input_keep(input, byte);
	if (byte >= 0x40 && byte <= 0x7e) {
		input_ground(input);
		if (input->bad)
			return;
		event->kind = SCREEN_CSI;
		event->csi = *csi;
		event->csi.final = (char)byte;
	} else if (byte >= 0x20 && byte <= 0x2f) {
		input->bad |= input->n_intermediates++ > 0;
		csi->intermediate = (char)byte;
	} else if (input->n_intermediates > 0) {
		input->bad = true;
	} else if (byte >= '0' && byte <= '9') {
		csi_digit(input, byte - '0');
	} else if (byte == ';' || byte == ':') {
		csi_next(input, byte == ':');
	} else if (byte >= '<' && byte <= '?' && csi->n_args == 1 && !csi->leader &&
		   csi->args[0] == SCREEN_ABSENT) {
		csi->leader = (char)byte;
	} else {
		input->bad = true;
	}
}

static void input_string_byte(struct screen_input *input, unsigned char byte)
{
	input_keep(input, byte);
	if (byte == BEL && input->osc)
		input_ground(input);
}

/* A byte within a sequence. False: it is to be read again, from the ground. */
static bool input_byte(struct screen_input *input, unsigned char byte, struct screen_event *event)
{
	switch (input->state) {
	case SCREEN_IN_UTF8:
		if ((byte & 0xc0) != 0x80) {
			input_ground(input);
			event->kind = SCREEN_CHARACTER;
			event->character = REPLACEMENT;
			return false;
		}
		input_keep(input, byte);
		input->utf8 = input->utf8 << 6 | (byte & 0x3f);
		if (--input->utf8_left > 0)
			return true;
		input_ground(input);
		/* C1 controls in UTF-8 are taken for commands by some terminals and not by others:
		 * no program uses them, none is shown. */
		if (input->utf8 >= 0x80 && input->utf8 < 0xa0)
			return true;
		event->kind = SCREEN_CHARACTER;
		event->character = utf8_is_character(input->utf8, input->utf8_least) ? input->utf8
										     : REPLACEMENT;
		return true;
	case SCREEN_IN_ESCAPE:
		input_escape_byte(input, byte, event);
		return true;
	case SCREEN_IN_CSI:
		input_csi_byte(input, byte, event);
		return true;
	case SCREEN_IN_OSC:
	case SCREEN_IN_STRING:
		input_string_byte(input, byte);
		return true;
	case SCREEN_IN_STRING_ESCAPE:
	case SCREEN_GROUND:
		break;
	}
	return false;
}

/* A control, which any sequence but a string lets through. */
static void input_control(struct screen_input *input, unsigned char byte,
			  struct screen_event *event)
{
	bool string = input->state == SCREEN_IN_OSC || input->state == SCREEN_IN_STRING;

	if (byte == CAN || byte == SUB) {
		input_ground(input);
	} else if (byte == ESC && string) {
		input_keep(input, byte);
		input->state = SCREEN_IN_STRING_ESCAPE;
	} else if (byte == ESC) {
		input_start_escape(input);
	} else if (string) {
		input_string_byte(input, byte);
	} else if (byte != 0 && byte != DEL) {
		event->kind = SCREEN_CONTROL;
		event->control = byte;
	}
}

static size_t ascii_run(const char *data, size_t len)
{
	size_t n = 0;

	while (n < len && data[n] >= 0x20 && data[n] < DEL)
		n++;
	return n;
}

size_t screen_input_next(struct screen_input *input, const char *data, size_t len,
			 struct screen_event *ret_event)
{
	size_t i = 0;

	ret_event->kind = SCREEN_NOTHING;
	while (i < len && ret_event->kind == SCREEN_NOTHING) {
		unsigned char byte = (unsigned char)data[i];

		if (input->state == SCREEN_IN_STRING_ESCAPE) {
			/* ST is ESC \; any other ESC ends the string and begins anew. */
			if (byte == '\\') {
				input_ground(input);
				i++;
			} else {
				input_start_escape(input);
			}
		} else if (input->state == SCREEN_GROUND && byte >= 0x20 && byte < DEL) {
			ret_event->kind = SCREEN_ASCII;
			ret_event->ascii = data + i;
			ret_event->len = ascii_run(data + i, len - i);
			i += ret_event->len;
		} else if (byte < 0x20 || byte == DEL) {
			if (input->state == SCREEN_IN_UTF8) {
				input_byte(input, byte, ret_event);
				continue;
			}
			i++;
			input_control(input, byte, ret_event);
		} else if (input->state == SCREEN_GROUND) {
			i++;
			if (utf8_start(input, byte)) {
				ret_event->kind = SCREEN_CHARACTER;
				ret_event->character = REPLACEMENT;
			}
		} else if (input_byte(input, byte, ret_event)) {
			i++;
		}
	}
	return i;
}

const char *screen_input_unfinished(const struct screen_input *input, size_t *ret_len)
{
	const char *instead = "";

	*ret_len = 0;
	if (input->state == SCREEN_GROUND)
		return "";
	if (input->n_unfinished <= SCREEN_UNFINISHED_MAX) {
		*ret_len = input->n_unfinished;
		return input->unfinished;
	}
	/* Too long to be kept: a string of the same kind that nothing reads takes the rest in. */
	switch (input->state) {
	case SCREEN_IN_OSC:
		instead = "\x1b]999;";
		break;
	case SCREEN_IN_STRING:
		instead = "\x1b_";
		break;
	case SCREEN_IN_STRING_ESCAPE:
		instead = input->osc ? "\x1b]999;\x1b" : "\x1b_\x1b";
		break;
	case SCREEN_IN_ESCAPE:
		/* Nothing is meant by it, whatever follows. */
		instead = "\x1b##";
		break;
	case SCREEN_IN_CSI:
		instead = "\x1b[<?";
		break;
	case SCREEN_GROUND:
	case SCREEN_IN_UTF8:
		break;
	}
	*ret_len = strlen(instead);
	return instead;
}
