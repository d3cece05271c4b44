/* SPDX-License-Identifier: Apache-2.0 */
/* The files of a run's record. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zstd.h>

#include "enforcer/audit/audit-place.h"
#include "enforcer/base/fd.h"
#include "enforcer/records/part.h"

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
	if (ends_with(path, AUDIT_COMPRESSED)) {
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
				return n == 0 && part->in_frame ? -EBADMSG : n;
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

bool part_is_at(const struct part *part, const char *path)
{
	struct stat here, there;

	return fstat(part->fd, &here) == 0 && stat(path, &there) == 0 &&
	       here.st_dev == there.st_dev && here.st_ino == there.st_ino;
}

/* What is the better next part: a lower number, and of one number the plain one. */
struct choice {
	unsigned number; /* 0: none yet */
	bool compressed;
};

static void choose(struct choice *choice, unsigned after, const char *suffix)
{
	struct choice found = {};

	found.number = audit_part_number(suffix, &found.compressed);
	if (found.number <= after)
		return;
	if (!choice->number || found.number < choice->number ||
	    (found.number == choice->number && choice->compressed))
		*choice = found;
}

/* An empty one is what the run has just made ready to take the place of the newest. */
static bool is_empty(DIR *dir, const char *name)
{
	struct stat st;

	return fstatat(dirfd(dir), name, &st, 0) < 0 || st.st_size == 0;
}

/* Closed parts stand beside the open one, under its name. */
static void look_for_closed(const char *path, unsigned after, struct choice *choice)
{
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
	char folder[PATH_MAX];
	size_t len = strlen(name);
	struct dirent *entry;
	DIR *dir;

	snprintf(folder, sizeof(folder), "%.*s", slash ? (int)(slash - path) : 1,
		 slash ? path : ".");
	dir = opendir(folder[0] ? folder : "/");
	while (dir && (entry = readdir(dir)))
		if (strncmp(entry->d_name, name, len) == 0 && entry->d_name[len] == '.' &&
		    !is_empty(dir, entry->d_name))
			choose(choice, after, entry->d_name + len);
	if (dir)
		closedir(dir);
}

int part_next(const char *path, unsigned number, char **ret_path, unsigned *ret_number)
{
	struct choice choice = {};
	char *found;

	/* A stream can be read once, and has no other parts. */
	if (strcmp(path, "-") != 0)
		look_for_closed(path, number, &choice);
	if (choice.number) {
		if (asprintf(&found, "%s.%u%s", path, choice.number,
			     choice.compressed ? AUDIT_COMPRESSED : "") < 0)
			return -ENOMEM;
	} else {
		if (strcmp(path, "-") != 0 && access(path, F_OK) < 0)
			return -ENOENT;
		found = strdup(path);
		if (!found)
			return -ENOMEM;
	}
	*ret_path = found;
	*ret_number = choice.number;
	return 0;
}
