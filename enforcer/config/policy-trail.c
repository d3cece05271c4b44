/* SPDX-License-Identifier: Apache-2.0 */
/* How the path of a policy file leads to it. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "enforcer/config/policy-trail.h"

/* As the kernel's own walk (MAXSYMLINKS). */
#define LINKS_MAX 40

struct walk {
	char dir[PATH_MAX];      /* canonical */
	char rest[2 * PATH_MAX]; /* still to be walked, below dir */
	unsigned links;
};

/* The next name of the rest, taken from it; 0: there is none. */
static size_t take_name(struct walk *walk, char ret_name[static NAME_MAX + 1])
{
	size_t slashes = strspn(walk->rest, "/");
	size_t len = strcspn(walk->rest + slashes, "/");

	if (len > NAME_MAX)
		return 0;
	memcpy(ret_name, walk->rest + slashes, len);
	ret_name[len] = '\0';
	memmove(walk->rest, walk->rest + slashes + len, strlen(walk->rest + slashes + len) + 1);
	return len;
}

static int join(const char *dir, const char *name, char ret[static PATH_MAX])
{
	int n = snprintf(ret, PATH_MAX, "%s/%s", strcmp(dir, "/") ? dir : "", name);

	return n < 0 || n >= PATH_MAX ? -ENAMETOOLONG : 0;
}

static int follow_link(struct walk *walk, const char *path)
{
	char target[PATH_MAX], rest[2 * PATH_MAX];
	ssize_t n = readlink(path, target, sizeof(target) - 1);

	if (n < 0)
		return -errno;
	if (++walk->links > LINKS_MAX)
		return -ELOOP;
	target[n] = '\0';
	if (target[0] == '/')
		strcpy(walk->dir, "/");
	if (snprintf(rest, sizeof(rest), "%s/%s", target, walk->rest) >= (int)sizeof(rest))
		return -ENAMETOOLONG;
	strcpy(walk->rest, rest);
	return 0;
}

static void leave(char *dir)
{
	char *slash = strrchr(dir, '/');

	slash[slash == dir] = '\0';
}

int policy_trail(const char *path,
		 int (*visit)(void *userdata, const char *dir, const char *name, bool link),
		 void *userdata)
{
	struct walk walk = {.dir = "/"};
	char name[NAME_MAX + 1], at[PATH_MAX];
	struct stat st;

	if (path[0] != '/' || strlen(path) >= PATH_MAX)
		return -ENAMETOOLONG;
	strcpy(walk.rest, path);
	while (take_name(&walk, name) > 0) {
		bool there;
		int r;

		if (strcmp(name, ".") == 0)
			continue;
		if (strcmp(name, "..") == 0) {
			leave(walk.dir);
			continue;
		}
		r = join(walk.dir, name, at);
		there = r == 0 && lstat(at, &st) == 0;
		if (r == 0)
			r = visit(userdata, walk.dir, name, there && S_ISLNK(st.st_mode));
		if (r == 0 && there && S_ISLNK(st.st_mode))
			r = follow_link(&walk, at);
		else if (r == 0 && there && S_ISDIR(st.st_mode))
			strcpy(walk.dir, at);
		else
			return r;
		if (r != 0)
			return r;
	}
	return 0;
}

static int64_t nanoseconds(const struct timespec *time)
{
	return (int64_t)time->tv_sec * 1000000000 + time->tv_nsec;
}

void policy_stamp_take(const char *path, struct policy_stamp *ret_stamp)
{
	struct stat st;

	*ret_stamp = (struct policy_stamp){};
	if (stat(path, &st) < 0)
		return;
	*ret_stamp = (struct policy_stamp){.dev = st.st_dev,
					   .ino = st.st_ino,
					   .size = (uint64_t)st.st_size,
					   .changed_ns = nanoseconds(&st.st_mtim),
					   .status_ns = nanoseconds(&st.st_ctim)};
}

bool policy_stamp_is_same(const struct policy_stamp *one, const struct policy_stamp *other)
{
	return one->dev == other->dev && one->ino == other->ino && one->size == other->size &&
	       one->changed_ns == other->changed_ns && one->status_ns == other->status_ns;
}
