/* SPDX-License-Identifier: Apache-2.0 */
/* Puts rules into the text of a policy. */
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "enforcer/policy/json-place.h"
#include "enforcer/policy/policy-edit.h"

static const char new_policy[] = "{\n  \"version\": 1,\n  \"rules\": []\n}\n";

static void json_done(json_t **json)
{
	json_decref(*json);
}
#define _cleanup_json_ _cleanup_(json_done)

static int wrong(struct policy_error *reterr, int error, const char *text)
{
	snprintf(reterr->text, sizeof(reterr->text), "%s", text);
	return error;
}

/* The place of "rules" among the members of the policy, or -1. */
static int rules_ordinal(json_t *policy)
{
	const char *key;
	json_t *value;
	int i = 0;

	json_object_foreach(policy, key, value)
	{
		if (strcmp(key, "rules") == 0)
			return i;
		i++;
	}
	return -1;
}

/* Where the rule stands now that stood at insertion->ordinal, from 0; -1: nowhere. */
static int find_rule(const struct policy_insertion *insertion, json_t *rules)
{
	_cleanup_json_ json_t *then =
		json_loadb(insertion->before, insertion->before_len, JSON_REJECT_DUPLICATES, NULL);
	json_t *rule = json_array_get(json_object_get(then, "rules"), insertion->ordinal - 1);

	if (!rule)
		return -1;
	if (json_equal(rule, json_array_get(rules, insertion->ordinal - 1)))
		return (int)insertion->ordinal - 1;
	for (size_t i = 0; i < json_array_size(rules); i++)
		if (json_equal(rule, json_array_get(rules, i)))
			return (int)i;
	return -1;
}

/* The space before a value where nothing else stands before it on its line; else NULL. */
static const char *indent_before(const char *text, size_t at, size_t *ret_len)
{
	size_t begin = at;

	while (begin > 0 && (text[begin - 1] == ' ' || text[begin - 1] == '\t'))
		begin--;
	if (begin == 0 || text[begin - 1] != '\n')
		return NULL;
	*ret_len = at - begin;
	return text + begin;
}

/* What stands between two rules: a comma, and what keeps the lines as they are. */
static void append_between(struct buffer *out, const char *indent, size_t len)
{
	buffer_append_string(out, indent ? ",\n" : ", ");
	if (indent)
		buffer_append(out, indent, len);
}

static void append_rules(struct buffer *out, const char *rules, const char *indent, size_t len)
{
	while (*rules) {
		size_t line = strcspn(rules, "\n");

		buffer_append(out, rules, line);
		rules += line;
		rules += *rules == '\n';
		if (*rules)
			append_between(out, indent, len);
	}
}

/* into: the rule at the ordinal way[1] of the array at way[0]; behind: behind it, not before. */
static void insert_beside(const struct policy_insertion *insertion, const struct json_way *way,
			  bool behind, struct buffer *out)
{
	size_t begin, end, len = 0;
	const char *indent;

	json_place_span(way, &begin, &end);
	indent = indent_before(way->text, begin, &len);
	buffer_append(out, way->text, behind ? end : begin);
	if (behind)
		append_between(out, indent, len);
	append_rules(out, insertion->rules, indent, len);
	if (!behind)
		append_between(out, indent, len);
	buffer_append(out, way->text + (behind ? end : begin), way->len - (behind ? end : begin));
}

/* Into an empty array, on lines of their own below the one that it begins on. */
static void insert_first(const struct policy_insertion *insertion, const struct json_way *way,
			 struct buffer *out)
{
	static const char indent[] = "    ";
	size_t begin, end;

	json_place_span(way, &begin, &end);
	buffer_append(out, way->text, begin);
	buffer_printf(out, "[\n%s", indent);
	append_rules(out, insertion->rules, indent, strlen(indent));
	buffer_append_string(out, "\n  ]");
	buffer_append(out, way->text + end, way->len - end);
}

/* Behind the last member: there are no rules yet. */
static void insert_member(const struct policy_insertion *insertion, json_t *policy,
			  const struct json_way *whole, struct buffer *out)
{
	static const char indent[] = "    ";
	unsigned last = (unsigned)json_object_size(policy) - 1;
	const struct json_way way = {whole->text, whole->len, &last, 1};
	size_t begin, end;

	json_place_span(&way, &begin, &end);
	buffer_append(out, way.text, end);
	buffer_printf(out, ",\n  \"rules\": [\n%s", indent);
	append_rules(out, insertion->rules, indent, strlen(indent));
	buffer_append_string(out, "\n  ]");
	buffer_append(out, way.text + end, way.len - end);
}

static int insert(const struct policy_insertion *insertion, json_t *policy,
		  const struct json_way *whole, struct buffer *out, struct policy_error *reterr)
{
	json_t *rules = json_object_get(policy, "rules");
	int at = rules_ordinal(policy), place;
	unsigned ordinals[2] = {(unsigned)at, 0};
	struct json_way way = {whole->text, whole->len, ordinals, 2};

	if (insertion->ordinal > 0) {
		place = find_rule(insertion, rules);
		if (place < 0)
			return wrong(reterr, -ESTALE,
				     "the rule that asked is no longer in the file");
		ordinals[1] = (unsigned)place;
		insert_beside(insertion, &way, false, out);
		return 0;
	}
	if (at < 0) {
		insert_member(insertion, policy, whole, out);
		return 0;
	}
	if (json_array_size(rules) == 0) {
		way.n = 1;
		insert_first(insertion, &way, out);
		return 0;
	}
	ordinals[1] = (unsigned)json_array_size(rules) - 1;
	insert_beside(insertion, &way, true, out);
	return 0;
}

/* A policy of the user's layer. */
static int check(const char *text, size_t len, struct policy_error *reterr)
{
	_cleanup_(policy_part_freep) struct policy_part *part = NULL;

	return policy_parse(text, len, "policy.json", LAYER_USER, &part, reterr);
}

int policy_insert_rules(const struct policy_insertion *insertion, struct buffer *ret_text,
			struct policy_error *reterr)
{
	struct json_way whole = {.text = insertion->text ? insertion->text : new_policy,
				 .len = insertion->text ? insertion->len : sizeof(new_policy) - 1};
	_cleanup_json_ json_t *policy = NULL;
	_cleanup_(buffer_done) struct buffer out = {};
	int r = check(whole.text, whole.len, reterr);

	if (r < 0)
		return r;
	policy = json_loadb(whole.text, whole.len, JSON_REJECT_DUPLICATES, NULL);
	if (!policy)
		return -ENOMEM;
	r = insert(insertion, policy, &whole, &out, reterr);
	if (r < 0)
		return r;
	if (out.error)
		return out.error;
	r = check(out.data, out.len, reterr);
	if (r == 0)
		buffer_append(ret_text, out.data, out.len);
	return r < 0 ? r : ret_text->error;
}
