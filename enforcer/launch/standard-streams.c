/* SPDX-License-Identifier: Apache-2.0 */
/* Descriptors 0 to 2, checked. */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "enforcer/base/fd.h"
#include "enforcer/launch/standard-streams.h"

static const char *const stream_names[] = {"standard input", "standard output", "standard error"};

/* Major 1 of the kernel's devices.txt: what has no state and no owner. */
static bool device_is_harmless(dev_t device)
{
	static const unsigned minors[] = {3 /* null */, 5 /* zero */, 7 /* full */, 8 /* random */,
					  9 /* urandom */};

	if (major(device) != 1)
		return false;
	for (size_t i = 0; i < ARRAY_LEN(minors); i++)
		if (minor(device) == minors[i])
			return true;
	return false;
}

static const char *socket_fault(int fd)
{
	int domain = -1, type = -1;
	socklen_t len = sizeof(domain);

	if (getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &len) < 0 || domain != AF_UNIX)
		return "a network socket";
	len = sizeof(type);
	/* A datagram carries its address in sendmsg(), which no filter can look at. */
	if (getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &len) < 0 ||
	    (type != SOCK_STREAM && type != SOCK_SEQPACKET))
		return "a datagram socket";
	return NULL;
}

/* What is wrong with it, or NULL. */
static const char *stream_fault(int fd, int flags, const struct stat *st)
{
	if (flags & O_PATH)
		return "an O_PATH descriptor";
	switch (st->st_mode & S_IFMT) {
	case S_IFDIR:
		/* fchdir and openat from it would start in the host's tree, and climb. */
		return "a directory";
	case S_IFBLK:
		return "a block device";
	case S_IFSOCK:
		return socket_fault(fd);
	case S_IFCHR:
		if (isatty(fd))
			return "a terminal that nothing stands between";
		return device_is_harmless(st->st_rdev) ? NULL : "a device";
	default:
		return NULL;
	}
}

static int stream_take(int fd, int *ret_fd, struct failure *reterr)
{
	int flags = fcntl(fd, F_GETFL), copy;
	const char *fault;
	struct stat st;

	if (flags < 0) {
		_cleanup_fd_ int null = open("/dev/null", O_RDWR | O_CLOEXEC);

		copy = null < 0 ? -1 : fcntl(null, F_DUPFD_CLOEXEC, 3);
	} else {
		if (fstat(fd, &st) < 0)
			return failure_set(reterr, -errno, "%s cannot be examined",
					   stream_names[fd]);
		fault = stream_fault(fd, flags, &st);
		if (fault) {
			failure_hint(reterr, "redirect it to a file, a pipe or /dev/null");
			return failure_set(reterr, -EINVAL,
					   "%s is %s: it would be a way out of the "
					   "sandbox",
					   stream_names[fd], fault);
		}
		copy = fcntl(fd, F_DUPFD_CLOEXEC, 3);
	}
	if (copy < 0)
		return failure_set(reterr, -errno, "%s cannot be duplicated", stream_names[fd]);
	*ret_fd = copy;
	return 0;
}

int standard_streams_take(unsigned terminal, int ret_fds[static 3], struct failure *reterr)
{
	int fds[3] = {-1, -1, -1};

	for (int fd = 0; fd < 3; fd++) {
		int r;

		if (terminal & 1u << fd)
			continue;
		r = stream_take(fd, &fds[fd], reterr);
		if (r < 0) {
			for (int i = 0; i < fd; i++)
				fd_close(fds[i]);
			return r;
		}
	}
	for (int fd = 0; fd < 3; fd++)
		ret_fds[fd] = fds[fd];
	return 0;
}
