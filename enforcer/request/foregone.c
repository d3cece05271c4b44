/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Answers that the kernel gives whatever the rights: they come before judging, so that mkdir -p
 * meets EEXIST and no EACCES, and nobody is asked about a call that could not succeed.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "enforcer/request/call.h"
#include "enforcer/request/describe.h"

static int foregone_open(const struct call *call, const struct place *place)
{
	mode_t type = place->stat.mode & S_IFMT;

	if (place->fd < 0)
		return place->slash ? -EISDIR : 0;
	if ((call->flags & (O_CREAT | O_EXCL)) == (O_CREAT | O_EXCL))
		return -EEXIST;
	if ((call->flags & O_CREAT) && (type == S_IFDIR || place->slash))
		return -EISDIR;
	if ((call->flags & O_DIRECTORY) && type != S_IFDIR)
		return -ENOTDIR;
	if (call->flags & O_PATH)
		return 0;
	if (type == S_IFLNK)
		return -ELOOP;
	if (type == S_IFSOCK)
		return -ENXIO;
	if (type == S_IFDIR && !(call->flags & CALL_TMPFILE_BIT) &&
	    ((call->flags & O_ACCMODE) != O_RDONLY || call->flags & O_TRUNC))
		return -EISDIR;
	return 0;
}

static int foregone_make(const struct call *call, const struct place *place)
{
	if (place->dots || place->fd >= 0)
		return -EEXIST;
	if (place->slash && call->kind != CALL_MKDIR)
		return -ENOENT;
	if (call->kind != CALL_MKNOD)
		return 0;
	switch (call->mode & S_IFMT) {
	case 0:
	case S_IFREG:
	case S_IFIFO:
	case S_IFSOCK:
		return 0;
	case S_IFDIR:
	case S_IFCHR: /* devices: never */
	case S_IFBLK:
		return -EPERM;
	default:
		return -EINVAL;
	}
}

static int foregone_remove(const struct call *call, const struct place *place)
{
	if (place->dots) {
		const char *path = call->path[0].text;
		size_t len = strlen(path);

		if (call->kind == CALL_UNLINK)
			return -EISDIR;
		/* "." is EINVAL, ".." is ENOTEMPTY, "/" is EBUSY (fs/namei.c). */
		while (len > 0 && path[len - 1] == '/')
			len--;
		if (len == 0)
			return -EBUSY;
		return len >= 2 && path[len - 2] == '.' ? -ENOTEMPTY : -EINVAL;
	}
	if (place->fd < 0)
		return -ENOENT;
	if (call->kind == CALL_UNLINK && S_ISDIR(place->stat.mode))
		return -EISDIR;
	if (call->kind == CALL_UNLINK && place->slash)
		return -ENOTDIR;
	if (call->kind == CALL_RMDIR && !S_ISDIR(place->stat.mode))
		return -ENOTDIR;
	/* The root of a mount of the view: bare, it is busy; on the host it would not be. */
	return place->stat.mount != place->parent_stat.mount ? -EBUSY : 0;
}

/* Where the name is, or would be: of "." and ".." the thing itself tells. */
static uint64_t mount_of(const struct place *place)
{
	return place->parent >= 0 ? place->parent_stat.mount : place->stat.mount;
}

static bool is_below(const struct place *place, const struct place *above)
{
	size_t len = strlen(above->path);

	return strncmp(place->path, above->path, len) == 0 && place->path[len] == '/';
}

/* In the order of do_renameat2() and vfs_rename() (fs/namei.c). */
static int foregone_rename(const struct call *call, const struct place *places)
{
	const struct place *from = &places[0], *to = &places[1];
	bool exchange = call->flags & 2, replace = !(call->flags & 1); /* EXCHANGE, NOREPLACE */

	if (from->kind != PLACE_VIEW || to->kind != PLACE_VIEW || mount_of(from) != mount_of(to))
		return -EXDEV;
	if (from->dots)
		return -EBUSY;
	if (to->dots)
		return replace ? -EBUSY : -EEXIST;
	if (from->fd < 0)
		return -ENOENT;
	if (!replace && to->fd >= 0)
		return -EEXIST;
	if (exchange && to->fd < 0)
		return -ENOENT;
	if (exchange && to->slash && !S_ISDIR(to->stat.mode))
		return -ENOTDIR;
	if (!S_ISDIR(from->stat.mode) && (from->slash || (!exchange && to->slash)))
		return -ENOTDIR;
	if (S_ISDIR(from->stat.mode) && is_below(to, from))
		return -EINVAL;
	if (to->fd >= 0 && is_below(from, to))
		return exchange ? -EINVAL : -ENOTEMPTY;
	if (!exchange && to->fd >= 0 && S_ISDIR(from->stat.mode) != S_ISDIR(to->stat.mode))
		return S_ISDIR(from->stat.mode) ? -ENOTDIR : -EISDIR;
	if (from->stat.mount != from->parent_stat.mount ||
	    (to->fd >= 0 && to->stat.mount != to->parent_stat.mount))
		return -EBUSY;
	return 0;
}

