/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The walk: from the target's root, working directory or descriptor to a pinned place.
 *
 * Run with our rights on a path that the agent wrote. We stand outside its mount namespace, so
 * links and ".." are walked by us, one component at a time and never past the view's root; the
 * kernel would resolve them for the opener: /proc/self would be ours, and a link to "/" our root.
 * Everything that is opened is O_PATH: nothing happens to what we pass on the way.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "enforcer/base/buffer.h"
#include "enforcer/base/fd.h"
#include "enforcer/request/place-finish.h"
#include "enforcer/request/resolve-proc.h"

#define LINKS_MAX   40 /* MAXSYMLINKS of the kernel */
#define RETRIES_MAX 8

struct walk {
	const struct view *view;
	const struct target *target;
	unsigned flags;
	uint64_t restrictions;
	int root;  /* borrowed: the view's, or dirfd under RESOLVE_IN_ROOT */
	int start; /* where it began; owned, unless it is the view's root */
	int cur;   /* owned */
	int links;
	struct buffer rest; /* what is left to walk */
};

static int open_component(int dirfd, const char *name)
{
	int fd = openat(dirfd, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

static bool same_directory(int a, int b)
{
	struct place_stat left, right;

	return place_stat(a, &left) == 0 && place_stat(b, &right) == 0 && left.dev == right.dev &&
	       left.ino == right.ino && left.mount == right.mount;
}

/* Where a path begins. */
static int start_of(const struct walk *walk, int dirfd, bool absolute)
{
	if (absolute && !(walk->restrictions & RESOLVE_IN_ROOT))
		return walk->view->root;
	if (dirfd == AT_FDCWD)
		return target_open_cwd(walk->target);
	return target_open_fd_path(walk->target, dirfd);
}

/* Sticky, writable by all, and somebody else's link in it: fs.protected_symlinks of the kernel,
 * which does not see that it is us who follow. */
static bool link_is_a_trap(int dirfd, const struct place_stat *link)
{
	struct place_stat dir;

	if (link->uid == geteuid())
		return false;
	return place_stat(dirfd, &dir) < 0 ||
	       ((dir.mode & (S_ISVTX | S_IWOTH)) == (S_ISVTX | S_IWOTH) && dir.uid != link->uid);
}

/* Puts a link's text in front of what is left. */
static int walk_link_text(struct walk *walk, const char *text, const char *tail)
{
	struct buffer rest = {};

	if (text[0] == '\0')
		return -ENOENT;
	if (text[0] == '/') {
		int fd;

		if (walk->restrictions & RESOLVE_BENEATH)
			return -EXDEV;
		fd = fcntl(walk->root, F_DUPFD_CLOEXEC, 3);
		if (fd < 0)
			return -errno;
		if (walk->restrictions & RESOLVE_NO_XDEV) {
			struct place_stat a, b;

			if (place_stat(fd, &a) < 0 || place_stat(walk->cur, &b) < 0 ||
			    a.mount != b.mount) {
				close(fd);
				return -EXDEV;
			}
		}
		fd_close(walk->cur);
		walk->cur = fd;
	}
	buffer_append_string(&rest, text);
	if (*tail) {
		buffer_append_string(&rest, "/");
		buffer_append_string(&rest, tail);
	}
	buffer_done(&walk->rest);
	walk->rest = rest;
	return rest.error;
}

enum step {
	STEP_ON = 0,
	STEP_ARRIVED,
};

static int walk_arrive(struct place *place, int fd, int parent, const char *leaf, bool slash)
{
	place->fd = fd;
	place->parent = parent;
	place->slash = slash;
	if (leaf)
		snprintf(place->leaf, sizeof(place->leaf), "%s", leaf);
	else
		place->dots = true;
	return STEP_ARRIVED;
}

/* A slash behind what is no directory. Where a name is made or removed the call itself knows better
 * (mkdir of "file/" is EEXIST). */
static int check_slash(const struct walk *walk, const struct place_stat *st)
{
	return S_ISDIR(st->mode) || (walk->flags & WALK_PARENT) ? 0 : -ENOTDIR;
}

static int walk_up(struct walk *walk)
{
	int fd;

	if (same_directory(walk->cur, walk->root) || same_directory(walk->cur, walk->view->root))
		return walk->restrictions & RESOLVE_BENEATH ? -EXDEV : 0;
	if ((walk->restrictions & RESOLVE_BENEATH) && same_directory(walk->cur, walk->start))
		return -EXDEV;
	fd = openat(walk->cur, "..", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (walk->restrictions & RESOLVE_NO_XDEV) {
		struct place_stat a, b;

		if (place_stat(fd, &a) < 0 || place_stat(walk->cur, &b) < 0 || a.mount != b.mount) {
			close(fd);
			return -EXDEV;
		}
	}
	fd_close(walk->cur);
	walk->cur = fd;
	return 0;
}

struct component {
	const char *name;
	const char *tail; /* what is left behind it, in walk->rest */
};

/* A link that is to be followed. */
static int walk_follow(struct walk *walk, int link, const struct place_stat *st,
		       const struct component *component, struct place *place)
{
	const char *tail = component->tail;
	const struct view_mount *mount;
	char text[PATH_MAX];
	ssize_t n;
	int r;

	if (walk->restrictions & RESOLVE_NO_SYMLINKS || ++walk->links > LINKS_MAX)
		return -ELOOP;
	if (st->dev == walk->view->proc_dev) {
		struct proc_link magic = {.fd = -1, .number = -1};

		r = proc_link_follow(walk->target, walk->cur, st, component->name, &magic);
		if (r < 0)
			return r;
		if (magic.fd < 0)
			return walk_link_text(walk, magic.text, tail);
		if (walk->restrictions &
		    (RESOLVE_NO_MAGICLINKS | RESOLVE_BENEATH | RESOLVE_IN_ROOT | RESOLVE_NO_XDEV)) {
			close(magic.fd);
			return walk->restrictions & RESOLVE_NO_MAGICLINKS ? -ELOOP : -EXDEV;
		}
		if (*tail == '\0' || tail[strspn(tail, "/")] == '\0') {
			struct place_stat thing;

			if (*tail &&
			    (place_stat(magic.fd, &thing) < 0 || check_slash(walk, &thing) < 0)) {
				close(magic.fd);
				return -ENOTDIR;
			}
			place->number = magic.number;
			return walk_arrive(place, magic.fd, -1, NULL, *tail != '\0');
		}
		fd_close(walk->cur);
		walk->cur = magic.fd;
		buffer_consume(&walk->rest, (size_t)(tail - walk->rest.data));
		return STEP_ON;
	}
	/* Another procfs: its links are no text, and its "self" would be us. */
	mount = view_mount(walk->view, st->mount);
	if (mount && mount->kind == VIEW_MOUNT_REFUSED)
		return -EACCES;
	if (link_is_a_trap(walk->cur, st))
		return -EACCES;
	n = readlinkat(link, "", text, sizeof(text) - 1);
	if (n < 0)
		return -errno;
	text[n] = '\0';
	return walk_link_text(walk, text, tail);
}

static int walk_component(struct walk *walk, struct place *place)
{
	_cleanup_fd_ int next = -1;
	char name[NAME_MAX + 1];
	struct place_stat st;
	const char *at = walk->rest.data + strspn(walk->rest.data, "/"), *tail;
	size_t len = strcspn(at, "/");
	bool last, slash;
	int r;

	if (len == 0)
		return walk_arrive(place, steal_fd(walk->cur), -1, NULL, true);
	if (len > NAME_MAX)
		return -ENAMETOOLONG;
	memcpy(name, at, len);
	name[len] = '\0';
	tail = at + len;
	last = tail[strspn(tail, "/")] == '\0';
	slash = last && *tail == '/';

	if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0) {
		/* The kernel asks for the right to search before it looks at the name. */
		if (faccessat(walk->cur, ".", X_OK, AT_EACCESS) < 0)
			return -errno;
		r = name[1] ? walk_up(walk) : 0;
		if (r < 0)
			return r;
		if (last)
			return walk_arrive(place, steal_fd(walk->cur), -1, NULL, slash);
		buffer_consume(&walk->rest, (size_t)(tail - walk->rest.data));
		return STEP_ON;
	}
	if (slash && (walk->flags & WALK_CREATE)) {
		if (faccessat(walk->cur, ".", X_OK, AT_EACCESS) < 0)
			return -errno;
		return -EISDIR;
	}
	next = open_component(walk->cur, name);
	if (next == -ENOENT && last && (walk->flags & WALK_PARENT))
		return walk_arrive(place, -1, steal_fd(walk->cur), name, slash);
	if (next < 0)
		return next;
	r = place_stat(next, &st);
	if (r < 0)
		return r;
	if (walk->restrictions & RESOLVE_NO_XDEV) {
		struct place_stat here;

		if (place_stat(walk->cur, &here) < 0 || here.mount != st.mount)
			return -EXDEV;
	}
	/* Behind a slash a link is followed, but not where the name itself is made or removed: the
	 * kernel walks to the parent only (filename_parentat() in fs/namei.c). */
	if (S_ISLNK(st.mode) &&
	    (!last || !(walk->flags & WALK_NOFOLLOW) || (slash && !(walk->flags & WALK_PARENT))))
		return walk_follow(walk, next, &st, &(struct component){name, tail}, place);
	if (slash && check_slash(walk, &st) < 0)
		return -ENOTDIR;
	if (last)
		return walk_arrive(place, steal_fd(next), steal_fd(walk->cur), name, slash);
	if (!S_ISDIR(st.mode))
		return -ENOTDIR;
	buffer_consume(&walk->rest, (size_t)(tail - walk->rest.data));
	fd_close(walk->cur);
	walk->cur = steal_fd(next);
	return STEP_ON;
}

/*
 * Most paths have neither links nor "..": one call of the kernel's walks them, with the same
 * result, because there is nothing in them that it would resolve for us and not for the target.
 * Anything that it refuses to follow comes back as -ELOOP and is walked by us.
 */
static int walk_plain(const struct walk *walk, int start, const char *path, struct place *place)
{
	struct open_how how = {.flags = O_PATH | O_NOFOLLOW | O_CLOEXEC,
			       .resolve = RESOLVE_NO_SYMLINKS | walk->restrictions};
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
	char dir[PATH_MAX];
	int fd, parent = -1;

	if (*name == '\0' || strcmp(name, ".") == 0 || strlen(name) > NAME_MAX)
		return -ELOOP;
	if (walk->flags & WALK_PARENT) {
		size_t len = slash ? (size_t)(slash - path) : 0;

		memcpy(dir, path, len);
		dir[len] = '\0';
		/* Without O_NOFOLLOW: a link in its place must be ELOOP, not ENOTDIR. */
		how.flags = O_PATH | O_DIRECTORY | O_CLOEXEC;
		parent = (int)syscall(SYS_openat2, start, len ? dir : ".", &how, sizeof(how));
		if (parent < 0)
			return -errno;
		how.flags = O_PATH | O_NOFOLLOW | O_CLOEXEC;
		start = parent;
		path = name;
	}
	fd = (int)syscall(SYS_openat2, start, path, &how, sizeof(how));
	if (fd < 0 && (errno != ENOENT || parent < 0)) {
		int r = -errno;

		fd_close(parent);
		return r;
	}
	if (fd >= 0 && !(walk->flags & WALK_NOFOLLOW)) {
		struct place_stat st;

		if (place_stat(fd, &st) < 0 || S_ISLNK(st.mode)) {
			close(fd);
			fd_close(parent);
			return -ELOOP;
		}
		place->stat = st;
		place->looked = true;
	}
	return walk_arrive(place, fd, parent, name, false);
}

static bool is_plain(const char *path)
{
	/* ".." as a component, or at the end */
	for (const char *at = path; (at = strstr(at, "..")) != NULL; at += 2)
		if ((at == path || at[-1] == '/') && (at[2] == '/' || at[2] == '\0'))
			return false;
	return true;
}

static int place_walk(struct walk *walk, int dirfd, const char *path, struct place *place)
{
	bool absolute = path[0] == '/';
	int r;

	if (absolute && (walk->restrictions & RESOLVE_BENEATH))
		return -EXDEV;
	walk->start = start_of(walk, dirfd, absolute);
	if (walk->start < 0)
		return walk->start;
	walk->root = walk->restrictions & RESOLVE_IN_ROOT ? walk->start : walk->view->root;
	/* A descriptor that is no directory is ENOTDIR before anything else. */
	if (is_plain(path) && !(walk->restrictions & (RESOLVE_IN_ROOT | RESOLVE_BENEATH))) {
		const char *relative = path + strspn(path, "/");

		if (*relative && strlen(path) < PATH_MAX) {
			r = walk_plain(walk, walk->start, relative, place);
			if (r != -ELOOP)
				return r;
		}
	}
	walk->cur = fcntl(walk->start, F_DUPFD_CLOEXEC, 3);
	if (walk->cur < 0)
		return -errno;
	buffer_append_string(&walk->rest, path);
	if (walk->rest.error)
		return walk->rest.error;
	do {
		r = walk_component(walk, place);
	} while (r == STEP_ON);
	return r;
}

static int place_resolve_once(const struct view *view, const struct target *target,
			      const struct place_path *path, struct place *place)
{
	struct walk walk = {.view = view,
			    .target = target,
			    .flags = path->walk,
			    .restrictions = path->restrictions,
			    .root = -1,
			    .start = -1,
			    .cur = -1};
	int r;

	r = place_walk(&walk, path->dirfd, path->text, place);
	fd_close(walk.cur);
	if (walk.start != view->root)
		fd_close(walk.start);
	buffer_done(&walk.rest);
	if (r < 0)
		return r;
	r = place_finish(view, place);
	/* Whatever /proc/<tid> led us to was the target's if it still waits. */
	if (r == 0 && !target_waits(target))
		r = -ESRCH;
	return r;
}

static int place_from_cwd(const struct view *view, const struct target *target,
			  struct place *ret_place)
{
	struct place place = PLACE_NONE;
	int r;

	place.fd = target_open_cwd(target);
	if (place.fd < 0)
		return place.fd;
	place.dots = true;
	r = place_finish(view, &place);
	if (r == 0 && !target_waits(target))
		r = -ESRCH;
	if (r < 0) {
		place_done(&place);
		return r;
	}
	*ret_place = place;
	return 0;
}

int place_resolve(const struct view *view, const struct target *target,
		  const struct place_path *path, struct place *ret_place)
{
	struct place place = PLACE_NONE;
	int r = -ENOENT;

	if (path->text[0] == '\0') {
		if (!(path->walk & WALK_EMPTY))
			return -ENOENT;
		/* No name is looked up, so no right to search is asked for. */
		return path->dirfd == AT_FDCWD
			       ? place_from_cwd(view, target, ret_place)
			       : place_from_fd(view, target, path->dirfd, ret_place);
	}
	for (int i = 0; i < RETRIES_MAX; i++) {
		r = place_resolve_once(view, target, path, &place);
		if (r == 0) {
			*ret_place = place;
			return 0;
		}
		place_done(&place);
		if (r != -EAGAIN)
			return r;
	}
	/* Somebody renames it faster than we can name it. No answer means no. */
	return -EACCES;
}
