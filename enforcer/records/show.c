/* SPDX-License-Identifier: Apache-2.0 */
/* Entries for people. */
#include <stdio.h>
#include <string.h>

#include "enforcer/base/cleanup.h"
#include "enforcer/base/text.h"
#include "enforcer/records/show.h"
#include "enforcer/records/when.h"

#define NAME_SHOWN     300
#define ARGUMENT_SHOWN 60
#define ARGV_SHOWN     200

static const char *const colours[] = {
	[SHOW_PLAIN] = "",          [SHOW_RED] = "\x1b[31m", [SHOW_GREEN] = "\x1b[32m",
	[SHOW_YELLOW] = "\x1b[33m", [SHOW_DIM] = "\x1b[2m",  [SHOW_BOLD] = "\x1b[1m",
};
_Static_assert(ARRAY_LEN(colours) == SHOW_BOLD + 1, "a sequence for each colour");

static void colour_begin(const struct show *show, struct buffer *text, enum show_colour colour)
{
	if (show->colour)
		buffer_append_string(text, colours[colour]);
}

static void colour_end(const struct show *show, struct buffer *text, enum show_colour colour)
{
	if (show->colour && colour != SHOW_PLAIN)
		buffer_append_string(text, "\x1b[0m");
}

void show_text(const struct show *show, struct buffer *text, enum show_colour colour,
	       const char *string, size_t max)
{
	colour_begin(show, text, colour);
	text_append_escaped(text, string, strlen(string), max);
	colour_end(show, text, colour);
}

json_t *show_json(const char *text)
{
	const struct show plain = {};
	struct buffer escaped = {};
	json_t *value = json_string(text ?: "");

	if (!value) {
		show_text(&plain, &escaped, SHOW_PLAIN, text, 0);
		value = json_string(escaped.data);
		buffer_done(&escaped);
	}
	return value;
}

void show_path(const struct show *show, struct buffer *text, const char *path)
{
	size_t len = show->home ? strlen(show->home) : 0;

	if (len > 1 && strncmp(path, show->home, len) == 0 && (path[len] == '/' || !path[len])) {
		buffer_append_string(text, "~");
		path += len;
	}
	text_append_escaped(text, path, strlen(path), NAME_SHOWN);
}

static enum show_colour colour_of(enum verdict verdict)
{
	switch (verdict) {
	case VERDICT_ALLOW:
		return SHOW_GREEN;
	case VERDICT_ASK:
		return SHOW_YELLOW;
	case VERDICT_DENY:
		return SHOW_RED;
	}
	return SHOW_RED;
}

void show_verdict(const struct show *show, struct buffer *text, enum verdict verdict, int width)
{
	enum show_colour colour = colour_of(verdict);

	colour_begin(show, text, colour);
	buffer_printf(text, "%-*s", width, verdict_name(verdict));
	colour_end(show, text, colour);
}

const char *show_program_name(const char *program)
{
	const char *slash = program ? strrchr(program, '/') : NULL;

	return slash ? slash + 1 : program ? program : "?";
}

static void show_clock(const struct show *show, struct buffer *text, const struct entry *entry)
{
	char when[WHEN_SIZE];

	when_print_clock(entry->time_ns, when);
	show_text(show, text, SHOW_DIM, when, 0);
	buffer_append_string(text, " ");
}

static void show_verbs(struct buffer *text, unsigned verbs)
{
	size_t before = text->len;

	for (unsigned i = 0; i < VERB_COUNT; i++)
		if (verbs & 1u << i)
			buffer_printf(text, "%s%s", text->len > before ? "," : "",
				      verb_name((enum verb)(1u << i)));
	while (text->len < before + 7 && !text->error)
		buffer_append_string(text, " ");
	buffer_append_string(text, " ");
}

static void show_object(const struct show *show, struct buffer *text, const struct object *object)
{
	char name[ENTRY_NAME_SIZE];

	switch (object->kind) {
	case OBJECT_PATH:
		break;
	case OBJECT_UNIX:
		buffer_append_string(text, "unix:");
		break;
	case OBJECT_ABSTRACT:
		buffer_append_string(text, "abstract:");
		break;
	case OBJECT_INET:
		show_text(show, text, SHOW_PLAIN, entry_object_name(object, name), NAME_SHOWN);
		return;
	case OBJECT_MEMORY:
		buffer_append_string(text, "memory");
		return;
	case OBJECT_ANONYMOUS:
		buffer_append_string(text, "(no name)");
		return;
	case OBJECT_UNKNOWN:
		buffer_append_string(text, "(unknown)");
		return;
	}
	show_path(show, text, object->path ? (*object->path ? object->path : "/") : "?");
}

