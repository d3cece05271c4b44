/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `callgate denials`: what the agent was told of the calls that were denied, readably. Runs inside,
 * for whoever wonders about a "Permission denied".
 */
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "enforcer/base/buffer.h"
#include "enforcer/base/fd.h"
#include "enforcer/base/text.h"
#include "enforcer/commands/commands.h"
#include "enforcer/commands/options.h"

#define DENIALS_MAX (4u << 20)
#define NAME_SHOWN  1024

static void append(struct buffer *text, const char *before, const json_t *value)
{
	if (!json_is_string(value))
		return;
	buffer_append_string(text, before);
	text_append_escaped(text, json_string_value(value), json_string_length(value), NAME_SHOWN);
}

/* A name is under the name of its kind, or, where it is no UTF-8, in hexadecimal beside it. */
static void append_object(struct buffer *text, const json_t *object)
{
	const char *kind = json_string_value(json_object_get(object, "kind"));
	const json_t *host = json_object_get(object, "host");
	char key[32];

	if (!kind)
		return;
	if (strcmp(kind, "inet") == 0) {
		append(text, " ", host ? host : json_object_get(object, "address"));
		buffer_printf(text, ":%" JSON_INTEGER_FORMAT,
			      json_integer_value(json_object_get(object, "port")));
		return;
	}
	append(text, " ", json_object_get(object, kind));
	snprintf(key, sizeof(key), "%.20s_hex", kind);
	append(text, " (hexadecimal) ", json_object_get(object, key));
}

static void append_denial(struct buffer *text, const json_t *line)
{
	const json_t *verb = json_object_get(line, "verb");
	const json_t *rule = json_object_get(line, "rule");
	const json_t *objects = json_object_get(line, "objects");
	json_int_t at = json_integer_value(json_object_get(line, "object"));

	append(text, "", verb ? verb : json_object_get(line, "call"));
	append_object(text, json_array_get(objects, at < 0 ? 0 : (size_t)at));
	append(text, "\n    by ", json_object_get(line, "program"));
	append(text, "\n    denied: ", rule ? rule : json_object_get(line, "by"));
	append(text, ": ", json_object_get(line, "reason"));
	append(text, "\n    ask the user: ", json_object_get(line, "hint"));
	buffer_append_string(text, "\n");
}

static int print_denials(const char *data, size_t len)
{
	struct buffer text = {};
	const char *end;
	int n = 0;

	for (; (end = memchr(data, '\n', len)); len -= (size_t)(end - data) + 1, data = end + 1) {
		json_t *line = json_loadb(data, (size_t)(end - data), 0, NULL);

		if (!line)
			continue;
		append_denial(&text, line);
		json_decref(line);
		n++;
	}
	if (n == 0)
		buffer_append_string(&text, "nothing was denied so far\n");
	if (text.error || fwrite(text.data, 1, text.len, stdout) != text.len)
		n = -EIO;
	buffer_done(&text);
	return n < 0 ? n : 0;
}

static int read_denials(const char *path, char **ret_data, size_t *ret_len, struct failure *reterr)
{
	_cleanup_fd_ int fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
	int r;

	if (!path) {
		failure_hint(reterr, "this is for programs that run under callgate; outside, see "
				     "callgate log");
		return failure_set(reterr, -ENOENT, "CALLGATE_DENIALS is not set");
	}
	r = fd < 0 ? -errno : fd_read_file(fd, DENIALS_MAX, ret_data, ret_len);
	return r < 0 ? failure_set(reterr, r, "cannot read %s: %s", path, strerror(-r)) : 0;
}

int command_denials(int argc, char **argv)
{
	bool json = false;
	const struct option_spec specs[] = {{"--json", OPTION_FLAG, &json}};
	_cleanup_free_ char *data = NULL;
	struct failure failure = {};
	size_t len = 0;
	int rest = 0, r = options_parse(specs, ARRAY_LEN(specs), argc, argv, &rest, &failure);

	if (r == 1)
		return command_print_help("denials");
	if (r == 0 && argc - rest > 1)
		r = failure_set(&failure, -EINVAL, "one file at a time");
	if (r < 0)
		return command_usage_error("denials", &failure);
	r = read_denials(rest < argc ? argv[rest] : getenv("CALLGATE_DENIALS"), &data, &len,
			 &failure);
	if (r == 0 && json)
		r = fwrite(data, 1, len, stdout) == len ? 0 : -EIO;
	else if (r == 0)
		r = print_denials(data, len);
	if (r < 0 && failure.text[0])
		failure_print(&failure);
	return r < 0 ? 1 : 0;
}
