/* SPDX-License-Identifier: Apache-2.0 */
/* The built-in profiles: found by name, and written out for this run. */
#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "enforcer/base/buffer.h"
#include "enforcer/base/cleanup.h"
#include "enforcer/config/profile.h"
#include "enforcer/config/string-list.h"

#define PATH_VARIABLE "\"${path}\""

const struct profile *profile_find(const char *name)
{
	for (const struct profile *p = profiles; p->name; p++)
		if (strcmp(p->name, name) == 0)
			return p;
	return NULL;
}

void profile_names(const char **ret_names, size_t max)
{
	size_t n = 0;

	for (const struct profile *p = profiles; p->name && n + 1 < max; p++)
		ret_names[n++] = p->name;
	ret_names[n] = NULL;
}

static int append_json_string(struct buffer *buffer, const char *string)
{
	json_t *value = json_string(string); /* NULL where it is not UTF-8 */
	char *text = value ? json_dumps(value, JSON_ENCODE_ANY) : NULL;
	int r = text ? 0 : -EILSEQ;

	if (text)
		buffer_append_string(buffer, text);
	free(text);
	json_decref(value);
	return r;
}

/* A list of the directories. One whose name JSON cannot say is left out: nothing is allowed by
 * it. */
static void append_directories(struct buffer *buffer, const char *const *dirs)
{
	const char *separator = "[";

	for (size_t i = 0; dirs && dirs[i]; i++) {
		size_t before = buffer->len;

		buffer_append_string(buffer, separator);
		if (append_json_string(buffer, dirs[i]) < 0)
			buffer->len = before;
		else
			separator = ", ";
	}
	/* A rule must name something, and /usr/bin is open by the profile anyway. */
	buffer_append_string(buffer, separator[0] == '[' ? "[\"/usr/bin\"]" : "]");
}

int profile_render(const struct profile *profile, const char *const *dirs, char **ret_text,
		   size_t *ret_len)
{
	struct buffer buffer = {};
	const char *at = profile->text, *variable;

	while ((variable = strstr(at, PATH_VARIABLE))) {
		buffer_append(&buffer, at, (size_t)(variable - at));
		append_directories(&buffer, dirs);
		at = variable + strlen(PATH_VARIABLE);
	}
	buffer_append_string(&buffer, at);
	if (buffer.error) {
		int r = buffer.error;

		buffer_done(&buffer);
		return r;
	}
	*ret_text = buffer.data;
	*ret_len = buffer.len;
	return 0;
}

int profile_state(const struct profile *profile, char ***ret_paths)
{
	_cleanup_(string_list_freep) char **paths = NULL;
	json_t *root = json_loads(profile->text, 0, NULL), *state, *value;
	size_t i;
	int r = root ? 0 : -EINVAL;

	if (r == 0)
		r = string_list_reserve(&paths);
	state = json_object_get(root, "state");
	json_array_foreach(state, i, value) if (r == 0) r =
		string_list_add(&paths, json_string_value(value));
	json_decref(root);
	if (r < 0)
		return r;
	*ret_paths = steal_pointer(paths);
	return 0;
}
