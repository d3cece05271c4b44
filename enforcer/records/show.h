/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Entries for people: a line each. PURE. All that came from the agent or from the file is escaped;
 * colour is ours alone.
 */
#pragma once

#include <jansson.h>
#include <stdbool.h>

#include "enforcer/base/buffer.h"
#include "enforcer/records/entry.h"

enum show_colour {
	SHOW_PLAIN = 0,
	SHOW_RED,
	SHOW_GREEN,
	SHOW_YELLOW,
	SHOW_DIM,
	SHOW_BOLD,
};

struct show {
	bool colour;
	const char *home; /* shown as "~"; or NULL */
};

/* Appends text in a colour, escaped, at most max bytes (0: no limit). */
void show_text(const struct show *show, struct buffer *text, enum show_colour colour,
	       const char *string, size_t max);
/* The same for a path: home is "~". */
void show_path(const struct show *show, struct buffer *text, const char *path);
/* For programs: as it is, or escaped as people see it where it is no UTF-8; "" for NULL. */
json_t *show_json(const char *text);
/* "allow", "ask", "deny" in its colour, padded to width. */
void show_verdict(const struct show *show, struct buffer *text, enum verdict verdict, int width);
/* The last component of a program's path. */
const char *show_program_name(const char *program);

/* A line, or several, with a newline. Events that nobody here knows are named and no more. */
void show_entry(const struct show *show, struct buffer *text, struct entry *entry);
