/* SPDX-License-Identifier: Apache-2.0 */
/* Descriptors: closed by scope, whole reads and writes. */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "enforcer/base/fd.h"

int fd_close(int fd)
{
	if (fd >= 0) {
		int saved = errno;

		close(fd);
		errno = saved;
	}
	return -1;
}

int fd_read_all(int fd, void *data, size_t len)
{
	char *p = data;

	while (len > 0) {
		ssize_t n = read(fd, p, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			return -EIO;
		p += n;
		len -= (size_t)n;
	}
	return 0;
}

int fd_write_all(int fd, const void *data, size_t len)
{
	const char *p = data;

	while (len > 0) {
		ssize_t n = write(fd, p, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		p += n;
		len -= (size_t)n;
	}
	return 0;
}

void fd_say(int fd, const char *text, size_t len)
{
	struct pollfd ready = {.fd = fd, .events = POLLOUT};

	if (poll(&ready, 1, 0) == 1 && ready.revents & POLLOUT && write(fd, text, len) < 0)
		return;
}

int fd_read_file(int fd, size_t max, char **ret_data, size_t *ret_len)
{
	_cleanup_free_ char *data = NULL;
	size_t size = 4096, len = 0;

	data = malloc(size);
	if (!data)
		return -ENOMEM;
	for (;;) {
		ssize_t n = read(fd, data + len, size - len - 1);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			break;
		len += (size_t)n;
		if (len > max)
			return -EFBIG;
		if (len + 1 == size) {
			char *bigger = realloc(data, size * 2);

			if (!bigger)
				return -ENOMEM;
			data = bigger;
			size *= 2;
		}
	}
	data[len] = '\0';
	*ret_data = steal_pointer(data);
	*ret_len = len;
	return 0;
}

void fd_path(int fd, char ret_path[static FD_PATH_MAX])
{
	snprintf(ret_path, FD_PATH_MAX, "/proc/self/fd/%d", fd);
}
