/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The user's key that signs records: Ed25519, by libcrypto, in PEM, as `openssl pkey` reads it. The
 * public half lies beside it, with ".pub" behind the name.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "enforcer/audit/chain.h"
#include "enforcer/base/error.h"

#define AUDIT_KEY_PUBLIC 32
#define AUDIT_KEY_SUFFIX ".pub"

struct audit_key;

/* Makes the key, mode 0600, with its directories, and the public half, where they are not there.
 * Nobody ever sees a part of it under its name. 0 or a negative errno. */
int audit_key_make(const char *path);
/* Refused (-EPERM): a file that is another's, or that others may read; -EINVAL: no such key. */
int audit_key_load(const char *path, struct audit_key **ret_key);
/* Wipes it. */
struct audit_key *audit_key_free(struct audit_key *key);
DEFINE_CLEANUP(struct audit_key *, audit_key_free)

/* A chain_sign; userdata: the key. */
int audit_key_sign(void *key, const char *text, size_t len,
		   uint8_t ret_signature[static CHAIN_SIGNATURE]);
int audit_key_public(const struct audit_key *key, uint8_t ret_public[static AUDIT_KEY_PUBLIC]);

/* The public half, from a file of it or of the key. */
int audit_public_load(const char *path, uint8_t ret_public[static AUDIT_KEY_PUBLIC]);
bool audit_public_verify(const uint8_t public[static AUDIT_KEY_PUBLIC], const char *text,
			 size_t len, const uint8_t signature[static CHAIN_SIGNATURE]);
