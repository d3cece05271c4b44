/* SPDX-License-Identifier: Apache-2.0 */
/* The recorded runs of this user. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "enforcer/audit/audit-place.h"
#include "enforcer/audit/ledger.h"
#include "enforcer/base/fd.h"
#include "enforcer/base/text.h"
#include "enforcer/records/entry.h"
#include "enforcer/records/lines.h"
#include "enforcer/records/runs.h"

#define SUFFIX     ".jsonl"
#define TAIL_SIZE  (64u << 10)
#define TAIL_LINES 2
/* Lines to look at for the start: it is the first, but for a file that holds several runs. */
#define HEAD_LINES 64

char *runs_directory(const char *xdg_state_home, const char *home)
{
	struct buffer path = {};
	char *slash;

	if (audit_default_path(xdg_state_home, home, "x", &path) < 0) {
		buffer_done(&path);
		return NULL;
	}
	slash = strrchr(path.data, '/');
	*slash = '\0';
	return path.data;
}

static int compare_ids(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static int fail_shown(struct failure *reterr, int error, const char *named, const char *words)
{
	struct buffer shown = {};

	text_append_escaped(&shown, named, strlen(named), 256);
	failure_set(reterr, error, "%s: %s", shown.data ? shown.data : "?", words);
	buffer_done(&shown);
	return error;
}

static int add_id(char ***ids, size_t *n, const char *name, size_t len)
{
	char **grown = reallocarray(*ids, *n + 2, sizeof(*grown));

	if (!grown)
		return -ENOMEM;
	*ids = grown;
	grown[*n + 1] = NULL;
	grown[*n] = strndup(name, len);
	if (!grown[*n])
		return -ENOMEM;
	(*n)++;
	return 0;
}

static void ids_free(char **ids)
{
	for (size_t i = 0; ids && ids[i]; i++)
		free(ids[i]);
	free(ids);
}

/* Where ".jsonl", or that of a part, begins; NULL where the name is that of no record. A run of
 * which only closed parts are left is one still. */
static const char *run_suffix(const char *name)
{
	const char *suffix = strstr(name, SUFFIX);
	bool compressed;

	if (!suffix || suffix == name)
		return NULL;
	name = suffix + strlen(SUFFIX);
	return name[0] == '\0' || audit_part_number(name, &compressed) ? suffix : NULL;
}

/* How many are left. */
static size_t drop_doubles(char **ids)
{
	char **to = ids;

	for (char **id = ids; *id; id++) {
		if (to > ids && strcmp(to[-1], *id) == 0)
			free(*id);
		else
			*to++ = *id;
	}
	*to = NULL;
	return (size_t)(to - ids);
}

static char *record_path(const char *directory, const char *id)
{
	char *path;

	return asprintf(&path, "%s/%s" SUFFIX, directory, id) < 0 ? NULL : path;
}

/* An id tells the second of the start, and then nothing but chance. */
#define ID_SECOND strlen("20260102-030405")

struct started {
	char *id;
	uint64_t ns;
};

static int compare_started(const void *a, const void *b)
{
	const struct started *x = a, *y = b;

	return x->ns == y->ns ? strcmp(x->id, y->id) : (x->ns > y->ns) - (x->ns < y->ns);
}

/* Those that began in the same second, by what their records say. */
static void order_group(const char *directory, char **ids, size_t n)
{
	_cleanup_free_ struct started *started = calloc(n, sizeof(*started));

	for (size_t i = 0; started && i < n; i++) {
		_cleanup_free_ char *path = record_path(directory, ids[i]);
		struct run_glance glance = {};
		struct failure unheard = {};

		started[i].id = ids[i];
		if (path && run_glance(path, &glance, &unheard) == 0)
			started[i].ns = glance.started_ns;
		run_glance_done(&glance);
	}
	if (!started)
		return;
	qsort(started, n, sizeof(*started), compare_started);
	for (size_t i = 0; i < n; i++)
		ids[i] = started[i].id;
}

static void order_seconds(const char *directory, char **ids, size_t n)
{
	size_t first = 0;

	for (size_t i = 1; i <= n; i++) {
		if (i < n && strncmp(ids[i], ids[first], ID_SECOND) == 0)
			continue;
		if (i - first > 1)
			order_group(directory, ids + first, i - first);
		first = i;
	}
}

int runs_list(const char *directory, char ***ret_ids, struct failure *reterr)
{
	char **ids = calloc(1, sizeof(*ids));
	struct dirent *entry;
	size_t n = 0;
	DIR *dir;
	int r = ids ? 0 : -ENOMEM;

	dir = opendir(directory);
	if (!dir && errno != ENOENT)
		r = fail_shown(reterr, -errno, directory, strerror(errno));
	while (dir && r == 0 && (entry = readdir(dir))) {
		const char *suffix = run_suffix(entry->d_name);

		if (suffix)
			r = add_id(&ids, &n, entry->d_name, (size_t)(suffix - entry->d_name));
	}
	if (dir)
		closedir(dir);
	if (r < 0) {
		ids_free(ids);
		return r;
	}
	qsort(ids, n, sizeof(*ids), compare_ids);
	n = drop_doubles(ids);
	order_seconds(directory, ids, n);
	*ret_ids = ids;
	return 0;
}

/* The one id that starts so; -ENOENT, -ENOTUNIQ. */
static int match_id(char *const *ids, const char *named, const char **ret_id)
{
	const char *found = NULL;
	size_t n = 0;

	for (size_t i = 0; ids[i]; i++) {
		if (strcmp(ids[i], named) == 0) {
			*ret_id = ids[i];
			return 0;
		}
		/* The beginning, or the part that no two have alike. */
		if (strncmp(ids[i], named, strlen(named)) != 0 &&
		    !(strlen(named) >= 4 && strrchr(ids[i], '-') &&
		      strncmp(strrchr(ids[i], '-') + 1, named, strlen(named)) == 0))
			continue;
		found = ids[i];
		n++;
	}
	*ret_id = found;
	return n == 1 ? 0 : n ? -ENOTUNIQ : -ENOENT;
}

/* A run whose record is not here, and why: what is said of it. 0 where the ledger knows of none. */
static int fail_of_ledger(const char *directory, const char *named, struct failure *reterr)
{
	_cleanup_free_ char *path = NULL;
	struct ledger_entry entry;
	char words[512];

	if (asprintf(&path, "%s/../" LEDGER_NAME, directory) < 0) {
		path = NULL;
		return 0;
	}
	if (!ledger_find(path, named, &entry))
		return 0;
	if (entry.removed) {
		failure_hint(reterr, "what is kept is the policy's \"audit\": {\"keep\": ...}");
		snprintf(words, sizeof(words),
			 "its record was removed at %.19s (%s; %llu file%s, %llu bytes)",
			 entry.time, entry.why, (unsigned long long)entry.parts,
			 entry.parts == 1 ? "" : "s", (unsigned long long)entry.size);
	} else if (strcmp(entry.why, "journald") == 0) {
		failure_hint(reterr,
			     "journalctl -a -o json CALLGATE_RUN=%s | jq -r .CALLGATE_RECORD "
			     ">run.jsonl, and then that file",
			     entry.run);
		snprintf(words, sizeof(words), "its record is in the journal");
	} else {
		failure_hint(reterr, "its lines are those of the identifier \"callgate\"");
		snprintf(words, sizeof(words), "its record went to syslog, where that writes to");
	}
	return fail_shown(reterr, -ENOENT, entry.run, words);
}

int runs_find(const char *directory, const char *named, char **ret_path, struct failure *reterr)
{
	const char *id = NULL;
	char **ids = NULL;
	struct stat st;
	int r;

	if (strcmp(named, "-") == 0 || strchr(named, '/') ||
	    (stat(named, &st) == 0 && !S_ISDIR(st.st_mode))) {
		*ret_path = strdup(named);
		return *ret_path ? 0 : -ENOMEM;
	}
	if (!directory)
		return fail_shown(reterr, -ENOENT, named, "there is no home to look for runs in");
	r = runs_list(directory, &ids, reterr);
	if (r < 0)
		return r;
	if (strcmp(named, "last") == 0) {
		for (size_t i = 0; ids[i]; i++)
			id = ids[i];
		r = id ? 0 : fail_shown(reterr, -ENOENT, directory, "no run is on record yet");
	} else {
		r = named[0] ? match_id(ids, named, &id) : -ENOENT;
		if (r == -ENOENT && fail_of_ledger(directory, named, reterr) < 0) {
			ids_free(ids);
			return r;
		}
		if (r == -ENOTUNIQ)
			fail_shown(reterr, r, named, "several runs begin so; give more of the id");
		else if (r < 0)
			fail_shown(reterr, r, named, "there is no run or file of that name");
		if (r < 0)
			failure_hint(reterr, "all runs: callgate log; the newest: last");
	}
	if (r == 0) {
		*ret_path = record_path(directory, id);
		r = *ret_path ? 0 : -ENOMEM;
	}
	ids_free(ids);
	return r;
}

/* ---- at a glance ---- */

char *run_command_text(json_t *command)
{
	struct buffer text = {};
	json_t *word;
	size_t i;

	json_array_foreach(command, i, word)
	{
		const char *string = json_string_value(word) ?: "?";

		if (i > 0)
			buffer_append_string(&text, " ");
		text_append_escaped(&text, string, strlen(string), 200);
	}
	if (text.error)
		buffer_done(&text);
	return text.data;
}

static void glance_take(struct run_glance *glance, const struct entry *entry)
{
	const char *directory;

	if (entry->event == ENTRY_RUN_START) {
		free(glance->id);
		free(glance->directory);
		directory = entry_string(entry, "directory");
		glance->id = strdup(entry->run);
		glance->directory = directory ? strdup(directory) : NULL;
		glance->started_ns = entry->time_ns;
		glance->ended = false;
		free(glance->command);
		glance->command = run_command_text(json_object_get(entry->root, "command"));
	}
	if (entry->event == ENTRY_RUN_END) {
		glance->ended = true;
		glance->status = (int)entry_number(entry, "status");
		glance->allowed = entry_number(entry, "allowed");
		glance->denied = entry_number(entry, "denied");
		glance->asked = entry_number(entry, "asked");
	}
	if (entry->time_ns)
		glance->ended_ns = entry->time_ns;
}

static void glance_line(struct run_glance *glance, const char *line, size_t len)
{
	struct entry *entry = malloc(sizeof(*entry));

	if (entry && entry_parse(entry, line, len) == 0) {
		glance_take(glance, entry);
		entry_done(entry);
	}
	free(entry);
}

/* The last whole lines of a plain file, within its last 64 KiB: a chain line stands behind the end
 * of a run. */
static void glance_tail(struct run_glance *glance, const char *path)
{
	_cleanup_fd_ int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	_cleanup_free_ char *tail = malloc(TAIL_SIZE);
	char *start, *next, *end;
	struct stat st;
	ssize_t n;

	if (fd < 0 || !tail || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
		return;
	n = pread(fd, tail, TAIL_SIZE, st.st_size > TAIL_SIZE ? st.st_size - TAIL_SIZE : 0);
	end = n > 0 ? memrchr(tail, '\n', (size_t)n) : NULL;
	if (!end)
		return;
	start = end + 1;
	for (int i = 0; i < TAIL_LINES && start > tail; i++) {
		start = memrchr(tail, '\n', (size_t)(start - 1 - tail));
		start = start ? start + 1 : tail;
	}
	for (; start < end; start = next + 1) {
		next = memchr(start, '\n', (size_t)(end + 1 - start));
		glance_line(glance, start, (size_t)(next - start));
	}
}

int run_glance(const char *path, struct run_glance *ret_glance, struct failure *reterr)
{
	_cleanup_(lines_freep) struct lines *lines = NULL;
	struct run_glance glance = {};
	char *line;
	size_t len;
	int r = lines_open(path, &lines, reterr);

	for (int i = 0; r >= 0 && i < HEAD_LINES && !glance.id; i++) {
		r = lines_next(lines, &line, &len, reterr);
		if (r <= 0)
			break;
		glance_line(&glance, line, len);
	}
	if (r < 0) {
		run_glance_done(&glance);
		return r;
	}
	glance_tail(&glance, path);
	*ret_glance = glance;
	return 0;
}

void run_glance_done(struct run_glance *glance)
{
	free(glance->id);
	free(glance->command);
	free(glance->directory);
	*glance = (struct run_glance){};
}
