/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What was reached: its kind, its name by the kernel's own account, and how it is changed. A pin
 * that is nothing the agent may be handed is refused here, whichever way led to it.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "enforcer/base/fd.h"
#include "enforcer/request/place-finish.h"

void place_done(struct place *place)
{
	fd_close(place->fd);
	fd_close(place->parent);
	free(place->path);
	*place = (struct place)PLACE_NONE;
}

/* The canonical path of a pin, by the kernel's own account of it at this moment. */
static int pin_path(const struct view *view, int fd, char **ret_path)
{
	char name[PIN_NAME_MAX], path[PATH_MAX + 16];
	ssize_t n;

	pin_name(fd, name);
	n = readlinkat(view->pins, name, path, sizeof(path) - 1);
	if (n < 0)
		return -errno;
	if ((size_t)n == sizeof(path) - 1)
		return -ENAMETOOLONG;
	path[n] = '\0';
	*ret_path = strdup(path);
	return *ret_path ? 0 : -ENOMEM;
}

static void strip_deleted(char *path)
{
	static const char mark[] = " (deleted)";
	size_t len = strlen(path);

	if (len >= sizeof(mark) && strcmp(path + len - (sizeof(mark) - 1), mark) == 0)
		path[len - (sizeof(mark) - 1)] = '\0';
}

/*
 * Names the place. The kernel tells where a pin is now; when that does not end in the name that we
 * walked, the thing was renamed or removed meanwhile, and the walk is done again (-EAGAIN).
 */
static int place_name(const struct view *view, struct place *place)
{
	_cleanup_free_ char *dir = NULL;
	const char *base;
	int r;

	if (place->fd >= 0) {
		r = pin_path(view, place->fd, &place->path);
		if (r < 0)
			return r;
		if (place->kind != PLACE_VIEW)
			return 0;
		if (place->path[0] != '/')
			return -EACCES;
		if (place->leaf[0] == '\0') {
			if (place->stat.nlink == 0)
				strip_deleted(place->path);
			return 0;
		}
		/* A file of ours that bwrap mounted there: it has no name anywhere else. */
		if (place->stat.nlink == 0 && place->stat.mount != place->parent_stat.mount)
			strip_deleted(place->path);
		base = strrchr(place->path, '/') + 1;
		return strcmp(base, place->leaf) == 0 ? 0 : -EAGAIN;
	}
	r = pin_path(view, place->parent, &dir);
	if (r < 0)
		return r;
	if (place->parent_stat.nlink == 0)
		return -ENOENT; /* a removed directory takes no new names */
	if (dir[0] != '/')
		return -EACCES;
	if (asprintf(&place->path, "%s/%s", dir[1] ? dir : "", place->leaf) < 0) {
		place->path = NULL;
		return -ENOMEM;
	}
	return 0;
}

/* What kind of thing was reached; refuses what the agent may not be handed. */
static int place_classify(const struct view *view, struct place *place)
{
	uint64_t mount;
	int r;

	if (place->parent >= 0) {
		r = place_stat(place->parent, &place->parent_stat);
		if (r < 0)
			return r;
	}
	if (place->fd >= 0 && !place->looked) {
		r = place_stat(place->fd, &place->stat);
		if (r < 0)
			return r;
	}
	mount = place->fd >= 0 ? place->stat.mount : place->parent_stat.mount;
	place->mount = view_mount(view, mount);
	if (place->mount) {
		place->kind = place->mount->kind == VIEW_MOUNT_REFUSED ? PLACE_REFUSED : PLACE_VIEW;
		return place->kind == PLACE_REFUSED ? -EACCES : 0;
	}
	/* Not on a mount of the view: then only by a descriptor that the target holds, and never a
	 * directory: one of a host's mount has no ceiling. */
	if (place->number < 0 || S_ISDIR(place->stat.mode) || S_ISBLK(place->stat.mode))
		return -EACCES;
	place->kind = PLACE_FOREIGN;
	if (S_ISFIFO(place->stat.mode) || S_ISSOCK(place->stat.mode) || place->stat.nlink == 0)
		place->kind = PLACE_NAMELESS;
	return 0;
}

int place_finish(const struct view *view, struct place *place)
{
	int r = place_classify(view, place);

	return r < 0 ? r : place_name(view, place);
}

/*
 * A file that we opened for writing outside is on the host's mount, not on the view's read-only
 * one. What the view has at the same path is the same file, by device and inode, or this is not it:
 * then the descriptor stays a foreign one.
 */
static void place_find_in_view(const struct view *view, struct place *place)
{
	struct place found = PLACE_NONE;

	if (!place->path || place->path[0] != '/')
		return;
	found.fd = view_open(view, place->path);
	found.number = place->number;
	found.dots = true;
	if (found.fd < 0 || place_finish(view, &found) < 0 || found.kind != PLACE_VIEW ||
	    found.stat.dev != place->stat.dev || found.stat.ino != place->stat.ino) {
		place_done(&found);
		return;
	}
	place_done(place);
	*place = found;
}

int place_from_fd(const struct view *view, const struct target *target, int fd,
		  struct place *ret_place)
{
	struct place place = PLACE_NONE;
	int r;

	place.fd = target_open_fd_path(target, fd);
	if (place.fd < 0)
		return place.fd;
	place.number = fd;
	place.dots = true;
	r = place_finish(view, &place);
	if (r == 0 && place.kind == PLACE_FOREIGN && S_ISREG(place.stat.mode))
		place_find_in_view(view, &place);
	if (r == 0 && !target_waits(target))
		r = -ESRCH;
	if (r < 0) {
		place_done(&place);
		return r;
	}
	*ret_place = place;
	return 0;
}

int place_from_pin(const struct view *view, int fd, struct place *ret_place)
{
	struct place place = PLACE_NONE;
	int r;

	place.fd = fd;
	place.dots = true;
	r = place_finish(view, &place);
	if (r < 0) {
		place_done(&place);
		return r;
	}
	*ret_place = place;
	return 0;
}

/* The path without its last component: "/" where that is all. */
static char *directory_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash == path ? strdup("/") : strndup(path, (size_t)(slash - path));
}

int place_writable(const struct view *view, const struct place *place, int *ret_fd, int *ret_parent)
{
	_cleanup_fd_ int fd = -1, parent = -1;
	int r;

	if (place->kind != PLACE_VIEW || !place->mount || place->mount->kind == VIEW_MOUNT_KERNEL)
		return -EROFS;
	if (place->mount->writable) {
		fd = place->fd < 0 ? -1 : fcntl(place->fd, F_DUPFD_CLOEXEC, 3);
		parent = place->parent < 0 ? -1 : fcntl(place->parent, F_DUPFD_CLOEXEC, 3);
		if ((place->fd >= 0 && fd < 0) || (place->parent >= 0 && parent < 0))
			return -EMFILE;
	} else {
		if (place->parent >= 0) {
			_cleanup_free_ char *dir = directory_of(place->path);
			const struct view_mount *mount = view_mount(view, place->parent_stat.mount);

			if (!dir || !mount)
				return -ENOMEM;
			r = view_host(view, mount, dir, &place->parent_stat, &parent);
			if (r < 0)
				return r;
		}
		if (place->fd >= 0) {
			r = view_host(view, place->mount, place->path, &place->stat, &fd);
			if (r < 0)
				return r;
		}
	}
	*ret_fd = steal_fd(fd);
	*ret_parent = steal_fd(parent);
	return 0;
}
