/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The open family, performed: an existing thing is opened again through its pin, a new one is made
 * in its pinned directory. The path of the call is not used any more.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "enforcer/base/fd.h"
#include "enforcer/reply/reply.h"
#include "enforcer/request/resolve-proc.h"

/* Internal results beside negative errnos. */
#define OPEN_BLOCKS (-4096)
#define OPEN_AGAIN  (-4097)

static bool wants_to_write(const struct call *call)
{
	return (call->flags & O_ACCMODE) != O_RDONLY || call->flags & (O_TRUNC | CALL_TMPFILE_BIT);
}

static int open_pin(const struct reply_context *context, int pin, uint64_t flags, mode_t mode)
{
	char name[PIN_NAME_MAX];
	int fd;

	/* O_NOFOLLOW would refuse the link in our /proc; the pin is no link. O_NOCTTY: we must not
	 * get a terminal. */
	flags &= ~(uint64_t)(O_CREAT | O_NOFOLLOW | O_PATH);
	if (!(flags & CALL_TMPFILE_BIT)) /* O_EXCL there: it shall never have a name */
		flags &= ~(uint64_t)O_EXCL;
	pin_name(pin, name);
	fd = openat(context->view->pins, name, (int)flags | O_NOCTTY | O_CLOEXEC, mode);
	return fd < 0 ? -errno : fd;
}

/* /dev/tty is whoever opens it: the target's terminal is looked up, and opened in its own
 * devpts. */
static int open_terminal(const struct reply_context *context, const struct target *target,
			 const struct call *call)
{
	char name[16];
	dev_t dev;
	int r = target_terminal(target, &dev);
	int fd;

	if (r < 0)
		return r;
	/* Unix98 terminals have majors 136 to 143 (Documentation/admin-guide/devices.txt). */
	if (dev == 0 || major(dev) < 136 || major(dev) > 143 || context->view->devpts < 0)
		return -ENXIO;
	snprintf(name, sizeof(name), "%u", (major(dev) - 136) * 256 + minor(dev));
	fd = openat(context->view->devpts, name,
		    (int)(call->flags & ~(uint64_t)(O_CREAT | O_EXCL | O_TRUNC)) | O_NOCTTY |
			    O_CLOEXEC); /* a number: devpts holds no links */
	return fd < 0 ? -errno : fd;
}

/* A thing that came in with the start ("> /dev/stderr" with stderr in a file of the person's):
 * opening it duplicates it, as on the BSDs. Nothing is opened anew, truncated, or gained. */
static int open_foreign(const struct target *target, const struct call *call,
			const struct place *place)
{
	int fd = target_get_fd(target, place->number), have;

	if (fd < 0)
		return fd;
	have = fcntl(fd, F_GETFL);
	if (have < 0 || have & O_PATH ||
	    ((have & O_ACCMODE) != O_RDWR &&
	     (have & O_ACCMODE) != (int)(call->flags & O_ACCMODE)) ||
	    call->flags & CALL_TMPFILE_BIT) {
		close(fd);
		return -EACCES;
	}
	return fd;
}

static int open_special(const struct reply_context *context, const struct target *target,
			const struct call *call, const struct place *place)
{
	switch (place->stat.mode & S_IFMT) {
	case S_IFBLK:
		return -EACCES;
	case S_IFCHR:
		if (place->kind != PLACE_VIEW || place->mount->kind != VIEW_MOUNT_DEVICES)
			return -EACCES;
		if (place->stat.rdev == makedev(5, 0))
			return open_terminal(context, target, call);
		return open_pin(context, place->fd, call->flags, 0);
	case S_IFIFO:
		/* It waits for the other end, which the agent holds: never in the loop. */
		if (!(call->flags & O_NONBLOCK) && (call->flags & O_ACCMODE) != O_RDWR)
			return OPEN_BLOCKS;
		return open_pin(context, place->fd, call->flags, 0);
	default:
		return -EACCES;
	}
}

