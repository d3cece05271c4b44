/* SPDX-License-Identifier: Apache-2.0 */
/* The file under a log. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

#include "enforcer/audit/audit-file.h"
#include "enforcer/audit/audit-place.h"
#include "enforcer/base/fd.h"

/* Space is made sure of in steps of this, so that few calls pay for it. */
#define ALLOCATE_STEP (256u << 10)
#define BLOCK         4096u
#define LOCK_TRIES    200
#define LOCK_NAP_NS   10000000
/* Without preallocation others eat the same free space between our look and our write. */
#define CHECK_STEP   (64u << 10)
#define CHECK_MARGIN (1u << 20)
/* Names of parts that are taken by something else and passed over at once. */
#define PART_TRIES 64

const char *audit_guarantee_name(enum audit_guarantee guarantee)
{
	switch (guarantee) {
	case AUDIT_STREAM:
		return "stream";
	case AUDIT_CHECKED:
		return "checked";
	case AUDIT_PREALLOCATED:
		return "preallocated";
	}
	return "stream";
}

/* The descriptor that a name of that kind means, else -1. /dev/fd/N is a link of procfs to what
 * descriptor N is, so O_NOFOLLOW would refuse it: we take the descriptor itself. */
static int named_descriptor(const char *path)
{
	const char *number = "";
	char *end;
	long fd;

	if (strcmp(path, "-") == 0 || strcmp(path, "/dev/stdout") == 0)
		return STDOUT_FILENO;
	if (strcmp(path, "/dev/stderr") == 0)
		return STDERR_FILENO;
	if (strncmp(path, "/dev/fd/", 8) == 0)
		number = path + 8;
	else if (strncmp(path, "/proc/self/fd/", 14) == 0)
		number = path + 14;
	if (number[0] < '0' || number[0] > '9')
		return -1;
	fd = strtol(number, &end, 10);
	return *end == '\0' && fd <= 1 << 20 ? (int)fd : -1;
}

static int open_descriptor(int fd, int *ret_fd)
{
	char path[FD_PATH_MAX];
	struct stat st;

	if (fstat(fd, &st) < 0)
		return -errno;
	fd_path(fd, path);
	/* A file is opened again: its descriptor may not append, and its offset may be shared with
	 * the agent's. A pipe or terminal has nothing of the kind. */
	if (S_ISREG(st.st_mode))
		*ret_fd = open(path, O_WRONLY | O_APPEND | O_CLOEXEC);
	else
		*ret_fd = fcntl(fd, F_DUPFD_CLOEXEC, 3);
	return *ret_fd < 0 ? -errno : 0;
}

int audit_make_parents(const char *path, struct failure *reterr)
{
	_cleanup_free_ char *copy = strdup(path);
	struct stat st;
	char *slash;

	if (!copy)
		return -ENOMEM;
	for (char *p = strchr(copy + 1, '/'); p; p = strchr(p + 1, '/')) {
		*p = '\0';
		if (mkdir(copy, 0700) < 0 && errno != EEXIST)
			return failure_set(reterr, -errno, "cannot make the directory %s: %m",
					   copy);
		*p = '/';
	}
	slash = strrchr(copy, '/');
	if (!slash || slash == copy)
		return 0;
	*slash = '\0';
	if (stat(copy, &st) < 0)
		return failure_set(reterr, -errno, "cannot look at %s: %m", copy);
	if (st.st_uid != geteuid() || st.st_mode & 022)
		return failure_set(reterr, -EPERM,
				   "%s can be written by others: no place for a record", copy);
	return 0;
}

