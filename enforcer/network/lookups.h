/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What names resolved to a moment ago, so that many connections to one name are one question. What
 * may be connected to is judged at each connection all the same. The host's resolver does not say
 * how long an answer holds: it is believed for a few seconds. PURE.
 */
#pragma once

#include "enforcer/network/network.h"

#define LOOKUPS_MAX        256
#define LOOKUPS_KNOWN_NS   5000000000u
#define LOOKUPS_UNKNOWN_NS 1000000000u /* that there is no such name */

struct lookups;

struct lookup {
	int error; /* 0, or a negative errno; -ENOENT: there is no such name */
	size_t n;
	struct outside_address addresses[ADDRESSES_MAX];
};

struct lookups *lookups_new(void);
struct lookups *lookups_free(struct lookups *lookups);
DEFINE_CLEANUP(struct lookups *, lookups_free)

/* NULL: not known, or not any more. Borrowed, until the next lookups_add(). */
const struct lookup *lookups_find(const struct lookups *lookups, const char *host, uint64_t now);
/* The oldest makes room. Errors but -ENOENT are not kept. */
void lookups_add(struct lookups *lookups, const char *host, const struct lookup *lookup,
		 uint64_t now);
