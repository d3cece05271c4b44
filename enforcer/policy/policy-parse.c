/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A policy text into a part. jansson reads the JSON (a key that stands twice, a NUL, bytes that
 * are no UTF-8 are errors there); here stands what the keys mean. What is not known is refused:
 * a misspelt rule must not be a rule that is not there.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "enforcer/base/cleanup.h"
#include "enforcer/policy/glob.h"
#include "enforcer/policy/json-place.h"
#include "enforcer/policy/policy-parser.h"
#include "enforcer/policy/policy-path.h"

static int parse_version(struct parser *parser, const json_t *value, void *target)
{
	if (json_integer_value(value) != 1)
		return parser_error(parser, "this callgate knows version 1 only");
	return 0;
}

static int parse_extends(struct parser *parser, const json_t *value, void *target)
{
	struct policy_part *part = target;

	if (json_string_length(value) == 0)
		return parser_error(parser, "the name is empty");
	part->extends = strdup(json_string_value(value));
	return part->extends ? 0 : -ENOMEM;
}

static int parse_rule_list(struct parser *parser, const json_t *value, struct rule_list *list)
{
	struct policy_part *part = parser->part;
	_cleanup_free_ struct json_place *places = NULL;
	size_t n = json_array_size(value), known;
	struct json_way way;
	int r;

	if (n > POLICY_RULES_MAX)
		return parser_error(parser, "more than %d rules", POLICY_RULES_MAX);
	places = calloc(n + 1, sizeof(*places));
	if (!places)
		return -ENOMEM;
	way = parser_way(parser);
	known = json_place_elements(&way, places, n);
	for (size_t i = 0; i < n; i++) {
		const json_t *element = json_array_get(value, i);
		struct json_place place = i < known ? places[i] : (struct json_place){};
		struct rule *rule;

		snprintf(parser->reterr->rule, sizeof(parser->reterr->rule), "%s %zu",
			 list == &part->guards ? "guard" : "rule", i + 1);
		parser->way[parser->depth++] = (unsigned)i;
		rule = rule_list_add(list, part, place.line, place.column);
		if (!rule)
			r = -ENOMEM;
		else if (!json_is_object(element))
			r = parser_error(parser, "a rule is an object: {\"deny\": \"read\", ...}");
		else
			r = parse_rule(parser, element, rule);
		parser->depth--;
		if (r < 0)
			return r;
	}
	parser->reterr->rule[0] = '\0';
	return 0;
}

static int parse_rules(struct parser *parser, const json_t *value, void *target)
{
	return parse_rule_list(parser, value, &((struct policy_part *)target)->rules);
}

static int builtin_only(struct parser *parser, const char *key)
{
	if (parser->part->layer == LAYER_BUILTIN)
		return 0;
	return parser_error(parser, "\"%s\" stands in a built-in profile only", key);
}

static int parse_guards(struct parser *parser, const json_t *value, void *target)
{
	struct policy_part *part = target;
	int r = builtin_only(parser, "guards");

	if (r == 0)
		r = parse_rule_list(parser, value, &part->guards);
	for (size_t i = 0; r == 0 && i < part->guards.n; i++)
		part->guards.items[i]->info.layer = LAYER_GUARDS;
	return r;
}

static int parse_state_path(struct parser *parser, const json_t *value, void *target)
{
	struct policy_part *part = target;
	const char *rest, *written = json_string_value(value);
	enum path_root root;
	char wrong[256];

	if (written_path_parse(written, &root, &rest, wrong, sizeof(wrong)) < 0)
		return parser_error(parser, "%s", wrong);
	if (root != PATH_ROOT_ABSOLUTE && root != PATH_ROOT_HOME)
		return parser_error(parser, "a path of the state starts with / or ~");
	for (size_t i = 0; rest[i]; i++)
		if (strchr("*?[\\", rest[i]))
			return parser_error(parser, "a path of the state takes no glob");
	return strings_add(&part->state, written);
}

static int parse_state(struct parser *parser, const json_t *value, void *target)
{
	int r = builtin_only(parser, "state");

	return r < 0 ? r
		     : parser_list(parser, value, KIND_STRING | KIND_EMPTY, parse_state_path,
				   target);
}

/* What it says is config's affair. */
static int parse_agents(struct parser *parser, const json_t *value, void *target)
{
	(void)value;
	(void)target;
	return builtin_only(parser, "agents");
}

static int set_otherwise(struct parser *parser, const json_t *value, void *target, unsigned verb)
{
	struct part_settings *settings = target;

	settings->has_otherwise[verb] = true;
	return parse_verdict(parser, value, &settings->otherwise[verb]);
}

#define DEFINE_OTHERWISE(name, number)                                                             \
	static int parse_otherwise_##name(struct parser *parser, const json_t *value,              \
					  void *target)                                            \
	{                                                                                          \
		return set_otherwise(parser, value, target, number);                               \
	}
DEFINE_OTHERWISE(read, 0)
DEFINE_OTHERWISE(write, 1)
DEFINE_OTHERWISE(exec, 2)
DEFINE_OTHERWISE(connect, 3)
DEFINE_OTHERWISE(listen, 4)

