/* SPDX-License-Identifier: Apache-2.0 */
/* Answers that are remembered. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "enforcer/approval/grants.h"

struct grants {
	struct grant *list[GRANTS_MAX]; /* owned; oldest first */
	size_t n;
	uint64_t last_id;
};

struct grants *grants_new(void)
{
	return calloc(1, sizeof(struct grants));
}

struct grants *grants_free(struct grants *grants)
{
	if (!grants)
		return NULL;
	for (size_t i = 0; i < grants->n; i++)
		grant_free(grants->list[i]);
	free(grants);
	return NULL;
}

void grant_item_done(struct grant_item *item)
{
	free(item->path);
	free(item->argument);
	free(item->host);
	free(item->rule);
	*item = (struct grant_item){};
}

struct grant *grant_free(struct grant *grant)
{
	if (!grant)
		return NULL;
	for (size_t i = 0; i < grant->n_items; i++)
		grant_item_done(&grant->items[i]);
	buffer_done(&grant->key);
	free(grant->reason);
	free(grant->text);
	free(grant->asked);
	free(grant);
	return NULL;
}

static bool same_string(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

static bool same_endpoint(const struct endpoint *a, const struct endpoint *b)
{
	return a->family == b->family && a->protocol == b->protocol && a->port == b->port &&
	       memcmp(a->address, b->address, sizeof(a->address)) == 0;
}

static bool item_equal(const struct grant_item *a, const struct grant_item *b)
{
	return a->verbs == b->verbs && a->kind == b->kind && a->scope == b->scope &&
	       same_string(a->path, b->path) && same_string(a->argument, b->argument) &&
	       same_string(a->host, b->host) && same_endpoint(&a->endpoint, &b->endpoint) &&
	       same_string(a->rule, b->rule);
}

static bool same_key(const struct buffer *a, const struct buffer *b)
{
	return a->len == b->len && (a->len == 0 || memcmp(a->data, b->data, a->len) == 0);
}

static bool grant_equal(const struct grant *a, const struct grant *b)
{
	if (a->scope != b->scope || a->n_items != b->n_items || !same_key(&a->key, &b->key))
		return false;
	for (size_t i = 0; i < a->n_items; i++)
		if (!item_equal(&a->items[i], &b->items[i]))
			return false;
	return true;
}

static bool grant_says_something(const struct grant *grant)
{
	if (grant->scope == SCOPE_SAME ? grant->key.len == 0 : grant->n_items == 0)
		return false;
	return grant->verdict == VERDICT_ALLOW || grant->verdict == VERDICT_DENY;
}

int grants_add(struct grants *grants, struct grant *grant)
{
	_cleanup_(grant_freep) struct grant *taken = grant;

	if (!grant_says_something(taken))
		return -EINVAL;
	if (grants->n == GRANTS_MAX)
		return -ENOSPC;
	taken->id = ++grants->last_id;
	grants->list[grants->n++] = steal_pointer(taken);
	return 0;
}

const struct grant *grants_find_like(const struct grants *grants, const struct grant *grant)
{
	for (size_t i = 0; i < grants->n; i++)
		if (grant_equal(grants->list[i], grant))
			return grants->list[i];
	return NULL;
}

/* dir is "" or "/" for the root. */
static bool path_below(const char *dir, const char *path, bool deeper)
{
	size_t len = strcmp(dir, "/") == 0 ? 0 : strlen(dir);

	if (strncmp(dir, path, len) != 0 || path[len] != '/')
		return false;
	return deeper || !strchr(path + len + 1, '/');
}

static bool item_covers_endpoint(const struct grant_item *item, const struct endpoint *endpoint)
{
	const struct endpoint *granted = &item->endpoint;

	if (granted->port != endpoint->port || granted->protocol != endpoint->protocol)
		return false;
	/* The address behind a name is ours to choose. */
	if (item->host || endpoint->host)
		return item->host && endpoint->host && strcmp(item->host, endpoint->host) == 0;
	return same_endpoint(granted, endpoint);
}

static bool item_covers_object(const struct grant_item *item, const struct request *request,
			       const struct object *object)
{
	if (item->kind != object->kind)
		return false;
	if (item->scope == SCOPE_HOST)
		return object->kind == OBJECT_INET && item_covers_endpoint(item, &object->endpoint);
	if (!item->path || !object->path)
		return false;
	switch (item->scope) {
	case SCOPE_DIRECTORY:
	case SCOPE_TREE:
		return strcmp(item->path, object->path) == 0 ||
		       path_below(item->path, object->path, item->scope == SCOPE_TREE);
	case SCOPE_COMMAND:
		if (!item->argument || !request->argv || !request->argv[0] || !request->argv[1] ||
		    strcmp(item->argument, request->argv[1]) != 0)
			return false;
		return strcmp(item->path, object->path) == 0;
	case SCOPE_FILE:
	case SCOPE_PROGRAM:
		return strcmp(item->path, object->path) == 0;
	case SCOPE_SAME:
	case SCOPE_HOST:
		break;
	}
	return false;
}

static bool item_covers(const struct grant_item *item, const struct request *request,
			const struct asked_part *part)
{
	return item->verbs & part->verb &&
	       same_string(item->rule, part->rule ? part->rule->id : NULL) &&
	       item_covers_object(item, request, &request->objects[part->object]);
}

static bool grant_covers(const struct grant *grant, const struct request *request,
			 const struct asked_part *part)
{
	for (size_t i = 0; i < grant->n_items; i++)
		if (item_covers(&grant->items[i], request, part))
			return true;
	return false;
}

static bool grant_holds_at(const struct grant *grant, uint64_t at)
{
	return at == 0 || (grant->made <= at && (grant->expires == 0 || at < grant->expires));
}

/* The one that denies, else the first that allows. */
static struct grant *grants_of_part(const struct grants *grants,
				    const struct grants_question *question,
				    const struct asked_part *part)
{
	struct grant *found = NULL;

	for (size_t i = 0; i < grants->n; i++) {
		struct grant *grant = grants->list[i];

		if ((found && grant->verdict == VERDICT_ALLOW) ||
		    !grant_holds_at(grant, question->at) ||
		    !grant_covers(grant, question->request, part))
			continue;
		found = grant;
		if (grant->verdict == VERDICT_DENY)
			break;
	}
	return found;
}

struct grant *grants_match(struct grants *grants, const struct buffer *key,
			   const struct request *request, const struct asked_part *parts,
			   size_t n_parts)
{
	return grants_match_at(grants, &(struct grants_question){key, request, parts, n_parts, 0});
}

struct grant *grants_match_at(struct grants *grants, const struct grants_question *question)
{
	const struct buffer *key = question->key;
	struct grant *first = NULL;
	bool all = question->n_parts > 0;

	for (size_t i = 0; key->len > 0 && i < grants->n; i++)
		if (grants->list[i]->scope == SCOPE_SAME && same_key(&grants->list[i]->key, key) &&
		    grant_holds_at(grants->list[i], question->at))
			first = grants->list[i];
	if (first && first->verdict == VERDICT_DENY)
		return first;
	for (size_t i = 0; i < question->n_parts; i++) {
		struct grant *grant = grants_of_part(grants, question, &question->parts[i]);

		if (grant && grant->verdict == VERDICT_DENY)
			return grant;
		all &= grant != NULL;
		if (!first && i == 0)
			first = grant;
	}
	if (first && first->scope == SCOPE_SAME)
		return first;
	return all ? first : NULL;
}

static size_t grants_index(const struct grants *grants, uint64_t id)
{
	size_t i = 0;

	while (i < grants->n && grants->list[i]->id != id)
		i++;
	return i;
}

const struct grant *grants_find_id(const struct grants *grants, uint64_t id)
{
	size_t i = grants_index(grants, id);

	return i < grants->n ? grants->list[i] : NULL;
}

void grants_each(const struct grants *grants,
		 bool (*visit)(void *userdata, const struct grant *grant), void *userdata)
{
	for (size_t i = 0; i < grants->n; i++)
		if (!visit(userdata, grants->list[i]))
			return;
}

size_t grants_count(const struct grants *grants)
{
	return grants->n;
}

static bool grant_outlives(const struct grant *grant,
			   const char *(*rule)(void *userdata, const char *id), void *userdata)
{
	for (size_t i = 0; i < grant->n_items; i++) {
		const char *old = grant->items[i].rule, *new = old ? rule(userdata, old) : NULL;

		if (old && (!new || (grant->scope == SCOPE_SAME && strcmp(old, new) != 0)))
			return false;
	}
	return grant->n_items > 0;
}

uint64_t grants_rename_rules(struct grants *grants,
			     const char *(*rule)(void *userdata, const char *id), void *userdata)
{
	for (size_t i = 0; i < grants->n; i++)
		if (!grant_outlives(grants->list[i], rule, userdata))
			return grants->list[i]->id;
	for (size_t i = 0; i < grants->n; i++) {
		for (size_t k = 0; k < grants->list[i]->n_items; k++) {
			struct grant_item *item = &grants->list[i]->items[k];
			char *name = item->rule ? strdup(rule(userdata, item->rule)) : NULL;

			/* No memory: it covers nothing, rather than another rule's. */
			if (item->rule && !name)
				item->verbs = 0;
			free(item->rule);
			item->rule = name;
		}
	}
	return 0;
}

struct grant *grants_take(struct grants *grants, uint64_t id)
{
	size_t i = grants_index(grants, id);
	struct grant *grant;

	if (i == grants->n)
		return NULL;
	grant = grants->list[i];
	grants->n--;
	memmove(&grants->list[i], &grants->list[i + 1], (grants->n - i) * sizeof(grants->list[0]));
	return grant;
}

struct grant *grants_take_expired(struct grants *grants, uint64_t now)
{
	for (size_t i = 0; i < grants->n; i++)
		if (grants->list[i]->expires != 0 && grants->list[i]->expires <= now)
			return grants_take(grants, grants->list[i]->id);
	return NULL;
}

void grants_end(struct grants *grants, uint64_t id, uint64_t at)
{
	size_t i = grants_index(grants, id);

	if (i < grants->n && (grants->list[i]->expires == 0 || grants->list[i]->expires > at))
		grants->list[i]->expires = at;
}

uint64_t grants_next_expiry(const struct grants *grants)
{
	uint64_t next = 0;

	for (size_t i = 0; i < grants->n; i++)
		if (grants->list[i]->expires != 0 && (next == 0 || grants->list[i]->expires < next))
			next = grants->list[i]->expires;
	return next;
}
