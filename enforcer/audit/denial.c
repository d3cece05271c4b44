/* SPDX-License-Identifier: Apache-2.0 */
/* What the agent is told of a call that was denied. */
#include "enforcer/audit/denial.h"

#include "enforcer/audit/json-emit.h"
#include "enforcer/audit/record-line.h"
#include "enforcer/base/text.h"

#define NAME_SHOWN 512

const char *denial_hint(enum decided_by by, const struct rule_info *rule, enum verb verb)
{
	switch (by) {
	case BY_RULE_ZERO:
		return "callgate's own files and sockets are never the agent's";
	case BY_RULE:
		if (rule && rule->layer == LAYER_GUARDS)
			return "protected: only a rule with \"unprotect\": true allows it";
		if (rule && rule->layer == LAYER_MANAGED)
			return "set by this machine's administrator in /etc/callgate/policy.json";
		return "the rule can be changed where it stands, or one put before it";
	case BY_OTHERWISE:
		if (verb == VERB_READ)
			return "allow it with --read DIR, or by a rule";
		if (verb == VERB_WRITE)
			return "allow it with --add-dir DIR, or by a rule";
		if (verb == VERB_EXEC)
			return "what may run is fixed at the start: start with a rule that allows "
			       "it, or with --add-dir DIR";
		return "no rule speaks of it: allow it by one";
	case BY_WALL:
		if (verb == VERB_EXEC)
			return "what may run is fixed at the start: start with a rule that allows "
			       "it";
		return "the sandbox has no way there, whatever the policy says";
	case BY_UNATTENDED:
		return "it would have been asked: run callgate on a terminal, or allow it by a "
		       "rule";
	case BY_FLOOD:
		return "too much was asked at once: allow it by a rule, or ask again later";
	case BY_COOL_DOWN:
		return "the same was denied a moment before";
	case BY_FAULT:
		return "callgate could not judge, perform or record it: see the record";
	case BY_NOTHING:
	case BY_NO_VERB:
	case BY_GRANT:
	case BY_HOOK:
	case BY_PERSON:
		return NULL;
	}
	return NULL;
}

static const struct object *object_of(const struct denial *denial)
{
	size_t at = denial->decision->object;

	return at < denial->request->n_objects ? &denial->request->objects[at] : NULL;
}

static void append_object(struct buffer *text, const struct object *object)
{
	char address[RECORD_ADDRESS_MAX];

	if (object->path) {
		text_append_escaped(text, object->path, strlen(object->path), NAME_SHOWN);
		return;
	}
	if (object->kind != OBJECT_INET) {
		buffer_append_string(text, object_kind_name(object->kind));
		return;
	}
	record_address(&object->endpoint, address);
	if (object->endpoint.host)
		text_append_escaped(text, object->endpoint.host, strlen(object->endpoint.host),
				    NAME_SHOWN);
	else
		buffer_append_string(text, address);
	buffer_printf(text, ":%u", object->endpoint.port);
}

void denial_text(const struct denial *denial, struct buffer *ret_text)
{
	const struct request *request = denial->request;
	const struct decision *decision = denial->decision;
	const struct object *object = object_of(denial);
	const char *reason = decision->reason;

	if (!reason && decision->rule)
		reason = decision->rule->reason;
	buffer_append_string(ret_text, decision->verb ? verb_name(decision->verb)
						      : mediated_name(request->call));
	if (object) {
		buffer_append_string(ret_text, " ");
		append_object(ret_text, object);
	}
	if (request->program) {
		buffer_append_string(ret_text, " by ");
		text_append_escaped(ret_text, request->program, strlen(request->program),
				    NAME_SHOWN);
	}
	buffer_printf(ret_text, " (%s",
		      decision->rule ? decision->rule->id : decided_by_name(decision->by));
	if (reason) {
		buffer_append_string(ret_text, ": ");
		text_append_escaped(ret_text, reason, strlen(reason), NAME_SHOWN);
	}
	buffer_append_string(ret_text, ")");
}

int denial_line(const struct record_context *context, const struct denial *denial,
		struct buffer *ret_line)
{
	const struct decision *decision = denial->decision;
	const char *hint = denial_hint(decision->by, decision->rule, decision->verb);
	const char *name = denial->outcome->kind == OUTCOME_ERROR
				   ? record_errno_name((int)denial->outcome->value)
				   : NULL;

	emit_text(ret_line, "{\"v\":");
	emit_unsigned(ret_line, RECORD_VERSION);
	emit_text(ret_line, ",\"time\":");
	emit_time(ret_line, context->time_ns);
	record_request(ret_line, denial->request, context->redact);
	record_decision(ret_line, denial->request, decision);
	if (name)
		emit_name(ret_line, "errno", name, strlen(name), RECORD_ID_MAX);
	if (hint)
		emit_name(ret_line, "hint", hint, strlen(hint), RECORD_REASON_MAX);
	return record_line_end(ret_line);
}

/* FNV-1a: nothing hangs on it but whether a line is repeated. */
static uint64_t mix(uint64_t hash, const void *data, size_t len)
{
	for (size_t i = 0; i < len; i++)
		hash = (hash ^ ((const unsigned char *)data)[i]) * UINT64_C(1099511628211);
	return hash;
}

uint64_t denial_hash(const struct denial *denial)
{
	const struct object *object = object_of(denial);
	const char *program = denial->request->program;
	uint64_t hash = UINT64_C(14695981039346656037);

	if (denial->decision->verb == 0)
		hash = mix(hash, &denial->request->call, sizeof(denial->request->call));
	hash = mix(hash, &denial->decision->verb, sizeof(denial->decision->verb));
	hash = mix(hash, &denial->decision->by, sizeof(denial->decision->by));
	if (program)
		hash = mix(hash, program, strlen(program));
	if (object && object->path)
		return mix(hash, object->path, strlen(object->path));
	if (object && object->endpoint.host)
		hash = mix(hash, object->endpoint.host, strlen(object->endpoint.host));
	else if (object)
		hash = mix(hash, object->endpoint.address, sizeof(object->endpoint.address));
	return object ? mix(hash, &object->endpoint.port, sizeof(object->endpoint.port)) : hash;
}
