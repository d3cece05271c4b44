/* SPDX-License-Identifier: Apache-2.0 */
/* Records as tables. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "enforcer/audit/record.h"
#include "enforcer/records/sheet.h"

#define T CELL_TEXT
#define I CELL_INTEGER
#define R CELL_REAL

const struct sheet_layout sheet_layouts[SHEET_COUNT] = {
	[SHEET_RUNS] = {"runs",
			{{"run", T},
			 {"file", T},
			 {"started", T},
			 {"ended", T},
			 {"duration_us", R},
			 {"status", I},
			 {"allowed", I},
			 {"denied", I},
			 {"asked", I},
			 {"refused", I},
			 {"version", T},
			 {"kernel", T},
			 {"policy_hash", T},
			 {"user", T},
			 {"uid", I},
			 {"directory", T},
			 {"command", T}}},
	[SHEET_CALLS] = {"calls",
			 {{"run", T},         {"seq", I},        {"time", T},     {"pid", I},
			  {"tid", I},         {"ppid", I},       {"program", T},  {"call", T},
			  {"flags", T},       {"verb", T},       {"kind", T},     {"name", T},
			  {"decision", T},    {"decided_by", T}, {"rule", T},     {"layer", T},
			  {"reason", T},      {"outcome", T},    {"errno", T},    {"value", I},
			  {"duration_us", R}, {"question", I},   {"grant_id", I}, {"argv", T},
			  {"redacted", I}}},
	[SHEET_OBJECTS] = {"objects",
			   {{"run", T},
			    {"seq", I},
			    {"n", I},
			    {"kind", T},
			    {"name", T},
			    {"verbs", T},
			    {"existed", I},
			    {"directory", I},
			    {"made_here", I},
			    {"inode", T},
			    {"host", T},
			    {"address", T},
			    {"port", I},
			    {"protocol", T},
			    {"loopback", I}}},
	[SHEET_QUESTIONS] = {"questions",
			     {{"run", T},
			      {"question", I},
			      {"seq", I},
			      {"time", T},
			      {"pid", I},
			      {"program", T},
			      {"call", T},
			      {"verb", T},
			      {"kind", T},
			      {"name", T},
			      {"rule", T},
			      {"layer", T},
			      {"reason", T},
			      {"timeout_ms", I},
			      {"argv", T},
			      {"redacted", I}}},
	[SHEET_ANSWERS] = {"answers",
			   {{"run", T},
			    {"question", I},
			    {"seq", I},
			    {"time", T},
			    {"decision", T},
			    {"answered_by", T},
			    {"via", T},
			    {"lasts", T},
			    {"reason", T},
			    {"calls", I},
			    {"after_us", R}}},
	[SHEET_GRANTS] = {"grants",
			  {{"run", T},
			   {"grant_id", I},
			   {"question", I},
			   {"seq", I},
			   {"time", T},
			   {"decision", T},
			   {"via", T},
			   {"scope", T},
			   {"lasts", T},
			   {"covers", T},
			   {"rule", T},
			   {"until", T}}},
	[SHEET_REVOKES] = {"revokes",
			   {{"run", T}, {"grant_id", I}, {"seq", I}, {"time", T}, {"via", T}}},
	[SHEET_CONNECTIONS] = {"connections",
			       {{"run", T},
				{"seq", I},
				{"time", T},
				{"pid", I},
				{"host", T},
				{"address", T},
				{"port", I},
				{"sent", I},
				{"received", I},
				{"how", T},
				{"duration_us", R}}},
	[SHEET_FAULTS] = {"faults",
			  {{"run", T}, {"seq", I}, {"time", T}, {"what", T}, {"errno", T}}},
};

struct sheets {
	struct sheet_sink *sink; /* borrowed */
	json_t *start, *end;     /* of the run that is being read; owned */
	char *file;              /* owned */
	char *last;              /* time of its last line; owned */
};

size_t sheet_columns(enum sheet sheet)
{
	size_t n = 0;

	while (n < SHEET_COLUMNS_MAX && sheet_layouts[sheet].columns[n].name)
		n++;
	return n;
}

int sheets_new(struct sheet_sink *sink, struct sheets **ret_sheets)
{
	struct sheets *sheets = calloc(1, sizeof(*sheets));

	if (!sheets)
		return -ENOMEM;
	sheets->sink = sink;
	*ret_sheets = sheets;
	return 0;
}

