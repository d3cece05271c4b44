/* SPDX-License-Identifier: Apache-2.0 */
/* A line of the record as the journal and syslog take it. */
#include <errno.h>
#include <jansson.h>
#include <stdint.h>
#include <string.h>
#include <syslog.h>

#include "enforcer/audit/system-line.h"
#include "enforcer/base/buffer.h"
#include "enforcer/base/cleanup.h"
#include "enforcer/base/text.h"

#define NAME "callgate"
/* Of one word in the sentence for people. */
#define SHOWN_WORD_MAX 512

static const char *word(const json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

/* What the decision hangs on, or the first. */
static const json_t *object_of(const json_t *root)
{
	json_t *objects = json_object_get(root, "objects");
	json_int_t at = json_integer_value(json_object_get(root, "object"));

	return json_array_get(objects, at > 0 ? (size_t)at : 0);
}

static int priority_of(const json_t *root)
{
	const char *event = word(root, "event"), *decision = word(root, "decision");

	if (!event)
		return LOG_INFO;
	if (strcmp(event, "fault") == 0)
		return LOG_ERR;
	if (strcmp(event, "chain") == 0 || strcmp(event, "policy") == 0 ||
	    strcmp(event, "facts") == 0 || strcmp(event, "part") == 0)
		return LOG_DEBUG;
	if (strcmp(event, "question") == 0)
		return LOG_NOTICE;
	return decision && strcmp(decision, "deny") == 0 ? LOG_WARNING : LOG_INFO;
}

int system_priority(const char *line, size_t len)
{
	json_t *root = json_loadb(line, len, 0, NULL);
	int priority = priority_of(root);

	json_decref(root);
	return priority;
}

/* ---- the sentence ---- */

/* Names come from the agent. */
static void say(struct buffer *text, const char *before, const char *what)
{
	if (!what)
		return;
	buffer_append_string(text, before);
	text_append_escaped(text, what, strlen(what), SHOWN_WORD_MAX);
}

static void say_object(struct buffer *text, const json_t *object)
{
	static const char *const keys[] = {"path",     "unix",         "abstract",
					   "host",     "address",      "path_hex",
					   "unix_hex", "abstract_hex", "kind"};
	const json_t *port = json_object_get(object, "port");

	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		if (!word(object, keys[i]))
			continue;
		say(text, " ", word(object, keys[i]));
		break;
	}
	if (port)
		buffer_printf(text, ":%lld", (long long)json_integer_value(port));
}

static void say_call(struct buffer *text, const json_t *root)
{
	say(text, "", word(root, "decision"));
	say(text, " ", word(root, "verb") ?: word(root, "call"));
	say_object(text, object_of(root));
	say(text, " by ", word(root, "program") ?: word(root, "program_hex"));
	say(text, " (", word(root, "rule") ?: word(root, "by") ?: "-");
	say(text, ": ", word(root, "reason"));
	buffer_append_string(text, ")");
}

static void say_end(struct buffer *text, const json_t *root)
{
	static const char *const counts[] = {"allowed", "denied", "asked"};

	buffer_printf(text, "the run ended with status %lld",
		      (long long)json_integer_value(json_object_get(root, "status")));
	for (size_t i = 0; i < ARRAY_LEN(counts); i++)
		buffer_printf(text, ", %lld %s",
			      (long long)json_integer_value(json_object_get(root, counts[i])),
			      counts[i]);
}

static void say_start(struct buffer *text, const json_t *root)
{
	const json_t *command = json_object_get(root, "command");

	buffer_append_string(text, "the run began:");
	for (size_t i = 0; i < json_array_size(command) && i < 16; i++)
		say(text, " ", json_string_value(json_array_get(command, i)) ?: "?");
	say(text, " in ", word(root, "directory"));
}

static void sentence(struct buffer *text, const json_t *root)
{
	const char *event = word(root, "event") ?: "a line that is none";

	if (word(root, "decision"))
		say_call(text, root);
	else if (strcmp(event, "run-start") == 0)
		say_start(text, root);
	else if (strcmp(event, "run-end") == 0)
		say_end(text, root);
	else if (strcmp(event, "fault") == 0)
		say(text, "fault: ", word(root, "what"));
	else
		say(text, "", event);
}

/* ---- the journal ---- */

/* "NAME=value", or with its length where it holds a newline: then it ends by that. */
static void field(struct buffer *datagram, const char *name, const char *value, size_t len)
{
	uint8_t size[8];

	buffer_append_string(datagram, name);
	if (!memchr(value, '\n', len)) {
		buffer_append_string(datagram, "=");
	} else {
		for (unsigned i = 0; i < sizeof(size); i++)
			size[i] = (uint8_t)((uint64_t)len >> 8 * i);
		buffer_append_string(datagram, "\n");
		buffer_append(datagram, size, sizeof(size));
	}
	buffer_append(datagram, value, len);
	buffer_append_string(datagram, "\n");
}

static void field_of(struct buffer *datagram, const char *name, const json_t *root, const char *key)
{
	const char *value = word(root, key);

	if (value)
		field(datagram, name, value, strlen(value));
}

static void fields_of(struct buffer *datagram, const json_t *root)
{
	static const struct {
		const char *name, *key;
		bool of_object;
	} fields[] = {
		{"CALLGATE_RUN", "run", false},           {"CALLGATE_EVENT", "event", false},
		{"CALLGATE_CALL", "call", false},         {"CALLGATE_VERB", "verb", false},
		{"CALLGATE_DECISION", "decision", false}, {"CALLGATE_BY", "by", false},
		{"CALLGATE_RULE", "rule", false},         {"CALLGATE_LAYER", "layer", false},
		{"CALLGATE_REASON", "reason", false},     {"CALLGATE_PROGRAM", "program", false},
		{"CALLGATE_PATH", "path", true},          {"CALLGATE_UNIX", "unix", true},
		{"CALLGATE_HOST", "host", true},          {"CALLGATE_ADDRESS", "address", true},
	};
	const json_t *object = object_of(root);

	for (size_t i = 0; i < ARRAY_LEN(fields); i++)
		field_of(datagram, fields[i].name, fields[i].of_object ? object : root,
			 fields[i].key);
	buffer_printf(datagram, "CALLGATE_SEQ=%lld\n",
		      (long long)json_integer_value(json_object_get(root, "seq")));
}

int system_journal(const char *line, size_t len, struct buffer *ret_datagram)
{
	_cleanup_(buffer_done) struct buffer text = {};
	json_t *root = json_loadb(line, len, 0, NULL);

	sentence(&text, root);
	field(ret_datagram, "MESSAGE", text.data ?: "", text.len);
	buffer_printf(ret_datagram, "PRIORITY=%d\nSYSLOG_IDENTIFIER=" NAME "\n", priority_of(root));
	if (root)
		fields_of(ret_datagram, root);
	field(ret_datagram, "CALLGATE_RECORD", line, len);
	json_decref(root);
	return text.error ? text.error : ret_datagram->error;
}

/* ---- syslog ---- */

int system_syslog(const char *line, size_t len, const struct system_sender *sender,
		  struct buffer *ret_datagram)
{
	size_t shown = len < SYSTEM_SYSLOG_TEXT_MAX ? len : SYSTEM_SYSLOG_TEXT_MAX;

	buffer_printf(ret_datagram,
		      "<%d>%s " NAME "[%d]: ", LOG_AUTHPRIV | system_priority(line, len),
		      sender->time, sender->pid);
	buffer_append(ret_datagram, line, shown);
	if (shown < len)
		buffer_printf(ret_datagram, "... (cut, %zu bytes)", len);
	return ret_datagram->error;
}
