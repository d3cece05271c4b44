/* SPDX-License-Identifier: Apache-2.0 */
/* Rule zero: callgate's own files and sockets. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "enforcer/policy/rule-zero.h"

int rule_zero_add(struct rule_zero *zero, const char *path, uint64_t dev, uint64_t ino,
		  unsigned verbs)
{
	struct rule_zero_entry *entry;

	if (zero->n == RULE_ZERO_MAX)
		return -ENOSPC;
	entry = &zero->entries[zero->n];
	*entry = (struct rule_zero_entry){.dev = dev, .ino = ino, .verbs = verbs};
	entry->path = strdup(path);
	if (!entry->path)
		return -ENOMEM;
	zero->n++;
	return 0;
}

void rule_zero_add_parts(struct rule_zero *zero)
{
	if (zero->n > 0)
		zero->entries[zero->n - 1].parts = true;
}

int rule_zero_renew(struct rule_zero *zero, const char *path, uint64_t dev, uint64_t ino,
		    unsigned verbs)
{
	int r;

	for (size_t i = 0; i < zero->n; i++) {
		struct rule_zero_entry *entry = &zero->entries[i];

		if (entry->verbs != verbs || strcmp(entry->path, path) != 0)
			continue;
		if (entry->dev == dev && entry->ino == ino)
			return 0;
		entry->dev = dev;
		entry->ino = ino;
		return 1;
	}
	r = rule_zero_add(zero, path, dev, ino, verbs);
	return r < 0 ? r : 1;
}

int rule_zero_add_port(struct rule_zero *zero, uint16_t port)
{
	if (rule_zero_has_port(zero, port))
		return 0;
	if (zero->n_ports == RULE_ZERO_PORTS_MAX)
		return -ENOSPC;
	zero->ports[zero->n_ports++] = port;
	return 0;
}

bool rule_zero_has_port(const struct rule_zero *zero, uint16_t port)
{
	for (size_t i = 0; i < zero->n_ports; i++)
		if (zero->ports[i] == port)
			return true;
	return zero->port_taken && zero->port_taken(zero->userdata, port);
}

void rule_zero_done(struct rule_zero *zero)
{
	for (size_t i = 0; i < zero->n; i++)
		free(zero->entries[i].path);
	*zero = (struct rule_zero){};
}

static bool is_below(const char *path, const char *tree)
{
	size_t len = strlen(tree);

	return strncmp(path, tree, len) == 0 && (path[len] == '\0' || path[len] == '/');
}

static bool is_part(const char *path, const char *record)
{
	size_t len = strlen(record);

	return strncmp(path, record, len) == 0 && path[len] == '.';
}

/* The calls that take a name away with all that is below it, or give one to a thing that brings its
 * own. */
static bool changes_what_is_below(enum mediated call)
{
	return call == MEDIATED_rename || call == MEDIATED_renameat || call == MEDIATED_renameat2 ||
	       call == MEDIATED_rmdir || call == MEDIATED_unlink || call == MEDIATED_unlinkat ||
	       call == MEDIATED_link || call == MEDIATED_linkat || call == MEDIATED_symlink ||
	       call == MEDIATED_symlinkat;
}

static unsigned refused(const struct rule_zero_entry *entry, const struct object *object,
			enum mediated call)
{
	if (entry->ino && object->exists && object->dev == entry->dev && object->ino == entry->ino)
		return object->verbs & entry->verbs;
	if (!object->path || object->kind == OBJECT_ABSTRACT)
		return 0;
	if (is_below(object->path, entry->path) ||
	    (entry->parts && is_part(object->path, entry->path)))
		return object->verbs & entry->verbs;
	/* A name above it: moved or removed, it would take ours along; a link or another directory
	 * there would bring one of the agent's making. Its mode, its times and nameless files are
	 * not ours. */
	if (changes_what_is_below(call) && is_below(entry->path, object->path))
		return object->verbs & entry->verbs & VERB_WRITE;
	return 0;
}

static bool is_own_port(const struct rule_zero *zero, const struct object *object)
{
	return object->kind == OBJECT_INET && object->endpoint.host_loopback &&
	       rule_zero_has_port(zero, object->endpoint.port);
}

static void refuse(size_t object, unsigned verbs, struct decision *ret_decision)
{
	*ret_decision = (struct decision){
		.verdict = VERDICT_DENY,
		.by = BY_RULE_ZERO,
		.verb = (enum verb)(verbs & -verbs),
		.object = object,
		.reason = "callgate's own",
	};
}

bool rule_zero_judge(const struct rule_zero *zero, const struct request *request,
		     struct decision *ret_decision)
{
	for (size_t i = 0; i < request->n_objects; i++) {
		for (size_t k = 0; k < zero->n; k++) {
			unsigned verbs =
				refused(&zero->entries[k], &request->objects[i], request->call);

			if (!verbs)
				continue;
			refuse(i, verbs, ret_decision);
			return true;
		}
		if (request->objects[i].verbs && is_own_port(zero, &request->objects[i])) {
			refuse(i, request->objects[i].verbs, ret_decision);
			return true;
		}
	}
	return false;
}
