/* SPDX-License-Identifier: Apache-2.0 */
/* The agent is told why. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "enforcer/audit/denial.h"
#include "enforcer/base/buffer.h"
#include "enforcer/base/fd.h"
#include "enforcer/launch/plan.h"
#include "enforcer/supervisor.h"
#include "enforcer/told.h"

struct told {
	char path[64]; /* empty: there is no name */
	int fd;        /* -1: there is no file */
	size_t size;
	bool stderr_too;
	unsigned lines;
	uint64_t recent[TOLD_RECENT_MAX];
	size_t n_recent;
};

int told_new(bool stderr_too, struct told **ret_told)
{
	struct told *told = calloc(1, sizeof(*told));

	if (!told)
		return -ENOMEM;
	told->stderr_too = stderr_too;
	strcpy(told->path, "/tmp/callgate-denials-XXXXXX");
	told->fd = mkostemp(told->path, O_APPEND | O_CLOEXEC);
	if (told->fd < 0)
		told->path[0] = '\0';
	*ret_told = told;
	return 0;
}

void told_unlink(struct told *told)
{
	if (told->path[0])
		unlink(told->path);
	told->path[0] = '\0';
}

struct told *told_free(struct told *told)
{
	if (!told)
		return NULL;
	told_unlink(told);
	fd_close(told->fd);
	free(told);
	return NULL;
}

const char *told_path(const struct told *told)
{
	return told->path[0] ? told->path : NULL;
}

/* Told of the same already? A program that tries again and again would push all else out. */
static bool is_repeated(struct told *told, uint64_t hash)
{
	size_t n = told->n_recent < TOLD_RECENT_MAX ? told->n_recent : TOLD_RECENT_MAX;

	for (size_t i = 0; i < n; i++)
		if (told->recent[i] == hash)
			return true;
	told->recent[told->n_recent++ % TOLD_RECENT_MAX] = hash;
	return false;
}

static void tell_file(struct told *told, const struct buffer *line)
{
	if (told->fd < 0 || line->error)
		return;
	if (told->size + line->len > TOLD_FILE_MAX) {
		if (ftruncate(told->fd, 0) < 0)
			return;
		told->size = 0;
	}
	if (fd_write_all(told->fd, line->data, line->len) == 0)
		told->size += line->len;
}

/* Whoever reads it may be slow. */
static void tell_stderr(const char *text, size_t len)
{
	if (len <= PIPE_BUF)
		fd_say(STDERR_FILENO, text, len);
}

static void tell_line(struct told *told, const struct denial *denial)
{
	static const char more[] =
		"callgate: more is denied: callgate denials, inside, says what\n";
	struct buffer text = {};

	if (told->lines > TOLD_LINES_MAX)
		return;
	if (told->lines++ == TOLD_LINES_MAX) {
		tell_stderr(more, strlen(more));
		return;
	}
	buffer_append_string(&text, "callgate: denied: ");
	denial_text(denial, &text);
	buffer_append_string(&text, "\n");
	if (!text.error)
		tell_stderr(text.data, text.len);
	buffer_done(&text);
}

void told_denied(struct told *told, const struct pending *pending)
{
	const struct denial denial = {.request = &pending->request,
				      .decision = &pending->decision,
				      .outcome = &pending->outcome};
	struct record_context context;
	struct buffer line = {};

	/* By nothing: the program itself let go of the call. */
	if (!told || pending->decision.verdict != VERDICT_DENY ||
	    pending->decision.by == BY_NOTHING || is_repeated(told, denial_hash(&denial)))
		return;
	supervisor_record_context(pending->supervisor, &context);
	if (denial_line(&context, &denial, &line) == 0)
		tell_file(told, &line);
	buffer_done(&line);
	if (told->stderr_too)
		tell_line(told, &denial);
}
