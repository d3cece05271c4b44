/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Calls that change names and attributes. Each kind has several numbers which differ in where the
 * path, the directory and the flags stand; a table says where, one function a kind reads the rest.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <linux/xattr.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <utime.h>

#include "enforcer/base/cleanup.h"
#include "enforcer/request/call.h"

#ifndef RENAME_NOREPLACE
#define RENAME_NOREPLACE (1 << 0)
#define RENAME_EXCHANGE  (1 << 1)
#define RENAME_WHITEOUT  (1 << 2)
#endif

#define NO             (-1)
#define XATTR_ARGS_MAX 4096 /* PAGE_SIZE: larger is E2BIG */

/* Where things stand among the arguments; NO: not at all. */
struct form {
	enum call_kind kind;
	signed char fd; /* the call is on this descriptor, without a path */
	signed char dirfd, path;
	signed char flags; /* AT_* */
	signed char rest;  /* first argument of the kind's own */
	unsigned walk;
	unsigned at_known; /* AT_* that the call knows: others are EINVAL */
};

#define PARENT_LINK (WALK_PARENT | WALK_NOFOLLOW)

static const struct form forms[MEDIATED_COUNT] = {
	[MEDIATED_mkdir] = {CALL_MKDIR, NO, NO, 0, NO, 1, PARENT_LINK, 0},
	[MEDIATED_mkdirat] = {CALL_MKDIR, NO, 0, 1, NO, 2, PARENT_LINK, 0},
	[MEDIATED_mknod] = {CALL_MKNOD, NO, NO, 0, NO, 1, PARENT_LINK, 0},
	[MEDIATED_mknodat] = {CALL_MKNOD, NO, 0, 1, NO, 2, PARENT_LINK, 0},
	[MEDIATED_rename] = {CALL_RENAME, NO, NO, 0, NO, NO, PARENT_LINK, 0},
	[MEDIATED_renameat] = {CALL_RENAME, NO, 0, 1, NO, NO, PARENT_LINK, 0},
	[MEDIATED_renameat2] = {CALL_RENAME, NO, 0, 1, NO, NO, PARENT_LINK, 0},
	[MEDIATED_link] = {CALL_LINK, NO, NO, 0, NO, NO, WALK_NOFOLLOW, 0},
	[MEDIATED_linkat] = {CALL_LINK, NO, 0, 1, 4, NO, WALK_NOFOLLOW,
			     AT_SYMLINK_FOLLOW | AT_EMPTY_PATH},
	[MEDIATED_symlink] = {CALL_SYMLINK, NO, NO, 1, NO, 0, PARENT_LINK, 0},
	[MEDIATED_symlinkat] = {CALL_SYMLINK, NO, 1, 2, NO, 0, PARENT_LINK, 0},
	[MEDIATED_unlink] = {CALL_UNLINK, NO, NO, 0, NO, NO, PARENT_LINK, 0},
	[MEDIATED_unlinkat] = {CALL_UNLINK, NO, 0, 1, 2, NO, PARENT_LINK, AT_REMOVEDIR},
	[MEDIATED_rmdir] = {CALL_RMDIR, NO, NO, 0, NO, NO, PARENT_LINK, 0},
	[MEDIATED_truncate] = {CALL_TRUNCATE, NO, NO, 0, NO, 1, 0, 0},
	[MEDIATED_chmod] = {CALL_CHMOD, NO, NO, 0, NO, 1, 0, 0},
	[MEDIATED_fchmod] = {CALL_CHMOD, 0, NO, NO, NO, 1, 0, 0},
	[MEDIATED_fchmodat] = {CALL_CHMOD, NO, 0, 1, NO, 2, 0, 0},
	[MEDIATED_fchmodat2] = {CALL_CHMOD, NO, 0, 1, 3, 2, 0, AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH},
	[MEDIATED_chown] = {CALL_CHOWN, NO, NO, 0, NO, 1, 0, 0},
	[MEDIATED_fchown] = {CALL_CHOWN, 0, NO, NO, NO, 1, 0, 0},
	[MEDIATED_lchown] = {CALL_CHOWN, NO, NO, 0, NO, 1, WALK_NOFOLLOW, 0},
	[MEDIATED_fchownat] = {CALL_CHOWN, NO, 0, 1, 4, 2, 0, AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH},
	[MEDIATED_utime] = {CALL_UTIME, NO, NO, 0, NO, 1, 0, 0},
	[MEDIATED_utimes] = {CALL_UTIME, NO, NO, 0, NO, 1, 0, 0},
	[MEDIATED_futimesat] = {CALL_UTIME, NO, 0, 1, NO, 2, 0, 0},
	[MEDIATED_utimensat] = {CALL_UTIME, NO, 0, 1, 3, 2, 0, AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH},
	[MEDIATED_setxattr] = {CALL_SETXATTR, NO, NO, 0, NO, 1, 0, 0},
	[MEDIATED_lsetxattr] = {CALL_SETXATTR, NO, NO, 0, NO, 1, WALK_NOFOLLOW, 0},
	[MEDIATED_fsetxattr] = {CALL_SETXATTR, 0, NO, NO, NO, 1, 0, 0},
	[MEDIATED_setxattrat] = {CALL_SETXATTR, NO, 0, 1, 2, 3, 0,
				 AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH},
	[MEDIATED_removexattr] = {CALL_REMOVEXATTR, NO, NO, 0, NO, 1, 0, 0},
	[MEDIATED_lremovexattr] = {CALL_REMOVEXATTR, NO, NO, 0, NO, 1, WALK_NOFOLLOW, 0},
	[MEDIATED_fremovexattr] = {CALL_REMOVEXATTR, 0, NO, NO, NO, 1, 0, 0},
	[MEDIATED_removexattrat] = {CALL_REMOVEXATTR, NO, 0, 1, 2, 3, 0,
				    AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH},
	[MEDIATED_file_setattr] = {CALL_FILE_SETATTR, NO, 0, 1, 4, NO, 0,
				   AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH},
};

