/* SPDX-License-Identifier: Apache-2.0 */
/* The files of a run's record. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zstd.h>

#include "enforcer/base/fd.h"
#include "enforcer/records/part.h"

#define COMPRESSED ".zst"
/* Enough of a line to find its number in. */
#define HEAD_SIZE 512

struct part {
	int fd;          /* owned */
	ZSTD_DCtx *zstd; /* NULL: plain; owned */
	ZSTD_inBuffer input;
	char *data; /* of input; owned */
	bool in_frame;
};

static bool ends_with(const char *text, const char *end)
{
	size_t len = strlen(text), end_len = strlen(end);

	return len >= end_len && strcmp(text + len - end_len, end) == 0;
}

struct part *part_free(struct part *part)
{
	if (!part)
		return NULL;
	fd_close(part->fd);
	ZSTD_freeDCtx(part->zstd);
	free(part->data);
	free(part);
	return NULL;
}

int part_open(const char *path, struct part **ret_part)
{
	_cleanup_(part_freep) struct part *part = calloc(1, sizeof(*part));

	if (!part)
		return -ENOMEM;
	part->fd = strcmp(path, "-") == 0 ? fcntl(0, F_DUPFD_CLOEXEC, 3)
					  : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (part->fd < 0)
		return -errno;
	if (ends_with(path, COMPRESSED)) {
		part->zstd = ZSTD_createDCtx();
		part->data = malloc(ZSTD_DStreamInSize());
		if (!part->zstd || !part->data)
			return -ENOMEM;
		part->input.src = part->data;
	}
	*ret_part = steal_pointer(part);
	return 0;
}

static ssize_t read_some(int fd, void *data, size_t len)
{
	ssize_t n;

	do
		n = read(fd, data, len);
	while (n < 0 && errno == EINTR);
	return n < 0 ? -errno : n;
}

ssize_t part_read(struct part *part, void *data, size_t len)
{
	ZSTD_outBuffer output = {.dst = data, .size = len};

	if (!part->zstd)
		return read_some(part->fd, data, len);
	while (output.pos == 0) {
		size_t left;

		if (part->input.pos == part->input.size) {
			ssize_t n = read_some(part->fd, part->data, ZSTD_DStreamInSize());

			if (n <= 0)
				return n;
			part->input.size = (size_t)n;
			part->input.pos = 0;
		}
		left = ZSTD_decompressStream(part->zstd, &output, &part->input);
		if (ZSTD_isError(left))
			return -EBADMSG;
		part->in_frame = left != 0;
	}
	return (ssize_t)output.pos;
}

bool part_is_cut(const struct part *part)
{
	return part->in_frame;
}

/* The number of the first line in a part; 0 where that cannot be told. */
static unsigned long long first_number(const char *path)
{
	_cleanup_(part_freep) struct part *part = NULL;
	char head[HEAD_SIZE + 1];
	size_t len = 0;
	const char *at;
	ssize_t n = 1;

	if (part_open(path, &part) < 0)
		return 0;
	while (n > 0 && len < HEAD_SIZE) {
		n = part_read(part, head + len, HEAD_SIZE - len);
		len += n > 0 ? (size_t)n : 0;
	}
	head[len] = '\0';
	at = strstr(head, ",\"seq\":");
	return at ? strtoull(at + strlen(",\"seq\":"), NULL, 10) : 0;
}

/* ".12" or ".12.zst" behind the name of the record. */
static bool is_part_suffix(const char *text)
{
	size_t digits;

	if (text[0] != '.')
		return false;
	digits = strspn(text + 1, "0123456789");
	return digits > 0 &&
	       (text[1 + digits] == '\0' || strcmp(text + 1 + digits, COMPRESSED) == 0);
}

struct numbered {
	char *path;
	unsigned long long first;
};

static int compare_numbered(const void *a, const void *b)
{
	const struct numbered *x = a, *y = b;

	return (x->first > y->first) - (x->first < y->first);
}

static int add_part(struct numbered **parts, size_t *n, const char *path)
{
	struct numbered *grown = reallocarray(*parts, *n + 1, sizeof(*grown));

	if (!grown)
		return -ENOMEM;
	*parts = grown;
	grown[*n].path = strdup(path);
	if (!grown[*n].path)
		return -ENOMEM;
	(*n)++;
	return 0;
}

/* Closed parts stand beside the open one, under its name. */
static int add_closed(const char *path, struct numbered **parts, size_t *n)
{
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
	char folder[PATH_MAX], found[PATH_MAX + NAME_MAX + 2];
	size_t len = strlen(name);
	struct dirent *entry;
	DIR *dir;
	int r = 0;

	snprintf(folder, sizeof(folder), "%.*s", slash ? (int)(slash - path) : 1,
		 slash ? path : ".");
	dir = opendir(folder[0] ? folder : "/");
	while (dir && r == 0 && (entry = readdir(dir))) {
		if (strncmp(entry->d_name, name, len) != 0 || !is_part_suffix(entry->d_name + len))
			continue;
		snprintf(found, sizeof(found), "%s/%s", folder, entry->d_name);
		r = add_part(parts, n, found);
	}
	if (dir)
		closedir(dir);
	return r;
}

int parts_find(const char *path, char ***ret_parts)
{
	_cleanup_free_ struct numbered *parts = NULL;
	char **list;
	size_t n = 0;
	int r = 0;

	if (strcmp(path, "-") == 0 || access(path, F_OK) == 0)
		r = add_part(&parts, &n, path);
	/* A closed part that was named itself, and a stream, stand alone. */
	if (r == 0 && strcmp(path, "-") != 0)
		r = add_closed(path, &parts, &n);
	list = calloc(n + 1, sizeof(*list));
	if (!list)
		r = -ENOMEM;
	/* A stream can be read once, and has no other parts. */
	for (size_t i = 0; n > 1 && i < n; i++)
		parts[i].first = first_number(parts[i].path);
	if (parts)
		qsort(parts, n, sizeof(*parts), compare_numbered);
	for (size_t i = 0; i < n; i++) {
		if (r == 0)
			list[i] = parts[i].path;
		else
			free(parts[i].path);
	}
	if (r < 0 || n == 0) {
		free(list);
		return r < 0 ? r : -ENOENT;
	}
	*ret_parts = list;
	return 0;
}

char **parts_free(char **parts)
{
	for (size_t i = 0; parts && parts[i]; i++)
		free(parts[i]);
	free(parts);
	return NULL;
}
