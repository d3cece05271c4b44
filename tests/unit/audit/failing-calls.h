/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The calls that change files, in the place of the C library's: one of them kills us, or fails. For
 * one file of a test program.
 */
#pragma once

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

static int countdown; /* 0: none does */
static int failing;   /* with this errno; 0: it kills */

static int reached(void)
{
	if (countdown == 0 || --countdown > 0)
		return 0;
	if (failing == 0)
		raise(SIGKILL);
	errno = failing;
	return -1;
}

int renameat2(int from, const char *name, int to, const char *other, unsigned flags)
{
	return reached() ? -1 : (int)syscall(SYS_renameat2, from, name, to, other, flags);
}

int renameat(int from, const char *name, int to, const char *other)
{
	return reached() ? -1 : (int)syscall(SYS_renameat2, from, name, to, other, 0);
}

int unlinkat(int dir, const char *name, int flags)
{
	return reached() ? -1 : (int)syscall(SYS_unlinkat, dir, name, flags);
}

int fallocate(int fd, int mode, off_t offset, off_t len)
{
	return reached() ? -1 : (int)syscall(SYS_fallocate, fd, mode, offset, len);
}

int ftruncate(int fd, off_t size)
{
	return reached() ? -1 : (int)syscall(SYS_ftruncate, fd, size);
}

int fsync(int fd)
{
	return reached() ? -1 : (int)syscall(SYS_fsync, fd);
}

int openat(int dir, const char *name, int flags, ...)
{
	/* Reading changes nothing. */
	if ((flags & O_ACCMODE) != O_RDONLY && reached())
		return -1;
	return (int)syscall(SYS_openat, dir, name, flags, 0600);
}