static int foregone_link(const struct place *places)
{
	const struct place *from = &places[0], *to = &places[1];

	if (from->fd < 0)
		return -ENOENT;
	if (to->dots || to->fd >= 0)
		return -EEXIST;
	if (to->slash)
		return -ENOENT;
	if (from->kind != PLACE_VIEW || to->kind != PLACE_VIEW ||
	    from->stat.mount != to->parent_stat.mount)
		return -EXDEV;
	return S_ISDIR(from->stat.mode) ? -EPERM : 0;
}

/* The sandbox's user namespace knows its own user and group alone, and what it does not know is
 * EINVAL (chown_common() in fs/open.c); outside, where we stand, it would be EPERM. */
static int foregone_chown(const struct call *call)
{
	if ((call->uid != (uid_t)-1 && call->uid != geteuid()) ||
	    (call->gid != (gid_t)-1 && call->gid != getegid()))
		return -EINVAL;
	return 0;
}

/* vfs_utimes() in fs/utimes.c */
static bool times_are_valid(const struct call *call)
{
	for (size_t i = 0; i < 2 && !call->times_now; i++) {
		long ns = call->times[i].tv_nsec;

		if (ns != UTIME_NOW && ns != UTIME_OMIT && (ns < 0 || ns > 999999999))
			return false;
	}
	return true;
}

/*
 * security.* wants capabilities over the user namespace that mounted the file system, and who made
 * that namespace has them all: on the sandbox's own tmpfs the kernel would let us do what the agent
 * may not. What is no capability at all is EINVAL before that (cap_convert_nscap() in
 * security/commoncap.c); SELinux answers for its own name without asking for capabilities.
 */
static int foregone_security(const struct call *call)
{
	static const char prefix[] = "security.";
	bool right = call->size == sizeof(struct vfs_cap_data) ||
		     call->size == sizeof(struct vfs_ns_cap_data);

	if (strncmp(call->name, prefix, sizeof(prefix) - 1) != 0 ||
	    strcmp(call->name, "security.selinux") == 0)
		return 0;
	if (call->kind == CALL_SETXATTR && strcmp(call->name, "security.capability") == 0 &&
	    call->size > 0 && !right)
		return -EINVAL;
	return -EPERM;
}

/* An ACL (linux/posix_acl_xattr.h) with an id that the sandbox does not know: EINVAL there, and
 * known to us outside. */
static bool acl_names_a_stranger(const struct call *call)
{
	const unsigned char *data = call->data;

	if (strncmp(call->name, "system.posix_acl_", strlen("system.posix_acl_")) != 0)
		return false;
	for (size_t at = 4; at + 8 <= call->size; at += 8) {
		uint16_t tag;
		uint32_t id;

		memcpy(&tag, data + at, sizeof(tag));
		memcpy(&id, data + at + 4, sizeof(id));
		if ((tag == 0x02 && id != geteuid()) || (tag == 0x08 && id != getegid()))
			return true;
	}
	return false;
}

static int foregone_xattr(const struct call *call)
{
	if (call->kind == CALL_SETXATTR && acl_names_a_stranger(call))
		return -EINVAL;
	return foregone_security(call);
}

int describe_foregone(const struct call *call, const struct place *places)
{
	const struct place *place = &places[0];

	switch (call->kind) {
	case CALL_OPEN:
		return foregone_open(call, place);
	case CALL_MKDIR:
	case CALL_MKNOD:
	case CALL_SYMLINK:
		return foregone_make(call, place);
	case CALL_UNLINK:
	case CALL_RMDIR:
		return foregone_remove(call, place);
	case CALL_RENAME:
		return foregone_rename(call, places);
	case CALL_LINK:
		return foregone_link(places);
	case CALL_TRUNCATE:
		if (S_ISDIR(place->stat.mode))
			return -EISDIR;
		return S_ISREG(place->stat.mode) ? 0 : -EINVAL;
	case CALL_CHMOD:
		/* Of an O_PATH descriptor fchmod says EBADF, when it is performed. */
		return S_ISLNK(place->stat.mode) && call->fd < 0 ? -EOPNOTSUPP : 0;
	case CALL_FILE_SETATTR:
		return -EOPNOTSUPP;
	case CALL_CHOWN:
		return foregone_chown(call);
	case CALL_UTIME:
		return times_are_valid(call) ? 0 : -EINVAL;
	case CALL_SETXATTR:
	case CALL_REMOVEXATTR:
		return foregone_xattr(call);
	case CALL_NONE:
	case CALL_CONNECT:
	case CALL_SENDTO:
	case CALL_BIND:
	case CALL_LISTEN:
	case CALL_EXEC:
	case CALL_MEMFD:
		break;
	}
	return 0;
}
