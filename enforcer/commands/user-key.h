/* SPDX-License-Identifier: Apache-2.0 */
/* The public half of the key that signs this user's records, for the commands that verify them. */
#pragma once

#include <stdint.h>

#include "enforcer/base/error.h"

/* named: a file, or NULL for the user's own in home (or NULL). ret_public: AUDIT_KEY_PUBLIC bytes.
 * 0; -ENOENT without words: the user has none; another negative errno with words. */
int user_key_load(const char *named, const char *home, uint8_t *ret_public, struct failure *reterr);
