/* SPDX-License-Identifier: Apache-2.0 */
/* The policy by which a recorded run was judged, made again. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "enforcer/base/text.h"
#include "enforcer/records/recorded-policy.h"
#include "enforcer/records/table.h"

#define LAYERS_MAX 32
#define LIST_MAX   64
#define NAMES_MAX  4096

struct recorded_name {
	const char *to; /* borrowed from facts; NULL: there was no such program */
	uint64_t dev, ino;
};

struct recorded_policy {
	json_t *start, *facts; /* roots of their lines; owned */
	json_t *layers[LAYERS_MAX];
	size_t n_layers;
	bool too_many, hooks;
	const char *workspaces[LIST_MAX + 1], *tmp[LIST_MAX + 1], *state[LIST_MAX + 1],
		*search[LIST_MAX + 1];
	struct table names; /* by "p" or "n" and the name, of struct recorded_name */
	const struct recorded_instead *instead; /* while one is being built */
};

struct recorded_policy *recorded_policy_new(void)
{
	struct recorded_policy *recorded = calloc(1, sizeof(*recorded));

	if (recorded)
		table_init(&recorded->names, sizeof(struct recorded_name), NAMES_MAX);
	return recorded;
}

/* All but the run's start. */
static void recorded_policy_renew(struct recorded_policy *recorded)
{
	json_decref(recorded->facts);
	for (size_t i = 0; i < recorded->n_layers; i++)
		json_decref(recorded->layers[i]);
	table_done(&recorded->names);
	recorded->facts = NULL;
	recorded->tmp[0] = recorded->state[0] = recorded->search[0] = NULL;
	recorded->n_layers = 0;
	recorded->too_many = recorded->hooks = false;
}

static void recorded_policy_forget(struct recorded_policy *recorded)
{
	recorded_policy_renew(recorded);
	json_decref(recorded->start);
	recorded->start = NULL;
	recorded->workspaces[0] = NULL;
}

struct recorded_policy *recorded_policy_free(struct recorded_policy *recorded)
{
	if (!recorded)
		return NULL;
	recorded_policy_forget(recorded);
	free(recorded);
	return NULL;
}

static void take_list(const char **list, json_t *from)
{
	json_t *element;
	size_t i, n = 0;

	json_array_foreach(from, i, element) if (n < LIST_MAX && json_is_string(element))
		list[n++] = json_string_value(element);
	list[n] = NULL;
}

static int take_name(struct recorded_policy *recorded, json_t *from)
{
	const char *path = json_string_value(json_object_get(from, "path"));
	const char *program = json_string_value(json_object_get(from, "program"));
	const char *inode = json_string_value(json_object_get(from, "inode"));
	struct recorded_name *name;
	char key[PATH_MAX + 2], *end;

	if (!path && !program)
		return 0;
	snprintf(key, sizeof(key), "%c%s", program ? 'p' : 'n', program ?: path);
	name = table_get(&recorded->names, key, strlen(key));
	if (!name)
		return -ENOMEM;
	name->to = json_string_value(json_object_get(from, "is"));
	if (!inode)
		return 0;
	name->dev = strtoull(inode, &end, 10);
	name->ino = *end == ':' ? strtoull(end + 1, NULL, 10) : 0;
	return 0;
}

static int take_facts(struct recorded_policy *recorded, const struct entry *entry)
{
	json_t *name;
	size_t i;
	int r = 0;

	/* The names are borrowed from the facts: a record that has them twice gets the later. */
	table_done(&recorded->names);
	json_decref(recorded->facts);
	recorded->facts = json_incref(entry->root);
	take_list(recorded->tmp, json_object_get(entry->root, "tmp"));
	take_list(recorded->state, json_object_get(entry->root, "state"));
	take_list(recorded->search, json_object_get(entry->root, "search"));
	json_array_foreach(json_object_get(entry->root, "names"), i, name) r =
		r < 0 ? r : take_name(recorded, name);
	return r;
}