/* What follows the program's name, quoted only where a word would not be one. */
static void show_argv(struct buffer *text, const struct request *request)
{
	size_t start = text->len;

	for (size_t i = 0; request->argv && request->argv[i]; i++) {
		const char *word = request->argv[i];
		bool quoted = !*word || strpbrk(word, " \t\n'\"");

		if (i == 0)
			continue;
		if (text->len - start > ARGV_SHOWN) {
			buffer_append_string(text, " ...");
			break;
		}
		buffer_append_string(text, quoted ? " '" : " ");
		text_append_escaped(text, word, strlen(word), ARGUMENT_SHOWN);
		buffer_append_string(text, quoted ? "'" : "");
	}
}

/* "by user:3 (secrets)", and what became of it where that is not just what was wanted. */
static void show_why(const struct show *show, struct buffer *text, const struct entry *entry)
{
	colour_begin(show, text, SHOW_DIM);
	buffer_append_string(text, "  ");
	text_append_escaped(text, show_program_name(entry->request.program),
			    strlen(show_program_name(entry->request.program)), 40);
	buffer_printf(text, "[%d] by ", (int)entry->request.pid);
	if (entry->rule)
		text_append_escaped(text, entry->rule, strlen(entry->rule), 64);
	if (!entry->rule || entry->by != BY_RULE)
		buffer_printf(text, "%s%s", entry->rule ? ", " : "", decided_by_name(entry->by));
	if (entry->reason && entry->verdict != VERDICT_ALLOW) {
		buffer_append_string(text, ": ");
		text_append_escaped(text, entry->reason, strlen(entry->reason), 120);
	}
	if (entry->verdict == VERDICT_ALLOW && entry->error) {
		buffer_append_string(text, ", failed: ");
		text_append_escaped(text, entry->error, strlen(entry->error), 24);
	}
	if (entry->outcome && strcmp(entry->outcome, "killed") == 0)
		buffer_append_string(text, ", killed");
	colour_end(show, text, SHOW_DIM);
	buffer_append_string(text, "\n");
}

static void show_call(const struct show *show, struct buffer *text, const struct entry *entry)
{
	const struct request *request = &entry->request;
	size_t shown = 0;

	for (size_t i = 0; i < request->n_objects; i++) {
		const struct object *object = &request->objects[i];

		/* An exec reads its interpreter too: the first name tells. */
		if (shown > 0 && request->argv)
			break;
		if (!object->verbs && (i != entry->object || request->n_objects > 1) && shown > 0)
			continue;
		if (shown++ > 0)
			buffer_append_string(text, " -> ");
		else
			show_verbs(text, object->verbs);
		show_object(show, text, object);
	}
	if (shown == 0)
		buffer_printf(text, "%-7s ", mediated_name(request->call));
	show_argv(text, request);
	show_why(show, text, entry);
}

static void show_answer(const struct show *show, struct buffer *text, const struct entry *entry)
{
	const char *by = entry_string(entry, "by"), *via = entry_string(entry, "via");
	const char *lasts = entry_string(entry, "lasts");
	char after[WHEN_SIZE];

	when_print_duration(entry_microseconds(entry, "after_us"), after);
	buffer_printf(text, "answer  question %llu: ", (unsigned long long)entry->question);
	if (entry_string(entry, "decision"))
		show_verdict(show, text, entry->verdict, 0);
	else
		buffer_append_string(text, "none");
	buffer_append_string(text, " by ");
	show_text(show, text, SHOW_PLAIN, by ?: "?", 24);
	if (via) {
		buffer_append_string(text, " via ");
		show_text(show, text, SHOW_PLAIN, via, 24);
	}
	if (lasts) {
		buffer_append_string(text, " for ");
		show_text(show, text, SHOW_PLAIN, lasts, 24);
	}
	buffer_printf(text, " after %s\n", after);
}

