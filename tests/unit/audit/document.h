/* SPDX-License-Identifier: Apache-2.0 */
/* Lines of the record, held against jansson and against docs/audit.md. */
#pragma once

#include <fcntl.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "enforcer/base/buffer.h"
#include "enforcer/base/fd.h"

static inline json_t *load(const struct buffer *line)
{
	json_t *object;

	if (line->len == 0 || memchr(line->data, '\n', line->len) != line->data + line->len - 1)
		return NULL;
	object = json_loadb(line->data, line->len, JSON_REJECT_DUPLICATES, NULL);
	if (!object)
		fprintf(stderr, "no JSON: %.300s\n", line->data);
	return object;
}

/* The lines of docs/audit.md, in its order: what we write today must stand there, to the letter. */
static inline bool is_in_the_document(const char *text)
{
	static char *document;
	static size_t len;

	if (!document) {
		_cleanup_fd_ int fd = open(AUDIT_MD, O_RDONLY | O_CLOEXEC);

		if (fd < 0 || fd_read_file(fd, 1 << 20, &document, &len) < 0)
			return false;
	}
	if (strstr(document, text))
		return true;
	fprintf(stderr, "docs/audit.md lacks: %s\n", text);
	return false;
}
