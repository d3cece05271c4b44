/* SPDX-License-Identifier: Apache-2.0 */
/* What a call was about, in a line for a person. */
#include <stdio.h>
#include <string.h>

#include "enforcer/base/buffer.h"
#include "enforcer/base/text.h"
#include "enforcer/control/call-text.h"

static const char *text_of(const json_t *object, const char *name)
{
	const char *text = json_string_value(json_object_get(object, name));

	return text ? text : "";
}

/* A line of the record has names as they are: what the agent chose is escaped here. */
static void append_escaped(struct buffer *to, const char *text)
{
	text_append_escaped(to, text, strlen(text), CALL_TEXT_MAX);
}

static char *take(struct buffer *text)
{
	char *made = text->error ? NULL : strdup(text->len ? text->data : "");

	buffer_done(text);
	return made;
}

/* A name, or the hexadecimal digits of one that is no UTF-8. True where there is one. */
static bool append_name(struct buffer *to, const json_t *object, const char *key)
{
	char hex[32];

	if (json_object_get(object, key)) {
		append_escaped(to, text_of(object, key));
		return true;
	}
	snprintf(hex, sizeof(hex), "%s_hex", key);
	if (!json_object_get(object, hex))
		return false;
	buffer_append_string(to, "hex:");
	append_escaped(to, text_of(object, hex));
	return true;
}

static void append_address(struct buffer *to, const json_t *object)
{
	if (!append_name(to, object, "host") && !append_name(to, object, "address"))
		return;
	buffer_printf(to, ":%" JSON_INTEGER_FORMAT,
		      json_integer_value(json_object_get(object, "port")));
}

static void append_arguments(struct buffer *to, const json_t *argv)
{
	size_t i;
	json_t *argument;

	json_array_foreach(argv, i, argument)
	{
		const char *text = json_string_value(argument);

		if (i == 0 || to->len > CALL_TEXT_MAX)
			continue;
		buffer_append_string(to, " ");
		append_escaped(to, text ? text : text_of(argument, "hex"));
	}
}

char *call_text_object(const json_t *call)
{
	const json_t *objects = json_object_get(call, "objects");
	size_t n = json_array_size(objects);
	size_t place = (size_t)json_integer_value(json_object_get(call, "object"));
	const json_t *object = json_array_get(objects, place < n ? place : 0);
	struct buffer text = {};

	if (object && !append_name(&text, object, "path") && !append_name(&text, object, "unix") &&
	    !append_name(&text, object, "abstract"))
		append_address(&text, object);
	/* A call that fails by itself has none. */
	if (text.len == 0)
		buffer_printf(&text, "%s %s", text_of(call, "call"), text_of(call, "errno"));
	append_arguments(&text, json_object_get(call, "argv"));
	if (n > 1)
		buffer_printf(&text, " (+%zu)", n - 1);
	return take(&text);
}

char *call_text_program(const json_t *call)
{
	struct buffer text = {};
	const char *slash;
	char *made;

	append_name(&text, call, "program");
	slash = text.len ? strrchr(text.data, '/') : NULL;
	made = text.error ? NULL : strdup(slash ? slash + 1 : text.len ? text.data : "");
	buffer_done(&text);
	return made;
}

char *call_text_why(const json_t *call)
{
	const char *rule = text_of(call, "rule"), *reason = text_of(call, "reason");
	struct buffer text = {};

	append_escaped(&text, rule[0] ? rule : text_of(call, "by"));
	if (reason[0]) {
		buffer_append_string(&text, ": ");
		append_escaped(&text, reason);
	}
	return take(&text);
}
