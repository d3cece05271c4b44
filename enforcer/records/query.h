/* SPDX-License-Identifier: Apache-2.0 */
/* Which entries a person wants to see. PURE. Each question that is asked must be answered yes, by
 * one of the values given for it. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "enforcer/base/error.h"
#include "enforcer/records/entry.h"

struct query_path;

/* Lists are NULL-ended and borrowed; NULL: not asked about. */
struct query {
	uint64_t since_ns, until_ns; /* 0: no bound */
	const char *const *calls;
	const char *const *verbs;
	const char *const *paths; /* as in a policy: globs, the tree under them; without a slash at
				     its start: anywhere */
	const char *const *hosts; /* "example.com", "*.example.com", an address */
	const char *const *programs; /* a bare name, or a glob of the whole path */
	const char *const *decisions;
	const char *const *rules; /* an id, or a layer */
	const char *const *by;
	const char *home;            /* for "~" */
	struct query_path *compiled; /* of paths; owned */
	size_t n_compiled;
};

/* Checks the words and makes ready. 0, -EINVAL with words, -ENOMEM. */
int query_prepare(struct query *query, struct failure *reterr);
void query_done(struct query *query);
/* True where it asks about members that only calls and questions have. */
bool query_is_about_calls(const struct query *query);
bool query_passes(const struct query *query, const struct entry *entry);
