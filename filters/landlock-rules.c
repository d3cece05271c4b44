/* SPDX-License-Identifier: Apache-2.0 */
/* The Landlock part of the wall as data. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "filters/kernel-newer.h"
#include "filters/landlock-rules.h"

static const struct {
	uint64_t right;
	const char *name;
	int abi;
	bool directory_only;
} rights[] = {
	{LANDLOCK_ACCESS_FS_READ_FILE, "read", 1, false},
	{LANDLOCK_ACCESS_FS_READ_DIR, "list", 1, true},
	{LANDLOCK_ACCESS_FS_EXECUTE, "execute", 1, false},
	{LANDLOCK_ACCESS_FS_IOCTL_DEV, "device-ioctl", 5, false},
};
#define RIGHTS (sizeof(rights) / sizeof(rights[0]))

static const struct {
	uint64_t scope;
	const char *name;
	int abi;
} scopes[] = {
	{LANDLOCK_SCOPE_ABSTRACT_UNIX_SOCKET, "abstract-unix", 6},
	{LANDLOCK_SCOPE_SIGNAL, "signal", 6},
};
#define SCOPES (sizeof(scopes) / sizeof(scopes[0]))

void landlock_rules_init(struct landlock_rules *rules, int abi)
{
	*rules = (struct landlock_rules){};
	for (size_t i = 0; i < RIGHTS; i++)
		if (abi >= rights[i].abi)
			rules->handled |= rights[i].right;
	for (size_t i = 0; i < SCOPES; i++)
		if (abi >= scopes[i].abi)
			rules->scoped |= scopes[i].scope;
}

void landlock_rules_done(struct landlock_rules *rules)
{
	for (size_t i = 0; i < rules->count; i++)
		free(rules->rules[i].path);
	free(rules->rules);
	*rules = (struct landlock_rules){};
}

static uint64_t possible_access(const struct landlock_rules *rules, uint64_t access, bool file)
{
	for (size_t i = 0; i < RIGHTS; i++)
		if (file && rights[i].directory_only)
			access &= ~rights[i].right;
	return access & rules->handled;
}

/* The place of path in the sorted array, whether it is there or not. */
static size_t rules_find(const struct landlock_rules *rules, const char *path, bool *ret_found)
{
	size_t low = 0, high = rules->count;

	*ret_found = false;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = strcmp(path, rules->rules[middle].path);

		if (order == 0) {
			*ret_found = true;
			return middle;
		}
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

static int rules_reserve(struct landlock_rules *rules)
{
	size_t size = rules->size ? rules->size * 2 : 32;
	struct landlock_rule *bigger;

	if (rules->count < rules->size)
		return 0;
	bigger = realloc(rules->rules, size * sizeof(*bigger));
	if (!bigger)
		return -ENOMEM;
	rules->rules = bigger;
	rules->size = size;
	return 0;
}

int landlock_rules_add(struct landlock_rules *rules, const struct landlock_rule *rule, bool file)
{
	uint64_t access = possible_access(rules, rule->access, file);
	struct landlock_rule *place;
	bool found;
	size_t at;
	char *path;

	/* An empty rule is ENOMSG to the kernel. */
	if (!access)
		return 0;
	at = rules_find(rules, rule->path, &found);
	if (found) {
		place = &rules->rules[at];
		place->access |= access;
		place->optional = place->optional && rule->optional;
		place->exact = place->exact && rule->exact;
		return 0;
	}
	if (rules_reserve(rules) < 0)
		return -ENOMEM;
	path = strdup(rule->path);
	if (!path)
		return -ENOMEM;
	place = &rules->rules[at];
	memmove(place + 1, place, (rules->count - at) * sizeof(*place));
	*place = (struct landlock_rule){path, access, rule->optional, rule->exact};
	rules->count++;
	return 0;
}

void landlock_access_print(uint64_t access, FILE *out)
{
	const char *space = "";

	for (size_t i = 0; i < RIGHTS; i++)
		if (access & rights[i].right) {
			fprintf(out, "%s%s", space, rights[i].name);
			space = " ";
		}
}

void landlock_scope_print(uint64_t scoped, FILE *out)
{
	const char *space = "";

	for (size_t i = 0; i < SCOPES; i++)
		if (scoped & scopes[i].scope) {
			fprintf(out, "%s%s", space, scopes[i].name);
			space = " ";
		}
}
