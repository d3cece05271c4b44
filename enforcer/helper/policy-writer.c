/* SPDX-License-Identifier: Apache-2.0 */
/* Writes rules into the user's policy file. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "enforcer/base/buffer.h"
#include "enforcer/base/cleanup.h"
#include "enforcer/base/fd.h"
#include "enforcer/helper/policy-writer.h"
#include "enforcer/policy/policy-edit.h"

#define TEXT_MAX      (1u << 20)
#define TRIES_MAX     20
#define TRY_AGAIN_NS  100000000
#define NEW_FILE_MODE 0600

/* The file, in the directory where it really is. */
struct place {
	char path[PATH_MAX]; /* canonical */
	const char *leaf;
	char fresh[NAME_MAX + sizeof(POLICY_WRITER_SUFFIX)];
	int dir;
};

static void place_done(struct place *place)
{
	place->dir = fd_close(place->dir);
}

/* As mkdir -p. */
static int make_directories(char *path)
{
	for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (mkdir(path, 0700) < 0 && errno != EEXIST)
			return -errno;
		*slash = '/';
	}
	return 0;
}

static int place_find(const char *path, struct place *ret_place, struct failure *reterr)
{
	struct stat st;
	char *slash;
	int r;

	*ret_place = (struct place){.dir = -1};
	if (!realpath(path, ret_place->path)) {
		if (errno != ENOENT || strlen(path) >= PATH_MAX)
			return failure_set(reterr, -errno, "%s: %s", path, strerror(errno));
		if (lstat(path, &st) == 0)
			return failure_set(reterr, -ENOENT, "%s is a link that leads nowhere",
					   path);
		strcpy(ret_place->path, path);
		r = make_directories(ret_place->path);
		if (r < 0)
			return failure_set(reterr, r, "cannot make the directory of %s: %s", path,
					   strerror(-r));
	}
	slash = strrchr(ret_place->path, '/');
	*slash = '\0';
	ret_place->leaf = slash + 1;
	ret_place->dir =
		open(*ret_place->path ? ret_place->path : "/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	r = -errno;
	*slash = '/';
	if (ret_place->dir < 0)
		return failure_set(reterr, r, "%s: %s", path, strerror(-r));
	snprintf(ret_place->fresh, sizeof(ret_place->fresh), "%.*s" POLICY_WRITER_SUFFIX, NAME_MAX,
		 ret_place->leaf);
	return 0;
}

/* Of the directory: the file itself is another one after each writing. Not waited for without end:
 * whoever can read the directory can hold the lock. */
static int place_lock(const struct place *place, struct failure *reterr)
{
	const struct timespec pause = {.tv_nsec = TRY_AGAIN_NS};

	for (int i = 0; i < TRIES_MAX; i++) {
		if (flock(place->dir, LOCK_EX | LOCK_NB) == 0)
			return 0;
		if (errno != EWOULDBLOCK)
			break;
		nanosleep(&pause, NULL);
	}
	return failure_set(reterr, -errno, "cannot lock the directory of %s: %s", place->path,
			   errno == EWOULDBLOCK ? "somebody else holds it" : strerror(errno));
}

static int check_file(const struct place *place, const struct stat *st, struct failure *reterr)
{
	if (!S_ISREG(st->st_mode))
		return failure_set(reterr, -EINVAL, "%s is not a regular file", place->path);
	if (st->st_uid != geteuid())
		return failure_set(reterr, -EPERM, "%s is not yours", place->path);
	if (!(st->st_mode & S_IWUSR))
		return failure_set(reterr, -EPERM, "%s is not to be written (mode %04o)",
				   place->path, (unsigned)st->st_mode & 07777);
	if (st->st_nlink > 1)
		return failure_set(reterr, -EMLINK,
				   "%s has other names (hard links), which would not follow",
				   place->path);
	if (st->st_size > TEXT_MAX)
		return failure_set(reterr, -EFBIG, "%s is larger than 1 MiB", place->path);
	return 0;
}

/* *ret_text NULL: there is none. */
static int read_file(const struct place *place, struct stat *ret_st, char **ret_text,
		     size_t *ret_len, struct failure *reterr)
{
	_cleanup_fd_ int fd =
		openat(place->dir, place->leaf, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	int r;

	if (fd < 0 && errno == ENOENT)
		return 0;
	if (fd < 0 || fstat(fd, ret_st) < 0)
		return failure_set(reterr, -errno, "%s: %s", place->path, strerror(errno));
	r = check_file(place, ret_st, reterr);
	if (r < 0)
		return r;
	r = fd_read_file(fd, TEXT_MAX, ret_text, ret_len);
	return r < 0 ? failure_set(reterr, r, "%s: %s", place->path, strerror(-r)) : 0;
}

static int write_fresh(const struct place *place, const struct buffer *text, mode_t mode)
{
	_cleanup_fd_ int fd = -1;
	size_t done = 0;

	/* Left behind by one that was killed: under the lock it is nobody's. */
	if (unlinkat(place->dir, place->fresh, 0) < 0 && errno != ENOENT)
		return -errno;
	fd = openat(place->dir, place->fresh, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
		    NEW_FILE_MODE);
	if (fd < 0)
		return -errno;
	while (done < text->len) {
		ssize_t n = write(fd, text->data + done, text->len - done);

		if (n < 0 && errno != EINTR)
			return -errno;
		done += n > 0 ? (size_t)n : 0;
	}
	return fchmod(fd, mode & 0777) < 0 || fsync(fd) < 0 ? -errno : 0;
}

static bool same_file(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino && a->st_size == b->st_size &&
	       a->st_mtim.tv_sec == b->st_mtim.tv_sec && a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

/* True where the file is what we read, so that nobody's words are lost: an editor knows no lock. */
static bool is_unchanged(const struct place *place, const struct stat *read, bool was_there)
{
	struct stat now;

	if (fstatat(place->dir, place->leaf, &now, AT_SYMLINK_NOFOLLOW) < 0)
		return !was_there && errno == ENOENT;
	return was_there && same_file(&now, read);
}

struct adding {
	const struct policy_writer *writer;
	const struct policy_addition *additions;
	size_t n;
};

/* The text with all of them, in their order. now: NULL: there is none yet. */
static int make_text(const struct adding *adding, const char *now, size_t len,
		     struct buffer *ret_text, struct policy_error *reterr)
{
	struct policy_insertion insertion = {.text = now,
					     .len = len,
					     .before = adding->writer->before,
					     .before_len = adding->writer->before_len};
	int r = 0;

	for (size_t i = 0; r == 0 && i < adding->n; i++) {
		struct buffer next = {};

		insertion.rules = adding->additions[i].rules;
		insertion.ordinal = adding->additions[i].ordinal;
		r = policy_insert_rules(&insertion, &next, reterr);
		buffer_done(ret_text);
		*ret_text = next;
		insertion.text = next.data;
		insertion.len = next.len;
	}
	return r;
}

/* -EAGAIN: somebody else wrote meanwhile. */
static int add_once(const struct adding *adding, const struct place *place, struct failure *reterr)
{
	_cleanup_(buffer_done) struct buffer text = {};
	_cleanup_free_ char *now = NULL;
	struct policy_error error = {};
	struct stat st = {.st_mode = NEW_FILE_MODE};
	size_t len = 0;
	int r = read_file(place, &st, &now, &len, reterr);

	if (r < 0)
		return r;
	r = make_text(adding, now, len, &text, &error);
	if (r < 0)
		return failure_set(reterr, r, "%s:%d: %s", place->path, error.line,
				   error.text[0] ? error.text : strerror(-r));
	if (text.len > TEXT_MAX)
		return failure_set(reterr, -EFBIG, "%s would be larger than 1 MiB", place->path);
	r = write_fresh(place, &text, st.st_mode);
	if (r == 0 && !is_unchanged(place, &st, now != NULL))
		r = -EAGAIN;
	if (r == 0 && renameat(place->dir, place->fresh, place->dir, place->leaf) < 0)
		r = -errno;
	if (r < 0) {
		unlinkat(place->dir, place->fresh, 0);
		return r == -EAGAIN ? r
				    : failure_set(reterr, r, "cannot write %s: %s", place->path,
						  strerror(-r));
	}
	/* The name as well as what it stands for. */
	fsync(place->dir);
	return 0;
}

int policy_writer_add(const struct policy_writer *writer, const struct policy_addition *additions,
		      size_t n, struct failure *reterr)
{
	_cleanup_(place_done) struct place place;
	const struct adding adding = {writer, additions, n};
	int r = place_find(writer->path, &place, reterr);

	if (r == 0)
		r = place_lock(&place, reterr);
	if (r < 0)
		return r;
	for (int i = 0; i < TRIES_MAX; i++) {
		r = add_once(&adding, &place, reterr);
		if (r != -EAGAIN)
			return r;
	}
	return failure_set(reterr, r, "%s is being written all the time", place.path);
}
