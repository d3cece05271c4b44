/* SPDX-License-Identifier: Apache-2.0 */
/* What names resolved to a moment ago. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "enforcer/network/lookups.h"

struct lookups {
	struct lookup items[LOOKUPS_MAX];
	size_t n;
};

struct lookups *lookups_new(void)
{
	return calloc(1, sizeof(struct lookups));
}

struct lookups *lookups_free(struct lookups *lookups)
{
	if (!lookups)
		return NULL;
	for (size_t i = 0; i < lookups->n; i++)
		free(lookups->items[i].host);
	free(lookups);
	return NULL;
}

static size_t index_of(const struct lookups *lookups, const char *host)
{
	size_t i = 0;

	while (i < lookups->n && strcmp(lookups->items[i].host, host) != 0)
		i++;
	return i;
}

const struct lookup *lookups_find(const struct lookups *lookups, const char *host, uint64_t now)
{
	size_t i = index_of(lookups, host);

	return i < lookups->n && lookups->items[i].until_ns > now ? &lookups->items[i] : NULL;
}

static size_t oldest(const struct lookups *lookups)
{
	size_t found = 0;

	for (size_t i = 1; i < lookups->n; i++)
		if (lookups->items[i].until_ns < lookups->items[found].until_ns)
			found = i;
	return found;
}

void lookups_add(struct lookups *lookups, const char *host, int error,
		 const struct outside_address *addresses, size_t n, uint64_t now)
{
	size_t i = index_of(lookups, host);
	struct lookup *item;
	char *copy;

	if (error && error != -ENOENT) {
		if (i < lookups->n)
			lookups->items[i].until_ns = 0;
		return;
	}
	if (i == lookups->n) {
		copy = strdup(host);
		if (!copy)
			return;
		i = lookups->n < LOOKUPS_MAX ? lookups->n++ : oldest(lookups);
		free(lookups->items[i].host);
		lookups->items[i].host = copy;
	}
	item = &lookups->items[i];
	item->error = error;
	item->n = n < ADDRESSES_MAX ? n : ADDRESSES_MAX;
	if (item->n)
		memcpy(item->addresses, addresses, item->n * sizeof(*addresses));
	item->until_ns = now + (error ? LOOKUPS_UNKNOWN_NS : LOOKUPS_KNOWN_NS);
}
