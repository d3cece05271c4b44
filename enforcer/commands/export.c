/* SPDX-License-Identifier: Apache-2.0 */
/* `callgate export`: records as tables, for who asks in SQL or elsewhere. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "enforcer/commands/commands.h"
#include "enforcer/commands/record-options.h"
#include "enforcer/records/sheet-csv.h"
#include "enforcer/records/sheet-sqlite.h"

const char export_help[] =
	"Writes the records as tables: runs, calls, objects, questions, answers, grants, revokes,\n"
	"connections, faults. docs/research.md has the schema, and questions to start "
	"with.\n" RUN_HELP "Without one: all of them.\n"
	"\n"
	"  --sqlite FILE      an SQLite database, made anew\n"
	"  --csv DIR          a CSV file for each table, in DIR\n"
	"\n"
	"and, for only some of the calls and questions:\n" RECORD_OPTIONS_HELP "\n"
	"Exit status: 0 done; 1 it could not be read or written; 2 called wrongly.\n";

struct export_options {
	struct record_options records;
	const char *sqlite, *csv;
};

struct exporting {
	const struct export_options *options;
	struct sheets *sheets;
	const char *file;
};

static int take(void *userdata, struct entry *entry, const char *line, size_t len)
{
	struct exporting *exporting = userdata;
	bool call = entry->event == ENTRY_CALL || entry->event == ENTRY_QUESTION;

	if (call && !query_passes(&exporting->options->records.query, entry))
		return 0;
	return sheets_add(exporting->sheets, entry, exporting->file);
}

static int export_to(const struct export_options *options, struct sheet_sink *sink,
		     struct failure *reterr)
{
	_cleanup_(sheets_freep) struct sheets *sheets = NULL;
	struct exporting exporting = {.options = options};
	int r = sheets_new(sink, &sheets);

	exporting.sheets = sheets;
	for (size_t i = 0; r == 0 && i < options->records.n_files; i++) {
		struct record_reading reading = {.take = take, .userdata = &exporting};

		exporting.file = options->records.files[i];
		r = record_read(exporting.file, &reading, reterr);
		if (r == 0)
			r = sheets_end_run(sheets);
		record_reading_warn(exporting.file, &reading);
	}
	return r;
}

static int export_sqlite(const struct export_options *options, struct failure *reterr)
{
	struct sheet_sqlite *sqlite = NULL;
	int r = sheet_sqlite_new(options->sqlite, &sqlite, reterr);

	if (r == 0)
		r = export_to(options, sheet_sqlite_sink(sqlite), reterr);
	if (r == 0)
		r = sheet_sqlite_finish(sqlite, reterr);
	sheet_sqlite_free(sqlite);
	return r;
}

static int export_csv(const struct export_options *options, struct failure *reterr)
{
	struct sheet_csv *csv = NULL;
	int r = sheet_csv_new(options->csv, &csv, reterr);

	if (r == 0)
		r = export_to(options, sheet_csv_sink(csv), reterr);
	if (r == 0)
		r = sheet_csv_finish(csv, reterr);
	sheet_csv_free(csv);
	return r;
}

static int parse(int argc, char **argv, struct export_options *options, struct failure *reterr)
{
	struct option_spec specs[RECORD_OPTIONS + 2];
	const struct option_spec own[] = {
		{"--sqlite", OPTION_VALUE, &options->sqlite},
		{"--csv", OPTION_VALUE, &options->csv},
	};
	int r;

	record_options_specs(&options->records, specs);
	memcpy(specs + RECORD_OPTIONS, own, sizeof(own));
	r = record_options_parse(&options->records,
				 &(struct record_arguments){specs, ARRAY_LEN(specs), argc, argv},
				 reterr);
	if (r == 0 && !options->sqlite && !options->csv) {
		failure_hint(reterr, "for example: callgate export --sqlite runs.db");
		return failure_set(reterr, -EINVAL, "--sqlite FILE or --csv DIR is wanted");
	}
	if (r == 0 && options->sqlite && options->csv)
		return failure_set(reterr, -EINVAL, "--sqlite and --csv: one at a time");
	return r;
}

int command_export(int argc, char **argv)
{
	struct export_options options = {};
	struct failure failure = {};
	int r = parse(argc, argv, &options, &failure);

	if (r > 0) {
		r = command_print_help("export");
	} else {
		if (r == 0)
			r = record_options_finish(&options.records, true, &failure);
		if (r == -EINVAL)
			r = command_usage_error("export", &failure);
		else if (r == 0)
			r = options.sqlite ? export_sqlite(&options, &failure)
					   : export_csv(&options, &failure);
	}
	if (r < 0) {
		failure_set(&failure, r, "%s", strerror(-r));
		failure_print(&failure);
		r = 1;
	}
	record_options_done(&options.records);
	return r;
}
