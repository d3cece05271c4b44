/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The files of a run's record, and the bytes in them: FILE itself, and the closed parts beside it
 * that rotation left, FILE.1, FILE.2.zst and so on. Which is the older is told by their lines'
 * numbers, not by their names.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "enforcer/base/cleanup.h"

/* The parts of the record path, oldest first; NULL-ended, given: string by string. -ENOENT where
 * there is none, -ENOMEM. */
int parts_find(const char *path, char ***ret_parts);
char **parts_free(char **parts);
DEFINE_CLEANUP(char **, parts_free)

struct part;

/* A file, compressed where its name ends in ".zst". "-" is stdin. A negative errno. */
int part_open(const char *path, struct part **ret_part);
struct part *part_free(struct part *part);
DEFINE_CLEANUP(struct part *, part_free)
/* Bytes of the record: how many; 0 at the end (of what is there now); -EBADMSG where a compressed
 * file is damaged; another negative errno. */
ssize_t part_read(struct part *part, void *data, size_t len);
/* The end was within a compressed frame: the file is cut. */
bool part_is_cut(const struct part *part);
