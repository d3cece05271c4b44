/* SPDX-License-Identifier: Apache-2.0 */
/* The lines of the record that are no call. */
#include <arpa/inet.h>

#include "enforcer/audit/json-emit.h"
#include "enforcer/audit/record-event.h"
#include "enforcer/audit/record-line.h"
#include "enforcer/audit/redact.h"
#include "enforcer/base/cleanup.h"

static void emit_optional(struct buffer *line, const char *key, const char *text)
{
	if (text)
		emit_name(line, key, text, strlen(text), RECORD_NAME_MAX);
}

static void emit_count(struct buffer *line, const char *key, uint64_t count)
{
	emit(line, ",\"", 2);
	emit(line, key, strlen(key));
	emit_text(line, "\":");
	emit_unsigned(line, count);
}

int record_run_start(const struct record_context *context, const struct record_start *start,
		     struct buffer *ret_line)
{
	record_line_begin(ret_line, "run-start", context);
	emit_optional(ret_line, "version", start->version);
	emit_optional(ret_line, "kernel", start->kernel);
	emit_optional(ret_line, "policy_hash", start->policy_hash);
	emit_optional(ret_line, "user", start->user);
	emit_count(ret_line, "uid", start->uid);
	emit_optional(ret_line, "directory", start->directory);
	if (start->command)
		record_arguments(ret_line, "command", start->command, false, context->redact);
	if (start->workspaces)
		record_vector(ret_line, "workspaces", start->workspaces, RECORD_LIST_MAX, false);
	if (start->wall)
		record_vector(ret_line, "wall", start->wall, RECORD_LIST_MAX, false);
	emit_optional(ret_line, "chain", start->chain);
	emit_optional(ret_line, "key", start->key);
	return record_line_end(ret_line);
}

int record_run_end(const struct record_context *context, const struct record_end *end,
		   struct buffer *ret_line)
{
	record_line_begin(ret_line, "run-end", context);
	emit_text(ret_line, ",\"status\":");
	emit_signed(ret_line, end->status);
	emit_count(ret_line, "allowed", end->allowed);
	emit_count(ret_line, "denied", end->denied);
	emit_count(ret_line, "asked", end->asked);
	emit_count(ret_line, "refused", end->refused);
	emit_text(ret_line, ",\"duration_us\":");
	emit_microseconds(ret_line, context->duration_ns);
	return record_line_end(ret_line);
}

size_t record_connection_bound(const char *host)
{
	/* Names of members, numbers, times, the address and how it ended: 450 with the longest. */
	return 512 +
	       EMIT_EXPANSION_MAX * (RECORD_ID_MAX + (host ? strnlen(host, RECORD_NAME_MAX) : 0));
}

int record_connection_end(const struct record_context *context,
			  const struct record_connection *connection, struct buffer *ret_line)
{
	char address[INET6_ADDRSTRLEN] = "";

	inet_ntop(connection->family, connection->address, address, sizeof(address));
	record_line_begin(ret_line, "connection-end", context);
	if (connection->pid)
		emit_count(ret_line, "pid", (uint64_t)connection->pid);
	emit_optional(ret_line, "host", connection->host);
	emit_optional(ret_line, "address", address[0] ? address : NULL);
	emit_count(ret_line, "port", connection->port);
	if (connection->datagrams) {
		emit_optional(ret_line, "protocol", "udp");
		emit_count(ret_line, "datagrams_sent", connection->datagrams_sent);
		emit_count(ret_line, "datagrams_received", connection->datagrams_received);
	}
	emit_count(ret_line, "sent", connection->sent);
	emit_count(ret_line, "received", connection->received);
	emit_optional(ret_line, "how", connection->how);
	emit_text(ret_line, ",\"duration_us\":");
	emit_microseconds(ret_line, context->duration_ns);
	return record_line_end(ret_line);
}

int record_guest(const struct record_context *context, const struct record_guest *guest,
		 struct buffer *ret_line)
{
	record_line_begin(ret_line, guest->how ? "published-end" : "published", context);
	emit_count(ret_line, "port", guest->port);
	emit_count(ret_line, "on", guest->on);
	emit_optional(ret_line, "from", guest->from);
	if (guest->how) {
		emit_count(ret_line, "sent", guest->sent);
		emit_count(ret_line, "received", guest->received);
		emit_optional(ret_line, "how", guest->how);
		emit_text(ret_line, ",\"duration_us\":");
		emit_microseconds(ret_line, context->duration_ns);
	}
	return record_line_end(ret_line);
}

const char *answered_by_name(enum answered_by by)
{
	switch (by) {
	case ANSWERED_BY_TIMEOUT:
		return "timeout";
	case ANSWERED_BY_PERSON:
		return "person";
	case ANSWERED_BY_HOOK:
		return "hook";
	case ANSWERED_BY_PROGRAM:
		return "program";
	case ANSWERED_BY_UNATTENDED:
		return "unattended";
	case ANSWERED_BY_WITHDRAWN:
		return "withdrawn";
	}
	return "timeout";
}

const char *answered_via_name(enum answered_via via)
{
	switch (via) {
	case ANSWERED_VIA_NONE:
		return NULL;
	case ANSWERED_VIA_TERMINAL:
		return "terminal";
	case ANSWERED_VIA_SOCKET:
		return "socket";
	case ANSWERED_VIA_WEB:
		return "web";
	case ANSWERED_VIA_HOOK:
		return "hook";
	}
	return NULL;
}

