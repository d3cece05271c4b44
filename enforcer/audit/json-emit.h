/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JSON written by hand, for the record's hot path (docs/decisions/0002). What comes out is
 * printable ASCII only: everything else in a string is an escape, so no byte of the agent's can end
 * a string, a line, or reach a terminal.
 *
 * A name that is no valid UTF-8 has no JSON string: it is written in hexadecimal under its key with
 * "_hex" behind it. Errors are the buffer's own (sticky).
 */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "enforcer/base/buffer.h"

/* One byte becomes at most six ("\u001b"). */
#define EMIT_EXPANSION_MAX 6

static inline void emit(struct buffer *buffer, const char *data, size_t len)
{
	if (buffer->error || buffer->size - buffer->len <= len) {
		buffer_append(buffer, data, len);
		return;
	}
	memcpy(buffer->data + buffer->len, data, len);
	buffer->len += len;
	buffer->data[buffer->len] = '\0';
}

/* text: ours, JSON already. Inline, so that the length of a literal is known. */
static inline void emit_text(struct buffer *buffer, const char *text)
{
	emit(buffer, text, strlen(text));
}

void emit_unsigned(struct buffer *buffer, uint64_t value);
void emit_signed(struct buffer *buffer, int64_t value);
/* Nanoseconds as microseconds with three decimals. */
void emit_microseconds(struct buffer *buffer, uint64_t ns);
/* A quoted RFC 3339 time in UTC with nanoseconds. ns: since 1970. */
void emit_time(struct buffer *buffer, uint64_t ns);
/* "0x" and lower-case digits, not quoted. */
void emit_hexadecimal(struct buffer *buffer, uint64_t value);

/*
 * ,"key":"text" or ,"key_hex":"..." . Of a text longer than max the first max bytes (fewer, where a
 * character would be cut), and ,"key_length":<its whole length>. key: plain ASCII, ours.
 */
void emit_name(struct buffer *buffer, const char *key, const char *text, size_t len, size_t max);
/* An element of an array: "text" or {"hex":"..."}. */
void emit_element(struct buffer *buffer, const char *text, size_t len);
/* The longest prefix of at most max bytes that cuts no character. */
size_t emit_cut(const char *text, size_t len, size_t max);
