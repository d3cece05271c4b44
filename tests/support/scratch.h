/* SPDX-License-Identifier: Apache-2.0 */
/* A directory of the test's own, canonical, removed at the end of the program. */
#pragma once

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char scratch[4096];

static inline int scratch_remove_one(const char *path, const struct stat *st, int type,
				     struct FTW *ftw)
{
	return remove(path);
}

static inline void scratch_remove(void)
{
	nftw(scratch, scratch_remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* Of path behind the scratch directory; overwritten by the 32nd call after. */
static inline const char *scratch_path(const char *path)
{
	static char paths[32][4096 + 256];
	static unsigned next;
	char *ret = paths[next++ % 32];

	snprintf(ret, sizeof(paths[0]), "%s%s%s", scratch, path[0] ? "/" : "", path);
	return ret;
}

static inline void scratch_make(void)
{
	char name[] = "/tmp/callgate-test-XXXXXX";

	if (!mkdtemp(name) || !realpath(name, scratch))
		abort();
	atexit(scratch_remove);
}

static inline void scratch_directory(const char *path)
{
	if (mkdir(scratch_path(path), 0700) < 0)
		abort();
}

static inline void scratch_file(const char *path, const char *text, mode_t mode)
{
	FILE *file = fopen(scratch_path(path), "w");

	if (!file || fputs(text, file) < 0 || fclose(file) != 0)
		abort();
	if (chmod(scratch_path(path), mode) < 0)
		abort();
}
