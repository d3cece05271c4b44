/* SPDX-License-Identifier: Apache-2.0 */
/* What names resolved to a moment ago. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "enforcer/network/lookups.h"

struct item {
	char *host;
	struct lookup lookup;
	uint64_t until_ns;
};

struct lookups {
	struct item items[LOOKUPS_MAX];
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

	return i < lookups->n && lookups->items[i].until_ns > now ? &lookups->items[i].lookup
								  : NULL;
}

static size_t oldest(const struct lookups *lookups)
{
	size_t found = 0;

	for (size_t i = 1; i < lookups->n; i++)
		if (lookups->items[i].until_ns < lookups->items[found].until_ns)
			found = i;
	return found;
}

void lookups_add(struct lookups *lookups, const char *host, const struct lookup *lookup,
		 uint64_t now)
{
	size_t i = index_of(lookups, host);
	char *copy;

	if (lookup->error && lookup->error != -ENOENT) {
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
	lookups->items[i].lookup = *lookup;
	lookups->items[i].until_ns = now + (lookup->error ? LOOKUPS_UNKNOWN_NS : LOOKUPS_KNOWN_NS);
}