static int open_path(const char *path, bool make_parents, int *ret_fd, struct failure *reterr)
{
	int fd, r;

	r = make_parents ? audit_make_parents(path, reterr) : 0;
	if (r < 0)
		return r;
	/* Without O_NONBLOCK the open of a FIFO waits for a reader. */
	fd = open(path,
		  O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK,
		  0600);
	if (fd < 0 && errno == ELOOP)
		return failure_set(reterr, -ELOOP, "cannot write the record to %s: it is a symlink",
				   path);
	if (fd < 0 && errno == ENXIO)
		return failure_set(reterr, -ENXIO,
				   "cannot write the record to %s: nobody reads there", path);
	if (fd < 0)
		return failure_set(reterr, -errno, "cannot open %s for the record: %m", path);
	/* With it the ring would answer EAGAIN where a file has to wait for its disk. */
	if (fcntl(fd, F_SETFL, O_APPEND) < 0) {
		r = -errno;
		fd_close(fd);
		return r;
	}
	*ret_fd = fd;
	return 0;
}

/* True where the file has bytes and the last is no newline: a run was killed in mid-line. */
static bool file_is_torn(int fd, uint64_t size)
{
	_cleanup_fd_ int reading = -1;
	char path[FD_PATH_MAX], last = '\n';

	fd_path(fd, path);
	if (size == 0)
		return false;
	reading = open(path, O_RDONLY | O_CLOEXEC);
	/* Not readable for us: an empty line more does no harm. */
	return reading < 0 || pread(reading, &last, 1, (off_t)(size - 1)) != 1 || last != '\n';
}

/* The highest number of a part that is there, in whatever form. */
static int find_parts(struct audit_file *file)
{
	size_t len = strlen(file->name);
	struct dirent *entry;
	bool compressed;
	int fd = openat(file->dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);

	if (!dir) {
		int r = -errno;

		fd_close(fd);
		return r;
	}
	while ((entry = readdir(dir))) {
		unsigned part;

		if (strncmp(entry->d_name, file->name, len) != 0)
			continue;
		part = audit_part_number(entry->d_name + len, &compressed);
		if (part > file->part)
			file->part = part;
	}
	closedir(dir);
	return 0;
}

