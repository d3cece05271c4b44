/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tables as CSV (RFC 4180), a file each with a head line. Text is escaped as people see it
 * elsewhere, so that a name can move no cursor, and one that a spreadsheet would take for a formula
 * has a ' before it.
 */
#pragma once

#include "enforcer/base/error.h"
#include "enforcer/records/sheet.h"

struct sheet_csv;

/* The directory is made where it is missing; files of an earlier export are not written over. */
int sheet_csv_new(const char *directory, struct sheet_csv **ret_csv, struct failure *reterr);
struct sheet_sink *sheet_csv_sink(struct sheet_csv *csv);
/* Writes out. 0 or a negative errno with words. */
int sheet_csv_finish(struct sheet_csv *csv, struct failure *reterr);
struct sheet_csv *sheet_csv_free(struct sheet_csv *csv);
