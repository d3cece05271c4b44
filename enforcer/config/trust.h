/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which project files a person trusts: the canonical path of a .callgate.json with the SHA-256
 * of what it said when they looked. A file that says something else is not trusted, whoever
 * changed it.
 */
#pragma once

#include "enforcer/base/error.h"

enum trust {
	TRUST_NONE = 0,
	TRUST_CHANGED, /* trusted once, and changed since */
	TRUST_GIVEN,
};

/* store: the trust file's path. A store that is not there trusts nothing. *ret_trust is TRUST_NONE
 * too where the call fails. 0 or a negative errno. */
int trust_look_up(const char *store, const char *path, const char *hash, enum trust *ret_trust,
		  struct failure *reterr);
/* Makes the directories above the store where they are missing (0700), and replaces it as a whole
 * (0600). A path that was there gets the new hash. */
int trust_give(const char *store, const char *path, const char *hash, struct failure *reterr);
/* -ENOENT where the path was not trusted. */
int trust_revoke(const char *store, const char *path, struct failure *reterr);
