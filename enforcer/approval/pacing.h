/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How often a person may be asked: a token bucket over all new questions, and what was denied a
 * moment ago, which is not asked again at once. PURE: now is monotonic nanoseconds.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One token each token_ns, at most `most` of them. */
struct token_bucket {
	uint64_t token_ns;
	uint64_t most;
	uint64_t full_at; /* when it will be full again, if nobody takes any */
};

/* False: empty. */
bool token_bucket_take(struct token_bucket *bucket, uint64_t now);

#define COOLING_MAX 64

/* The newest COOLING_MAX keys, by hash: two that collide are denied both, which the agent may have
 * if it likes. */
struct cooling {
	struct {
		uint64_t hash;
		uint64_t until; /* 0: none */
	} entries[COOLING_MAX];
	size_t next;
};

void cooling_add(struct cooling *cooling, const void *key, size_t len, uint64_t until);
bool cooling_holds(const struct cooling *cooling, const void *key, size_t len, uint64_t now);
