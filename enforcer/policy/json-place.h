/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where in a JSON text a value stands. jansson tells places only of what it cannot parse; for
 * what it parsed, but means nothing to us, the text is walked once more. The way to a value is a
 * row of ordinals: its place among the members of each object and array above it. jansson keeps
 * the order of the text, and refuses keys that stand twice, so the ordinals are those of its
 * iteration.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct json_place {
	int line;   /* from 1 */
	int column; /* from 1, in characters */
};

struct json_way {
	const char *text; /* JSON that jansson accepted; borrowed */
	size_t len;
	const unsigned *ordinals; /* borrowed */
	size_t n;
};

/*
 * key: the place of the last member's key, not of its value. A way that leads nowhere gives the
 * place where it ended.
 */
struct json_place json_place_find(const struct json_way *way, bool key);

/* The bytes of the value itself, from *ret_begin up to *ret_end. */
void json_place_span(const struct json_way *way, size_t *ret_begin, size_t *ret_end);

/* The places of the first max elements of the array that the way leads to; returns how many. */
size_t json_place_elements(const struct json_way *way, struct json_place *ret_places, size_t max);
