/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a run left that may execute later, outside: hooks and telling settings of the repositories
 * that it made. (Those of repositories that stood before are protected by the guards.) Looked at
 * once the sandbox has ended; the files are the agent's and hostile, so they are only listed.
 */
#pragma once

#include "enforcer/base/buffer.h"
#include "enforcer/request/repositories.h"

#define LEFTOVERS_MAX 64 /* lines; what is beyond is counted */

/* Appends a line each, escaped, indented; returns how many there are. */
size_t leftovers_list(const struct repositories *repositories, struct buffer *ret_text);
