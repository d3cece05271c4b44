/* SPDX-License-Identifier: Apache-2.0 */
/* A mediated call as one line of JSON. */
#include <arpa/inet.h>
#include <errno.h>
#include <string.h>

#include "enforcer/audit/json-emit.h"
#include "enforcer/audit/record-flags.h"
#include "enforcer/audit/record-line.h"
#include "enforcer/audit/record.h"
#include "enforcer/audit/redact.h"
#include "enforcer/base/cleanup.h"

/* Keys, numbers and constant words of a line and of one object, generously. */
#define LINE_FIXED_MAX    1024
#define OBJECT_FIXED_MAX  384
#define ELEMENT_FIXED_MAX 20 /* and what a marker is longer than a secret of one byte */

const char *record_errno_name(int error)
{
	return strerrorname_np(error);
}

const char *record_protocol_name(int protocol)
{
	switch (protocol) {
	case IPPROTO_TCP:
		return "tcp";
	case IPPROTO_UDP:
		return "udp";
	case IPPROTO_ICMP:
	case IPPROTO_ICMPV6:
		return "icmp";
	default: /* a number of the kernel's, not an enum of ours */
		return NULL;
	}
}

const char *object_kind_name(enum object_kind kind)
{
	switch (kind) {
	case OBJECT_UNKNOWN:
		return "unknown";
	case OBJECT_PATH:
		return "path";
	case OBJECT_UNIX:
		return "unix";
	case OBJECT_ABSTRACT:
		return "abstract";
	case OBJECT_INET:
		return "inet";
	case OBJECT_MEMORY:
		return "memory";
	case OBJECT_ANONYMOUS:
		return "anonymous";
	}
	return "unknown";
}

void record_address(const struct endpoint *endpoint, char ret_text[static RECORD_ADDRESS_MAX])
{
	if (!inet_ntop(endpoint->family, endpoint->address, ret_text, RECORD_ADDRESS_MAX))
		strcpy(ret_text, "?");
}

void record_line_begin(struct buffer *line, const char *event, const struct record_context *context)
{
	emit_text(line, "{\"v\":");
	emit_unsigned(line, RECORD_VERSION);
	emit_text(line, ",\"event\":\"");
	emit(line, event, strlen(event));
	emit_text(line, "\",\"time\":");
	emit_time(line, context->time_ns);
	emit_name(line, "run", context->run, strlen(context->run), RECORD_ID_MAX);
	emit_text(line, ",\"seq\":");
	emit_unsigned(line, context->sequence);
}

int record_line_end(struct buffer *line)
{
	emit_text(line, "}\n");
	return line->error;
}

/* A vector on its way into a line. */
struct elements {
	struct buffer *line;
	size_t total, n;
	bool truncated;
};

static void elements_begin(struct elements *elements, const char *key)
{
	emit(elements->line, ",\"", 2);
	emit(elements->line, key, strlen(key));
	emit_text(elements->line, "\":[");
}

static bool elements_have_room(const struct elements *elements, size_t max)
{
	return elements->n < max && elements->total < RECORD_VECTOR_MAX;
}

static void elements_add(struct elements *elements, const char *text, size_t len)
{
	size_t left = RECORD_VECTOR_MAX - elements->total;
	size_t cut = emit_cut(text, len, left < RECORD_ARGUMENT_MAX ? left : RECORD_ARGUMENT_MAX);

	if (elements->n++ > 0)
		emit(elements->line, ",", 1);
	emit_element(elements->line, text, cut);
	elements->truncated = elements->truncated || cut < len;
	elements->total += cut;
}

static void elements_end(struct elements *elements, const char *key)
{
	emit(elements->line, "]", 1);
	if (!elements->truncated)
		return;
	emit(elements->line, ",\"", 2);
	emit(elements->line, key, strlen(key));
	emit_text(elements->line, "_truncated\":true");
}

void record_vector(struct buffer *line, const char *key, char *const *vector, size_t max,
		   bool truncated)
{
	struct elements elements = {.line = line, .truncated = truncated};

	elements_begin(&elements, key);
	for (; *vector && elements_have_room(&elements, max); vector++)
		elements_add(&elements, *vector, strlen(*vector));
	elements.truncated = elements.truncated || *vector;
	elements_end(&elements, key);
}