struct sheets *sheets_free(struct sheets *sheets)
{
	if (!sheets)
		return NULL;
	json_decref(sheets->start);
	json_decref(sheets->end);
	free(sheets->file);
	free(sheets->last);
	free(sheets);
	return NULL;
}

static struct cell text(const char *text)
{
	return (struct cell){.kind = text ? CELL_TEXT : CELL_NULL, .text = text};
}

static struct cell integer(int64_t value)
{
	return (struct cell){.kind = CELL_INTEGER, .integer = value};
}

static struct cell number_or_null(uint64_t value)
{
	return value ? integer((int64_t)value) : (struct cell){};
}

/* A member of the line, by the column's own name where that is the member's too. */
static struct cell member(json_t *root, const char *key)
{
	json_t *value = json_object_get(root, key);

	if (json_is_string(value))
		return text(json_string_value(value));
	if (json_is_integer(value))
		return integer(json_integer_value(value));
	if (json_is_real(value))
		return (struct cell){.kind = CELL_REAL, .real = json_real_value(value)};
	return (struct cell){};
}

/* The columns from first on, each the member of its name. */
static void members(enum sheet sheet, size_t first, json_t *root, struct cell *cells)
{
	size_t n = sheet_columns(sheet);

	for (size_t i = first; i < n; i++)
		cells[i] = member(root, sheet_layouts[sheet].columns[i].name);
}

int sheets_end_run(struct sheets *sheets)
{
	struct cell cells[SHEET_COLUMNS_MAX];
	char *command = NULL;
	int r = 0;

	if (sheets->start) {
		json_t *end = sheets->end;

		members(SHEET_RUNS, 0, sheets->start, cells);
		command = json_dumps(json_object_get(sheets->start, "command"),
				     JSON_COMPACT | JSON_ENSURE_ASCII);
		cells[1] = text(sheets->file);
		cells[2] = member(sheets->start, "time");
		cells[3] = end ? text(sheets->last) : (struct cell){};
		for (size_t i = 4; i < 10; i++)
			cells[i] = member(end, sheet_layouts[SHEET_RUNS].columns[i].name);
		cells[16] = text(command);
		r = sheets->sink->row(sheets->sink, SHEET_RUNS, cells);
	}
	free(command);
	json_decref(sheets->start);
	json_decref(sheets->end);
	sheets->start = sheets->end = NULL;
	return r;
}

static int begin_run(struct sheets *sheets, const struct entry *entry, const char *file)
{
	int r = sheets_end_run(sheets);

	sheets->start = json_incref(entry->root);
	free(sheets->file);
	sheets->file = strdup(file);
	return r < 0 || sheets->file ? r : -ENOMEM;
}

static void verbs_text(unsigned verbs, char *ret_text, size_t size)
{
	size_t len = 0;

	ret_text[0] = '\0';
	for (unsigned i = 0; i < VERB_COUNT; i++)
		if (verbs & 1u << i && len < size)
			len += (size_t)snprintf(ret_text + len, size - len, "%s%s", len ? "," : "",
						verb_name((enum verb)(1u << i)));
}

static int object_row(struct sheets *sheets, const struct entry *entry, size_t n)
{
	const struct object *object = &entry->request.objects[n];
	const struct endpoint *endpoint = &object->endpoint;
	char verbs[64], address[RECORD_ADDRESS_MAX], name[ENTRY_NAME_SIZE], inode[64];
	bool inet = object->kind == OBJECT_INET;

	verbs_text(object->verbs, verbs, sizeof(verbs));
	snprintf(inode, sizeof(inode), "%llu:%llu", (unsigned long long)object->dev,
		 (unsigned long long)object->ino);
	if (inet)
		record_address(endpoint, address);
	const struct cell cells[] = {
		text(entry->run),
		integer((int64_t)entry->seq),
		integer((int64_t)n),
		text(object_kind_name(object->kind)),
		text(entry_object_name(object, name)),
		text(verbs),
		integer(object->exists),
		integer(object->directory),
		integer(object->made_here),
		text(object->exists ? inode : NULL),
		text(inet ? endpoint->host : NULL),
		text(inet ? address : NULL),
		inet ? integer(endpoint->port) : (struct cell){},
		text(inet ? record_protocol_name(endpoint->protocol) : NULL),
		inet ? integer(endpoint->loopback) : (struct cell){},
	};
	_Static_assert(ARRAY_LEN(cells) == 15, "as many as the table has columns");
	return sheets->sink->row(sheets->sink, SHEET_OBJECTS, cells);
}

