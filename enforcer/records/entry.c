/* SPDX-License-Identifier: Apache-2.0 */
/* A line of the record, understood. */
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "enforcer/audit/record.h"
#include "enforcer/base/cleanup.h"
#include "enforcer/records/entry.h"
#include "enforcer/records/when.h"

static const char *const events[] = {
	[ENTRY_UNKNOWN] = "",      [ENTRY_RUN_START] = "run-start",
	[ENTRY_POLICY] = "policy", [ENTRY_FACTS] = "facts",
	[ENTRY_CALL] = "call",     [ENTRY_QUESTION] = "question",
	[ENTRY_ANSWER] = "answer", [ENTRY_GRANT] = "grant",
	[ENTRY_REVOKE] = "revoke", [ENTRY_CONNECTION_END] = "connection-end",
	[ENTRY_FAULT] = "fault",   [ENTRY_RUN_END] = "run-end",
};
_Static_assert(ARRAY_LEN(events) == ENTRY_RUN_END + 1, "name every event");

void entry_done(struct entry *entry)
{
	for (size_t i = 0; i < entry->n_bytes; i++)
		free(entry->bytes[i]);
	json_decref(entry->root);
	entry->root = NULL;
	entry->n_bytes = 0;
}

const char *entry_string(const struct entry *entry, const char *key)
{
	return json_string_value(json_object_get(entry->root, key));
}

uint64_t entry_number(const struct entry *entry, const char *key)
{
	json_int_t value = json_integer_value(json_object_get(entry->root, key));

	return value < 0 ? 0 : (uint64_t)value;
}

uint64_t entry_microseconds(const struct entry *entry, const char *key)
{
	double value = json_number_value(json_object_get(entry->root, key));

	return value > 0 && value < 1e15 ? (uint64_t)(value * 1000 + 0.5) : 0;
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* NULL where it is no hexadecimal, holds a NUL, or is one too many. */
static char *entry_bytes(struct entry *entry, const char *hex)
{
	size_t len = strlen(hex) / 2;
	char *bytes;

	if (entry->n_bytes == ENTRY_BYTES_MAX || strlen(hex) % 2)
		return NULL;
	bytes = malloc(len + 1);
	if (!bytes)
		return NULL;
	for (size_t i = 0; i < len; i++) {
		int high = hex_digit(hex[2 * i]), low = hex_digit(hex[2 * i + 1]);

		bytes[i] = high < 0 || low < 0 ? '\0' : (char)(high << 4 | low);
		if (!bytes[i]) {
			free(bytes);
			return NULL;
		}
	}
	bytes[len] = '\0';
	entry->bytes[entry->n_bytes++] = bytes;
	return bytes;
}

const char *entry_name(struct entry *entry, json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));
	char other[64];

	if (text)
		return text;
	snprintf(other, sizeof(other), "%s_hex", key);
	text = json_string_value(json_object_get(object, other));
	return text ? entry_bytes(entry, text) : NULL;
}

/* The writer tells the length of what it cut. */
static bool was_cut(json_t *object, const char *key)
{
	char other[64];

	snprintf(other, sizeof(other), "%s_length", key);
	return json_object_get(object, other) != NULL;
}

static enum mediated call_named(const char *name)
{
	if (!name)
		return MEDIATED_NONE;
	for (enum mediated i = MEDIATED_NONE + 1; i < MEDIATED_COUNT; i++)
		if (strcmp(mediated_name(i), name) == 0)
			return i;
	return MEDIATED_NONE;
}

static enum verb verb_named(const char *name)
{
	for (unsigned i = 0; name && i < VERB_COUNT; i++)
		if (strcmp(verb_name((enum verb)(1u << i)), name) == 0)
			return (enum verb)(1u << i);
	return (enum verb)0;
}

static enum object_kind kind_named(const char *name)
{
	for (unsigned i = 0; name && i <= OBJECT_ANONYMOUS; i++)
		if (strcmp(object_kind_name((enum object_kind)i), name) == 0)
			return (enum object_kind)i;
	return OBJECT_UNKNOWN;
}