/* Regular files and directories. */
static int open_plain(const struct reply_context *context, const struct target *target,
		      const struct call *call, const struct place *place)
{
	_cleanup_fd_ int host = -1, host_parent = -1;
	mode_t mask;
	int fd, r;

	if (place->kind == PLACE_FOREIGN)
		return open_foreign(target, call, place);
	if (place->kind == PLACE_VIEW && place->mount->kind == VIEW_MOUNT_PROC) {
		r = proc_file_check(target, place->path, &place->stat, wants_to_write(call));
		if (r < 0)
			return r;
	}
	if (!wants_to_write(call) || place->kind == PLACE_NAMELESS) {
		if (place->kind == PLACE_VIEW && place->mount->kind == VIEW_MOUNT_REMOTE)
			return OPEN_BLOCKS;
		return open_pin(context, place->fd, call->flags, 0);
	}
	r = place_writable(context->view, place, &host, &host_parent);
	if (r < 0)
		return r == -ESTALE ? OPEN_AGAIN : r;
	if (!(call->flags & CALL_TMPFILE_BIT))
		return open_pin(context, host, call->flags, 0);
	r = target_umask(target, &mask);
	if (r < 0)
		return r;
	/* The mask is our own for this one call: the kernel then applies default ACLs rightly. */
	mask = umask(mask);
	fd = open_pin(context, host, call->flags, call->mode & REPLY_MODE_ALLOWED);
	umask(mask);
	return fd;
}

static int open_existing(const struct reply_context *context, const struct target *target,
			 const struct call *call, const struct place *place)
{
	mode_t type = place->stat.mode & S_IFMT;

	/* openat2 alone comes here with it: see perform_open(). */
	if ((call->flags & O_PATH) && type != S_IFREG && type != S_IFDIR)
		return -ENOSYS;
	if (type == S_IFREG || type == S_IFDIR)
		return open_plain(context, target, call, place);
	if (place->kind == PLACE_FOREIGN)
		return open_foreign(target, call, place);
	return open_special(context, target, call, place);
}

static int open_new(const struct reply_context *context, const struct target *target,
		    const struct call *call, const struct place *place)
{
	_cleanup_fd_ int fd = -1, parent = -1;
	mode_t mask;
	int r;

	r = place_writable(context->view, place, &fd, &parent);
	if (r < 0)
		return r == -ESTALE ? OPEN_AGAIN : r;
	r = target_umask(target, &mask);
	if (r < 0)
		return r;
	mask = umask(mask);
	/* O_EXCL even where it was not asked for: we judged that nothing is there. It follows no
	 * link either, and unlike O_NOFOLLOW it is not seen in F_GETFL afterwards. */
	fd = openat(parent, place->leaf,
		    (int)(call->flags & ~(uint64_t)O_TRUNC) | O_CREAT | O_EXCL | O_NOCTTY |
			    O_CLOEXEC,
		    call->mode & REPLY_MODE_ALLOWED);
	umask(mask);
	if (fd < 0)
		return errno == EEXIST && !(call->flags & O_EXCL) ? OPEN_AGAIN : -errno;
	if (repository_name(place->leaf))
		repositories_note(context->repositories, fd, lasting_path(place));
	return steal_fd(fd);
}

enum reply_result perform_open(const struct reply_context *context, const struct target *target,
			       const struct call *call, const struct place *place,
			       struct outcome *ret_outcome)
{
	int fd;

	/* ADDFD takes no O_PATH descriptor (EBADF), so such an open cannot be performed. Of open
	 * and openat the flags stand in a register: whatever path the kernel reads again, it gives
	 * a descriptor that shows what stat() shows, and everything done through it is judged.
	 * openat2's flags are memory: there a descriptor for reading stands in
	 * (docs/decisions/0010-o-path.md). */
	if ((call->flags & O_PATH) && !call->flags_in_memory) {
		reply_continue(context, target, ret_outcome);
		return REPLY_DONE;
	}
	/* The kernel takes a number before it makes or cuts a file. */
	if ((place->fd < 0 || call->flags & (O_TRUNC | CALL_TMPFILE_BIT)) &&
	    !target_has_room(target))
		fd = -EMFILE;
	else
		fd = place->fd >= 0 ? open_existing(context, target, call, place)
				    : open_new(context, target, call, place);
	/* O_PATH needs no right to read: where there is none, callers go on with openat. */
	if (fd == -EACCES && (call->flags & O_PATH))
		fd = -ENOSYS;
	if (fd == OPEN_AGAIN)
		return REPLY_AGAIN;
	if (fd == OPEN_BLOCKS)
		return REPLY_LATER;
	if (fd < 0)
		reply_error(context, target, fd, ret_outcome);
	else if (!reply_fd(context, target, fd, call->flags & O_CLOEXEC, ret_outcome) &&
		 place->fd < 0)
		/* Its table was full: bare, the kernel finds that out before it makes the file. */
		unlinkat(place->parent, place->leaf, 0);
	return REPLY_DONE;
}