static void emit_short(struct buffer *line, const char *key, const char *text, size_t max)
{
	if (text)
		emit_name(line, key, text, strlen(text), max);
}

int record_question(const struct record_context *context, const struct record_question *question,
		    struct buffer *ret_line)
{
	record_line_begin(ret_line, "question", context);
	emit_count(ret_line, "question", question->id);
	record_request(ret_line, question->request, context->redact);
	record_decision(ret_line, question->request, question->decision);
	emit_count(ret_line, "timeout_ms", question->timeout_ns / 1000000);
	return record_line_end(ret_line);
}

int record_answer(const struct record_context *context, const struct record_answer *answer,
		  struct buffer *ret_line)
{
	record_line_begin(ret_line, "answer", context);
	emit_count(ret_line, "question", answer->question);
	if (answer->by != ANSWERED_BY_WITHDRAWN)
		emit_short(ret_line, "decision", verdict_name(answer->verdict), RECORD_ID_MAX);
	emit_short(ret_line, "by", answered_by_name(answer->by), RECORD_ID_MAX);
	emit_short(ret_line, "via", answered_via_name(answer->via), RECORD_ID_MAX);
	emit_short(ret_line, "lasts", answer->lasts, RECORD_ID_MAX);
	emit_short(ret_line, "reason", answer->reason, RECORD_REASON_MAX);
	emit_count(ret_line, "calls", answer->calls);
	emit_text(ret_line, ",\"after_us\":");
	emit_microseconds(ret_line, answer->after_ns);
	return record_line_end(ret_line);
}

/* What it covers, and as which rule, with the arguments in them redacted as any. */
static void emit_reach(struct buffer *line, const struct record_context *context,
		       const struct record_grant *grant)
{
	_cleanup_(buffer_done) struct buffer covers = {}, rule = {};
	bool redacted = false;

	if (grant->covers && redact_sentence(context->redact, grant->covers, &covers))
		redacted = true;
	if (grant->rule && redact_json(context->redact, grant->rule, strlen(grant->rule), &rule))
		redacted = true;
	if (covers.error || rule.error)
		line->error = covers.error ? covers.error : rule.error;
	emit_short(line, "covers", covers.len ? covers.data : grant->covers, RECORD_REASON_MAX);
	emit_short(line, "rule", rule.len ? rule.data : grant->rule, RECORD_NAME_MAX);
	if (redacted)
		emit_text(line, ",\"redacted\":true");
}

int record_grant(const struct record_context *context, const struct record_grant *grant,
		 struct buffer *ret_line)
{
	record_line_begin(ret_line, "grant", context);
	emit_count(ret_line, "grant", grant->id);
	if (grant->question)
		emit_count(ret_line, "question", grant->question);
	emit_short(ret_line, "decision", verdict_name(grant->verdict), RECORD_ID_MAX);
	emit_short(ret_line, "via", answered_via_name(grant->via), RECORD_ID_MAX);
	emit_short(ret_line, "scope", grant->scope, RECORD_ID_MAX);
	emit_short(ret_line, "lasts", grant->lasts, RECORD_ID_MAX);
	emit_reach(ret_line, context, grant);
	if (grant->until_ns) {
		emit_text(ret_line, ",\"until\":");
		emit_time(ret_line, grant->until_ns);
	}
	return record_line_end(ret_line);
}

int record_revoke(const struct record_context *context, const struct record_revoke *revoke,
		  struct buffer *ret_line)
{
	record_line_begin(ret_line, "revoke", context);
	emit_count(ret_line, "grant", revoke->grant);
	emit_short(ret_line, "via", answered_via_name(revoke->via), RECORD_ID_MAX);
	return record_line_end(ret_line);
}

int record_part(const struct record_context *context, unsigned number, struct buffer *ret_line)
{
	record_line_begin(ret_line, "part", context);
	emit_count(ret_line, "part", number);
	return record_line_end(ret_line);
}

int record_fault(const struct record_context *context, const char *what, int error,
		 struct buffer *ret_line)
{
	const char *name = record_errno_name(-error);

	record_line_begin(ret_line, "fault", context);
	emit_name(ret_line, "what", what, strlen(what), RECORD_REASON_MAX);
	if (error < 0) {
		emit_text(ret_line, ",\"errno\":\"");
		if (name)
			emit_text(ret_line, name);
		else
			emit_signed(ret_line, -(int64_t)error);
		emit(ret_line, "\"", 1);
	}
	return record_line_end(ret_line);
}

_Static_assert(512 + EMIT_EXPANSION_MAX * (RECORD_ID_MAX + RECORD_REASON_MAX) <=
		       RECORD_LAST_WORD_MAX,
	       "a fault fits");
_Static_assert(1024 + EMIT_EXPANSION_MAX *
				       (6 * RECORD_ID_MAX + RECORD_REASON_MAX + RECORD_NAME_MAX) <=
		       RECORD_ANSWER_MAX,
	       "an answer and a grant fit");
_Static_assert(1024 + EMIT_EXPANSION_MAX * (RECORD_ID_MAX + 7 * RECORD_NAME_MAX +
					    3 * RECORD_VECTOR_MAX) <=
		       RECORD_EVENT_MAX,
	       "a start fits");