static enum decided_by by_named(const char *name)
{
	for (unsigned i = 0; name && i <= BY_FAULT; i++)
		if (strcmp(decided_by_name((enum decided_by)i), name) == 0)
			return (enum decided_by)i;
	return BY_NOTHING;
}

static enum verdict verdict_named(const char *name)
{
	if (name && strcmp(name, "allow") == 0)
		return VERDICT_ALLOW;
	return name && strcmp(name, "ask") == 0 ? VERDICT_ASK : VERDICT_DENY;
}

static int protocol_of(json_t *protocol, int family)
{
	const char *name = json_string_value(protocol);

	if (!name)
		return (int)json_integer_value(protocol);
	if (strcmp(name, "udp") == 0)
		return IPPROTO_UDP;
	if (strcmp(name, "icmp") == 0)
		return family == AF_INET6 ? IPPROTO_ICMPV6 : IPPROTO_ICMP;
	return IPPROTO_TCP;
}

static void parse_endpoint(struct entry *entry, json_t *from, struct endpoint *endpoint)
{
	const char *address = json_string_value(json_object_get(from, "address"));
	const char *host = entry_name(entry, from, "host");

	endpoint->family = address && strchr(address, ':') ? AF_INET6 : AF_INET;
	if (!address || inet_pton(endpoint->family, address, endpoint->address) != 1)
		entry->whole = false;
	endpoint->port = (uint16_t)json_integer_value(json_object_get(from, "port"));
	endpoint->protocol = protocol_of(json_object_get(from, "protocol"), endpoint->family);
	endpoint->loopback = json_is_true(json_object_get(from, "loopback"));
	endpoint->host_loopback = json_is_true(json_object_get(from, "host_loopback"));
	endpoint->host = (char *)host;
	if (was_cut(from, "host"))
		entry->whole = false;
}

static void parse_object(struct entry *entry, json_t *from, struct object *object)
{
	const char *kind = json_string_value(json_object_get(from, "kind"));
	const char *inode = json_string_value(json_object_get(from, "inode"));
	json_t *verb;
	size_t i;

	object->kind = kind_named(kind);
	json_array_foreach(json_object_get(from, "verbs"), i, verb) object->verbs |=
		verb_named(json_string_value(verb));
	if (kind)
		object->path = (char *)entry_name(entry, from, kind);
	if (kind && was_cut(from, kind))
		entry->whole = false;
	if (object->kind == OBJECT_INET)
		parse_endpoint(entry, from, &object->endpoint);
	object->exists = json_is_true(json_object_get(from, "exists"));
	object->directory = json_is_true(json_object_get(from, "directory"));
	object->made_here = json_is_true(json_object_get(from, "made_here"));
	if (inode) {
		char *end;

		object->dev = strtoull(inode, &end, 10);
		object->ino = *end == ':' ? strtoull(end + 1, NULL, 10) : 0;
	}
	if (!object->path && (object->kind == OBJECT_PATH || object->kind == OBJECT_UNIX ||
			      object->kind == OBJECT_ABSTRACT))
		entry->whole = false;
}

static void parse_argv(struct entry *entry, json_t *vector)
{
	struct request *request = &entry->request;
	json_t *element;
	size_t i, n = 0;

	json_array_foreach(vector, i, element)
	{
		const char *text = json_string_value(element);

		if (n == REQUEST_ARGV_MAX)
			break;
		if (!text) {
			const char *hex = json_string_value(json_object_get(element, "hex"));

			text = hex ? entry_bytes(entry, hex) : NULL;
		}
		entry->argv[n++] = (char *)(text ? text : "?");
		entry->whole = entry->whole && text;
	}
	entry->argv[n] = NULL;
	request->argv = entry->argv;
	request->argv_truncated = json_is_true(json_object_get(entry->root, "argv_truncated"));
	if (request->argv_truncated)
		entry->whole = false;
}