/* The vector as JSON; names that are no UTF-8 stay {"hex": ...}. Given. */
static char *argv_text(const struct entry *entry)
{
	json_t *argv = json_object_get(entry->root, "argv");

	return argv ? json_dumps(argv, JSON_COMPACT | JSON_ENSURE_ASCII) : NULL;
}

static int call_row(struct sheets *sheets, const struct entry *entry)
{
	const struct object *object = entry_object(entry);
	char name[ENTRY_NAME_SIZE];
	_cleanup_free_ char *argv = argv_text(entry);
	struct cell value = member(entry->root, "value");
	int r;

	if (value.kind == CELL_NULL)
		value = member(entry->root, "fd");
	if (value.kind == CELL_NULL)
		value = member(entry->root, "signal");
	const struct cell cells[] = {
		text(entry->run),
		integer((int64_t)entry->seq),
		member(entry->root, "time"),
		integer(entry->request.pid),
		integer(entry->request.tid),
		number_or_null((uint64_t)entry->request.ppid),
		text(entry->request.program),
		member(entry->root, "call"),
		member(entry->root, "flags"),
		member(entry->root, "verb"),
		text(object ? object_kind_name(object->kind) : NULL),
		text(object ? entry_object_name(object, name) : NULL),
		member(entry->root, "decision"),
		member(entry->root, "by"),
		text(entry->rule),
		text(entry->layer),
		text(entry->reason),
		text(entry->outcome),
		text(entry->error),
		value,
		member(entry->root, "duration_us"),
		number_or_null(entry->question),
		number_or_null(entry->grant),
		text(argv),
		integer(entry->redacted),
	};
	_Static_assert(ARRAY_LEN(cells) == 25, "as many as the table has columns");
	r = sheets->sink->row(sheets->sink, SHEET_CALLS, cells);
	for (size_t i = 0; r == 0 && i < entry->request.n_objects; i++)
		r = object_row(sheets, entry, i);
	return r;
}

static int question_row(struct sheets *sheets, const struct entry *entry)
{
	const struct object *object = entry_object(entry);
	struct cell cells[SHEET_COLUMNS_MAX];
	char name[ENTRY_NAME_SIZE];
	_cleanup_free_ char *argv = argv_text(entry);

	members(SHEET_QUESTIONS, 0, entry->root, cells);
	cells[5] = text(entry->request.program);
	cells[8] = text(object ? object_kind_name(object->kind) : NULL);
	cells[9] = text(object ? entry_object_name(object, name) : NULL);
	cells[14] = text(argv);
	cells[15] = integer(entry->redacted);
	return sheets->sink->row(sheets->sink, SHEET_QUESTIONS, cells);
}

static int plain_row(struct sheets *sheets, const struct entry *entry, enum sheet sheet)
{
	struct cell cells[SHEET_COLUMNS_MAX];

	members(sheet, 0, entry->root, cells);
	if (sheet == SHEET_ANSWERS)
		cells[5] = member(entry->root, "by");
	if (sheet == SHEET_GRANTS || sheet == SHEET_REVOKES)
		cells[1] = member(entry->root, "grant");
	return sheets->sink->row(sheets->sink, sheet, cells);
}

int sheets_add(struct sheets *sheets, struct entry *entry, const char *file)
{
	const char *time = entry_string(entry, "time");

	switch (entry->event) {
	case ENTRY_RUN_START:
		return begin_run(sheets, entry, file);
	case ENTRY_CALL:
		return call_row(sheets, entry);
	case ENTRY_QUESTION:
		return question_row(sheets, entry);
	case ENTRY_ANSWER:
		return plain_row(sheets, entry, SHEET_ANSWERS);
	case ENTRY_GRANT:
		return plain_row(sheets, entry, SHEET_GRANTS);
	case ENTRY_REVOKE:
		return plain_row(sheets, entry, SHEET_REVOKES);
	case ENTRY_CONNECTION_END:
		return plain_row(sheets, entry, SHEET_CONNECTIONS);
	case ENTRY_FAULT:
		return plain_row(sheets, entry, SHEET_FAULTS);
	case ENTRY_RUN_END:
		json_decref(sheets->end);
		sheets->end = json_incref(entry->root);
		free(sheets->last);
		sheets->last = time ? strdup(time) : NULL;
		return 0;
	case ENTRY_POLICY:
	case ENTRY_FACTS:
	case ENTRY_UNKNOWN:
		return 0;
	}
	return 0;
}
