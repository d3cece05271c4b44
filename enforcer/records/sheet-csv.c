/* SPDX-License-Identifier: Apache-2.0 */
/* Tables as CSV. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "enforcer/base/buffer.h"
#include "enforcer/base/text.h"
#include "enforcer/records/sheet-csv.h"

struct sheet_csv {
	struct sheet_sink sink;
	FILE *files[SHEET_COUNT];
	struct buffer line;
};

struct sheet_csv *sheet_csv_free(struct sheet_csv *csv)
{
	if (!csv)
		return NULL;
	for (size_t i = 0; i < SHEET_COUNT; i++)
		if (csv->files[i])
			fclose(csv->files[i]);
	buffer_done(&csv->line);
	free(csv);
	return NULL;
}

/* Escaped where it must be: JSON and most names stay as they are, backslashes too. */
static void append_shown(struct buffer *shown, const char *text)
{
	_cleanup_(buffer_done) struct buffer piece = {};

	for (const char *at = text; *at;) {
		size_t len = strcspn(at, "\\");

		text_append_escaped(&piece, at, len, 0);
		at += len;
		if (*at == '\\') {
			buffer_append(&piece, at, 1);
			at++;
		}
	}
	if (piece.len == strlen(text))
		buffer_append_string(shown, text);
	else
		text_append_escaped(shown, text, strlen(text), 0);
}

static void append_text(struct buffer *line, const char *text)
{
	_cleanup_(buffer_done) struct buffer shown = {};

	append_shown(&shown, text);
	buffer_append_string(line, "\"");
	if (text[0] && strchr("=+-@", text[0]))
		buffer_append_string(line, "'");
	for (const char *at = shown.data ?: ""; *at;) {
		size_t len = strcspn(at, "\"");

		buffer_append(line, at, len);
		at += len;
		if (*at == '"') {
			buffer_append_string(line, "\"\"");
			at++;
		}
	}
	buffer_append_string(line, "\"");
	line->error = line->error ?: shown.error;
}

static int csv_row(struct sheet_sink *sink, enum sheet sheet, const struct cell *cells)
{
	struct sheet_csv *csv = container_of(sink, struct sheet_csv, sink);
	size_t n = sheet_columns(sheet);

	csv->line.len = 0;
	for (size_t i = 0; i < n; i++) {
		if (i > 0)
			buffer_append_string(&csv->line, ",");
		switch (cells[i].kind) {
		case CELL_NULL:
			break;
		case CELL_TEXT:
			append_text(&csv->line, cells[i].text);
			break;
		case CELL_INTEGER:
			buffer_printf(&csv->line, "%lld", (long long)cells[i].integer);
			break;
		case CELL_REAL:
			buffer_printf(&csv->line, "%.3f", cells[i].real);
			break;
		}
	}
	buffer_append_string(&csv->line, "\r\n");
	if (csv->line.error)
		return csv->line.error;
	return fwrite(csv->line.data, 1, csv->line.len, csv->files[sheet]) == csv->line.len ? 0
											    : -EIO;
}

static int open_one(struct sheet_csv *csv, int directory, enum sheet sheet)
{
	char name[64];
	int fd;

	snprintf(name, sizeof(name), "%s.csv", sheet_layouts[sheet].name);
	fd = openat(directory, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return -errno;
	csv->files[sheet] = fdopen(fd, "w");
	if (!csv->files[sheet]) {
		close(fd);
		return -ENOMEM;
	}
	for (size_t i = 0; i < sheet_columns(sheet); i++)
		fprintf(csv->files[sheet], "%s%s", i ? "," : "",
			sheet_layouts[sheet].columns[i].name);
	fputs("\r\n", csv->files[sheet]);
	return 0;
}

int sheet_csv_new(const char *directory, struct sheet_csv **ret_csv, struct failure *reterr)
{
	struct sheet_csv *csv = calloc(1, sizeof(*csv));
	int fd, r = 0;

	if (!csv)
		return -ENOMEM;
	csv->sink.row = csv_row;
	if (mkdir(directory, 0700) < 0 && errno != EEXIST)
		r = failure_set(reterr, -errno, "--csv: the directory cannot be made: %s",
				strerror(errno));
	fd = r < 0 ? -1 : open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (r == 0 && fd < 0)
		r = failure_set(reterr, -errno, "--csv: %s", strerror(errno));
	for (enum sheet i = 0; r == 0 && i < SHEET_COUNT; i++) {
		r = open_one(csv, fd, i);
		if (r == -EEXIST)
			failure_hint(reterr, "name another directory, or remove what is there");
		if (r < 0)
			failure_set(reterr, r, "--csv: %s.csv: %s", sheet_layouts[i].name,
				    strerror(-r));
	}
	if (fd >= 0)
		close(fd);
	if (r < 0) {
		sheet_csv_free(csv);
		return r;
	}
	*ret_csv = csv;
	return 0;
}

struct sheet_sink *sheet_csv_sink(struct sheet_csv *csv)
{
	return &csv->sink;
}

int sheet_csv_finish(struct sheet_csv *csv, struct failure *reterr)
{
	for (size_t i = 0; i < SHEET_COUNT; i++)
		if (fflush(csv->files[i]) != 0)
			return failure_set(reterr, -errno, "--csv: %s.csv: %s",
					   sheet_layouts[i].name, strerror(errno));
	return 0;
}
