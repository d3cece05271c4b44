/* SPDX-License-Identifier: Apache-2.0 */
/* Where in a JSON text a value stands. */
#include <string.h>

#include "enforcer/policy/json-place.h"

struct scan {
	const char *at, *end;
};

static char peek(const struct scan *scan)
{
	return scan->at < scan->end ? *scan->at : '\0';
}

static void skip_space(struct scan *scan)
{
	while (scan->at < scan->end && memchr(" \t\r\n", *scan->at, 4))
		scan->at++;
}

static void skip_string(struct scan *scan)
{
	for (scan->at++; scan->at < scan->end && *scan->at != '"'; scan->at++)
		if (*scan->at == '\\' && scan->at + 1 < scan->end)
			scan->at++;
	if (scan->at < scan->end)
		scan->at++;
}

/* One value of any kind, without recursion: its depth is the text's to choose. */
static void skip_value(struct scan *scan)
{
	size_t depth = 0;

	do {
		skip_space(scan);
		switch (peek(scan)) {
		case '"':
			skip_string(scan);
			break;
		case '{':
		case '[':
			depth++;
			scan->at++;
			break;
		case '}':
		case ']':
			if (depth == 0)
				return;
			depth--;
			scan->at++;
			break;
		case ',':
		case ':':
			if (depth == 0)
				return;
			scan->at++;
			break;
		default:
			while (scan->at < scan->end && !memchr(" \t\r\n,:]}[{\"", *scan->at, 11))
				scan->at++;
			break;
		}
	} while (depth > 0 && scan->at < scan->end);
}

/* From an object or array to its member; true where that is there. In *ret_key where its key is. */
static bool enter(struct scan *scan, unsigned ordinal, const char **ret_key)
{
	bool object;

	skip_space(scan);
	object = peek(scan) == '{';
	if (!object && peek(scan) != '[')
		return false;
	scan->at++;
	for (unsigned i = 0;; i++) {
		skip_space(scan);
		if (scan->at >= scan->end || peek(scan) == '}' || peek(scan) == ']')
			return false;
		*ret_key = scan->at;
		if (object) {
			skip_string(scan);
			skip_space(scan);
			scan->at += peek(scan) == ':';
			skip_space(scan);
		}
		if (i == ordinal)
			return true;
		skip_value(scan);
		skip_space(scan);
		scan->at += peek(scan) == ',';
	}
}

/* Moves place from one point of the text to a later one. */
static void count(struct json_place *place, const char *from, const char *to)
{
	for (; from < to; from++) {
		if (*from == '\n') {
			place->line++;
			place->column = 1;
		} else if (((unsigned char)*from & 0xc0) != 0x80) {
			place->column++;
		}
	}
}

struct json_place json_place_find(const struct json_way *way, bool key)
{
	struct scan scan = {way->text, way->text + way->len};
	struct json_place place = {1, 1};
	const char *at;

	skip_space(&scan);
	at = scan.at;
	for (size_t i = 0; i < way->n; i++) {
		const char *key_at;

		if (!enter(&scan, way->ordinals[i], &key_at))
			break;
		at = key && i + 1 == way->n ? key_at : scan.at;
	}
	count(&place, way->text, at);
	return place;
}

void json_place_span(const struct json_way *way, size_t *ret_begin, size_t *ret_end)
{
	struct scan scan = {way->text, way->text + way->len};
	const char *key_at;

	skip_space(&scan);
	for (size_t i = 0; i < way->n; i++)
		if (!enter(&scan, way->ordinals[i], &key_at))
			break;
	*ret_begin = (size_t)(scan.at - way->text);
	skip_value(&scan);
	*ret_end = (size_t)(scan.at - way->text);
}

size_t json_place_elements(const struct json_way *way, struct json_place *ret_places, size_t max)
{
	struct scan scan = {way->text, way->text + way->len};
	struct json_place place = {1, 1};
	const char *counted = way->text, *key_at;
	size_t n = 0;

	for (size_t i = 0; i < way->n; i++)
		if (!enter(&scan, way->ordinals[i], &key_at))
			return 0;
	if (!enter(&scan, 0, &key_at))
		return 0;
	while (n < max) {
		count(&place, counted, scan.at);
		counted = scan.at;
		ret_places[n++] = place;
		skip_value(&scan);
		skip_space(&scan);
		if (peek(&scan) != ',')
			break;
		scan.at++;
		skip_space(&scan);
	}
	return n;
}