/* Where the file is, so that it can be parted; where that cannot be told it stays whole. */
static int find_place(struct audit_file *file, const char *path)
{
	const char *slash = strrchr(path, '/');
	_cleanup_free_ char *folder = slash ? strndup(path, (size_t)(slash - path) + 1) : NULL;

	if (slash && !folder)
		return -ENOMEM;
	file->name = strdup(slash ? slash + 1 : path);
	if (!file->name)
		return -ENOMEM;
	file->dir = open(folder ?: ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (file->dir >= 0 && find_parts(file) < 0)
		file->dir = fd_close(file->dir);
	return 0;
}

/* The file that the name leads to is the one that was opened. */
static bool is_there(int dir, const char *name, uint64_t dev, uint64_t ino)
{
	struct stat st;

	return fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && st.st_dev == dev &&
	       st.st_ino == ino;
}

/* A ring ends some time after the process that had it (io_ring_exit_work in io_uring/io_uring.c),
 * and the files that it wrote are let go then: a run that was killed a moment ago is waited for. */
static int take_lock(int fd)
{
	const struct timespec nap = {.tv_nsec = LOCK_NAP_NS};

	for (unsigned tries = LOCK_TRIES; flock(fd, LOCK_EX | LOCK_NB) < 0; tries--) {
		if ((errno != EWOULDBLOCK && errno != EINTR) || tries == 0)
			return -errno;
		nanosleep(&nap, NULL);
	}
	return 0;
}

static int take_regular(struct audit_file *file, const char *path, const struct stat *st,
			struct failure *reterr)
{
	struct rlimit limit;
	int r;

	if (st->st_nlink != 1)
		return failure_set(
			reterr, -EMLINK,
			"cannot write the record to %s: the file has another name as well", path);
	/* Two writers would use up each other's reservations. The lock goes with the descriptor. */
	r = take_lock(file->fd);
	if (r < 0)
		return failure_set(reterr, r, "cannot write the record to %s: %s", path,
				   r == -EWOULDBLOCK ? "another run writes it" : strerror(-r));
	file->size = (uint64_t)st->st_size;
	file->allocated = file->size;
	file->torn = file_is_torn(file->fd, file->size);
	file->limit = UINT64_MAX;
	if (getrlimit(RLIMIT_FSIZE, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY)
		file->limit = limit.rlim_cur;
	file->guarantee = AUDIT_PREALLOCATED;
	return 0;
}

static int take_named(struct audit_file *file, const char *path, struct failure *reterr)
{
	int r = find_place(file, path);

	if (r < 0 || file->dir < 0 || is_there(file->dir, file->name, file->dev, file->ino))
		return r;
	/* Between our open and our lock it was another's, who parted or removed it. */
	audit_file_close(file);
	return failure_set(reterr, -EAGAIN, "cannot write the record to %s: another run writes it",
			   path);
}

int audit_file_open(struct audit_file *ret_file, const char *path, bool make_parents,
		    struct failure *reterr)
{
	struct audit_file file = AUDIT_FILE_NONE;
	_cleanup_fd_ int fd = -1;
	int named = named_descriptor(path);
	struct stat st;
	int r;

	if (named >= 0)
		r = open_descriptor(named, &fd);
	else
		r = open_path(path, make_parents, &fd, reterr);
	if (r < 0)
		return failure_set(reterr, r, "cannot write the record to %s: %s", path,
				   strerror(-r));
	if (fstat(fd, &st) < 0)
		return failure_set(reterr, -errno, "cannot look at %s: %m", path);
	file.fd = fd;
	file.dev = st.st_dev;
	file.ino = st.st_ino;
	if (S_ISREG(st.st_mode)) {
		r = take_regular(&file, path, &st, reterr);
		if (r < 0)
			return r;
		if (named < 0) {
			steal_fd(fd);
			r = take_named(&file, path, reterr);
			if (r < 0) {
				audit_file_close(&file);
				return r;
			}
			*ret_file = file;
			return 0;
		}
	} else if (!S_ISFIFO(st.st_mode) && !S_ISSOCK(st.st_mode) && !isatty(fd)) {
		return failure_set(
			reterr, -EINVAL,
			"cannot write the record to %s: neither a file, a pipe nor a terminal",
			path);
	}
	*ret_file = file;
	steal_fd(fd);
	return 0;
}

static int allocate_blocks(struct audit_file *file, uint64_t end)
{
	if (fallocate(file->fd, FALLOC_FL_KEEP_SIZE, (off_t)file->allocated,
		      (off_t)(end - file->allocated)) < 0)
		return errno == EDQUOT || errno == EFBIG ? -ENOSPC : -errno;
	file->allocated = end;
	return 0;
}

static int check_free_space(struct audit_file *file, uint64_t end)
{
	struct statvfs st;

	if (fstatvfs(file->fd, &st) < 0)
		return -errno;
	if ((uint64_t)st.f_bavail * st.f_frsize < end - file->size + CHECK_MARGIN)
		return -ENOSPC;
	file->allocated = end;
	return 0;
}

static uint64_t round_up(uint64_t value, uint64_t step)
{
	return (value + step - 1) / step * step;
}

int audit_file_allocate(struct audit_file *file, uint64_t end)
{
	int r;

	if (file->guarantee == AUDIT_STREAM)
		return 0;
	/* First: steps may have allocated beyond it. */
	if (end > file->limit)
		return -ENOSPC;
	if (end <= file->allocated)
		return 0;
	if (file->guarantee == AUDIT_PREALLOCATED) {
		r = allocate_blocks(file, round_up(end, ALLOCATE_STEP));
		/* The last blocks of a disk that is nearly full are worth a smaller step. */
		if (r == -ENOSPC)
			r = allocate_blocks(file, round_up(end, BLOCK));
		if (r != -EOPNOTSUPP && r != -ENOSYS)
			return r;
		file->guarantee = AUDIT_CHECKED;
	}
	return check_free_space(file, round_up(end, CHECK_STEP));
}

static void part_name(const struct audit_file *file, unsigned part,
		      char ret_name[static NAME_MAX + 1])
{
	snprintf(ret_name, NAME_MAX + 1, "%s.%u", file->name, part);
}

/* Made under the next number that nothing has. */
static int make_part(struct audit_file *file, struct audit_file *next)
{
	char name[NAME_MAX + 1], compressed[NAME_MAX + 1];

	if (strlen(file->name) + sizeof(".4294967295" AUDIT_COMPRESSED) > NAME_MAX)
		return -ENAMETOOLONG;
	for (int i = 0; i < PART_TRIES; i++) {
		struct stat st;

		part_name(file, ++file->part, name);
		snprintf(compressed, sizeof(compressed), "%.*s" AUDIT_COMPRESSED,
			 (int)(NAME_MAX - strlen(AUDIT_COMPRESSED)), name);
		if (fstatat(file->dir, compressed, &st, AT_SYMLINK_NOFOLLOW) == 0)
			continue;
		next->fd = openat(file->dir, name,
				  O_WRONLY | O_APPEND | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW,
				  0600);
		if (next->fd >= 0 || errno != EEXIST)
			return next->fd < 0 ? -errno : 0;
	}
	return -EEXIST;
}

int audit_file_prepare(struct audit_file *file, uint64_t room, struct audit_file *ret_next)
{
	struct audit_file next = {
		.fd = -1, .dir = -1, .guarantee = AUDIT_PREALLOCATED, .limit = file->limit};
	struct stat st;
	int r;

	if (file->guarantee == AUDIT_STREAM || file->dir < 0)
		return -EOPNOTSUPP;
	r = make_part(file, &next);
	if (r < 0)
		return r == -EDQUOT ? -ENOSPC : r;
	next.part = file->part;
	/* Locked before it has the record's name: nobody ever sees that free while we live. */
	if (flock(next.fd, LOCK_EX | LOCK_NB) < 0 || fstat(next.fd, &st) < 0)
		r = -errno;
	if (r == 0)
		r = audit_file_allocate(&next, room);
	if (r < 0) {
		audit_file_unprepare(file, &next);
		return r;
	}
	next.dev = st.st_dev;
	next.ino = st.st_ino;
	*ret_next = next;
	return 0;
}

void audit_file_unprepare(struct audit_file *file, struct audit_file *next)
{
	char name[NAME_MAX + 1];

	/* The number is free again. */
	part_name(file, file->part--, name);
	unlinkat(file->dir, name, 0);
	next->fd = fd_close(next->fd);
}

int audit_file_turn(struct audit_file *file, struct audit_file *next)
{
	char name[NAME_MAX + 1];
	int r = 0;

	part_name(file, next->part, name);
	/* Somebody moved the record away, or put another file there: it is not ours to rename. */
	if (!is_there(file->dir, file->name, file->dev, file->ino))
		r = -ESTALE;
	else if (renameat2(file->dir, name, file->dir, file->name, RENAME_EXCHANGE) < 0)
		r = -errno;
	if (r < 0) {
		audit_file_unprepare(file, next);
		return r;
	}
	next->dir = steal_fd(file->dir);
	next->name = steal_pointer(file->name);
	audit_file_close(file);
	*file = *next;
	return 0;
}

void audit_file_close(struct audit_file *file)
{
	struct stat st;

	/* Setting the size that a file has frees its blocks behind the end. Not where somebody else
	 * made it longer: nothing of a log is ever cut off. */
	if (file->fd >= 0 && file->guarantee == AUDIT_PREALLOCATED && fstat(file->fd, &st) == 0)
		ftruncate(file->fd, st.st_size);
	file->fd = fd_close(file->fd);
	file->dir = fd_close(file->dir);
	free(file->name);
	file->name = NULL;
}