static int read_string(const struct target *target, uint64_t address, size_t max, char **ret_text)
{
	_cleanup_free_ char *text = malloc(max);
	int r;

	if (!text)
		return -ENOMEM;
	r = target_read_string(target, address, text, max);
	if (r < 0)
		return r;
	*ret_text = steal_pointer(text);
	return r;
}

static int decode_second_path(enum mediated name, const uint64_t *args, const struct target *target,
			      struct call *call)
{
	bool plain = name == MEDIATED_rename || name == MEDIATED_link;

	if (name == MEDIATED_renameat2) {
		call->flags = (uint32_t)args[4];
		if (call->flags & ~(uint64_t)(RENAME_NOREPLACE | RENAME_EXCHANGE | RENAME_WHITEOUT))
			return -EINVAL;
		if ((call->flags & (RENAME_NOREPLACE | RENAME_WHITEOUT)) &&
		    (call->flags & RENAME_EXCHANGE))
			return -EINVAL;
		/* A whiteout is a character device. */
		if (call->flags & RENAME_WHITEOUT)
			return -EPERM;
	}
	/* What is wrong with the second path is said after the first one was walked. */
	call->path[1].error =
		call_read_path(target, args[plain ? 1 : 3], plain ? AT_FDCWD : (int)args[2],
			       PARENT_LINK, &call->path[1]);
	return call->path[1].error == -ESRCH ? -ESRCH : 0;
}

/* may_mknod() in fs/namei.c: before any path is read. */
static int check_type(mode_t mode)
{
	switch (mode & S_IFMT) {
	case 0:
	case S_IFREG:
	case S_IFIFO:
	case S_IFSOCK:
	case S_IFCHR:
	case S_IFBLK:
		return 0;
	case S_IFDIR:
		return -EPERM;
	default:
		return -EINVAL;
	}
}

static int decode_times(enum mediated name, uint64_t address, const struct target *target,
			struct call *call)
{
	struct timeval old[2];
	struct utimbuf oldest;
	int r;

	if (address == 0) {
		call->times_now = true;
		return 0;
	}
	if (name == MEDIATED_utimensat) {
		r = target_read_memory(target, address, call->times, sizeof(call->times));
		call->nothing = r == 0 && call->times[0].tv_nsec == UTIME_OMIT &&
				call->times[1].tv_nsec == UTIME_OMIT;
		return r;
	}
	if (name == MEDIATED_utime) {
		r = target_read_memory(target, address, &oldest, sizeof(oldest));
		if (r < 0)
			return r;
		call->times[0].tv_sec = oldest.actime;
		call->times[1].tv_sec = oldest.modtime;
		return 0;
	}
	r = target_read_memory(target, address, old, sizeof(old));
	if (r < 0)
		return r;
	for (size_t i = 0; i < 2; i++) {
		/* The kernel refuses what is no microsecond (fs/utimes.c): and so UTIME_NOW cannot
		 * be smuggled in. */
		if (old[i].tv_usec < 0 || old[i].tv_usec >= 1000000)
			return -EINVAL;
		call->times[i].tv_sec = old[i].tv_sec;
		call->times[i].tv_nsec = old[i].tv_usec * 1000;
	}
	return 0;
}

/* struct xattr_args (linux/xattr.h, 6.13) of setxattrat, which may be larger where the rest is zero
 * (copy_struct_from_user()). */
static int read_xattr_args(const uint64_t *args, const struct target *target, uint64_t *ret_value,
			   uint64_t *ret_size, uint64_t *ret_flags)
{
	unsigned char bytes[XATTR_ARGS_MAX];
	struct {
		uint64_t value;
		uint32_t size, flags;
	} extra;
	uint64_t size = args[5];
	int r;

	if (size < sizeof(extra))
		return -EINVAL;
	if (size > sizeof(bytes))
		return -E2BIG;
	r = target_read_memory(target, args[4], bytes, size);
	if (r < 0)
		return r;
	for (size_t i = sizeof(extra); i < size; i++)
		if (bytes[i])
			return -E2BIG;
	memcpy(&extra, bytes, sizeof(extra));
	*ret_value = extra.value;
	*ret_size = extra.size;
	*ret_flags = extra.flags;
	return 0;
}

