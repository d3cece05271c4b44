/* SPDX-License-Identifier: Apache-2.0 */
/* Writes what a command makes into a file that a person names: whole, or not at all. */
#pragma once

#include <stddef.h>

#include "enforcer/base/error.h"

/* May file be replaced? Where nothing or an empty file stands there, or one of the same kind, told
 * by its first bytes. Else -EEXIST with words. "-" may. */
int replace_file_allowed(const char *file, const char *first, struct failure *reterr);

/* data stands in file (mode 0600), or, on a failure, what stood there before. "-": to stdout. 0 or
 * a negative errno with words. */
int replace_file(const char *file, const char *data, size_t len, struct failure *reterr);
