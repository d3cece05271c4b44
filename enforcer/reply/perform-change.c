/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The change family, performed: names in their pinned directories, attributes on the pin or on the
 * duplicated descriptor. Modes lose set-user-ID and set-group-ID, devices are not made.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "enforcer/base/fd.h"
#include "enforcer/reply/reply.h"
#include "enforcer/request/resolve-proc.h"

#define CHANGE_AGAIN (-4097)

/* The descriptors that a change acts on. */
struct handles {
	int fd;
	int parent;
};

static int fail(int result)
{
	return result < 0 ? -errno : 0;
}

static int make_under_umask(const struct target *target, const struct call *call,
			    const struct handles *at, const char *leaf)
{
	mode_t mask, mode = call->mode & REPLY_MODE_ALLOWED;
	int r = target_umask(target, &mask);

	if (r < 0)
		return r;
	mask = umask(mask);
	if (call->kind == CALL_MKDIR)
		r = fail(mkdirat(at->parent, leaf, mode));
	else
		r = fail(mknodat(at->parent, leaf, (call->mode & S_IFMT) | mode, 0));
	umask(mask);
	return r;
}

static int change_make(const struct reply_context *context, const struct target *target,
		       const struct call *call, const struct place *place, const struct handles *at)
{
	int r;

	r = call->kind == CALL_SYMLINK ? fail(symlinkat(call->text, at->parent, place->leaf))
				       : make_under_umask(target, call, at, place->leaf);
	if (r == 0 && repository_name(place->leaf)) {
		_cleanup_fd_ int made =
			openat(at->parent, place->leaf, O_PATH | O_NOFOLLOW | O_CLOEXEC);

		if (made >= 0)
			repositories_note(context->repositories, made, lasting_path(place));
	}
	return r;
}

/* The name still stands for what was judged: between the walk and the act somebody may have put
 * another thing there, which nobody judged. */
