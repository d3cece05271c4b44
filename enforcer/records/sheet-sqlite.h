/* SPDX-License-Identifier: Apache-2.0 */
/* Tables in an SQLite database, made anew, in one transaction. */
#pragma once

#include "enforcer/base/error.h"
#include "enforcer/records/sheet.h"

struct sheet_sqlite;

/* -EEXIST with words where the file is there. */
int sheet_sqlite_new(const char *file, struct sheet_sqlite **ret_sqlite, struct failure *reterr);
struct sheet_sink *sheet_sqlite_sink(struct sheet_sqlite *sqlite);
/* Makes indices and views, and commits. 0 or a negative errno with words. */
int sheet_sqlite_finish(struct sheet_sqlite *sqlite, struct failure *reterr);
/* Removes the file where it was not finished. */
struct sheet_sqlite *sheet_sqlite_free(struct sheet_sqlite *sqlite);
