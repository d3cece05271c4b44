/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The files of a run's record, and the bytes in them: FILE itself, the newest, and the closed parts
 * beside it, FILE.1, FILE.2.zst and so on, by their numbers.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "enforcer/base/cleanup.h"

/*
 * The closed part of the record path with the lowest number over that, or path itself, with 0.
 * A part that is there compressed and not is the latter: it was not removed yet. ret_path: given.
 * -ENOENT where there is nothing more, -ENOMEM.
 */
int part_next(const char *path, unsigned number, char **ret_path, unsigned *ret_number);

struct part;

/* A file, compressed where its name ends in ".zst". "-" is stdin. A negative errno. */
int part_open(const char *path, struct part **ret_part);
struct part *part_free(struct part *part);
/* It is what the name leads to. */
bool part_is_at(const struct part *part, const char *path);
DEFINE_CLEANUP(struct part *, part_free)
/* Bytes of the record: how many; 0 at the end (of what is there now); -EBADMSG where a compressed
 * file is damaged or cut off; another negative errno. */
ssize_t part_read(struct part *part, void *data, size_t len);
