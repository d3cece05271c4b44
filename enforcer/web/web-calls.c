/* SPDX-License-Identifier: Apache-2.0 */
/* The last calls, as lines. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "enforcer/control/call-text.h"
#include "enforcer/web/web-calls.h"

static void call_done(struct web_call *call)
{
	free(call->line);
	*call = (struct web_call){};
}

void web_calls_done(struct web_calls *calls)
{
	for (size_t i = 0; i < WEB_CALLS_MAX; i++)
		call_done(&calls->ring[i]);
	for (size_t i = 0; i < WEB_DENIALS_MAX; i++)
		call_done(&calls->denied[i]);
}

/* line: taken. */
static void add(struct web_calls *calls, json_t *line, bool is_denial)
{
	char *text = line ? json_dumps(line, JSON_COMPACT) : NULL;
	size_t len = text ? strlen(text) : 0;
	char *whole = text ? realloc(text, len + 2) : NULL;
	struct web_call *call = &calls->ring[calls->count % WEB_CALLS_MAX];
	struct web_call *denied = &calls->denied[calls->denied_count % WEB_DENIALS_MAX];

	json_decref(line);
	if (!whole) {
		free(text);
		return;
	}
	strcpy(whole + len, "\n");
	call_done(call);
	*call = (struct web_call){++calls->count, whole};
	if (!is_denial)
		return;
	call_done(denied);
	*denied = (struct web_call){calls->count, strdup(whole)};
	calls->denied_count += denied->line != NULL;
}

static const char *text_of(const json_t *object, const char *name)
{
	const char *text = json_string_value(json_object_get(object, name));

	return text ? text : "";
}

void web_calls_add(struct web_calls *calls, const char *run, const json_t *params)
{
	char *program = call_text_program(params), *object = call_text_object(params),
	     *why = call_text_why(params);
	const char *decision = text_of(params, "decision");

	if (program && object && why)
		add(calls,
		    json_pack("{s:s, s:I, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s}", "event", "call",
			      "n", (json_int_t)calls->count + 1, "run", run, "time",
			      text_of(params, "time"), "decision", decision, "verb",
			      text_of(params, "verb"), "call", text_of(params, "call"), "program",
			      program, "object", object, "why", why),
		    strcmp(decision, "deny") == 0);
	free(program);
	free(object);
	free(why);
}

void web_calls_add_gap(struct web_calls *calls, const char *run, json_int_t count)
{
	add(calls,
	    json_pack("{s:s, s:I, s:s, s:I}", "event", "dropped", "n", (json_int_t)calls->count + 1,
		      "run", run, "count", count),
	    false);
}

void web_calls_append(const struct web_calls *calls, uint64_t *cursor, size_t max,
		      struct buffer *to)
{
	uint64_t newest = calls->count, from = *cursor, left_out;

	if (newest <= from)
		return;
	if (max > WEB_CALLS_MAX)
		max = WEB_CALLS_MAX;
	if (newest - from > max)
		from = newest - max;
	left_out = from - *cursor;
	for (uint64_t i = 0; i < WEB_DENIALS_MAX; i++) {
		/* The oldest first. */
		const struct web_call *call =
			&calls->denied[(calls->denied_count + i) % WEB_DENIALS_MAX];

		if (call->number <= *cursor || call->number > from)
			continue;
		buffer_append_string(to, call->line);
		left_out--;
	}
	if (left_out > 0)
		buffer_printf(to, "{\"event\":\"skipped\",\"count\":%llu}\n",
			      (unsigned long long)left_out);
	for (uint64_t number = from + 1; number <= newest; number++)
		buffer_append_string(to, calls->ring[(number - 1) % WEB_CALLS_MAX].line);
	*cursor = newest;
}