void record_arguments(struct buffer *line, const char *key, char *const *vector, bool truncated,
		      const struct redact_rules *redact)
{
	struct elements elements = {.line = line, .truncated = truncated};
	struct redactor redactor = {.rules = redact};
	struct buffer text = {};
	bool redacted = false;
	size_t looked = 0; /* at so many bytes: of what is replaced little goes into the line */

	elements_begin(&elements, key);
	for (; *vector && looked < RECORD_VECTOR_MAX &&
	       elements_have_room(&elements, REQUEST_ARGV_MAX);
	     vector++) {
		looked += strlen(*vector);
		text.len = 0;
		if (redact_argument(&redactor, *vector, truncated, &text)) {
			elements_add(&elements, text.data ? text.data : "", text.len);
			redacted = true;
			if (text.error)
				line->error = text.error;
		} else {
			elements_add(&elements, *vector, strlen(*vector));
		}
	}
	elements.truncated = elements.truncated || *vector;
	elements_end(&elements, key);
	if (redacted)
		emit_text(line, ",\"redacted\":true");
	buffer_done(&text);
}

/* An array of the names of the verbs in mask. */
static void emit_verbs(struct buffer *line, unsigned mask)
{
	bool first = true;

	emit_text(line, ",\"verbs\":[");
	for (unsigned i = 0; i < VERB_COUNT; i++) {
		if (!(mask & 1u << i))
			continue;
		emit_text(line, first ? "\"" : ",\"");
		emit_text(line, verb_name((enum verb)(1u << i)));
		emit(line, "\"", 1);
		first = false;
	}
	emit(line, "]", 1);
}

static void emit_endpoint(struct buffer *line, const struct endpoint *endpoint)
{
	const char *protocol = record_protocol_name(endpoint->protocol);
	char address[RECORD_ADDRESS_MAX];

	record_address(endpoint, address);
	emit_text(line, ",\"address\":\"");
	emit_text(line, address);
	emit_text(line, "\",\"port\":");
	emit_unsigned(line, endpoint->port);
	emit_text(line, ",\"protocol\":");
	if (protocol) {
		emit(line, "\"", 1);
		emit_text(line, protocol);
		emit(line, "\"", 1);
	} else {
		emit_signed(line, endpoint->protocol);
	}
	if (endpoint->host)
		emit_name(line, "host", endpoint->host, strlen(endpoint->host), RECORD_NAME_MAX);
	if (endpoint->loopback)
		emit_text(line, ",\"loopback\":true");
	if (endpoint->host_loopback)
		emit_text(line, ",\"host_loopback\":true");
}

static void emit_object(struct buffer *line, const struct object *object)
{
	const char *kind = object_kind_name(object->kind);

	emit_text(line, "{\"kind\":\"");
	emit_text(line, kind);
	emit(line, "\"", 1);
	/* A name is told under the name of its kind. */
	if (object->path)
		emit_name(line, kind, object->path, strlen(object->path), RECORD_NAME_MAX);
	if (object->kind == OBJECT_INET)
		emit_endpoint(line, &object->endpoint);
	emit_verbs(line, object->verbs);
	if (object->exists) {
		/* A text: inode numbers use all 64 bits (overlayfs), JSON's readers 53. */
		emit_text(line, ",\"exists\":true,\"inode\":\"");
		emit_unsigned(line, object->dev);
		emit(line, ":", 1);
		emit_unsigned(line, object->ino);
		emit(line, "\"", 1);
	}
	if (object->directory)
		emit_text(line, ",\"directory\":true");
	if (object->made_here)
		emit_text(line, ",\"made_here\":true");
	emit(line, "}", 1);
}

static size_t request_objects(const struct request *request)
{
	return request->n_objects < REQUEST_OBJECTS_MAX ? request->n_objects : REQUEST_OBJECTS_MAX;
}

