/* SPDX-License-Identifier: Apache-2.0 */
/* Tables in an SQLite database. */
#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "enforcer/base/buffer.h"
#include "enforcer/base/text.h"
#include "enforcer/records/sheet-sqlite.h"

struct sheet_sqlite {
	struct sheet_sink sink;
	char *file; /* owned */
	sqlite3 *db;
	sqlite3_stmt *insert[SHEET_COUNT];
	bool finished;
};

/* Questions with their answers; built behind the data, as the indices are, which is faster. */
static const char finish[] =
	"CREATE INDEX calls_seq ON calls (run, seq);"
	"CREATE INDEX calls_name ON calls (name);"
	"CREATE INDEX objects_seq ON objects (run, seq);"
	"CREATE VIEW prompts AS SELECT q.*, a.decision, a.answered_by, a.via, a.lasts, a.calls,"
	" a.after_us FROM questions q LEFT JOIN answers a USING (run, question);"
	"COMMIT;";

struct sheet_sqlite *sheet_sqlite_free(struct sheet_sqlite *sqlite)
{
	if (!sqlite)
		return NULL;
	for (size_t i = 0; i < SHEET_COUNT; i++)
		sqlite3_finalize(sqlite->insert[i]);
	sqlite3_close(sqlite->db);
	if (!sqlite->finished && sqlite->file)
		unlink(sqlite->file);
	free(sqlite->file);
	free(sqlite);
	return NULL;
}

static int sqlite_failure(struct sheet_sqlite *sqlite, struct failure *reterr)
{
	return failure_set(reterr, -EIO, "--sqlite: %s", sqlite3_errmsg(sqlite->db));
}

/* A name that is no UTF-8 is a BLOB: lossless, and no text to SQLite. */
static int bind_text(sqlite3_stmt *statement, int column, const char *text)
{
	size_t len = strlen(text);

	if (text_is_utf8(text, len))
		return sqlite3_bind_text(statement, column, text, (int)len, SQLITE_STATIC);
	return sqlite3_bind_blob(statement, column, text, (int)len, SQLITE_STATIC);
}

static int sqlite_row(struct sheet_sink *sink, enum sheet sheet, const struct cell *cells)
{
	struct sheet_sqlite *sqlite = container_of(sink, struct sheet_sqlite, sink);
	sqlite3_stmt *statement = sqlite->insert[sheet];
	int n = (int)sheet_columns(sheet), r = SQLITE_OK;

	for (int i = 0; i < n && r == SQLITE_OK; i++) {
		switch (cells[i].kind) {
		case CELL_NULL:
			r = sqlite3_bind_null(statement, i + 1);
			break;
		case CELL_TEXT:
			r = bind_text(statement, i + 1, cells[i].text);
			break;
		case CELL_INTEGER:
			r = sqlite3_bind_int64(statement, i + 1, cells[i].integer);
			break;
		case CELL_REAL:
			r = sqlite3_bind_double(statement, i + 1, cells[i].real);
			break;
		}
	}
	if (r == SQLITE_OK && sqlite3_step(statement) != SQLITE_DONE)
		r = SQLITE_ERROR;
	sqlite3_reset(statement);
	return r == SQLITE_OK ? 0 : -EIO;
}

static int make_table(struct sheet_sqlite *sqlite, enum sheet sheet)
{
	static const char *const types[] = {[CELL_NULL] = "",
					    [CELL_TEXT] = "TEXT",
					    [CELL_INTEGER] = "INTEGER",
					    [CELL_REAL] = "REAL"};
	const struct sheet_layout *layout = &sheet_layouts[sheet];
	size_t n = sheet_columns(sheet);
	struct buffer create = {}, insert = {};
	int r = SQLITE_NOMEM;

	buffer_printf(&create, "CREATE TABLE %s (", layout->name);
	buffer_printf(&insert, "INSERT INTO %s VALUES (", layout->name);
	for (size_t i = 0; i < n; i++) {
		buffer_printf(&create, "%s%s %s", i ? ", " : "", layout->columns[i].name,
			      types[layout->columns[i].kind]);
		buffer_append_string(&insert, i ? ",?" : "?");
	}
	buffer_append_string(&create, ")");
	buffer_append_string(&insert, ")");
	if (!create.error && !insert.error)
		r = sqlite3_exec(sqlite->db, create.data, NULL, NULL, NULL);
	if (r == SQLITE_OK)
		r = sqlite3_prepare_v2(sqlite->db, insert.data, -1, &sqlite->insert[sheet], NULL);
	buffer_done(&create);
	buffer_done(&insert);
	return r;
}

int sheet_sqlite_new(const char *file, struct sheet_sqlite **ret_sqlite, struct failure *reterr)
{
	struct sheet_sqlite *sqlite = calloc(1, sizeof(*sqlite));
	/* Ours alone: a record tells what somebody works on. */
	int fd = open(file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	int r = sqlite ? 0 : -ENOMEM;

	if (fd < 0) {
		r = -errno;
		if (r == -EEXIST)
			failure_hint(reterr, "name another file, or remove it");
		failure_set(reterr, r, "--sqlite: the file cannot be made: %s", strerror(-r));
	} else {
		close(fd);
	}
	if (r == 0) {
		sqlite->sink.row = sqlite_row;
		sqlite->file = strdup(file);
		if (!sqlite->file || sqlite3_open(file, &sqlite->db) != SQLITE_OK ||
		    sqlite3_exec(sqlite->db,
				 "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; BEGIN", NULL,
				 NULL, NULL) != SQLITE_OK)
			r = sqlite_failure(sqlite, reterr);
	}
	for (enum sheet i = 0; r == 0 && i < SHEET_COUNT; i++)
		if (make_table(sqlite, i) != SQLITE_OK)
			r = sqlite_failure(sqlite, reterr);
	if (r < 0) {
		sheet_sqlite_free(sqlite);
		return r;
	}
	*ret_sqlite = sqlite;
	return 0;
}

struct sheet_sink *sheet_sqlite_sink(struct sheet_sqlite *sqlite)
{
	return &sqlite->sink;
}

int sheet_sqlite_finish(struct sheet_sqlite *sqlite, struct failure *reterr)
{
	if (sqlite3_exec(sqlite->db, finish, NULL, NULL, NULL) != SQLITE_OK)
		return sqlite_failure(sqlite, reterr);
	sqlite->finished = true;
	return 0;
}
