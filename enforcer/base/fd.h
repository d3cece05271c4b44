/* SPDX-License-Identifier: Apache-2.0 */
/* Descriptors: closed by scope, whole reads and writes. Every descriptor is CLOEXEC at birth. */
#pragma once

#include <stddef.h>
#include <sys/types.h>

#include "enforcer/base/cleanup.h"

/* Takes fd, closes it where it is one, keeps errno; returns -1. */
int fd_close(int fd);

static inline void fd_closep(int *fd)
{
	*fd = fd_close(*fd);
}

#define _cleanup_fd_ _cleanup_(fd_closep)

/* Both go on after a short count and EINTR. 0 or a negative errno; a read that meets the end of
 * the file before len bytes is -EIO. */
int fd_read_all(int fd, void *data, size_t len);
int fd_write_all(int fd, const void *data, size_t len);

/* Written where that can be begun at once; else, and on an error, left out. A pipe that can be
 * written takes PIPE_BUF without waiting. */
void fd_say(int fd, const char *text, size_t len);

/* The whole of a file, at most max bytes (-EFBIG over that), with a NUL behind it that is not
 * counted. ret_data is given to the caller. */
int fd_read_file(int fd, size_t max, char **ret_data, size_t *ret_len);

/* "/proc/self/fd/N": how a pinned object is named to calls that take only a path. */
#define FD_PATH_MAX 32
void fd_path(int fd, char ret_path[static FD_PATH_MAX]);
