/* SPDX-License-Identifier: Apache-2.0 */
/* What bwrap reads from descriptors. */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "enforcer/base/buffer.h"
#include "enforcer/base/fd.h"
#include "enforcer/launch/bwrap-command.h"
#include "enforcer/launch/bwrap-files.h"

static int text_fd(const char *name, const char *text, size_t len)
{
	_cleanup_fd_ int fd = memfd_create(name, MFD_CLOEXEC);
	int r;

	if (fd < 0)
		return -errno;
	r = fd_write_all(fd, text, len);
	if (r < 0)
		return r;
	if (lseek(fd, 0, SEEK_SET) < 0)
		return -errno;
	return steal_fd(fd);
}

int bwrap_options_fd(const struct plan *plan)
{
	_cleanup_(buffer_done) struct buffer buffer = {};

	bwrap_append_options(plan, &buffer);
	if (buffer.error)
		return buffer.error;
	return text_fd("callgate-bwrap", buffer.data, buffer.len);
}

int bwrap_files(const struct plan *plan, int ret_fds[static PLAN_FILES_MAX])
{
	int n = 0;

	for (int i = 0; i < PLAN_FILES_MAX; i++)
		ret_fds[i] = -1;
	for (size_t i = 0; i < plan->mount_count && n < PLAN_FILES_MAX; i++) {
		const struct plan_mount *mount = &plan->mounts[i];

		if (mount->kind != PLAN_MOUNT_FILE)
			continue;
		ret_fds[n] = text_fd("callgate-file", mount->source, strlen(mount->source));
		if (ret_fds[n] < 0)
			return ret_fds[n];
		n++;
	}
	return 0;
}