/* In the order of setxattr_copy() (fs/xattr.c): flags, name, size, value. */
static int decode_xattr(enum mediated name, const uint64_t *args, const struct target *target,
			struct call *call)
{
	uint64_t value = args[2], size = args[3], flags = (uint32_t)args[4];
	int r = 0;

	if (name == MEDIATED_setxattrat)
		r = read_xattr_args(args, target, &value, &size, &flags);
	if (r < 0)
		return r;
	if (flags & ~(uint64_t)(XATTR_CREATE | XATTR_REPLACE))
		return -EINVAL;
	r = read_string(target, args[name == MEDIATED_setxattrat ? 3 : 1], XATTR_NAME_MAX + 1,
			&call->name);
	if (r < 0)
		return r == -ENAMETOOLONG ? -ERANGE : r;
	if (r == 0)
		return -ERANGE;
	if (size > CALL_XATTR_VALUE_MAX)
		return -E2BIG;
	call->flags = flags;
	call->size = size;
	call->data = malloc(size ? size : 1);
	if (!call->data)
		return -ENOMEM;
	return target_read_memory(target, value, call->data, size);
}

static int decode_rest(enum mediated name, const struct form *form, const uint64_t *args,
		       const struct target *target, struct call *call)
{
	const uint64_t *rest = args + (form->rest == NO ? 0 : form->rest);
	int r;

	switch (form->kind) {
	case CALL_MKDIR:
	case CALL_CHMOD:
		call->mode = (mode_t)rest[0] & 07777;
		return 0;
	case CALL_MKNOD:
		call->mode = (mode_t)rest[0];
		call->dev = (dev_t)(uint32_t)rest[1];
		return check_type(call->mode);
	case CALL_CHOWN:
		call->uid = (uid_t)rest[0];
		call->gid = (gid_t)rest[1];
		return 0;
	case CALL_TRUNCATE:
		call->length = (off_t)rest[0];
		return call->length < 0 ? -EINVAL : 0;
	case CALL_RENAME:
	case CALL_LINK:
		return decode_second_path(name, args, target, call);
	case CALL_SYMLINK:
		r = read_string(target, rest[0], PATH_MAX, &call->text);
		return r < 0 ? r : r == 0 ? -ENOENT : 0;
	case CALL_UTIME:
		return decode_times(name, rest[0], target, call);
	case CALL_SETXATTR:
		return decode_xattr(name, args, target, call);
	case CALL_REMOVEXATTR:
		r = read_string(target, rest[0], XATTR_NAME_MAX + 1, &call->name);
		return r == -ENAMETOOLONG || r == 0 ? -ERANGE : r < 0 ? r : 0;
	case CALL_UNLINK:
	case CALL_RMDIR:
	case CALL_FILE_SETATTR:
		return 0;
	case CALL_NONE:
	case CALL_OPEN:
	case CALL_CONNECT:
	case CALL_SENDTO:
	case CALL_BIND:
	case CALL_LISTEN:
	case CALL_EXEC:
	case CALL_MEMFD:
		break;
	}
	return -ENOSYS;
}

int call_decode_change(enum mediated name, const uint64_t *args, const struct target *target,
		       struct call *call)
{
	const struct form *form = &forms[name];
	unsigned at = form->flags == NO ? 0 : (uint32_t)args[(unsigned char)form->flags];
	unsigned walk = form->walk;
	int dirfd = form->dirfd == NO ? AT_FDCWD : (int)args[(unsigned char)form->dirfd];
	int r;

	if (form->kind == CALL_NONE)
		return -ENOSYS;
	call->kind = form->kind;
	if (at & ~form->at_known)
		return -EINVAL;
	if (at & AT_SYMLINK_NOFOLLOW)
		walk |= WALK_NOFOLLOW;
	if (at & AT_EMPTY_PATH)
		walk |= WALK_EMPTY;
	if (at & AT_SYMLINK_FOLLOW)
		walk &= ~(unsigned)WALK_NOFOLLOW;
	if (form->kind == CALL_UNLINK && (at & AT_REMOVEDIR))
		call->kind = CALL_RMDIR;
	r = decode_rest(name, form, args, target, call);
	if (r < 0 || call->nothing)
		return r;
	if (form->fd != NO) {
		call->fd = (int)args[(unsigned char)form->fd];
		return 0;
	}
	/* utimensat(fd, NULL, ...) and futimesat(fd, NULL, ...) are futimens. */
	if (form->kind == CALL_UTIME && form->dirfd != NO && args[(unsigned char)form->path] == 0) {
		if (dirfd == AT_FDCWD)
			return -EFAULT;
		if (at) /* do_utimes_fd() (fs/utimes.c) takes no flags */
			return -EINVAL;
		call->fd = dirfd;
		return 0;
	}
	/* The newest attribute calls take a NULL path as the empty one. */
	if ((walk & WALK_EMPTY) && args[(unsigned char)form->path] == 0 && dirfd >= 0 &&
	    (name == MEDIATED_setxattrat || name == MEDIATED_removexattrat)) {
		call->fd = dirfd;
		return 0;
	}
	return call_read_path(target, args[(unsigned char)form->path], dirfd, walk, &call->path[0]);
}
