/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Records as tables. One line of a record becomes rows; where they go is a sink's business: SQLite,
 * CSV. The schema is docs/research.md's.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "enforcer/base/cleanup.h"
#include "enforcer/records/entry.h"

enum sheet {
	SHEET_RUNS = 0,
	SHEET_CALLS,
	SHEET_OBJECTS,
	SHEET_QUESTIONS,
	SHEET_ANSWERS,
	SHEET_GRANTS,
	SHEET_REVOKES,
	SHEET_CONNECTIONS,
	SHEET_FAULTS,
};
#define SHEET_COUNT       (SHEET_FAULTS + 1)
#define SHEET_COLUMNS_MAX 26

enum cell_kind {
	CELL_NULL = 0,
	CELL_TEXT,
	CELL_INTEGER,
	CELL_REAL,
};

struct cell {
	enum cell_kind kind;
	const char *text; /* bytes, that need not be UTF-8; borrowed */
	int64_t integer;
	double real;
};

struct column {
	const char *name;
	enum cell_kind kind;
};

struct sheet_layout {
	const char *name;
	struct column columns[SHEET_COLUMNS_MAX]; /* ended by one without a name */
};
extern const struct sheet_layout sheet_layouts[SHEET_COUNT];
size_t sheet_columns(enum sheet sheet);

/* Takes a row: as many cells as the sheet has columns. 0 or a negative errno. */
struct sheet_sink {
	int (*row)(struct sheet_sink *sink, enum sheet sheet, const struct cell *cells);
};

struct sheets;

int sheets_new(struct sheet_sink *sink, struct sheets **ret_sheets);
struct sheets *sheets_free(struct sheets *sheets);
DEFINE_CLEANUP(struct sheets *, sheets_free)
/* file: the record's, for the table of runs. */
int sheets_add(struct sheets *sheets, struct entry *entry, const char *file);
/* Behind the last line of a record: a run without an end gets its row too. */
int sheets_end_run(struct sheets *sheets);