static int parse_otherwise(struct parser *parser, const json_t *value, void *target)
{
	static const struct parser_key keys[] = {
		{"read", KIND_STRING, parse_otherwise_read},
		{"write", KIND_STRING, parse_otherwise_write},
		{"exec", KIND_STRING, parse_otherwise_exec},
		{"connect", KIND_STRING, parse_otherwise_connect},
		{"listen", KIND_STRING, parse_otherwise_listen},
	};
	static const struct parser_table table = {keys, ARRAY_LEN(keys)};
	struct policy_part *part = target;

	return parser_object(parser, value, &table, &part->settings, NULL);
}

int parse_duration(struct parser *parser, const json_t *value, uint64_t *ret_ns)
{
	static const struct {
		const char *name;
		uint64_t ns;
	} units[] = {
		{"ms", 1000000},
		{"s", 1000000000},
		{"m", 60 * UINT64_C(1000000000)},
		{"h", 3600 * UINT64_C(1000000000)},
	};
	const char *text = json_string_value(value);
	size_t digits = strspn(text, "0123456789");
	uint64_t number;

	if (digits == 0 || digits > 8)
		return parser_error(parser, "a time is a number and a unit: \"60s\"");
	number = strtoul(text, NULL, 10);
	for (size_t i = 0; i < ARRAY_LEN(units); i++) {
		if (strcmp(text + digits, units[i].name) != 0)
			continue;
		*ret_ns = number * units[i].ns;
		if (number == 0 || *ret_ns > 24 * units[3].ns)
			return parser_error(parser, "the time is between 1ms and 24h");
		return 0;
	}
	return parser_error(parser, "the unit of a time is ms, s, m or h: \"60s\"");
}

static int parse_timeout(struct parser *parser, const json_t *value, void *target)
{
	struct part_settings *settings = target;

	settings->has_timeout = true;
	return parse_duration(parser, value, &settings->timeout_ns);
}

static int parse_unattended(struct parser *parser, const json_t *value, void *target)
{
	static const char *const names[] = {"deny", "allow"};
	struct part_settings *settings = target;
	int n = parser_word(parser, value, "effect", names, ARRAY_LEN(names));

	if (n < 0)
		return n;
	settings->has_unattended = true;
	settings->unattended = n ? VERDICT_ALLOW : VERDICT_DENY;
	return 0;
}

static int parse_approval(struct parser *parser, const json_t *value, void *target)
{
	static const struct parser_key keys[] = {
		{"timeout", KIND_STRING, parse_timeout},
		{"unattended", KIND_STRING, parse_unattended},
	};
	static const struct parser_table table = {keys, ARRAY_LEN(keys)};
	struct policy_part *part = target;

	return parser_object(parser, value, &table, &part->settings, NULL);
}

static int parse_variable_name(struct parser *parser, const json_t *value, void *target)
{
	const char *name = json_string_value(value), *wrong = glob_check(name, strlen(name));

	if (!wrong && strchr(name, '='))
		wrong = "the name of a variable holds no \"=\"";
	return wrong ? parser_error(parser, "%s", wrong) : parse_string_into(parser, value, target);
}

static int parse_pass(struct parser *parser, const json_t *value, void *target)
{
	struct part_settings *settings = target;

	settings->has_pass = true;
	return parser_list(parser, value, KIND_STRING | KIND_EMPTY, parse_variable_name,
			   &settings->pass);
}

static int parse_drop(struct parser *parser, const json_t *value, void *target)
{
	struct part_settings *settings = target;

	settings->has_drop = true;
	return parser_list(parser, value, KIND_STRING | KIND_EMPTY, parse_variable_name,
			   &settings->drop);
}

static int parse_set(struct parser *parser, const json_t *value, void *target)
{
	struct part_settings *settings = target;
	unsigned ordinal = 0;
	const char *name;
	json_t *element;

	json_object_foreach((json_t *)value, name, element)
	{
		_cleanup_free_ char *pair = NULL;
		int r;

		if (!*name || strchr(name, '='))
			return parser_error_at(parser, ordinal,
					       "\"%.64s\" is no name of a variable", name);
		if (!json_is_string(element))
			return parser_error_at(parser, ordinal,
					       "the value of %.64s must be a string", name);
		if (asprintf(&pair, "%s=%s", name, json_string_value(element)) < 0) {
			pair = NULL;
			return -ENOMEM;
		}
		r = strings_add(&settings->set, pair);
		if (r < 0)
			return r;
		ordinal++;
	}
	return 0;
}

static int parse_environment(struct parser *parser, const json_t *value, void *target)
{
	static const struct parser_key keys[] = {
		{"pass", KIND_LIST, parse_pass},
		{"drop", KIND_LIST, parse_drop},
		{"set", KIND_OBJECT, parse_set},
	};
	static const struct parser_table table = {keys, ARRAY_LEN(keys)};
	struct policy_part *part = target;

	return parser_object(parser, value, &table, &part->settings, NULL);
}