void record_request(struct buffer *line, const struct request *request,
		    const struct redact_rules *redact)
{
	size_t before, after;

	emit_text(line, ",\"pid\":");
	emit_signed(line, request->pid);
	emit_text(line, ",\"tid\":");
	emit_signed(line, request->tid);
	if (request->ppid) {
		emit_text(line, ",\"ppid\":");
		emit_signed(line, request->ppid);
	}
	if (request->program)
		emit_name(line, "program", request->program, strlen(request->program),
			  RECORD_NAME_MAX);
	emit_text(line, ",\"call\":\"");
	emit_text(line, mediated_name(request->call));
	emit(line, "\"", 1);
	before = line->len;
	emit_text(line, ",\"flags\":\"");
	after = line->len;
	record_flags(line, request->call, request->flags);
	if (line->len > after)
		emit(line, "\"", 1);
	else
		line->len = before;
	emit_text(line, ",\"objects\":[");
	for (size_t i = 0; i < request_objects(request); i++) {
		if (i > 0)
			emit(line, ",", 1);
		emit_object(line, &request->objects[i]);
	}
	emit(line, "]", 1);
	if (request->argv)
		record_arguments(line, "argv", request->argv, request->argv_truncated, redact);
}

static void emit_word(struct buffer *line, const char *key_and_quote, const char *word)
{
	emit_text(line, key_and_quote);
	emit_text(line, word);
	emit(line, "\"", 1);
}

void record_decision(struct buffer *line, const struct request *request,
		     const struct decision *decision)
{
	const char *reason = decision->reason;

	if (decision->verb != 0)
		emit_word(line, ",\"verb\":\"", verb_name(decision->verb));
	if (decision->object < request_objects(request)) {
		emit_text(line, ",\"object\":");
		emit_unsigned(line, decision->object);
	}
	emit_word(line, ",\"decision\":\"", verdict_name(decision->verdict));
	emit_word(line, ",\"by\":\"", decided_by_name(decision->by));
	if (decision->rule) {
		emit_name(line, "rule", decision->rule->id, strlen(decision->rule->id),
			  RECORD_ID_MAX);
		emit_word(line, ",\"layer\":\"", layer_name(decision->rule->layer));
		reason = reason ? reason : decision->rule->reason;
	}
	if (reason)
		emit_name(line, "reason", reason, strlen(reason), RECORD_REASON_MAX);
}

static void emit_outcome(struct buffer *line, const struct outcome *outcome)
{
	const char *name;

	switch (outcome->kind) {
	case OUTCOME_NONE:
		emit_text(line, ",\"outcome\":\"none\"");
		return;
	case OUTCOME_ERROR:
		emit_text(line, ",\"outcome\":\"error\",\"errno\":\"");
		name = record_errno_name((int)outcome->value);
		if (name)
			emit_text(line, name);
		else
			emit_signed(line, outcome->value);
		emit(line, "\"", 1);
		return;
	case OUTCOME_VALUE:
		emit_text(line, ",\"outcome\":\"value\",\"value\":");
		break;
	case OUTCOME_FD:
		emit_text(line, ",\"outcome\":\"fd\",\"fd\":");
		break;
	case OUTCOME_CONTINUED:
		emit_text(line, ",\"outcome\":\"continued\"");
		return;
	case OUTCOME_KILLED:
		emit_text(line, ",\"outcome\":\"killed\",\"signal\":");
		break;
	case OUTCOME_GONE:
		emit_text(line, ",\"outcome\":\"gone\"");
		return;
	}
	emit_signed(line, outcome->value);
}

int record_call(const struct record_context *context, const struct request *request,
		const struct decision *decision, const struct outcome *outcome,
		struct buffer *ret_line)
{
	record_line_begin(ret_line, "call", context);
	record_request(ret_line, request, context->redact);
	record_decision(ret_line, request, decision);
	if (context->question) {
		emit_text(ret_line, ",\"question\":");
		emit_unsigned(ret_line, context->question);
	}
	if (context->grant) {
		emit_text(ret_line, ",\"grant\":");
		emit_unsigned(ret_line, context->grant);
	}
	emit_outcome(ret_line, outcome);
	emit_text(ret_line, ",\"duration_us\":");
	emit_microseconds(ret_line, context->duration_ns);
	return record_line_end(ret_line);
}

