/* SPDX-License-Identifier: Apache-2.0 */
/*
 * open, creat, openat, openat2: flags checked as the kernel's build_open_flags() does (fs/open.c,
 * 6.18), so that what it refuses is refused with the same errno before anything is resolved.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <string.h>

#include "enforcer/request/call.h"

#define OPEN_FLAGS_KNOWN                                                                           \
	((uint64_t)(O_ACCMODE | O_CREAT | O_EXCL | O_NOCTTY | O_TRUNC | O_APPEND | O_NONBLOCK |    \
		    O_SYNC | O_DSYNC | O_ASYNC | O_DIRECT | 0100000 /* O_LARGEFILE */ |            \
		    O_DIRECTORY | O_NOFOLLOW | O_NOATIME | O_CLOEXEC | O_PATH | CALL_TMPFILE_BIT))
#define O_PATH_FLAGS (O_DIRECTORY | O_NOFOLLOW | O_PATH | O_CLOEXEC)
#define RESOLVE_KNOWN                                                                              \
	((uint64_t)(RESOLVE_NO_XDEV | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_SYMLINKS |                \
		    RESOLVE_BENEATH | RESOLVE_IN_ROOT | RESOLVE_CACHED))
#define OPEN_HOW_SIZE_MAX 4096 /* PAGE_SIZE: larger is E2BIG */

static int check_flags(struct call *call)
{
	uint64_t flags = call->flags;

	if ((flags & (O_DIRECTORY | O_CREAT)) == (O_DIRECTORY | O_CREAT))
		return -EINVAL;
	if (flags & CALL_TMPFILE_BIT) {
		if (!(flags & O_DIRECTORY) || (flags & O_ACCMODE) == O_RDONLY)
			return -EINVAL;
	}
	return 0;
}

static int decode_open_how(const uint64_t *args, const struct target *target, struct call *call)
{
	struct open_how how = {};
	unsigned char bytes[OPEN_HOW_SIZE_MAX];
	uint64_t size = args[3];
	int r;

	if (size < sizeof(how))
		return -EINVAL;
	if (size > OPEN_HOW_SIZE_MAX)
		return -E2BIG;
	r = target_read_memory(target, args[2], bytes, size);
	if (r < 0)
		return r;
	memcpy(&how, bytes, sizeof(how));
	for (size_t i = sizeof(how); i < size; i++)
		if (bytes[i])
			return -E2BIG;
	if (how.flags & ~OPEN_FLAGS_KNOWN || how.resolve & ~RESOLVE_KNOWN)
		return -EINVAL;
	if ((how.resolve & RESOLVE_BENEATH) && (how.resolve & RESOLVE_IN_ROOT))
		return -EINVAL;
	if (how.flags & (O_CREAT | CALL_TMPFILE_BIT) ? how.mode & ~(uint64_t)07777 : how.mode != 0)
		return -EINVAL;
	if ((how.flags & O_PATH) && (how.flags & ~(uint64_t)O_PATH_FLAGS))
		return -EINVAL;
	call->flags = how.flags;
	call->flags_in_memory = true;
	call->mode = (mode_t)how.mode;
	call->restrictions = how.resolve & ~(uint64_t)RESOLVE_CACHED;
	r = check_flags(call);
	if (r < 0)
		return r;
	/* "May fail with EAGAIN even where it is cached" (openat2(2)): callers fall back. */
	return how.resolve & RESOLVE_CACHED ? -EAGAIN : 0;
}

int call_decode_open(enum mediated name, const uint64_t *args, const struct target *target,
		     struct call *call)
{
	int dirfd = AT_FDCWD, r;
	uint64_t path = args[0];
	unsigned walk = 0;

	call->kind = CALL_OPEN;
	if (name == MEDIATED_openat2) {
		dirfd = (int)args[0];
		path = args[1];
		r = decode_open_how(args, target, call);
		if (r < 0)
			return r;
	} else {
		if (name == MEDIATED_creat) {
			call->flags = O_CREAT | O_WRONLY | O_TRUNC;
			call->mode = (mode_t)args[1];
		} else if (name == MEDIATED_open) {
			call->flags = (uint32_t)args[1];
			call->mode = (mode_t)args[2];
		} else {
			dirfd = (int)args[0];
			path = args[1];
			call->flags = (uint32_t)args[2];
			call->mode = (mode_t)args[3];
		}
		/* The old calls ignore what they do not know. */
		call->flags &= OPEN_FLAGS_KNOWN;
		call->mode &= 07777;
		if (call->flags & O_PATH)
			call->flags &= O_PATH_FLAGS;
		if (!(call->flags & (O_CREAT | CALL_TMPFILE_BIT)))
			call->mode = 0;
		r = check_flags(call);
		if (r < 0)
			return r;
	}
	if (call->flags & O_NOFOLLOW)
		walk |= WALK_NOFOLLOW;
	if (call->flags & O_CREAT) {
		walk |= WALK_PARENT | WALK_CREATE;
		if (call->flags & O_EXCL)
			walk |= WALK_NOFOLLOW;
	}
	return call_read_path(target, path, dirfd, walk, &call->path[0]);
}
