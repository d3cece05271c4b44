/* SPDX-License-Identifier: Apache-2.0 */
/* Bytes that grow, with a sticky error. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "enforcer/base/buffer.h"

void buffer_done(struct buffer *buffer)
{
	free(buffer->data);
	*buffer = (struct buffer){};
}

static bool buffer_reserve(struct buffer *buffer, size_t more)
{
	size_t size = buffer->size ? buffer->size : 256;
	char *data;

	if (buffer->error)
		return false;
	if (more > BUFFER_MAX - buffer->len - 1) {
		buffer->error = -E2BIG;
		return false;
	}
	while (size < buffer->len + more + 1)
		size *= 2;
	if (size == buffer->size)
		return true;
	data = realloc(buffer->data, size);
	if (!data) {
		buffer->error = -ENOMEM;
		return false;
	}
	buffer->data = data;
	buffer->size = size;
	return true;
}

void buffer_append(struct buffer *buffer, const void *data, size_t len)
{
	if (!buffer_reserve(buffer, len))
		return;
	if (len)
		memcpy(buffer->data + buffer->len, data, len);
	buffer->len += len;
	buffer->data[buffer->len] = '\0';
}

void buffer_append_string(struct buffer *buffer, const char *string)
{
	buffer_append(buffer, string, strlen(string));
}

void buffer_printf(struct buffer *buffer, const char *format, ...)
{
	va_list args, again;
	int n;

	va_start(args, format);
	va_copy(again, args);
	n = vsnprintf(NULL, 0, format, args);
	va_end(args);
	if (n >= 0 && buffer_reserve(buffer, (size_t)n)) {
		vsnprintf(buffer->data + buffer->len, (size_t)n + 1, format, again);
		buffer->len += (size_t)n;
	}
	va_end(again);
}

void buffer_consume(struct buffer *buffer, size_t len)
{
	if (len > buffer->len)
		len = buffer->len;
	buffer->len -= len;
	memmove(buffer->data, buffer->data + len, buffer->len + 1);
}
