/* SPDX-License-Identifier: Apache-2.0 */
/* Records put in order. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "enforcer/audit/audit-place.h"
#include "enforcer/audit/compress.h"
#include "enforcer/audit/ledger.h"
#include "enforcer/audit/tidy.h"
#include "enforcer/base/error.h"
#include "enforcer/base/fd.h"

#define SUFFIX ".jsonl"
/* "20260102-030405-7f3a1b2c" */
#define ID_LEN 24
/* An empty part that nobody took into use for so long is of a run that was killed. */
#define EMPTY_AGE_S 3600

struct kept {
	char id[ID_LEN + 1];
	uint64_t size, parts;
	int64_t last_ns; /* when something was written */
};

struct tidying {
	const struct audit_tidy *tidy;
	struct failure *reterr;
	int error;
	int dir, ledger;
	struct kept *runs;
	size_t n, size;
	uint64_t total;
	size_t left; /* runs */
};

static void complain(struct tidying *tidying, const char *name, int error)
{
	/* Somebody writes it, or is at it; or it was removed meanwhile. */
	if (error == -EWOULDBLOCK || error == -ENOENT)
		return;
	if (!tidying->error)
		tidying->error =
			failure_set(tidying->reterr, error, "%.64s: %s", name, strerror(-error));
}

static void tell(const struct tidying *tidying, const struct audit_tidied *tidied)
{
	if (tidying->tidy->tell)
		tidying->tidy->tell(tidying->tidy->userdata, tidied);
}

/* Nothing but what callgate names so is ever removed. */
static bool is_run_file(const char *name)
{
	static const char shape[] = "dddddddd-dddddd-xxxxxxxx" SUFFIX;
	size_t len = strlen(shape);

	for (size_t i = 0; i < len; i++) {
		bool digit = name[i] >= '0' && name[i] <= '9';
		bool hex = digit || (name[i] >= 'a' && name[i] <= 'f');

		if (shape[i] == 'd' ? !digit : shape[i] == 'x' ? !hex : name[i] != shape[i])
			return false;
	}
	return name[len] == '\0' || name[len] == '.';
}

/* ---- removing ---- */

static int64_t written_ns(const struct stat *st)
{
	return st->st_mtim.tv_sec * 1000000000 + st->st_mtim.tv_nsec;
}

static int add_file(struct tidying *tidying, const char *name, const struct stat *st)
{
	struct kept *run;

	if (tidying->n == tidying->size) {
		size_t size = tidying->size ? 2 * tidying->size : 256;

		run = reallocarray(tidying->runs, size, sizeof(*run));
		if (!run)
			return -ENOMEM;
		tidying->runs = run;
		tidying->size = size;
	}
	run = &tidying->runs[tidying->n++];
	*run = (struct kept){.size = (uint64_t)st->st_size, .parts = 1, .last_ns = written_ns(st)};
	memcpy(run->id, name, ID_LEN);
	tidying->total += run->size;
	return 0;
}

static int compare_ids(const void *a, const void *b)
{
	return strcmp(((const struct kept *)a)->id, ((const struct kept *)b)->id);
}

/* Files of one run become one. */
static void merge_files(struct tidying *tidying)
{
	struct kept *runs = tidying->runs;
	size_t n = 0;

	if (tidying->n > 0)
		qsort(runs, tidying->n, sizeof(*runs), compare_ids);
	for (size_t i = 0; i < tidying->n; i++) {
		if (n == 0 || strcmp(runs[n - 1].id, runs[i].id) != 0) {
			runs[n++] = runs[i];
			continue;
		}
		runs[n - 1].size += runs[i].size;
		runs[n - 1].parts++;
		if (runs[i].last_ns > runs[n - 1].last_ns)
			runs[n - 1].last_ns = runs[i].last_ns;
	}
	tidying->n = n;
}

typedef int (*visitor)(struct tidying *tidying, const char *name, const struct stat *st,
		       const char *prefix);

