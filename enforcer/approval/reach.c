/* SPDX-License-Identifier: Apache-2.0 */
/* How far an answer may reach. */
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "enforcer/approval/reach.h"
#include "enforcer/base/text.h"

static bool kind_is_file(const struct object *object)
{
	return object->kind == OBJECT_PATH || object->kind == OBJECT_UNIX;
}

/* True where a grant of this scope can say what the part is about. */
static bool scope_fits(const struct asked *asked, const struct asked_part *part,
		       enum answer_scope scope)
{
	const struct request *request = asked->request;
	const struct object *object = &request->objects[part->object];
	bool exec = part->verb == VERB_EXEC;

	switch (scope) {
	case SCOPE_SAME:
		return false;
	case SCOPE_FILE:
		return kind_is_file(object) && object->path && !exec;
	case SCOPE_DIRECTORY:
	case SCOPE_TREE:
		return object->kind == OBJECT_PATH && object->path && !exec;
	case SCOPE_HOST:
		return object->kind == OBJECT_INET;
	case SCOPE_COMMAND:
		if (!request->argv || !request->argv[0] || !request->argv[1])
			return false;
		return exec && object->kind == OBJECT_PATH && object->path;
	case SCOPE_PROGRAM:
		return exec && object->kind == OBJECT_PATH && object->path;
	}
	return false;
}

/* The directory, or the one that the file is in. NULL where that is the root: nobody means all
 * files of the machine; or no memory. */
static char *directory_of(const struct object *object)
{
	const char *slash = strrchr(object->path, '/');
	size_t len = object->directory ? strlen(object->path)
		     : slash           ? (size_t)(slash - object->path)
				       : 0;

	return len > 0 && strcmp(object->path, "/") != 0 ? strndup(object->path, len) : NULL;
}

static bool same_string(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

/* False: no memory, or the scope does not go with it. */
static bool item_init(struct grant_item *item, const struct asked *asked,
		      const struct asked_part *part, enum answer_scope scope)
{
	const struct object *object = &asked->request->objects[part->object];

	item->verbs = part->verb;
	item->kind = object->kind;
	item->scope = scope;
	if (part->rule) {
		item->rule = strdup(part->rule->id);
		item->layer = part->rule->layer;
		if (!item->rule)
			return false;
	}
	if (scope == SCOPE_HOST) {
		item->endpoint = object->endpoint;
		item->endpoint.host = NULL;
		item->host = object->endpoint.host ? strdup(object->endpoint.host) : NULL;
		return item->host || !object->endpoint.host;
	}
	item->path = scope == SCOPE_DIRECTORY || scope == SCOPE_TREE ? directory_of(object)
								     : strdup(object->path);
	if (scope == SCOPE_COMMAND) {
		item->argument = strdup(asked->request->argv[1]);
		if (!item->argument)
			return false;
	}
	return item->path != NULL;
}

/* The item before it that differs in its verbs alone. */
static struct grant_item *item_like(struct grant *grant, const struct grant_item *item)
{
	for (struct grant_item *one = grant->items; one != item; one++)
		if (one->kind == item->kind && same_string(one->path, item->path) &&
		    same_string(one->host, item->host) &&
		    one->endpoint.port == item->endpoint.port &&
		    one->endpoint.protocol == item->endpoint.protocol &&
		    memcmp(one->endpoint.address, item->endpoint.address,
			   sizeof(item->endpoint.address)) == 0 &&
		    same_string(one->rule, item->rule))
			return one;
	return NULL;
}

struct grant *reach_new(const struct asked *asked, enum answer_scope scope)
{
	_cleanup_(grant_freep) struct grant *grant = calloc(1, sizeof(*grant));

	if (!grant || asked->n_parts == 0)
		return NULL;
	grant->scope = scope;
	for (size_t i = 0; i < asked->n_parts; i++) {
		struct grant_item *item = &grant->items[grant->n_items], *like;

		if (grant->n_items == GRANT_ITEMS_MAX ||
		    !scope_fits(asked, &asked->parts[i], scope))
			return NULL;
		grant->n_items++;
		if (!item_init(item, asked, &asked->parts[i], scope))
			return NULL;
		like = item_like(grant, item);
		if (like) {
			like->verbs |= item->verbs;
			grant_item_done(item);
			grant->n_items--;
		}
	}
	return steal_pointer(grant);
}

/* False where it had to be cut. */
static bool append_escaped(struct buffer *text, const char *string)
{
	size_t before = text->len;

	text_append_escaped(text, string, strlen(string), 0);
	return text->len - before <= QUESTION_OBJECT_MAX;
}

static void append_verbs(struct buffer *text, unsigned verbs)
{
	const char *between = "";

	for (unsigned i = 0; i < VERB_COUNT; i++) {
		if (!(verbs & 1u << i))
			continue;
		buffer_printf(text, "%s%s", between, verb_name((enum verb)(1u << i)));
		between = ", ";
	}
}

static bool append_host(struct buffer *text, const struct grant_item *item)
{
	char address[INET6_ADDRSTRLEN] = "?";
	bool whole = true;

	if (item->host)
		whole = append_escaped(text, item->host);
	else if (inet_ntop(item->endpoint.family, item->endpoint.address, address, sizeof(address)))
		buffer_append_string(text, address);
	buffer_printf(text, " port %u", item->endpoint.port);
	if (item->endpoint.protocol == IPPROTO_UDP)
		buffer_append_string(text, " (udp)");
	return whole;
}

static bool append_item(struct buffer *text, const struct grant_item *item)
{
	static const char *const before[] = {
		[SCOPE_FILE] = "just ",
		[SCOPE_DIRECTORY] = "what is directly in ",
		[SCOPE_TREE] = "everything below ",
		[SCOPE_HOST] = "",
		[SCOPE_COMMAND] = "",
		[SCOPE_PROGRAM] = "",
	};
	bool whole;

	append_verbs(text, item->verbs);
	buffer_append_string(text, " ");
	buffer_append_string(text, before[item->scope]);
	if (item->scope == SCOPE_HOST)
		return append_host(text, item);
	whole = append_escaped(text, *item->path ? item->path : "/");
	if (item->scope == SCOPE_COMMAND) {
		buffer_append_string(text, " \"");
		whole &= append_escaped(text, item->argument);
		buffer_append_string(text, "\" with whatever follows");
	}
	if (item->scope == SCOPE_PROGRAM)
		buffer_append_string(text, " with any arguments");
	return whole;
}

bool reach_append_text(struct buffer *ret_text, const struct grant *grant)
{
	bool whole = true;

	for (size_t i = 0; i < grant->n_items; i++) {
		const struct grant_item *item = &grant->items[i];

		buffer_append_string(ret_text, i ? "; " : "");
		whole &= append_item(ret_text, item);
		buffer_append_string(ret_text, ", as far as ");
		if (item->rule)
			buffer_printf(ret_text, "rule %s asks", item->rule);
		else
			buffer_append_string(ret_text, "no rule speaks of it");
	}
	return whole && !ret_text->error;
}
_Static_assert(SCOPE_PROGRAM + 1 == SCOPE_COUNT, "say what each scope covers");
