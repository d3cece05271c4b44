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

static int begun(void *userdata, const char *file)
{
	struct exporting *exporting = userdata;

	exporting->file = file;
	return 0;
}

static int take(void *userdata, struct entry *entry, const char *line, size_t len)
{
	struct exporting *exporting = userdata;

	if (!record_options_pass(&exporting->options->records, entry))
		return 0;
	return sheets_add(exporting->sheets, entry, exporting->file);
}

static int ended(void *userdata)
{
	struct exporting *exporting = userdata;

	return sheets_end_run(exporting->sheets);
}

static int export_to(const struct export_options *options, struct sheet_sink *sink,
		     struct failure *reterr)
{
	_cleanup_(sheets_freep) struct sheets *sheets = NULL;
	struct exporting exporting = {.options = options};
	const struct record_taking taking = {begun, take, ended, &exporting};
	int r = sheets_new(sink, &sheets);

	exporting.sheets = sheets;
	return r == 0 ? record_read_all(&options->records, &taking, reterr) : r;
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

static int run_export(void *userdata, struct failure *reterr)
{
	const struct export_options *options = userdata;

	return options->sqlite ? export_sqlite(options, reterr) : export_csv(options, reterr);
}

static int parse(int argc, char **argv, struct export_options *options, struct failure *reterr)
{
	const struct option_spec own[] = {
		{"--sqlite", OPTION_VALUE, &options->sqlite},
		{"--csv", OPTION_VALUE, &options->csv},
	};
	const struct record_arguments arguments = {own, ARRAY_LEN(own), argc, argv};
	int r = record_options_parse(&options->records, &arguments, reterr);

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
	const struct record_command command = {"export", &options.records, true, run_export,
					       &options};
	struct failure failure = {};
	int r = parse(argc, argv, &options, &failure);

	return record_command_run(&command, r, &failure);
}
