/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A closed part of a record, compressed (zstd). Killed at any moment, this leaves the part, or what
 * it was compressed to, or both: then whoever reads takes the part, and the next call goes on.
 */
#pragma once

#include <stdint.h>

#define COMPRESS_SUFFIX_NEW ".new" /* behind the name that it will have: not whole yet */

/*
 * Compresses dir's file name to name.zst, and removes it. Nothing of what is there is followed
 * where it is a link. 0; -EWOULDBLOCK: somebody else writes or compresses it; -ENOSPC; another
 * negative errno. The part is only removed when all of the other is on the disk.
 */
int compress_part(int dir, const char *name, uint64_t *ret_size);
