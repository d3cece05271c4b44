/* SPDX-License-Identifier: Apache-2.0 */
/* Questions and grants as docs/control.md has them. */
#include <errno.h>
#include <string.h>

#include "enforcer/approval/pending.h"
#include "enforcer/base/text.h"
#include "enforcer/control/describe-json.h"

#define NS_OF_MS 1000000u

static const char *const kinds[] = {
	[OBJECT_UNKNOWN] = "unknown",     [OBJECT_PATH] = "path", [OBJECT_UNIX] = "unix",
	[OBJECT_ABSTRACT] = "abstract",   [OBJECT_INET] = "inet", [OBJECT_MEMORY] = "memory",
	[OBJECT_ANONYMOUS] = "anonymous",
};
_Static_assert(ARRAY_LEN(kinds) == OBJECT_ANONYMOUS + 1, "name every kind");

static const char *const closed[] = {
	[CLOSED_ANSWERED] = "answered",     [CLOSED_EXPIRED] = "expired",
	[CLOSED_UNATTENDED] = "unattended", [CLOSED_WITHDRAWN] = "withdrawn",
	[CLOSED_ENDED] = "ended",
};
_Static_assert(ARRAY_LEN(closed) == CLOSED_ENDED + 1, "name every end of a question");

int describe_verdict_from_name(const char *name, enum verdict *ret_verdict)
{
	if (strcmp(name, "allow") == 0)
		*ret_verdict = VERDICT_ALLOW;
	else if (strcmp(name, "deny") == 0)
		*ret_verdict = VERDICT_DENY;
	else
		return -EINVAL;
	return 0;
}

/* Escaped already. Cut in the middle of a letter it is no UTF-8, and then not worth a lost
 * question. */
static json_t *words(const char *text)
{
	json_t *string = json_string(text ? text : "");

	return string ? string : json_string("?");
}

json_t *describe_bytes(const char *text)
{
	struct buffer escaped = {};
	json_t *string;

	if (!text)
		return json_null();
	text_append_escaped(&escaped, text, strlen(text), 0);
	string = words(escaped.error ? NULL : escaped.data);
	buffer_done(&escaped);
	return string;
}

static json_t *number(uint64_t value)
{
	return json_integer((json_int_t)(value > INT64_MAX ? INT64_MAX : value));
}

/* A moment of the monotonic clock, in ms since 1970. */
static json_t *moment(uint64_t at, const struct control_clock *clock)
{
	uint64_t ago = clock->now > at ? clock->now - at : 0;

	return number((clock->wall > ago ? clock->wall - ago : 0) / NS_OF_MS);
}

/* What is left until a moment, in ms; never: null. */
static json_t *left(uint64_t until, uint64_t never, const struct control_clock *clock)
{
	if (until == never)
		return json_null();
	return number(until > clock->now ? (until - clock->now) / NS_OF_MS : 0);
}

json_t *describe_verbs(unsigned verbs)
{
	json_t *array = json_array();

	for (int i = 0; i < VERB_COUNT; i++)
		if (verbs & 1u << i)
			json_array_append_new(array, json_string(verb_name((enum verb)(1 << i))));
	return array;
}

static json_t *describe_rule(const struct rule_info *rule)
{
	if (!rule)
		return json_null();
	return json_pack("{s:s, s:s, s:o, s:o, s:i}", "id", rule->id, "layer",
			 layer_name(rule->layer), "reason", describe_bytes(rule->reason), "file",
			 describe_bytes(rule->file), "line", rule->line);
}

static json_t *describe_objects(const struct question *question)
{
	json_t *array = json_array();

	for (size_t i = 0; i < question->n_objects; i++) {
		const struct question_object *object = &question->objects[i];

		json_array_append_new(array,
				      json_pack("{s:s, s:o, s:o}", "kind", kinds[object->kind],
						"verbs", describe_verbs(object->verbs), "text",
						words(object->text.data)));
	}
	return array;
}

static json_t *describe_ancestry(const struct question *question)
{
	json_t *array = json_array();

	for (size_t i = 0; i < question->n_ancestry; i++)
		json_array_append_new(array,
				      json_pack("{s:i, s:o}", "pid", (int)question->ancestry[i].pid,
						"name", words(question->ancestry[i].name)));
	return array;
}

