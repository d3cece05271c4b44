/* SPDX-License-Identifier: Apache-2.0 */
/* How often a person may be asked. */
#include "enforcer/approval/pacing.h"

bool token_bucket_take(struct token_bucket *bucket, uint64_t now)
{
	uint64_t full_at = bucket->full_at > now ? bucket->full_at : now;

	if (full_at - now + bucket->token_ns > bucket->most * bucket->token_ns)
		return false;
	bucket->full_at = full_at + bucket->token_ns;
	return true;
}

/* FNV-1a. */
static uint64_t cooling_hash(const void *key, size_t len)
{
	const unsigned char *bytes = key;
	uint64_t hash = 0xcbf29ce484222325u;

	for (size_t i = 0; i < len; i++)
		hash = (hash ^ bytes[i]) * 0x100000001b3u;
	return hash;
}

void cooling_add(struct cooling *cooling, const void *key, size_t len, uint64_t until)
{
	size_t at = cooling->next;

	if (len == 0)
		return;
	cooling->entries[at].hash = cooling_hash(key, len);
	cooling->entries[at].until = until;
	cooling->next = (at + 1) % COOLING_MAX;
}

bool cooling_holds(const struct cooling *cooling, const void *key, size_t len, uint64_t now)
{
	uint64_t hash = cooling_hash(key, len);

	for (size_t i = 0; len > 0 && i < COOLING_MAX; i++)
		if (cooling->entries[i].until > now && cooling->entries[i].hash == hash)
			return true;
	return false;
}
