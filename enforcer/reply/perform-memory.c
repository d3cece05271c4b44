/* SPDX-License-Identifier: Apache-2.0 */
/* memfd_create, performed: what it gives can be mapped, not run as a program. */
#include <errno.h>
#include <sys/mman.h>

#include "enforcer/reply/reply.h"
#include "filters/kernel-newer.h"

enum reply_result perform_memfd(const struct reply_context *context, const struct target *target,
				const struct call *call, struct outcome *ret_outcome)
{
	/* MFD_EXEC and MFD_NOEXEC_SEAL together are EINVAL; mapping it executable still works,
	 * running it as a program does not. */
	unsigned flags = ((unsigned)call->flags & ~MFD_EXEC) | MFD_NOEXEC_SEAL;
	int fd = memfd_create(call->name, flags | MFD_CLOEXEC);

	if (fd < 0)
		reply_error(context, target, errno, ret_outcome);
	else
		reply_fd(context, target, fd, call->flags & MFD_CLOEXEC, ret_outcome);
	return REPLY_DONE;
}
