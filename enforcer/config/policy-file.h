/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads a policy file, once: what is checked, hashed and parsed is the same bytes. Refused are
 * what is no regular file (a FIFO would stall the start), what is larger than POLICY_FILE_MAX,
 * and what others may write.
 */
#pragma once

#include <stddef.h>

#include "enforcer/base/error.h"

#define POLICY_FILE_MAX (1u << 20)

enum policy_file_owner {
	POLICY_FILE_MANAGED = 0, /* owned by the person or root, writable by the owner alone */
	POLICY_FILE_PERSON,      /* owned by the person or root, not writable by all */
	POLICY_FILE_PROJECT,     /* anybody's: trusted by content; must not be a symbolic link */
	POLICY_FILE_ANY,         /* anybody's: looked at only */
};

/* 0, -ENOENT without words in reterr where there is no such file, or another negative errno with
 * words. ret_text is given, with a NUL behind it. */
int policy_file_read(const char *path, enum policy_file_owner owner, char **ret_text,
		     size_t *ret_len, struct failure *reterr);

/* SHA-256 in lower-case hexadecimal digits. */
#define HASH_HEX_SIZE 65
int policy_hash(const char *text, size_t len, char ret_hex[static HASH_HEX_SIZE]);
