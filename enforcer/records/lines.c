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
	char *path;   /* of the record; owned */
	char **parts; /* that were opened, the last one is; owned */
	size_t n_parts;
	struct part *part;
	unsigned closed; /* the number of the part that is open, or of the last closed one before */
	bool open;       /* it is the newest, which the run goes on writing */
	bool turned;     /* and was: now it has a number */
	char *data;      /* LINES_MAX + READ_SIZE + 1; owned */
	size_t start, len;
	size_t searched; /* of what stands behind start: no newline in it */
	uint64_t number, overlong;
	bool skipping; /* within a line that is too long */
	unsigned torn_parts;
};

struct lines *lines_free(struct lines *lines)
{
	if (!lines)
		return NULL;
	part_free(lines->part);
	for (size_t i = 0; i < lines->n_parts; i++)
		free(lines->parts[i]);
	free(lines->parts);
	free(lines->path);
	free(lines->data);
	free(lines);
	return NULL;
}

static int lines_fail(const char *path, int error, struct failure *reterr)
{
	struct buffer shown = {};

	text_append_escaped(&shown, path, strlen(path), 512);
	failure_set(reterr, error, "%s: %s", shown.data ? shown.data : "the record",
		    error == -EBADMSG ? "the compressed file is damaged or cut off"
				      : strerror(-error));
	buffer_done(&shown);
	return error;
}

/* Opens the part behind number. -ENOENT where there is none. */
static int lines_open_part(struct lines *lines, unsigned number)
{
	_cleanup_(part_freep) struct part *part = NULL;
	_cleanup_free_ char *path = NULL, *again = NULL;
	unsigned found = 0, better;
	char **grown;
	int r;

	/* The run goes on meanwhile: a part that was found may be compressed before it is opened,
	 * and what was the newest may have become a closed one. */
	for (int i = 0; i < 16; i++) {
		free(path);
		free(again);
		path = again = NULL;
		part = part_free(part);
		r = part_next(lines->path, number, &path, &found);
		if (r == 0)
			r = part_open(path, &part);
		if (r == -ENOENT && path)
			continue;
		if (r < 0 || found)
			break;
		r = part_next(lines->path, number, &again, &better);
		if (r < 0 || !better)
			break;
	}
	if (r < 0)
		return r;
	grown = reallocarray(lines->parts, lines->n_parts + 1, sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	lines->parts = grown;
	grown[lines->n_parts++] = steal_pointer(path);
	part_free(lines->part);
	lines->part = steal_pointer(part);
	lines->open = found == 0;
	lines->turned = false;
	lines->closed = found ?: number;
	return 0;
}

int lines_open(const char *path, struct lines **ret_lines, struct failure *reterr)
{
	_cleanup_(lines_freep) struct lines *lines = calloc(1, sizeof(*lines));
	int r;

	if (!lines)
		return -ENOMEM;
	lines->data = malloc(LINES_MAX + READ_SIZE + 1);
	lines->path = strdup(path);
	if (!lines->data || !lines->path)
		return -ENOMEM;
	r = lines_open_part(lines, 0);
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

/* The newest part that we have read has the lowest of the numbers that were not there before. */
static int lines_find_own(struct lines *lines)
{
	_cleanup_free_ char *path = NULL;
	unsigned found;
	int r = part_next(lines->path, lines->closed, &path, &found);

	if (r < 0 || !found)
		return r < 0 ? r : -ENOENT;
	lines->closed = found;
	lines->open = lines->turned = false;
	return 0;
}

/* 1: there is more to read; 0: this was the last. */
static int lines_next_part(struct lines *lines)
{
	int r;

	if (lines->open && !lines->turned) {
		if (strcmp(lines->path, "-") == 0 || part_is_at(lines->part, lines->path))
			return 0;
		/* It was closed; but more may have been written before that and behind our look. */
		lines->turned = true;
		return 1;
	}
	r = lines->turned ? lines_find_own(lines) : 0;
	if (r == 0)
		r = lines_open_part(lines, lines->closed);
	if (r < 0)
		return r == -ENOENT ? 0 : r;
	/* A part that was torn is over: what stood there is no line. */
	lines->torn_parts += lines->len > 0 || lines->skipping;
	lines->len = lines->start = lines->searched = 0;
	lines->number = 0;
	lines->skipping = false;
	return 1;
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
			return lines_fail(lines_file(lines), (int)n, reterr);
	}
	return 1;
}

const char *lines_file(const struct lines *lines)
{
	return lines->parts[lines->n_parts - 1];
}

uint64_t lines_number(const struct lines *lines)
{
	return lines->number;
}

size_t lines_torn(const struct lines *lines)
{
	return lines->len;
}

size_t lines_part(const struct lines *lines)
{
	return lines->n_parts - 1;
}

unsigned lines_torn_parts(const struct lines *lines)
{
	return lines->torn_parts;
}

uint64_t lines_overlong(const struct lines *lines)
{
	return lines->overlong;
}