int record_datagrams(const struct record_context *context, const struct request *request,
		     const struct decision *decision, struct buffer *ret_line)
{
	record_line_begin(ret_line, "datagrams", context);
	if (request->pid) {
		emit_text(ret_line, ",\"pid\":");
		emit_signed(ret_line, request->pid);
	}
	if (request->program)
		emit_name(ret_line, "program", request->program, strlen(request->program),
			  RECORD_NAME_MAX);
	emit_text(ret_line, ",\"objects\":[");
	emit_object(ret_line, &request->objects[0]);
	emit_text(ret_line, "]");
	record_decision(ret_line, request, decision);
	return record_line_end(ret_line);
}

int record_hook_input(const struct record_context *context, const struct record_hook *hook,
		      struct buffer *ret_object)
{
	static const struct redact_rules verbatim = {.off = true};

	emit_text(ret_object, "{\"v\":");
	emit_unsigned(ret_object, RECORD_VERSION);
	emit_word(ret_object, ",\"hook\":\"", hook->outcome ? "after" : "before");
	if (hook->id) {
		emit_text(ret_object, ",\"id\":");
		emit_unsigned(ret_object, hook->id);
	}
	emit_text(ret_object, ",\"time\":");
	emit_time(ret_object, context->time_ns);
	emit_name(ret_object, "run", context->run, strlen(context->run), RECORD_ID_MAX);
	if (hook->directory)
		emit_name(ret_object, "directory", hook->directory, strlen(hook->directory),
			  RECORD_NAME_MAX);
	record_request(ret_object, hook->request, &verbatim);
	record_decision(ret_object, hook->request, hook->decision);
	if (hook->outcome)
		emit_outcome(ret_object, hook->outcome);
	emit_text(ret_object, "}");
	return ret_object->error;
}

static size_t bound(const char *text, size_t max)
{
	return text ? strnlen(text, max) * EMIT_EXPANSION_MAX : 0;
}

size_t record_size_bound(const struct request *request)
{
	size_t size = LINE_FIXED_MAX + RECORD_FLAGS_MAX +
		      EMIT_EXPANSION_MAX * (2 * RECORD_ID_MAX + RECORD_REASON_MAX);
	size_t total = 0;

	size += bound(request->program, RECORD_NAME_MAX);
	for (size_t i = 0; i < request_objects(request); i++)
		size += OBJECT_FIXED_MAX + bound(request->objects[i].path, RECORD_NAME_MAX) +
			bound(request->objects[i].endpoint.host, RECORD_NAME_MAX);
	if (!request->argv)
		return size;
	for (size_t i = 0; request->argv[i] && i < REQUEST_ARGV_MAX && total < RECORD_VECTOR_MAX;
	     i++) {
		total += strnlen(request->argv[i], RECORD_ARGUMENT_MAX);
		size += ELEMENT_FIXED_MAX;
	}
	if (total > RECORD_VECTOR_MAX)
		total = RECORD_VECTOR_MAX;
	return size + total * EMIT_EXPANSION_MAX;
}

_Static_assert(LINE_FIXED_MAX + RECORD_FLAGS_MAX + REQUEST_ARGV_MAX * ELEMENT_FIXED_MAX +
			       REQUEST_OBJECTS_MAX * OBJECT_FIXED_MAX +
			       EMIT_EXPANSION_MAX *
				       (2 * RECORD_ID_MAX + RECORD_REASON_MAX + RECORD_NAME_MAX +
					2 * REQUEST_OBJECTS_MAX * RECORD_NAME_MAX +
					RECORD_VECTOR_MAX) <=
		       RECORD_CALL_MAX,
	       "the longest line is within its bound");

bool record_wanted(enum audit_detail detail, const struct request *request,
		   const struct decision *decision)
{
	unsigned verbs = 0;

	switch (detail) {
	case AUDIT_DETAIL_ALL:
		return true;
	case AUDIT_DETAIL_CHANGES:
		for (size_t i = 0; i < request_objects(request); i++)
			verbs |= request->objects[i].verbs;
		return decision->verdict != VERDICT_ALLOW ||
		       (verbs & ~(unsigned)(VERB_READ | VERB_EXEC)) != 0;
	case AUDIT_DETAIL_DENIALS:
		return decision->verdict != VERDICT_ALLOW;
	case AUDIT_DETAIL_NONE:
		return false;
	}
	return true;
}
