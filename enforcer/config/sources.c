/* SPDX-License-Identifier: Apache-2.0 */
/* What a run's policy was made of. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "enforcer/base/cleanup.h"
#include "enforcer/config/facts.h"
#include "enforcer/config/sources.h"
#include "enforcer/config/string-list.h"

void sources_done(struct sources *sources)
{
	for (size_t i = 0; i < sources->n; i++) {
		free(sources->items[i].file);
		free(sources->items[i].text);
		string_list_free(sources->items[i].read);
	}
	for (size_t i = 0; i < sources->n_names; i++) {
		free(sources->names[i].from);
		free(sources->names[i].to);
	}
	free(sources->items);
	free(sources->names);
	*sources = (struct sources){};
}

static struct source *sources_add(struct sources *sources, enum layer layer, const char *file)
{
	struct source *items = reallocarray(sources->items, sources->n + 1, sizeof(*items));
	char *copy = strdup(file);

	if (items)
		sources->items = items;
	if (!items || !copy) {
		free(copy);
		return NULL;
	}
	items[sources->n] = (struct source){.layer = layer, .file = copy};
	return &items[sources->n++];
}

int sources_add_text(struct sources *sources, enum layer layer, const char *file, const char *text,
		     size_t len)
{
	struct source *source = sources_add(sources, layer, file);

	if (!source)
		return -ENOMEM;
	source->text = malloc(len + 1);
	if (!source->text)
		return -ENOMEM;
	memcpy(source->text, text, len);
	source->text[len] = '\0';
	source->len = len;
	return 0;
}

int sources_add_read(struct sources *sources, char *const *dirs)
{
	struct source *source = sources_add(sources, LAYER_COMMAND_LINE, "--read");
	int r = source ? string_list_reserve(&source->read) : -ENOMEM;

	for (size_t i = 0; r == 0 && dirs[i]; i++)
		r = string_list_add(&source->read, dirs[i]);
	return r;
}

static int sources_add_name(struct sources *sources, const struct source_name *name)
{
	struct source_name *names = sources->names, copy = *name;

	for (size_t i = 0; i < sources->n_names; i++)
		if (names[i].program == name->program && strcmp(names[i].from, name->from) == 0)
			return 0;
	names = reallocarray(names, sources->n_names + 1, sizeof(*names));
	if (!names)
		return -ENOMEM;
	sources->names = names;
	copy.from = strdup(name->from);
	copy.to = name->to ? strdup(name->to) : NULL;
	if (!copy.from || (name->to && !copy.to)) {
		free(copy.from);
		free(copy.to);
		return -ENOMEM;
	}
	names[sources->n_names++] = copy;
	return 0;
}

int sources_canonical(struct sources *sources, const char *path, char *ret)
{
	struct source_name name = {.from = (char *)path, .to = ret};
	int r = facts_canonical(path, ret);

	return r < 0 || strcmp(path, ret) == 0 ? r : sources_add_name(sources, &name);
}

int sources_program(struct sources *sources, const char *name, char *ret_path, uint64_t *ret_dev,
		    uint64_t *ret_ino)
{
	struct source_name found = {.from = (char *)name, .program = true};
	int r = facts_program((const char *const *)sources->search, name, ret_path, ret_dev,
			      ret_ino);
	int kept;

	if (r < 0 && r != -ENOENT)
		return r;
	if (r == 0) {
		found.to = ret_path;
		found.dev = *ret_dev;
		found.ino = *ret_ino;
	}
	kept = sources_add_name(sources, &found);
	return kept < 0 ? kept : r;
}