static bool still_there(const struct handles *at, const struct place *place)
{
	struct stat st;

	if (fstatat(at->parent, place->leaf, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return place->fd < 0;
	return place->fd >= 0 && st.st_dev == place->stat.dev && st.st_ino == place->stat.ino;
}

static int change_rename(const struct call *call, const struct place *places,
			 const struct handles *from, const struct handles *to)
{
	unsigned flags = (unsigned)call->flags;

	if (!still_there(from, &places[0]) || !still_there(to, &places[1]))
		return CHANGE_AGAIN;
	return fail((int)syscall(SYS_renameat2, from->parent, places[0].leaf, to->parent,
				 places[1].leaf, flags));
}

static int change_link(const struct place *places, const struct handles *from,
		       const struct handles *to)
{
	char path[FD_PATH_MAX];

	/* Through the pin, so that what is linked is what was judged. A link as the pin is
	 * itself. */
	fd_path(from->fd, path);
	return fail(linkat(AT_FDCWD, path, to->parent, places[1].leaf, AT_SYMLINK_FOLLOW));
}

/* Times, owners and attributes of the thing itself, be it a link. */
static int change_attributes(const struct call *call, const struct place *place, int fd)
{
	char path[FD_PATH_MAX];

	fd_path(fd, path);
	switch (call->kind) {
	case CALL_TRUNCATE:
		return fail(truncate(path, call->length));
	case CALL_CHMOD:
		if (S_ISLNK(place->stat.mode))
			return -EOPNOTSUPP;
		return fail(chmod(path, call->mode & REPLY_MODE_ALLOWED));
	case CALL_CHOWN:
		return fail(fchownat(fd, "", call->uid, call->gid, AT_EMPTY_PATH));
	case CALL_UTIME:
		return fail(utimensat(fd, "", call->times_now ? NULL : call->times, AT_EMPTY_PATH));
	case CALL_SETXATTR:
		return fail(setxattr(path, call->name, call->data, call->size, (int)call->flags));
	case CALL_REMOVEXATTR:
		return fail(removexattr(path, call->name));
	case CALL_FILE_SETATTR:
		return -EOPNOTSUPP;
	case CALL_NONE:
	case CALL_OPEN:
	case CALL_MKDIR:
	case CALL_MKNOD:
	case CALL_RENAME:
	case CALL_LINK:
	case CALL_SYMLINK:
	case CALL_UNLINK:
	case CALL_RMDIR:
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

/* fchmod and its kin want a descriptor that is open; one made with O_PATH is EBADF. */
static int check_descriptor(const struct target *target, int number)
{
	_cleanup_fd_ int fd = target_get_fd(target, number);
	int flags;

	if (fd < 0)
		return fd;
	flags = fcntl(fd, F_GETFL);
	return flags < 0 || flags & O_PATH ? -EBADF : 0;
}

/* Things without a name in the view: the agent's own pipes, sockets and memory. */
static int change_nameless(const struct target *target, const struct call *call,
			   const struct place *place)
{
	_cleanup_fd_ int fd = target_get_fd(target, place->number);

	if (fd < 0)
		return fd;
	/* What came in with the start is the person's. */
	if (place->kind == PLACE_FOREIGN)
		return -EACCES;
	switch (call->kind) {
	case CALL_CHMOD:
		return fail(fchmod(fd, call->mode & REPLY_MODE_ALLOWED));
	case CALL_CHOWN:
		return fail(fchown(fd, call->uid, call->gid));
	case CALL_UTIME:
		return fail(futimens(fd, call->times_now ? NULL : call->times));
	case CALL_SETXATTR:
		return fail(fsetxattr(fd, call->name, call->data, call->size, (int)call->flags));
	case CALL_REMOVEXATTR:
		return fail(fremovexattr(fd, call->name));
	case CALL_TRUNCATE:
		return fail(ftruncate(fd, call->length));
	case CALL_NONE:
	case CALL_OPEN:
	case CALL_MKDIR:
	case CALL_MKNOD:
	case CALL_RENAME:
	case CALL_LINK:
	case CALL_SYMLINK:
	case CALL_UNLINK:
	case CALL_RMDIR:
	case CALL_FILE_SETATTR:
	case CALL_CONNECT:
	case CALL_SENDTO:
	case CALL_BIND:
	case CALL_LISTEN:
	case CALL_EXEC:
	case CALL_MEMFD:
		break;
	}
	return -EACCES;
}

/* The nodes of the private /dev are the host's own inodes: as root, their modes would be the host's
 * to suffer. Only the terminals are the sandbox's. */
static bool is_host_device(const struct view *view, const struct place *place)
{
	return place->fd >= 0 && (S_ISCHR(place->stat.mode) || S_ISBLK(place->stat.mode)) &&
	       place->stat.dev != view->devpts_dev;
}

static bool replaces_names(enum call_kind kind)
{
	return kind == CALL_UNLINK || kind == CALL_RENAME;
}

static int change(const struct reply_context *context, const struct target *target,
		  const struct call *call, const struct place *places, struct handles *handles)
{
	const struct place *place = &places[0];
	int r;

	if (call->fd >= 0) {
		r = check_descriptor(target, call->fd);
		if (r < 0)
			return r;
	}
	if (place->kind != PLACE_VIEW)
		return change_nameless(target, call, place);
	/* procfs: nothing there is the agent's to change. */
	if (place->mount && place->mount->kind == VIEW_MOUNT_PROC && call->kind != CALL_TRUNCATE)
		return -EPERM;
	if (is_host_device(context->view, place) && !replaces_names(call->kind) &&
	    !(call->kind == CALL_UTIME && call->times_now))
		return -EPERM;
	r = place_writable(context->view, place, &handles[0].fd, &handles[0].parent);
	if (r < 0)
		return r == -ESTALE ? CHANGE_AGAIN : r;
	if (call->kind == CALL_RENAME || call->kind == CALL_LINK) {
		if (places[1].kind != PLACE_VIEW)
			return -EACCES;
		r = place_writable(context->view, &places[1], &handles[1].fd, &handles[1].parent);
		if (r < 0)
			return r == -ESTALE ? CHANGE_AGAIN : r;
	}
	switch (call->kind) {
	case CALL_MKDIR:
	case CALL_MKNOD:
	case CALL_SYMLINK:
		return change_make(context, target, call, place, &handles[0]);
	case CALL_UNLINK:
	case CALL_RMDIR:
		if (!still_there(&handles[0], place))
			return CHANGE_AGAIN;
		return fail(unlinkat(handles[0].parent, place->leaf,
				     call->kind == CALL_RMDIR ? AT_REMOVEDIR : 0));
	case CALL_RENAME:
		return change_rename(call, places, &handles[0], &handles[1]);
	case CALL_LINK:
		return change_link(places, &handles[0], &handles[1]);
	case CALL_NONE:
	case CALL_OPEN:
	case CALL_TRUNCATE:
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
		break;
	}
	return change_attributes(call, place, handles[0].fd);
}

enum reply_result perform_change(const struct reply_context *context, const struct target *target,
				 const struct call *call, const struct place *places,
				 struct outcome *ret_outcome)
{
	struct handles handles[2] = {{-1, -1}, {-1, -1}};
	int r = change(context, target, call, places, handles);

	for (size_t i = 0; i < ARRAY_LEN(handles); i++) {
		fd_close(handles[i].fd);
		fd_close(handles[i].parent);
	}
	if (r == CHANGE_AGAIN)
		return REPLY_AGAIN;
	reply_result(context, target, r, ret_outcome);
	return REPLY_DONE;
}
