/* SPDX-License-Identifier: Apache-2.0 */
/* Names and the addresses that stand for them inside. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "enforcer/network/names.h"

#define BUCKETS 4096

struct name {
	uint32_t next; /* in its bucket: number + 1; 0: the last */
	char *text;
};

struct names {
	struct name *items;
	uint32_t n, room, limit;
	uint64_t seed;
	uint32_t buckets[BUCKETS]; /* number + 1 */
};

static const uint8_t v4_prefix[] = {198, 18};
static const uint8_t v6_prefix[12] = {0xfd, 0x63, 0x61, 0x6c, 0x6c, 0x67};

int names_new(uint32_t limit, uint64_t seed, struct names **ret_names)
{
	struct names *names = calloc(1, sizeof(*names));

	if (!names)
		return -ENOMEM;
	names->limit = limit < NAMES_MAX - NAMES_FIRST ? limit : NAMES_MAX - NAMES_FIRST;
	names->seed = seed;
	*ret_names = names;
	return 0;
}

struct names *names_free(struct names *names)
{
	if (!names)
		return NULL;
	for (uint32_t i = 0; i < names->n; i++)
		free(names->items[i].text);
	free(names->items);
	free(names);
	return NULL;
}

bool name_canonical(const char *text, size_t len, char *ret_name)
{
	size_t label = 0;

	if (len > 0 && text[len - 1] == '.')
		len--;
	if (len == 0 || len > NAME_MAX_LEN)
		return false;
	for (size_t i = 0; i < len; i++) {
		char c = text[i];

		if (c >= 'A' && c <= 'Z')
			c = (char)(c - 'A' + 'a');
		if (c == '.') {
			if (label == 0)
				return false;
			label = 0;
		} else if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
			   c == '_') {
			if (++label > 63)
				return false;
		} else {
			return false;
		}
		ret_name[i] = c;
	}
	ret_name[len] = '\0';
	return label > 0;
}

static uint32_t *bucket_of(struct names *names, const char *name)
{
	uint64_t hash = names->seed ^ 0xcbf29ce484222325u;

	for (const char *p = name; *p; p++)
		hash = (hash ^ (uint8_t)*p) * 0x100000001b3u;
	return &names->buckets[(hash ^ hash >> 29) % BUCKETS];
}

int64_t names_number(struct names *names, const char *name)
{
	uint32_t *bucket = bucket_of(names, name);
	struct name *item;

	for (uint32_t i = *bucket; i; i = names->items[i - 1].next)
		if (strcmp(names->items[i - 1].text, name) == 0)
			return i - 1;
	if (names->n == names->limit)
		return -ENOSPC;
	if (names->n == names->room) {
		uint32_t room = names->room ? names->room * 2 : 64;
		struct name *more = reallocarray(names->items, room, sizeof(*more));

		if (!more)
			return -ENOMEM;
		names->items = more;
		names->room = room;
	}
	item = &names->items[names->n];
	item->text = strdup(name);
	if (!item->text)
		return -ENOMEM;
	item->next = *bucket;
	*bucket = ++names->n;
	return names->n - 1;
}

void names_address(uint32_t number, int family, uint8_t *ret_address)
{
	uint32_t host = number + NAMES_FIRST;
	uint8_t *tail = ret_address;

	if (family == AF_INET6) {
		memcpy(ret_address, v6_prefix, sizeof(v6_prefix));
		tail += 12;
		tail[0] = 0;
		tail[1] = (uint8_t)(host >> 16);
	} else {
		tail[0] = v4_prefix[0];
		tail[1] = (uint8_t)(v4_prefix[1] | host >> 16);
	}
	tail[2] = (uint8_t)(host >> 8);
	tail[3] = (uint8_t)host;
}

bool names_cover(int family, const uint8_t *address)
{
	return family == AF_INET6
		       ? memcmp(address, v6_prefix, 6) == 0
		       : address[0] == v4_prefix[0] && (address[1] & 0xfe) == v4_prefix[1];
}

bool names_find(const struct names *names, int family, const uint8_t *address,
		const char **ret_name)
{
	const uint8_t *tail = family == AF_INET6 ? address + 12 : address;
	uint32_t host;

	*ret_name = NULL;
	/* All of the /48 is ours, as is all of the /15. */
	if (!names_cover(family, address))
		return false;
	if (family == AF_INET6 && (memcmp(address, v6_prefix, 12) != 0 || tail[0] || tail[1] > 1))
		return true;
	host = (uint32_t)(tail[1] & 1) << 16 | (uint32_t)tail[2] << 8 | tail[3];
	if (host >= NAMES_FIRST && host - NAMES_FIRST < names->n)
		*ret_name = names->items[host - NAMES_FIRST].text;
	return true;
}