static int parse_view(struct parser *parser, const json_t *value, void *target)
{
	static const char *const names[] = {
		[POLICY_VIEW_HOST] = "host",
		[POLICY_VIEW_HIDDEN] = "hidden",
	};
	struct policy_part *part = target;
	int n = parser_word(parser, value, "view", names, ARRAY_LEN(names));

	if (n < 0)
		return n;
	part->settings.has_view = true;
	part->settings.view = (enum policy_view)n;
	return 0;
}

static int parse_tell(struct parser *parser, const json_t *value, void *target)
{
	static const char *const names[] = {
		[POLICY_TELL_STDERR] = "stderr",
		[POLICY_TELL_FILE] = "file",
	};
	struct policy_part *part = target;
	int n = parser_word(parser, value, "place", names, ARRAY_LEN(names));

	if (n < 0)
		return n;
	part->settings.has_tell = true;
	part->settings.tell = (enum policy_tell)n;
	return 0;
}

static int parse_aio(struct parser *parser, const json_t *value, void *target)
{
	struct policy_part *part = target;

	part->settings.has_aio = true;
	part->settings.aio = json_is_true(value);
	return 0;
}

static const struct parser_key part_keys[] = {
	{"version", KIND_NUMBER, parse_version},
	{"description", KIND_STRING, NULL},
	{"extends", KIND_STRING, parse_extends},
	{"rules", KIND_LIST, parse_rules},
	{"guards", KIND_LIST, parse_guards},
	{"otherwise", KIND_OBJECT, parse_otherwise},
	{"approval", KIND_OBJECT, parse_approval},
	{"audit", KIND_OBJECT, parse_audit},
	{"hooks", KIND_LIST, parse_hooks},
	{"environment", KIND_OBJECT, parse_environment},
	{"view", KIND_STRING, parse_view},
	{"aio", KIND_BOOL, parse_aio},
	{"state", KIND_LIST, parse_state},
	{"upstream_proxy", KIND_OBJECT, parse_upstream_proxy},
	{"agents", KIND_OBJECT, parse_agents},
	{"tell_agent", KIND_STRING, parse_tell},
	{"publish", KIND_LIST, parse_publish},
};
const struct parser_table part_table = {part_keys, ARRAY_LEN(part_keys)};
_Static_assert(ARRAY_LEN(part_keys) <= PARSER_KEYS_MAX, "room for every key");

static int parse_part(struct parser *parser)
{
	struct policy_part *part = parser->part;
	int at[ARRAY_LEN(part_keys)], r;
	json_error_t error;
	json_t *json;

	json = json_loadb(part->text, part->text_len, JSON_REJECT_DUPLICATES, &error);
	if (!json) {
		if (json_error_code(&error) == json_error_out_of_memory)
			return -ENOMEM;
		parser->reterr->line = error.line > 0 ? error.line : 1;
		parser->reterr->column = error.column > 0 ? error.column : 1;
		snprintf(parser->reterr->text, sizeof(parser->reterr->text), "%s", error.text);
		return -EINVAL;
	}
	if (!json_is_object(json)) {
		r = parser_error(parser,
				 "a policy is an object: {\"version\": 1, \"rules\": [...]}");
	} else {
		r = parser_object(parser, json, &part_table, part, at);
		if (r == 0 && at[0] < 0)
			r = parser_error(parser, "\"version\": 1 is missing");
	}
	json_decref(json);
	return r;
}

static bool layer_has_text(enum layer layer)
{
	switch (layer) {
	case LAYER_MANAGED:
	case LAYER_ADDED:
	case LAYER_COMMAND_LINE:
	case LAYER_PROJECT:
	case LAYER_USER:
	case LAYER_BUILTIN:
		return true;
	case LAYER_RULE_ZERO:
	case LAYER_GUARDS:
		break;
	}
	return false;
}

int policy_parse(const char *text, size_t len, const char *file, enum layer layer,
		 struct policy_part **ret_part, struct policy_error *reterr)
{
	_cleanup_(policy_part_freep) struct policy_part *part = NULL;
	struct parser parser = {.reterr = reterr};
	int r;

	*reterr = (struct policy_error){};
	snprintf(reterr->file, sizeof(reterr->file), "%s", file);
	if (!layer_has_text(layer) || len > POLICY_TEXT_MAX) {
		snprintf(reterr->text, sizeof(reterr->text), "%s",
			 len > POLICY_TEXT_MAX ? "the policy is larger than a mebibyte"
					       : "no policy is written for this layer");
		return -EINVAL;
	}
	part = calloc(1, sizeof(*part));
	if (!part)
		return -ENOMEM;
	part->layer = layer;
	part->file = strdup(file);
	part->text = malloc(len + 1);
	if (!part->file || !part->text)
		return -ENOMEM;
	memcpy(part->text, text, len);
	part->text[len] = '\0';
	part->text_len = len;
	parser.part = part;
	r = parse_part(&parser);
	if (r < 0) {
		policy_error_escape(reterr);
		return r;
	}
	*ret_part = steal_pointer(part);
	return 0;
}
