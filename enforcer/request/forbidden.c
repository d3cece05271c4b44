/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the person's own rights forbid. Asked of the kernel by the place's descriptors; whoever is
 * the agent's user on the host has the same rights as we, who would perform the call.
 */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "enforcer/request/call.h"
#include "enforcer/request/describe.h"

static bool is_forbidden(int fd, int mode)
{
	return fd >= 0 && faccessat(fd, "", mode, AT_EMPTY_PATH | AT_EACCESS) < 0 &&
	       errno == EACCES;
}

static bool names_are_forbidden(const struct place *place)
{
	return is_forbidden(place->parent, W_OK | X_OK);
}

static bool open_is_forbidden(const struct call *call, const struct place *place)
{
	int access = call->flags & O_ACCMODE;
	int mode = access == O_RDONLY ? R_OK : access == O_WRONLY ? W_OK : R_OK | W_OK;

	if (call->flags & O_PATH)
		return false;
	if (place->fd < 0)
		return call->flags & O_CREAT && names_are_forbidden(place);
	if (call->flags & CALL_TMPFILE_BIT)
		mode = W_OK | X_OK;
	else if (call->flags & O_TRUNC)
		mode |= W_OK;
	return is_forbidden(place->fd, mode);
}

bool describe_is_forbidden(const struct call *call, const struct place *places)
{
	switch (call->kind) {
	case CALL_OPEN:
		return open_is_forbidden(call, &places[0]);
	case CALL_MKDIR:
	case CALL_MKNOD:
	case CALL_SYMLINK:
	case CALL_UNLINK:
	case CALL_RMDIR:
		return names_are_forbidden(&places[0]);
	case CALL_RENAME:
		return names_are_forbidden(&places[0]) || names_are_forbidden(&places[1]);
	case CALL_LINK:
		return names_are_forbidden(&places[1]);
	case CALL_TRUNCATE:
		return is_forbidden(places[0].fd, W_OK);
	case CALL_CHMOD:
	case CALL_CHOWN:
	case CALL_UTIME:
	case CALL_SETXATTR:
	case CALL_REMOVEXATTR:
	case CALL_FILE_SETATTR:
	case CALL_CONNECT:
	case CALL_SENDTO:
	case CALL_BIND:
	case CALL_LISTEN:
	case CALL_EXEC:
	case CALL_MEMFD:
	case CALL_NONE:
		break;
	}
	return false;
}