static void show_member(const struct show *show, struct buffer *text, struct entry *entry,
			const char *before, const char *key)
{
	const char *value = entry_name(entry, entry->root, key);

	if (!value)
		return;
	buffer_append_string(text, before);
	show_text(show, text, SHOW_PLAIN, value, NAME_SHOWN);
}

static void show_start(const struct show *show, struct buffer *text, struct entry *entry)
{
	json_t *word;
	char when[WHEN_SIZE];
	size_t i;

	when_print(entry->time_ns, when);
	show_text(show, text, SHOW_BOLD, "run ", 0);
	show_text(show, text, SHOW_BOLD, entry->run, 64);
	buffer_printf(text, "  %s\n ", when);
	json_array_foreach(json_object_get(entry->root, "command"), i, word)
	{
		const char *string = json_string_value(word);

		buffer_append_string(text, " ");
		show_text(show, text, SHOW_PLAIN, string ?: "?", ARGV_SHOWN);
	}
	buffer_append_string(text, "\n  in ");
	show_path(show, text, entry_string(entry, "directory") ?: "?");
	buffer_append_string(text, "\n");
}

static void show_end(struct buffer *text, const struct entry *entry)
{
	char duration[WHEN_SIZE];

	when_print_duration(entry_microseconds(entry, "duration_us"), duration);
	buffer_printf(text, "end     status %lld after %s: %llu allowed, %llu denied, %llu asked\n",
		      (long long)json_integer_value(json_object_get(entry->root, "status")),
		      duration, (unsigned long long)entry_number(entry, "allowed"),
		      (unsigned long long)entry_number(entry, "denied"),
		      (unsigned long long)entry_number(entry, "asked"));
}

static void show_connection_end(const struct show *show, struct buffer *text, struct entry *entry)
{
	buffer_append_string(text, "closed ");
	show_member(show, text, entry, " ", entry_string(entry, "host") ? "host" : "address");
	buffer_printf(text, ":%llu, %llu bytes sent, %llu received",
		      (unsigned long long)entry_number(entry, "port"),
		      (unsigned long long)entry_number(entry, "sent"),
		      (unsigned long long)entry_number(entry, "received"));
	show_member(show, text, entry, ": ", "how");
	buffer_append_string(text, "\n");
}

static void show_grant(const struct show *show, struct buffer *text, struct entry *entry)
{
	buffer_printf(text, "grant   %llu: ", (unsigned long long)entry->grant);
	show_verdict(show, text, entry->verdict, 0);
	show_member(show, text, entry, " ", "covers");
	show_member(show, text, entry, ", for ", "lasts");
	buffer_append_string(text, "\n");
}

void show_entry(const struct show *show, struct buffer *text, struct entry *entry)
{
	if (entry->event == ENTRY_RUN_START) {
		show_start(show, text, entry);
		return;
	}
	show_clock(show, text, entry);
	switch (entry->event) {
	case ENTRY_CALL:
		show_verdict(show, text, entry->verdict, 5);
		buffer_append_string(text, " ");
		show_call(show, text, entry);
		return;
	case ENTRY_QUESTION:
		show_verdict(show, text, VERDICT_ASK, 5);
		buffer_append_string(text, " ");
		show_call(show, text, entry);
		return;
	case ENTRY_ANSWER:
		show_answer(show, text, entry);
		return;
	case ENTRY_GRANT:
		show_grant(show, text, entry);
		return;
	case ENTRY_REVOKE:
		buffer_printf(text, "revoke  grant %llu\n", (unsigned long long)entry->grant);
		return;
	case ENTRY_CONNECTION_END:
		show_connection_end(show, text, entry);
		return;
	case ENTRY_FAULT:
		show_text(show, text, SHOW_RED, "fault", 0);
		show_member(show, text, entry, "   ", "what");
		show_member(show, text, entry, ": ", "errno");
		break;
	case ENTRY_RUN_END:
		show_end(text, entry);
		return;
	case ENTRY_POLICY:
		buffer_append_string(text, "policy ");
		show_member(show, text, entry, " ", "layer");
		show_member(show, text, entry, ", ", "file");
		break;
	case ENTRY_FACTS:
		buffer_append_string(text, "facts  ");
		show_member(show, text, entry, " home ", "home");
		break;
	case ENTRY_RUN_START:
	case ENTRY_UNKNOWN:
		show_member(show, text, entry, "", "event");
		break;
	}
	buffer_append_string(text, "\n");
}
