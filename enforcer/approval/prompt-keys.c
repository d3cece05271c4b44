/* SPDX-License-Identifier: Apache-2.0 */
/* Which byte of a terminal's input is a key that a person pressed to answer. */
#include "enforcer/approval/prompt-keys.h"

#define CTRL_C 0x03
#define BEL    0x07
#define CAN    0x18
#define SUB    0x1a
#define ESC    0x1b

#define PASTE_BEGIN   200
#define PASTE_END     201
#define PARAMETER_BAD 1000

void prompt_keys_init(struct prompt_keys *keys, uint64_t quiet_ns, uint64_t now)
{
	*keys = (struct prompt_keys){.quiet_ns = quiet_ns, .ready_at = now + quiet_ns};
}

void prompt_keys_hush(struct prompt_keys *keys, uint64_t now)
{
	keys->ready_at = now + keys->quiet_ns;
}

static void keys_csi(struct prompt_keys *keys)
{
	keys->state = KEYS_CSI;
	keys->parameter = 0;
	keys->csi_bare = true;
}

/* After ESC, or a C1 control (which is ESC and the byte less 0x40). */
static void keys_introduce(struct prompt_keys *keys, unsigned char byte)
{
	switch (byte) {
	case '[':
		keys_csi(keys);
		break;
	case 'O':
	case 'N':
		keys->state = KEYS_ONE;
		break;
	case ']':
	case 'P':
	case 'X':
	case '^':
	case '_':
		keys->state = KEYS_STRING;
		break;
	case ESC:
		keys->state = KEYS_ESCAPE;
		break;
	default:
		/* 0x20 to 0x2f announce one more; else Alt and a key. */
		keys->state = byte >= 0x20 && byte <= 0x2f ? KEYS_ONE : KEYS_GROUND;
	}
}

static void keys_csi_final(struct prompt_keys *keys, unsigned char byte)
{
	keys->state = KEYS_GROUND;
	if (byte == '~' && keys->parameter == PASTE_BEGIN)
		keys->pasting = true;
	else if (byte == '~' && keys->parameter == PASTE_END)
		keys->pasting = false;
	/* The oldest mouse report is CSI M and three bytes that may be letters. */
	if (byte == 'M' && keys->csi_bare) {
		keys->state = KEYS_MOUSE;
		keys->pending = 3;
	}
}

static void keys_csi_byte(struct prompt_keys *keys, unsigned char byte)
{
	if (byte == ESC) {
		keys->state = KEYS_ESCAPE;
	} else if (byte == CAN || byte == SUB) {
		keys->state = KEYS_GROUND;
	} else if (byte >= 0x40 && byte <= 0x7e) {
		/* Linux' console sends function keys as CSI [ A: one more follows. */
		if (byte == '[' && keys->csi_bare)
			keys->state = KEYS_ONE;
		else
			keys_csi_final(keys, byte);
	} else {
		keys->csi_bare = false;
		if (byte >= '0' && byte <= '9' && keys->parameter < PARAMETER_BAD)
			keys->parameter = keys->parameter * 10 + (byte - '0');
		else
			keys->parameter = PARAMETER_BAD;
	}
}

static void keys_string_byte(struct prompt_keys *keys, unsigned char byte)
{
	if (byte == ESC)
		keys->state = KEYS_STRING_ESCAPE;
	else if (byte == BEL || byte == CAN || byte == SUB || byte == 0x9c)
		keys->state = KEYS_GROUND;
}

/* A byte of ground: true where it could be a key. */
static bool keys_ground(struct prompt_keys *keys, unsigned char byte)
{
	if (keys->pending > 0 && (byte & 0xc0) == 0x80) {
		keys->pending--;
		return false;
	}
	keys->pending = 0;
	if (byte == ESC)
		keys->state = KEYS_ESCAPE;
	else if (byte >= 0x80 && byte <= 0x9f)
		keys_introduce(keys, (unsigned char)(byte - 0x40));
	else if (byte >= 0xc2 && byte <= 0xf4)
		keys->pending = byte < 0xe0 ? 1 : byte < 0xf0 ? 2 : 3;
	else
		return byte < 0x80 && !keys->pasting;
	return false;
}

static bool keys_byte(struct prompt_keys *keys, unsigned char byte)
{
	switch (keys->state) {
	case KEYS_GROUND:
		return keys_ground(keys, byte);
	case KEYS_ESCAPE:
		keys_introduce(keys, byte);
		return false;
	case KEYS_ONE:
		keys->state = KEYS_GROUND;
		return false;
	case KEYS_CSI:
		keys_csi_byte(keys, byte);
		return false;
	case KEYS_MOUSE:
		if (--keys->pending == 0)
			keys->state = KEYS_GROUND;
		return false;
	case KEYS_STRING:
		keys_string_byte(keys, byte);
		return false;
	case KEYS_STRING_ESCAPE:
		/* ST is ESC \; any other ESC ends the string and begins anew. */
		if (byte == '\\')
			keys->state = KEYS_GROUND;
		else
			keys_introduce(keys, byte);
		return false;
	}
	return false;
}

unsigned char prompt_keys_feed(struct prompt_keys *keys, const unsigned char *data, size_t len,
			       uint64_t now)
{
	bool counts = len == 1 && now >= keys->ready_at;
	unsigned char key = 0;

	for (size_t i = 0; i < len; i++) {
		bool is_key = keys_byte(keys, data[i]);

		if (data[i] == CTRL_C && !keys->pasting)
			return CTRL_C;
		if (is_key)
			key = data[i];
	}
	if (counts && key)
		return key;
	prompt_keys_hush(keys, now);
	return 0;
}
