/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which byte of a terminal's input is a key that a person pressed to answer. PURE.
 *
 * A terminal also sends what nobody typed: answers to queries that the agent wrote before the
 * question came, mouse and focus reports, pastes. And a person types on for a moment when a
 * question appears. So a byte counts only when it came alone, after a quiet time, outside any
 * escape sequence. Ctrl-C counts always: it can only deny.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PROMPT_QUIET_NS 300000000u

enum keys_state {
	KEYS_GROUND = 0,
	KEYS_ESCAPE, /* after ESC */
	KEYS_ONE,    /* drop one more (SS3, character sets) */
	KEYS_CSI,
	KEYS_MOUSE,  /* three bytes after CSI M */
	KEYS_STRING, /* OSC, DCS, SOS, PM, APC, until ST or BEL */
	KEYS_STRING_ESCAPE,
};

struct prompt_keys {
	enum keys_state state;
	unsigned pending;   /* bytes of a UTF-8 or mouse sequence still to come */
	unsigned parameter; /* of CSI: the only one, 1000 where there is no such thing */
	bool csi_bare;      /* CSI without any parameter byte so far */
	bool pasting;
	uint64_t quiet_ns;
	uint64_t ready_at; /* nothing counts before */
};

void prompt_keys_init(struct prompt_keys *keys, uint64_t quiet_ns, uint64_t now);
/* Nothing counts until the quiet time has passed once more. */
void prompt_keys_hush(struct prompt_keys *keys, uint64_t now);
/* One read's worth of input. The key, or 0. */
unsigned char prompt_keys_feed(struct prompt_keys *keys, const unsigned char *data, size_t len,
			       uint64_t now);
