/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bytes that grow. A failed allocation or a buffer over its limit is remembered (sticky), so that a
 * row of appends needs one check at its end.
 */
#pragma once

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#define BUFFER_MAX (64u << 20)

struct buffer {
	char *data; /* NUL behind the last byte once anything was appended; owned */
	size_t len;
	size_t size;
	int error; /* 0, -ENOMEM or -E2BIG */
};

void buffer_done(struct buffer *buffer);
void buffer_append(struct buffer *buffer, const void *data, size_t len);
void buffer_append_string(struct buffer *buffer, const char *string);
void buffer_printf(struct buffer *buffer, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* Forgets the first len bytes. */
void buffer_consume(struct buffer *buffer, size_t len);
