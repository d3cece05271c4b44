/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Answers that the kernel gives whatever the rights: they come before judging, so that mkdir -p meets
 * EEXIST and no EACCES, and nobody is asked about a call that could not succeed.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

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
	if (type == S_IFDIR && !(call->flags & (O_TMPFILE & ~O_DIRECTORY)) &&
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

static int foregone_rename(const struct call *call, const struct place *places)
{
	const struct place *from = &places[0], *to = &places[1];
	bool exchange = call->flags & 2; /* RENAME_EXCHANGE */

	if (from->kind != PLACE_VIEW || to->kind != PLACE_VIEW)
		return -EXDEV;
	if (from->dots || to->dots)
		return -EBUSY;
	if (from->parent_stat.mount != to->parent_stat.mount)
		return -EXDEV;
	if (from->fd < 0 || (exchange && to->fd < 0))
		return -ENOENT;
	if ((call->flags & 1) && to->fd >= 0) /* RENAME_NOREPLACE */
		return -EEXIST;
	if (!S_ISDIR(from->stat.mode) && (from->slash || (!exchange && to->slash)))
		return -ENOTDIR;
	if (from->stat.mount != from->parent_stat.mount ||
	    (to->fd >= 0 && to->stat.mount != to->parent_stat.mount))
		return -EBUSY;
	if (!exchange && to->fd >= 0 && S_ISDIR(from->stat.mode) != S_ISDIR(to->stat.mode))
		return S_ISDIR(from->stat.mode) ? -ENOTDIR : -EISDIR;
	return 0;
}

static int foregone_link(const struct place *places)
{
	const struct place *from = &places[0], *to = &places[1];

	if (from->fd < 0)
		return -ENOENT;
	if (S_ISDIR(from->stat.mode))
		return -EPERM;
	if (to->dots || to->fd >= 0)
		return -EEXIST;
	if (to->slash)
		return -ENOENT;
	if (from->kind != PLACE_VIEW || to->kind != PLACE_VIEW ||
	    from->stat.mount != to->parent_stat.mount)
		return -EXDEV;
	return 0;
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
		return S_ISLNK(place->stat.mode) ? -EOPNOTSUPP : 0;
	case CALL_FILE_SETATTR:
		return -EOPNOTSUPP;
	case CALL_SETXATTR:
	case CALL_REMOVEXATTR:
		/* These ask for a capability over the file system's namespace: the agent has none, but we
		 * own the namespace of the private /tmp. */
		return strncmp(call->name, "security.", 9) == 0 ||
				       strncmp(call->name, "trusted.", 8) == 0
			       ? -EPERM
			       : 0;
	case CALL_NONE:
	case CALL_CHOWN:
	case CALL_UTIME:
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