int recorded_policy_take(struct recorded_policy *recorded, const struct entry *entry)
{
	const char *text;

	if (entry->event == ENTRY_RUN_START) {
		recorded_policy_forget(recorded);
		recorded->start = json_incref(entry->root);
		take_list(recorded->workspaces, json_object_get(entry->root, "workspaces"));
	}
	/* Behind the facts: the policy was read again, and holds from here on. */
	if (entry->event == ENTRY_POLICY && recorded->facts)
		recorded_policy_renew(recorded);
	if (entry->event == ENTRY_POLICY) {
		if (recorded->n_layers == LAYERS_MAX) {
			recorded->too_many = true;
			return 0;
		}
		recorded->layers[recorded->n_layers++] = json_incref(entry->root);
		text = entry_string(entry, "text");
		recorded->hooks = recorded->hooks || (text && strstr(text, "\"hooks\""));
	}
	return entry->event == ENTRY_FACTS ? take_facts(recorded, entry) : 0;
}

bool recorded_policy_is_there(const struct recorded_policy *recorded)
{
	return recorded->start && recorded->facts && recorded->n_layers > 0;
}

bool recorded_policy_has_hooks(const struct recorded_policy *recorded)
{
	return recorded->hooks;
}

const char *const *recorded_policy_search(const struct recorded_policy *recorded)
{
	return recorded->search;
}

const char *recorded_policy_home(const struct recorded_policy *recorded)
{
	return json_string_value(json_object_get(recorded->facts, "home"));
}

const char *const *recorded_policy_workspaces(const struct recorded_policy *recorded)
{
	return recorded->workspaces;
}

/* ---- building ---- */

static enum layer layer_named(const char *name)
{
	for (enum layer i = LAYER_MANAGED; name && i < LAYER_COUNT; i++)
		if (strcmp(layer_name(i), name) == 0)
			return i;
	return LAYER_RULE_ZERO;
}

static const struct recorded_name *find_name(const struct recorded_policy *recorded, char kind,
					     const char *name)
{
	char key[PATH_MAX + 2];

	snprintf(key, sizeof(key), "%c%s", kind, name);
	return table_find(&recorded->names, key, strlen(key));
}

static int context_canonical(void *userdata, const char *path, char *ret)
{
	const struct recorded_policy *recorded = userdata;
	const struct recorded_instead *instead = recorded->instead;
	const struct recorded_name *name = find_name(recorded, 'n', path);

	if (!name && instead && instead->canonical)
		return instead->canonical(instead->userdata, path, ret);
	/* Only what led elsewhere is on record. */
	if (strlen(name && name->to ? name->to : path) >= PATH_MAX)
		return -ENAMETOOLONG;
	strcpy(ret, name && name->to ? name->to : path);
	return 0;
}

static int context_program(void *userdata, const char *program, char *ret_path, uint64_t *ret_dev,
			   uint64_t *ret_ino)
{
	const struct recorded_policy *recorded = userdata;
	const struct recorded_instead *instead = recorded->instead;
	const struct recorded_name *name = find_name(recorded, 'p', program);

	if (!name && instead && instead->program)
		return instead->program(instead->userdata, program, ret_path, ret_dev, ret_ino);
	if (!name || !name->to || strlen(name->to) >= PATH_MAX)
		return -ENOENT;
	strcpy(ret_path, name->to);
	*ret_dev = name->dev;
	*ret_ino = name->ino;
	return 0;
}

struct building {
	const struct recorded_instead *instead; /* or NULL */
	struct policy_part *parts[LAYERS_MAX + 2];
	size_t n;
	struct failure *reterr;
};

static int policy_failure(const struct policy_error *error, struct failure *reterr)
{
	char place[32] = "";

	if (error->line)
		snprintf(place, sizeof(place), ":%d:%d", error->line, error->column);
	/* policy_error_escape() made it fit to be shown. */
	return failure_set(reterr, -EINVAL, "%s%s: %s%s%s", error->file, place, error->rule,
			   error->rule[0] ? ": " : "", error->text);
}

/* ret_text: given; NULL where nobody alters anything. */
static int alter_text(const struct building *building, const struct recorded_text *text,
		      char **ret_text)
{
	const struct recorded_instead *instead = building->instead;
	json_t *root;
	int r;

	if (!instead || !instead->alter)
		return 0;
	root = json_loadb(text->text, text->len, JSON_REJECT_DUPLICATES, NULL);
	r = root ? instead->alter(instead->userdata, text->layer, root) : -EINVAL;
	if (r == 0)
		*ret_text = json_dumps(root, 0);
	json_decref(root);
	return r < 0 || *ret_text ? r : -ENOMEM;
}