/* Each regular file of ours in there whose name begins so. */
static int visit_all(struct tidying *tidying, visitor visit, const char *prefix)
{
	int fd = openat(tidying->dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), r = 0;
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;
	struct stat st;

	if (!dir) {
		r = -errno;
		fd_close(fd);
		return r;
	}
	while (r == 0 && (entry = readdir(dir)))
		if (strncmp(entry->d_name, prefix, strlen(prefix)) == 0 &&
		    fstatat(tidying->dir, entry->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
		    S_ISREG(st.st_mode) && st.st_uid == geteuid())
			r = visit(tidying, entry->d_name, &st, prefix);
	closedir(dir);
	return r;
}

static int visit_run_file(struct tidying *tidying, const char *name, const struct stat *st,
			  const char *prefix)
{
	return is_run_file(name) ? add_file(tidying, name, st) : 0;
}

/* The parts of a run; the file that has no number goes last: it is what shows the run. */
static int visit_part_of(struct tidying *tidying, const char *name, const struct stat *st,
			 const char *prefix)
{
	if (is_run_file(name) && name[ID_LEN + strlen(SUFFIX)] == '.' &&
	    unlinkat(tidying->dir, name, 0) < 0)
		complain(tidying, name, -errno);
	return 0;
}

/* The run's file, locked: nobody writes it, and nobody begins to. -1: there is none. */
static int lock_run(const struct tidying *tidying, const char *name)
{
	int fd = openat(tidying->dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	struct stat there, ours;

	if (fd < 0)
		return errno == ENOENT ? -1 : -errno;
	if (flock(fd, LOCK_EX | LOCK_NB) == 0 && fstat(fd, &ours) == 0 &&
	    fstatat(tidying->dir, name, &there, AT_SYMLINK_NOFOLLOW) == 0 &&
	    there.st_dev == ours.st_dev && there.st_ino == ours.st_ino)
		return fd;
	fd_close(fd);
	return -EWOULDBLOCK;
}

/* why: NULL where that stands in the ledger already. */
static int remove_run(struct tidying *tidying, const struct kept *run, const char *why)
{
	struct ledger_entry entry = {.removed = true, .parts = run->parts, .size = run->size};
	char name[ID_LEN + sizeof(SUFFIX)];
	_cleanup_fd_ int fd = -1;
	int r = 0;

	snprintf(name, sizeof(name), "%s" SUFFIX, run->id);
	fd = lock_run(tidying, name);
	if (fd < -1)
		return fd;
	if (why) {
		snprintf(entry.run, sizeof(entry.run), "%s", run->id);
		snprintf(entry.why, sizeof(entry.why), "%s", why);
		r = ledger_append(tidying->ledger, tidying->tidy->now_ns, &entry);
	}
	if (r == 0)
		r = visit_all(tidying, visit_part_of, run->id);
	if (r == 0 && fd >= 0 && unlinkat(tidying->dir, name, 0) < 0)
		r = -errno;
	return r;
}

/* One that was being removed when somebody was killed. */
static void finish_removal(struct tidying *tidying)
{
	struct ledger_entry last;

	if (!ledger_last_removed(tidying->ledger, &last))
		return;
	for (size_t i = 0; i < tidying->n; i++) {
		struct kept *run = &tidying->runs[i];
		int r;

		if (strcmp(run->id, last.run) != 0)
			continue;
		r = remove_run(tidying, run, NULL);
		if (r < 0) {
			complain(tidying, run->id, r);
			return;
		}
		tidying->total -= run->size;
		*run = tidying->runs[--tidying->n];
		return;
	}
}

static int compare_runs(const void *a, const void *b)
{
	const struct kept *x = a, *y = b;

	if (x->last_ns != y->last_ns)
		return x->last_ns < y->last_ns ? -1 : 1;
	return strcmp(x->id, y->id);
}

static const char *why_not_kept(const struct tidying *tidying, const struct kept *run)
{
	const struct audit_keep *keep = &tidying->tidy->keep;
	int64_t age = (int64_t)tidying->tidy->now_ns - run->last_ns;

	if (keep->age_s && age > 0 && (uint64_t)age / 1000000000u > keep->age_s)
		return "age";
	if (keep->runs && tidying->left > keep->runs)
		return "runs";
	if (keep->size && tidying->total > keep->size)
		return "size";
	return NULL;
}

/* The oldest first, until what is left is kept. */
static void remove_runs(struct tidying *tidying)
{
	const struct audit_tidy *tidy = tidying->tidy;

	if (tidying->n > 0)
		qsort(tidying->runs, tidying->n, sizeof(*tidying->runs), compare_runs);
	tidying->left = tidying->n;
	for (size_t i = 0; i < tidying->n; i++) {
		const struct kept *run = &tidying->runs[i];
		const char *why = why_not_kept(tidying, run);
		int r;

		if (!why || (tidy->run && strcmp(tidy->run, run->id) == 0))
			continue;
		r = tidy->dry ? 0 : remove_run(tidying, run, why);
		if (r < 0) {
			complain(tidying, run->id, r);
			continue;
		}
		tidying->total -= run->size;
		tidying->left--;
		tell(tidying,
		     &(struct audit_tidied){.name = run->id, .why = why, .size = run->size});
	}
}

/* ---- compressing ---- */

static int visit_to_compress(struct tidying *tidying, const char *name, const struct stat *st,
			     const char *prefix)
{
	size_t len = prefix[0] ? strlen(prefix) : ID_LEN + strlen(SUFFIX);
	uint64_t now_size = 0;
	bool compressed;
	int r;

	if ((!prefix[0] && !is_run_file(name)) || !audit_part_number(name + len, &compressed) ||
	    compressed)
		return 0;
	if (st->st_size == 0) {
		_cleanup_fd_ int fd = lock_run(tidying, name);
		int64_t now_s = (int64_t)(tidying->tidy->now_ns / 1000000000u);

		if (fd >= 0 && now_s - st->st_mtim.tv_sec > EMPTY_AGE_S)
			unlinkat(tidying->dir, name, 0);
		return 0;
	}
	r = compress_part(tidying->dir, name, &now_size);
	if (r < 0)
		complain(tidying, name, r);
	else
		tell(tidying, &(struct audit_tidied){.name = name,
						     .size = (uint64_t)st->st_size,
						     .now_size = now_size});
	return 0;
}

static int open_directory(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

/* The parts of a file that lies elsewhere: nothing beside it is ours. */
static void tidy_record(struct tidying *tidying, const char *record)
{
	const char *slash = strrchr(record, '/');
	_cleanup_free_ char *folder = slash ? strndup(record, (size_t)(slash - record) + 1) : NULL;
	_cleanup_fd_ int dir = open_directory(folder ?: ".");
	int r = dir;

	tidying->dir = dir;
	if (dir >= 0)
		r = visit_all(tidying, visit_to_compress, slash ? slash + 1 : record);
	if (r < 0)
		complain(tidying, record, r);
}

static int tidy_runs(struct tidying *tidying)
{
	const struct audit_keep *keep = &tidying->tidy->keep;
	int r = visit_all(tidying, visit_run_file, "");

	if (r < 0)
		return r;
	merge_files(tidying);
	if (!tidying->tidy->dry)
		finish_removal(tidying);
	if (keep->age_s || keep->runs || keep->size)
		remove_runs(tidying);
	return tidying->tidy->dry ? 0 : visit_all(tidying, visit_to_compress, "");
}

static int tidy_directory(struct tidying *tidying)
{
	_cleanup_fd_ int dir = open_directory(tidying->tidy->directory), ledger = -1;
	_cleanup_free_ char *path = NULL;
	struct stat st;

	if (dir < 0)
		return dir == -ENOENT ? 0 : dir;
	if (fstat(dir, &st) < 0)
		return -errno;
	/* Others could put files there in the place of ours. */
	if (st.st_uid != geteuid() || st.st_mode & 022)
		return -EPERM;
	if (asprintf(&path, "%s/../" LEDGER_NAME, tidying->tidy->directory) < 0) {
		path = NULL;
		return -ENOMEM;
	}
	ledger = ledger_open(path, true);
	if (ledger < 0)
		return ledger;
	tidying->dir = dir;
	tidying->ledger = ledger;
	return tidy_runs(tidying);
}

int audit_tidy(const struct audit_tidy *tidy, struct failure *reterr)
{
	struct tidying tidying = {.tidy = tidy, .reterr = reterr, .dir = -1, .ledger = -1};
	int r = 0;

	if (tidy->record)
		tidy_record(&tidying, tidy->record);
	if (tidy->directory)
		r = tidy_directory(&tidying);
	free(tidying.runs);
	if (r < 0 && !tidying.error)
		tidying.error = failure_set(reterr, r, "%s: %s", tidy->directory, strerror(-r));
	return tidying.error;
}
