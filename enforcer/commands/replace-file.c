/* SPDX-License-Identifier: Apache-2.0 */
/* Writes a file, whole or not at all. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "enforcer/base/fd.h"
#include "enforcer/commands/replace-file.h"
#include "enforcer/config/facts.h"

#define FIRST_MAX 128

int replace_file_allowed(const char *file, const char *first, struct failure *reterr)
{
	_cleanup_fd_ int fd = -1;
	char there[FIRST_MAX], shown[SHOWN_MAX];
	size_t len = strlen(first);
	struct stat st;

	if (strcmp(file, "-") == 0)
		return 0;
	if (lstat(file, &st) < 0)
		return errno == ENOENT ? 0
				       : failure_set(reterr, -errno, "%s: %s",
						     facts_show(file, shown), strerror(errno));
	if (S_ISREG(st.st_mode) && st.st_size == 0)
		return 0;
	if (S_ISREG(st.st_mode))
		fd = open(file, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
	if (fd >= 0 && len <= sizeof(there) && fd_read_all(fd, there, len) == 0 &&
	    memcmp(there, first, len) == 0)
		return 0;
	failure_hint(reterr, "--force writes over it");
	return failure_set(reterr, -EEXIST, "%s: something else stands there",
			   facts_show(file, shown));
}

static int write_whole(int fd, const char *data, size_t len)
{
	int r;

	/* A limit of the file's size (ulimit -f) ends a process that does not ignore it, and what
	 * it had begun would be left behind. */
	signal(SIGXFSZ, SIG_IGN);
	r = fd_write_all(fd, data, len);

	/* The name must not come to stand for less than was written, should the power go. */
	if (r == 0 && fsync(fd) < 0)
		r = -errno;
	return r;
}

int replace_file(const char *file, const char *data, size_t len, struct failure *reterr)
{
	_cleanup_free_ char *beside = NULL;
	const char *slash = strrchr(file, '/');
	int folder = slash ? (int)(slash - file) + 1 : 0;
	_cleanup_fd_ int fd = -1;
	char shown[SHOWN_MAX];
	int r;

	if (strcmp(file, "-") == 0) {
		r = fd_write_all(STDOUT_FILENO, data, len);
		return r < 0 ? failure_set(reterr, r, "standard output: %s", strerror(-r)) : 0;
	}
	if (asprintf(&beside, "%.*s.%s.XXXXXX", folder, file, file + folder) < 0)
		return -ENOMEM;
	fd = mkostemp(beside, O_CLOEXEC);
	r = fd < 0 ? -errno : write_whole(fd, data, len);
	if (r == 0 && rename(beside, file) < 0)
		r = -errno;
	if (r < 0 && fd >= 0)
		unlink(beside);
	return r < 0 ? failure_set(reterr, r, "%s: %s", facts_show(file, shown), strerror(-r)) : 0;
}