static int build_text(struct building *building, const struct recorded_text *text)
{
	_cleanup_free_ char *altered = NULL;
	struct policy_error error = {};
	int r = alter_text(building, text, &altered);

	if (r < 0)
		return failure_set(building->reterr, r, "%s: cannot be read as a policy",
				   text->file);
	r = policy_parse(altered ? altered : text->text, altered ? strlen(altered) : text->len,
			 text->file, text->layer, &building->parts[building->n], &error);
	if (r == -EINVAL)
		return policy_failure(&error, building->reterr);
	building->n += r == 0;
	return r;
}

static int build_read(struct building *building, json_t *dirs)
{
	struct policy_part *part = policy_part_new_command_line();
	json_t *dir;
	size_t i;
	int r = part ? 0 : -ENOMEM;

	json_array_foreach(dirs, i, dir) if (r == 0 && json_is_string(dir)) r =
		policy_part_add_path_rule(part, VERDICT_ALLOW, VERB_READ, json_string_value(dir),
					  "--read");
	if (r == 0)
		building->parts[building->n++] = part;
	else if (part)
		policy_part_free(part);
	return r;
}

static bool is_replaced(const struct recorded_instead *instead, enum layer layer)
{
	if (!instead)
		return false;
	return instead->replaced & 1u << layer || (layer == LAYER_BUILTIN && instead->profile.text);
}

static int build_layer(struct building *building, json_t *line,
		       const struct recorded_instead *instead)
{
	const char *layer = json_string_value(json_object_get(line, "layer"));
	json_t *text = json_object_get(line, "text"), *read = json_object_get(line, "read");
	struct recorded_text recorded = {
		.file = json_string_value(json_object_get(line, "file")) ?: "the record",
		.text = json_string_value(text),
		.len = json_string_length(text),
		.layer = layer_named(layer),
	};

	if (is_replaced(instead, recorded.layer) && !(read && instead->keeps_read))
		return 0;
	if (read)
		return build_read(building, read);
	if (!recorded.text || recorded.layer == LAYER_RULE_ZERO ||
	    json_object_get(line, "text_length"))
		return failure_set(building->reterr, -ENODATA,
				   "the record does not hold all of the run's policy");
	return build_text(building, &recorded);
}

static int build_parts(struct building *building, const struct recorded_policy *recorded,
		       const struct recorded_instead *instead)
{
	int r = 0;

	if (instead && instead->policy.text)
		r = build_text(building, &instead->policy);
	for (size_t i = 0; r == 0 && i < recorded->n_layers; i++)
		r = build_layer(building, recorded->layers[i], instead);
	if (r == 0 && instead && instead->profile.text)
		r = build_text(building, &instead->profile);
	return r;
}

int recorded_policy_build(struct recorded_policy *recorded, const struct recorded_instead *instead,
			  struct policy **ret_policy, struct failure *reterr)
{
	struct building building = {.instead = instead, .reterr = reterr};
	struct policy_error error = {};
	const struct policy_context context = {
		.home = json_string_value(json_object_get(recorded->facts, "home")),
		.workspaces = recorded->workspaces,
		.tmp = recorded->tmp,
		.state = recorded->state,
		.canonical = context_canonical,
		.program = context_program,
		.userdata = recorded,
	};
	int r;

	if (!recorded_policy_is_there(recorded))
		return failure_set(
			reterr, -ENODATA,
			"the record does not hold the policy that the run was judged by");
	if (recorded->too_many || json_object_get(recorded->facts, "names_truncated"))
		return failure_set(reterr, -ENODATA,
				   "the record does not hold all of the run's policy");
	r = build_parts(&building, recorded, instead);
	if (r < 0) {
		for (size_t i = 0; i < building.n; i++)
			policy_part_free(building.parts[i]);
		return r;
	}
	recorded->instead = instead;
	r = policy_new(building.parts, building.n, &context, ret_policy, &error);
	recorded->instead = NULL;
	return r == -EINVAL ? policy_failure(&error, reterr) : r;
}
