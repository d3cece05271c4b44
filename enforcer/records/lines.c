/* SPDX-License-Identifier: Apache-2.0 */
/* The lines of a run's record. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "enforcer/base/text.h"
#include "enforcer/records/lines.h"
#include "enforcer/records/part.h"

#define READ_SIZE (256u << 10)

struct lines {
	char **parts; /* owned */
	size_t at;    /* of parts: the one that is open */
	struct part *part;
	char *data; /* LINES_MAX + READ_SIZE + 1; owned */
	size_t start, len;
	size_t searched; /* of what stands behind start: no newline in it */
	uint64_t number, overlong;
	bool skipping; /* within a line that is too long */
};

struct lines *lines_free(struct lines *lines)
{
	if (!lines)
		return NULL;
	part_free(lines->part);
	parts_free(lines->parts);
	free(lines->data);
	free(lines);
	return NULL;
}

static int lines_fail(const char *path, int error, struct failure *reterr)
{
	struct buffer shown = {};

	text_append_escaped(&shown, path, strlen(path), 512);
	failure_set(reterr, error, "%s: %s", shown.data ? shown.data : "the record",
		    error == -EBADMSG ? "the compressed file is damaged" : strerror(-error));
	buffer_done(&shown);
	return error;
}

int lines_open(const char *path, struct lines **ret_lines, struct failure *reterr)
{
	_cleanup_(lines_freep) struct lines *lines = calloc(1, sizeof(*lines));
	int r;

	if (!lines)
		return -ENOMEM;
	lines->data = malloc(LINES_MAX + READ_SIZE + 1);
	if (!lines->data)
		return -ENOMEM;
	r = parts_find(path, &lines->parts);
	if (r == 0)
		r = part_open(lines->parts[0], &lines->part);
	if (r < 0)
		return lines_fail(path, r, reterr);
	*ret_lines = steal_pointer(lines);
	return 0;
}

/* Bytes that came, 0 at the end of the last part, or a negative errno. */
static ssize_t lines_fill(struct lines *lines)
{
	ssize_t n;

	if (lines->start > 0) {
		memmove(lines->data, lines->data + lines->start, lines->len);
		lines->start = 0;
	}
	n = part_read(lines->part, lines->data + lines->len, READ_SIZE);
	if (n > 0)
		lines->len += (size_t)n;
	return n;
}

/* 1: the next part is open; 0: this was the last. */
static int lines_next_part(struct lines *lines)
{
	int r;

	if (!lines->parts[lines->at + 1])
		return 0;
	lines->part = part_free(lines->part);
	lines->at++;
	/* A part that was torn is over: what stood there is no line. */
	lines->len = lines->start = lines->searched = 0;
	lines->number = 0;
	lines->skipping = false;
	r = part_open(lines->parts[lines->at], &lines->part);
	return r < 0 ? r : 1;
}

static bool lines_cut(struct lines *lines, char **ret_line, size_t *ret_len)
{
	char *line = lines->data + lines->start, *end;

	while ((end = memchr(line + lines->searched, '\n', lines->len - lines->searched))) {
		size_t len = (size_t)(end - line);
		bool skipped = lines->skipping;

		lines->start += len + 1;
		lines->len -= len + 1;
		lines->searched = 0;
		lines->skipping = false;
		lines->number++;
		lines->overlong += !skipped && len > LINES_MAX;
		if (!skipped && len <= LINES_MAX) {
			*end = '\0';
			*ret_line = line;
			*ret_len = len;
			return true;
		}
		line = end + 1;
	}
	lines->searched = lines->len;
	if (lines->len > LINES_MAX) {
		lines->overlong += !lines->skipping;
		lines->skipping = true;
		lines->len = lines->start = lines->searched = 0;
	}
	return false;
}

int lines_next(struct lines *lines, char **ret_line, size_t *ret_len, struct failure *reterr)
{
	while (!lines_cut(lines, ret_line, ret_len)) {
		ssize_t n = lines_fill(lines);

		if (n == 0)
			n = lines_next_part(lines);
		if (n == 0)
			return 0;
		if (n < 0)
			return lines_fail(lines->parts[lines->at], (int)n, reterr);
	}
	return 1;
}

const char *lines_file(const struct lines *lines)
{
	return lines->parts[lines->at];
}

uint64_t lines_number(const struct lines *lines)
{
	return lines->number;
}

size_t lines_torn(const struct lines *lines)
{
	return lines->len;
}

uint64_t lines_overlong(const struct lines *lines)
{
	return lines->overlong;
}
