/* SPDX-License-Identifier: Apache-2.0 */
/* The walk through a parsed JSON text: keys by table, each complaint with its place. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "enforcer/base/cleanup.h"
#include "enforcer/policy/json-place.h"
#include "enforcer/policy/nearest-name.h"
#include "enforcer/policy/policy-parser.h"

static const char *const verb_names[VERB_COUNT] = {"read", "write", "exec", "connect", "listen"};
static const char *const verdict_names[] = {"deny", "ask", "allow"};

struct json_way parser_way(const struct parser *parser)
{
	return (struct json_way){parser->part->text, parser->part->text_len, parser->way,
				 parser->depth};
}

static void __attribute__((format(printf, 3, 0)))
parser_tell(struct parser *parser, bool key, const char *format, va_list args)
{
	struct json_way way = parser_way(parser);
	struct json_place place;

	place = json_place_find(&way, key);
	parser->reterr->line = place.line;
	parser->reterr->column = place.column;
	vsnprintf(parser->reterr->text, sizeof(parser->reterr->text), format, args);
}

int parser_error(struct parser *parser, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	parser_tell(parser, false, format, args);
	va_end(args);
	return -EINVAL;
}

int parser_error_at(struct parser *parser, unsigned ordinal, const char *format, ...)
{
	va_list args;

	parser->way[parser->depth++] = ordinal;
	va_start(args, format);
	parser_tell(parser, true, format, args);
	va_end(args);
	parser->depth--;
	return -EINVAL;
}

/* Words of the text are cut: the message has room for one line. */
int parser_unknown(struct parser *parser, const char *what, const char *word,
		   const char *const *names, size_t n_names)
{
	const char *nearest = nearest_name(word, names, n_names);

	return parser_error(parser, "unknown %s \"%.64s\"%s%s%s", what, word,
			    nearest ? "; did you mean \"" : "", nearest ? nearest : "",
			    nearest ? "\"?" : "");
}

static unsigned kind_of(const json_t *value)
{
	switch (json_typeof(value)) {
	case JSON_OBJECT:
		return KIND_OBJECT;
	case JSON_ARRAY:
		return KIND_LIST;
	case JSON_STRING:
		return KIND_STRING;
	case JSON_INTEGER:
		return KIND_NUMBER;
	case JSON_TRUE:
	case JSON_FALSE:
		return KIND_BOOL;
	case JSON_REAL:
	case JSON_NULL:
		break;
	}
	return 0;
}

static int kind_check(struct parser *parser, const json_t *value, unsigned kinds)
{
	static const char *const names[] = {"a string", "a whole number", "true or false", "a list",
					    "an object"};
	char text[96] = "";
	size_t len = 0;

	if (kind_of(value) & kinds)
		return 0;
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		if (!(kinds & (1u << i)))
			continue;
		len += (size_t)snprintf(text + len, sizeof(text) - len, "%s%s", len ? " or " : "",
					names[i]);
	}
	return parser_error(parser, "this must be %s", text);
}

static int unknown_key(struct parser *parser, const char *key, unsigned ordinal,
		       const struct parser_table *table)
{
	const char *names[PARSER_KEYS_MAX], *nearest;

	for (size_t i = 0; i < table->n; i++)
		names[i] = table->keys[i].name;
	nearest = nearest_name(key, names, table->n);
	return parser_error_at(parser, ordinal, "unknown key \"%.64s\"%s%s%s", key,
			       nearest ? "; did you mean \"" : "", nearest ? nearest : "",
			       nearest ? "\"?" : "");
}

int parser_object(struct parser *parser, const json_t *object, const struct parser_table *table,
		  void *target, int *ret_ordinals)
{
	unsigned ordinal = 0;
	const char *name;
	json_t *value;
	int r;

	for (size_t i = 0; ret_ordinals && i < table->n; i++)
		ret_ordinals[i] = -1;
	json_object_foreach((json_t *)object, name, value)
	{
		size_t k = 0;

		while (k < table->n && strcmp(table->keys[k].name, name) != 0)
			k++;
		if (k == table->n)
			return unknown_key(parser, name, ordinal, table);
		if (ret_ordinals)
			ret_ordinals[k] = (int)ordinal;
		parser->way[parser->depth++] = ordinal++;
		r = kind_check(parser, value, table->keys[k].kinds);
		if (r == 0 && table->keys[k].parse)
			r = table->keys[k].parse(parser, value, target);
		parser->depth--;
		if (r < 0)
			return r;
	}
	return 0;
}

int parser_list(struct parser *parser, const json_t *value, unsigned kinds, parse_func parse,
		void *target)
{
	size_t n;
	int r;

	if (!json_is_array(value)) {
		r = kind_check(parser, value, kinds);
		return r < 0 ? r : parse(parser, value, target);
	}
	n = json_array_size(value);
	if (n == 0 && !(kinds & KIND_EMPTY))
		return parser_error(parser, "the list is empty");
	if (n > RULE_VALUES_MAX)
		return parser_error(parser, "the list has more than %d elements", RULE_VALUES_MAX);
	for (size_t i = 0; i < n; i++) {
		const json_t *element = json_array_get(value, i);

		parser->way[parser->depth++] = (unsigned)i;
		r = kind_check(parser, element, kinds);
		if (r == 0)
			r = parse(parser, element, target);
		parser->depth--;
		if (r < 0)
			return r;
	}
	return 0;
}

int parser_word(struct parser *parser, const json_t *value, const char *what,
		const char *const *names, size_t n_names)
{
	const char *word = json_string_value(value);

	for (size_t i = 0; i < n_names; i++)
		if (strcmp(word, names[i]) == 0)
			return (int)i;
	return parser_unknown(parser, what, word, names, n_names);
}

int parse_string_into(struct parser *parser, const json_t *value, void *target)
{
	if (json_string_length(value) == 0)
		return parser_error(parser, "the string is empty");
	return strings_add(target, json_string_value(value));
}

static int parse_verb(struct parser *parser, const json_t *value, void *target)
{
	unsigned *verbs = target;
	int number = parser_word(parser, value, "verb", verb_names, VERB_COUNT);

	if (number < 0)
		return number;
	if (*verbs & (1u << number))
		return parser_error(parser, "the verb stands twice");
	*verbs |= 1u << number;
	return 0;
}

int parse_verbs(struct parser *parser, const json_t *value, void *target)
{
	return parser_list(parser, value, KIND_STRING, parse_verb, target);
}

int parse_verdict(struct parser *parser, const json_t *value, enum verdict *ret_verdict)
{
	int n = parser_word(parser, value, "effect", verdict_names, ARRAY_LEN(verdict_names));

	if (n < 0)
		return n;
	*ret_verdict = (enum verdict)n;
	return 0;
}
