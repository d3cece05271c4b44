/* SPDX-License-Identifier: Apache-2.0 */
/* The lines that tell by what a run was judged. */
#include <string.h>

#include "enforcer/audit/json-emit.h"
#include "enforcer/audit/record-event.h"
#include "enforcer/audit/record-line.h"
#include "enforcer/audit/record-policy.h"
#include "enforcer/audit/redact.h"
#include "enforcer/base/cleanup.h"

/* Secrets in it are of the environment and of arguments: without them it judges as before, but for
 * the calls that have them too, and those are redacted themselves. */
static void emit_policy(struct buffer *line, const struct record_context *context,
			const struct record_policy *policy)
{
	_cleanup_(buffer_done) struct buffer text = {};
	bool redacted = redact_json(context->redact, policy->text, policy->len, &text);

	if (text.error)
		line->error = text.error;
	if (redacted && !text.error)
		emit_name(line, "text", text.data, text.len, RECORD_POLICY_MAX);
	else
		emit_name(line, "text", policy->text, policy->len, RECORD_POLICY_MAX);
	if (redacted)
		emit_text(line, ",\"redacted\":true");
}

int record_policy(const struct record_context *context, const struct record_policy *policy,
		  struct buffer *ret_line)
{
	const char *layer = layer_name(policy->layer);

	record_line_begin(ret_line, "policy", context);
	emit_name(ret_line, "layer", layer, strlen(layer), RECORD_ID_MAX);
	emit_name(ret_line, "file", policy->file, strlen(policy->file), RECORD_NAME_MAX);
	if (policy->text)
		emit_policy(ret_line, context, policy);
	else if (policy->read)
		record_vector(ret_line, "read", policy->read, RECORD_LIST_MAX, false);
	return record_line_end(ret_line);
}

static void emit_string(struct buffer *line, const char *text)
{
	emit_element(line, text, strlen(text));
}

/* {"path": FROM, "is": TO} or {"program": NAME, "is": PATH, "inode": "DEV:INO"}. */
static void emit_fact(struct buffer *line, const struct record_name *name)
{
	emit_text(line, name->program ? "{\"program\":" : "{\"path\":");
	emit_string(line, name->from);
	if (name->to) {
		emit_text(line, ",\"is\":");
		emit_string(line, name->to);
	}
	if (name->to && name->program) {
		emit_text(line, ",\"inode\":\"");
		emit_unsigned(line, name->dev);
		emit(line, ":", 1);
		emit_unsigned(line, name->ino);
		emit(line, "\"", 1);
	}
	emit(line, "}", 1);
}

int record_facts(const struct record_context *context, const struct record_facts *facts,
		 struct buffer *ret_line)
{
	size_t total = 0, n = 0;

	record_line_begin(ret_line, "facts", context);
	emit_name(ret_line, "home", facts->home, strlen(facts->home), RECORD_NAME_MAX);
	if (facts->tmp)
		record_vector(ret_line, "tmp", facts->tmp, RECORD_LIST_MAX, false);
	if (facts->state)
		record_vector(ret_line, "state", facts->state, RECORD_LIST_MAX, false);
	if (facts->path)
		record_vector(ret_line, "search", facts->path, RECORD_LIST_MAX, false);
	emit_text(ret_line, ",\"names\":[");
	for (; n < facts->n_names && n < RECORD_NAMES_MAX; n++) {
		const struct record_name *name = &facts->names[n];

		total += strlen(name->from) + (name->to ? strlen(name->to) : 0);
		if (total > RECORD_FACTS_MAX)
			break;
		if (n > 0)
			emit(ret_line, ",", 1);
		emit_fact(ret_line, name);
	}
	emit(ret_line, "]", 1);
	if (n < facts->n_names)
		emit_text(ret_line, ",\"names_truncated\":true");
	return record_line_end(ret_line);
}

_Static_assert(1024 + EMIT_EXPANSION_MAX * (RECORD_ID_MAX + RECORD_NAME_MAX + RECORD_POLICY_MAX) <=
		       RECORD_EVENT_MAX,
	       "a layer fits");
_Static_assert(1024 + 128 * RECORD_NAMES_MAX +
			       EMIT_EXPANSION_MAX * (RECORD_NAME_MAX + 3 * RECORD_VECTOR_MAX) +
			       EMIT_EXPANSION_MAX * RECORD_FACTS_MAX <=
		       RECORD_EVENT_MAX,
	       "the facts fit");