static void parse_request(struct entry *entry)
{
	struct request *request = &entry->request;
	json_t *root = entry->root, *object, *argv = json_object_get(root, "argv");
	json_t *which = json_object_get(root, "object");
	const char *flags = entry_string(entry, "flags");
	size_t i;

	request->pid = (pid_t)entry_number(entry, "pid");
	request->tid = (pid_t)entry_number(entry, "tid");
	request->ppid = (pid_t)entry_number(entry, "ppid");
	request->call = call_named(entry_string(entry, "call"));
	request->program = (char *)entry_name(entry, root, "program");
	entry->whole = entry->whole && !was_cut(root, "program");
	json_array_foreach(json_object_get(root, "objects"), i, object)
	{
		if (i == REQUEST_OBJECTS_MAX) {
			entry->whole = false;
			break;
		}
		parse_object(entry, object, &request->objects[i]);
		request->n_objects = i + 1;
	}
	if (json_is_array(argv))
		parse_argv(entry, argv);
	/* Of all flags the only one that a judge asks about. */
	if (flags && strstr(flags, "RENAME_EXCHANGE"))
		request->flags = 2;
	entry->verb = verb_named(entry_string(entry, "verb"));
	entry->object = which ? (size_t)json_integer_value(which) : request->n_objects;
}

static void parse_call(struct entry *entry)
{
	entry->outcome = entry_string(entry, "outcome");
	entry->error = entry_string(entry, "errno");
	entry->value = (int64_t)(entry_number(entry, "value") + entry_number(entry, "fd") +
				 entry_number(entry, "signal"));
	entry->duration_ns = entry_microseconds(entry, "duration_us");
}

static enum entry_event event_named(const char *name)
{
	for (size_t i = ENTRY_UNKNOWN + 1; i < ARRAY_LEN(events); i++)
		if (strcmp(events[i], name) == 0)
			return (enum entry_event)i;
	return ENTRY_UNKNOWN;
}

int entry_parse(struct entry *entry, const char *line, size_t len)
{
	const char *event, *when;

	memset(entry, 0, offsetof(struct entry, argv));
	entry->argv[0] = NULL;
	entry->n_bytes = 0;
	entry->whole = true;
	entry->root = json_loadb(line, len, 0, NULL);
	event = entry_string(entry, "event");
	entry->run = entry_string(entry, "run");
	if (!event || !entry->run ||
	    json_integer_value(json_object_get(entry->root, "v")) != RECORD_VERSION) {
		entry_done(entry);
		return -EINVAL;
	}
	entry->event = event_named(event);
	entry->seq = entry_number(entry, "seq");
	when = entry_string(entry, "time");
	if (when)
		when_parse_record(when, &entry->time_ns);
	entry->redacted = json_is_true(json_object_get(entry->root, "redacted"));
	entry->verdict = verdict_named(entry_string(entry, "decision"));
	entry->by = by_named(entry_string(entry, "by"));
	entry->rule = entry_string(entry, "rule");
	entry->layer = entry_string(entry, "layer");
	entry->reason = entry_string(entry, "reason");
	entry->question = entry_number(entry, "question");
	entry->grant = entry_number(entry, "grant");
	if (entry->event == ENTRY_CALL || entry->event == ENTRY_QUESTION)
		parse_request(entry);
	if (entry->event == ENTRY_CALL)
		parse_call(entry);
	return 0;
}

const char *entry_object_name(const struct object *object, char text[static ENTRY_NAME_SIZE])
{
	const struct endpoint *endpoint = &object->endpoint;
	char address[RECORD_ADDRESS_MAX];

	if (object->kind != OBJECT_INET)
		return object->path;
	record_address(endpoint, address);
	if (endpoint->host)
		snprintf(text, ENTRY_NAME_SIZE, "%.400s:%u", endpoint->host, endpoint->port);
	else if (endpoint->family == AF_INET6)
		snprintf(text, ENTRY_NAME_SIZE, "[%s]:%u", address, endpoint->port);
	else
		snprintf(text, ENTRY_NAME_SIZE, "%s:%u", address, endpoint->port);
	return text;
}

const struct object *entry_object(const struct entry *entry)
{
	const struct request *request = &entry->request;

	if (request->n_objects == 0)
		return NULL;
	return &request->objects[entry->object < request->n_objects ? entry->object : 0];
}

bool entry_failed_by_itself(const struct entry *entry)
{
	return entry->event == ENTRY_CALL && entry->by == BY_NO_VERB &&
	       entry->request.n_objects == 0;
}
