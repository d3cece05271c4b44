/* SPDX-License-Identifier: Apache-2.0 */
/* A closed part of a record, compressed. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>
#include <zstd.h>

#include "enforcer/audit/audit-place.h"
#include "enforcer/audit/compress.h"
#include "enforcer/base/fd.h"

#define LEVEL 6

struct compressing {
	ZSTD_CCtx *zstd;
	char *in, *out;
	size_t in_size, out_size;
};

static void compressing_done(struct compressing *compressing)
{
	ZSTD_freeCCtx(compressing->zstd);
	free(compressing->in);
	free(compressing->out);
}

static int compressing_init(struct compressing *compressing, uint64_t size)
{
	*compressing = (struct compressing){.zstd = ZSTD_createCCtx(),
					    .in_size = ZSTD_CStreamInSize(),
					    .out_size = ZSTD_CStreamOutSize()};
	compressing->in = malloc(compressing->in_size);
	compressing->out = malloc(compressing->out_size);
	if (!compressing->zstd || !compressing->in || !compressing->out)
		return -ENOMEM;
	/* With the size and a checksum in it, no reader takes a cut or damaged one for whole; and
	 * the end fails where the file was not as long as it seemed. */
	if (ZSTD_isError(
		    ZSTD_CCtx_setParameter(compressing->zstd, ZSTD_c_compressionLevel, LEVEL)) ||
	    ZSTD_isError(ZSTD_CCtx_setParameter(compressing->zstd, ZSTD_c_checksumFlag, 1)) ||
	    ZSTD_isError(ZSTD_CCtx_setPledgedSrcSize(compressing->zstd, size)))
		return -EIO;
	return 0;
}

static int write_chunk(struct compressing *compressing, ZSTD_inBuffer *input, bool last, int to)
{
	ZSTD_EndDirective directive = last ? ZSTD_e_end : ZSTD_e_continue;
	size_t left;

	do {
		ZSTD_outBuffer output = {.dst = compressing->out, .size = compressing->out_size};
		int r;

		left = ZSTD_compressStream2(compressing->zstd, &output, input, directive);
		if (ZSTD_isError(left))
			return -EIO;
		r = fd_write_all(to, compressing->out, output.pos);
		if (r < 0)
			return r;
	} while (last ? left != 0 : input->pos < input->size);
	return 0;
}

static int copy_compressed(int from, int to, uint64_t size)
{
	_cleanup_(compressing_done) struct compressing compressing = {};
	int r = compressing_init(&compressing, size);

	while (r == 0) {
		ssize_t n = read(from, compressing.in, compressing.in_size);
		ZSTD_inBuffer input = {.src = compressing.in, .size = n > 0 ? (size_t)n : 0};

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		r = write_chunk(&compressing, &input, n == 0, to);
		if (n == 0)
			break;
	}
	return r;
}

/* Opens dir's name where it is a file of ours that nobody has locked, and locks it. */
static int open_locked(int dir, const char *name, int flags, struct stat *ret_st)
{
	int fd = openat(dir, name, flags | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY, 0600);
	struct stat at;
	int r = 0;

	if (fd < 0)
		return -errno;
	if (flock(fd, LOCK_EX | LOCK_NB) < 0 || fstat(fd, ret_st) < 0 ||
	    fstatat(dir, name, &at, AT_SYMLINK_NOFOLLOW) < 0)
		r = -errno;
	else if (!S_ISREG(ret_st->st_mode) || ret_st->st_nlink != 1 || ret_st->st_uid != geteuid())
		r = -EPERM;
	else if (at.st_dev != ret_st->st_dev || at.st_ino != ret_st->st_ino)
		/* It was moved between our open and our lock. */
		r = -EWOULDBLOCK;
	if (r < 0)
		fd_close(fd);
	return r < 0 ? r : fd;
}

/* Records come to a tenth or less. On a disk that is nearly full this takes room for a moment from
 * the runs that are under way, and gives more back; not the last of it. */
static bool has_room(int dir, uint64_t size)
{
	struct statvfs st;

	return fstatvfs(dir, &st) < 0 || (uint64_t)st.f_bavail * st.f_frsize >= size / 2;
}

int compress_part(int dir, const char *name, uint64_t *ret_size)
{
	_cleanup_fd_ int from = -1, to = -1;
	char last[NAME_MAX + 1], fresh[NAME_MAX + 1];
	struct stat st, made;
	int r;

	if (strlen(name) + strlen(AUDIT_COMPRESSED COMPRESS_SUFFIX_NEW) > NAME_MAX)
		return -ENAMETOOLONG;
	snprintf(last, sizeof(last), "%s" AUDIT_COMPRESSED, name);
	snprintf(fresh, sizeof(fresh), "%s" AUDIT_COMPRESSED COMPRESS_SUFFIX_NEW, name);
	from = open_locked(dir, name, O_RDONLY, &st);
	if (from < 0)
		return from;
	/* Made ready to be the record's next part, and not that yet. */
	if (st.st_size == 0)
		return -EWOULDBLOCK;
	if (!has_room(dir, (uint64_t)st.st_size))
		return -ENOSPC;
	to = open_locked(dir, fresh, O_WRONLY | O_CREAT, &made);
	if (to < 0)
		return to;
	/* Of one who was killed. */
	r = ftruncate(to, 0) < 0 ? -errno : copy_compressed(from, to, (uint64_t)st.st_size);
	/* The part is removed for it. */
	if (r == 0 &&
	    (fsync(to) < 0 || fstat(to, &made) < 0 || renameat(dir, fresh, dir, last) < 0))
		r = -errno;
	if (r < 0) {
		unlinkat(dir, fresh, 0);
		return r;
	}
	if (fsync(dir) < 0 || unlinkat(dir, name, 0) < 0)
		return -errno;
	*ret_size = (uint64_t)made.st_size;
	return 0;
}