static json_t *describe_offered_scopes(unsigned mask)
{
	json_t *array = json_array();

	for (int scope = 0; scope < SCOPE_COUNT; scope++)
		if (mask & 1u << scope)
			json_array_append_new(
				array, json_string(answer_scope_name((enum answer_scope)scope)));
	return array;
}

/* What may be answered: an object for each that is possible. */
static json_t *describe_offers(const struct question *question)
{
	json_t *array = json_array();

	for (int allow = 1; allow >= 0; allow--) {
		for (int lasts = 0; lasts < ANSWER_LASTS_COUNT; lasts++) {
			unsigned mask = (allow ? question->allows : question->denies)[lasts];
			json_t *offer;

			if (!mask)
				continue;
			offer = json_pack("{s:s, s:s}", "verdict", allow ? "allow" : "deny",
					  "lasts", answer_lasts_name((enum answer_lasts)lasts));
			if (lasts != ANSWER_ONCE)
				json_object_set_new(offer, "scopes", describe_offered_scopes(mask));
			json_array_append_new(array, offer);
		}
	}
	return array;
}

static json_t *describe_scopes(const struct question *question)
{
	json_t *object = json_object();

	for (int scope = 0; scope < SCOPE_COUNT; scope++)
		if (question->scopes[scope].len > 0)
			json_object_set_new(object, answer_scope_name((enum answer_scope)scope),
					    words(question->scopes[scope].data));
	return object;
}

json_t *describe_question(const struct question *question, const struct control_clock *clock)
{
	json_t *object =
		json_pack("{s:o, s:o, s:o, s:i, s:s, s:i, s:o, s:o, s:o}", "id",
			  number(question->id), "created", moment(question->created, clock),
			  "left_ms", left(question->deadline, UINT64_MAX, clock), "pid",
			  (int)question->pid, "call", mediated_name(question->call), "waiters",
			  (int)question->n_waiters, "text", words(question->text.data), "program",
			  words(question->program.data), "argv", words(question->argv.data));

	if (!object)
		return NULL;
	json_object_set_new(object, "objects", describe_objects(question));
	json_object_set_new(object, "ancestry", describe_ancestry(question));
	json_object_set_new(object, "rule", describe_rule(question->decision.rule));
	json_object_set_new(object, "whole", json_boolean(question->whole));
	json_object_set_new(object, "offers", describe_offers(question));
	json_object_set_new(object, "scopes", describe_scopes(question));
	return object;
}

json_t *describe_closing(const struct question *question, const struct closing *closing)
{
	const struct decision *decision = closing->decision;
	const struct answer *answer = closing->answer;

	return json_pack("{s:o, s:s, s:o, s:o, s:o, s:o, s:o, s:o}", "id", number(question->id),
			 "how", closed[closing->how], "text", words(closing->text), "verdict",
			 decision ? json_string(verdict_name(decision->verdict)) : json_null(),
			 "by", decision ? json_string(decided_by_name(decision->by)) : json_null(),
			 "via", describe_bytes(answer ? answer->via : NULL), "reason",
			 describe_bytes(answer ? answer->reason : NULL), "grant",
			 closing->grant ? number(closing->grant->id) : json_null());
}

json_t *describe_grant(const struct grant *grant, const struct control_clock *clock)
{
	return json_pack("{s:o, s:o, s:s, s:s, s:s, s:o, s:o, s:o, s:s, s:o, s:o, s:o}", "id",
			 number(grant->id), "question",
			 grant->question ? number(grant->question) : json_null(), "verdict",
			 verdict_name(grant->verdict), "lasts", answer_lasts_name(grant->lasts),
			 "scope", answer_scope_name(grant->scope), "made",
			 moment(grant->made, clock), "left_ms", left(grant->expires, 0, clock),
			 "used", number(grant->used), "by", decided_by_name(grant->by), "via",
			 describe_bytes(grant->via), "reason", describe_bytes(grant->reason),
			 "text", words(grant->text));
}
