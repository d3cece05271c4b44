/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A log that goes on in parts, compressed as they are closed, on the real ring: killed at each call
 * that changes a file, and each of these calls failing once. Whatever happens, the lines on record
 * are the first so many, each once; and the next run goes on behind them.
 */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "enforcer/audit/audit-log.h"
#include "enforcer/audit/tidy.h"
#include "enforcer/base/buffer.h"
#include "enforcer/loop/loop.h"
#include "enforcer/records/lines.h"
#include "tests/support/check.h"
#include "tests/support/scratch.h"
#include "tests/unit/audit/failing-calls.h"

#define LINES     120
#define LINE_LEN  64
#define PART_SIZE 1500
#define AGAIN     3 /* lines of the run behind it */
/* Statuses of the process that writes. */
#define DONE      0
#define NOT_BEGUN 3
#define FAILED    4

/* ---- the process that writes ---- */

static int on_close(void *userdata, unsigned number, struct buffer *ret_line)
{
	buffer_printf(ret_line, "part %u\n", number);
	return ret_line->error;
}

/* As the helper does, but at once. */
static void on_closed(void *userdata, unsigned number)
{
	const struct audit_tidy tidy = {.record = userdata};

	audit_tidy(&tidy, NULL);
}

static int append_until_it_goes(struct loop *loop, struct audit_log *log, int n)
{
	char line[LINE_LEN + 1];
	int r;

	snprintf(line, sizeof(line), "%d %*s\n", n, LINE_LEN - 10, "");
	while ((r = audit_log_append(log, line, strlen(line), 0)) == -ENOSPC)
		loop_step(loop, false);
	return r;
}

static int write_log(const char *path, int from, int n)
{
	struct audit_log_parts parts = {
		.max = PART_SIZE, .close = on_close, .closed = on_closed, .userdata = (char *)path};
	_cleanup_(loop_freep) struct loop *loop = NULL;
	_cleanup_(audit_log_freep) struct audit_log *log = NULL;

	if (loop_new(&loop) < 0 || audit_log_new(loop, path, false, &log, NULL) < 0)
		return NOT_BEGUN;
	audit_log_on_parts(log, &parts);
	for (int i = from; i < from + n; i++)
		if (append_until_it_goes(loop, log, i) < 0 ||
		    (i % 7 == 0 && audit_log_flush(log) < 0))
			return FAILED;
	return audit_log_close(log) < 0 ? FAILED : DONE;
}

/* The status of a process that writes with call number at failing; -1: it was killed. */
static int write_with(const char *path, int at, int error)
{
	int status;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid == 0) {
		int r;

		countdown = at;
		failing = error;
		r = write_log(path, 0, LINES);
		/* So many calls there are not. */
		_exit(countdown > 0 ? 100 + r : r);
	}
	waitpid(pid, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* ---- what is on record ---- */

/* How many lines there are, numbered from 0 without a gap; -1 where it is otherwise. */
static int count_on_record(const char *path)
{
	_cleanup_(lines_freep) struct lines *lines = NULL;
	char *line;
	size_t len;
	int n = 0;

	if (lines_open(path, &lines, NULL) < 0)
		return 0;
	while (lines_next(lines, &line, &len, NULL) > 0) {
		if (strncmp(line, "part ", 5) == 0)
			continue;
		if (len == 0)
			continue;
		if (atoi(line) != n)
			return -1;
		n++;
	}
	return lines_torn_parts(lines) ? -1 : n;
}

/* Files beside path that are neither it nor a compressed part of it. */
static int count_leftovers(const char *folder)
{
	DIR *dir = opendir(scratch_path(folder));
	struct dirent *entry;
	int n = 0;

	while (dir && (entry = readdir(dir))) {
		const char *end = strrchr(entry->d_name, '.');

		n += entry->d_name[0] != '.' && strcmp(entry->d_name, "log") != 0 &&
		     (!end || strcmp(end, ".zst") != 0);
	}
	closedir(dir);
	return n;
}

static void remove_all(const char *folder)
{
	DIR *dir = opendir(scratch_path(folder));
	struct dirent *entry;

	while (dir && (entry = readdir(dir)))
		if (entry->d_name[0] != '.')
			unlinkat(dirfd(dir), entry->d_name, 0);
	closedir(dir);
}

/* The next start: what was left is put in order, and the record goes on. */
static void check_next_run(const char *path, int n, int at)
{
	const struct audit_tidy tidy = {.record = path, .now_ns = UINT64_MAX / 2};
	const struct timespec nap = {.tv_nsec = 10000000};

	CHECK_INT(write_log(path, n, AGAIN), DONE);
	CHECK_INT(audit_tidy(&tidy, NULL), 0);
	/* What the ring of a process that has ended still holds is left to the tidy after. */
	for (int tries = 0; tries < 1000 && count_leftovers("log") != 0; tries++) {
		nanosleep(&nap, NULL);
		CHECK_INT(audit_tidy(&tidy, NULL), 0);
	}
	if (count_on_record(path) != n + AGAIN || count_leftovers("log") != 0)
		fprintf(stderr, "call %d\n", at);
	CHECK_INT(count_on_record(path), n + AGAIN);
	CHECK_INT(count_leftovers("log"), 0);
}

/* Returns how many calls there were. */
static int at_each_call(int error)
{
	const char *path;
	int at = 1, status = DONE;

	for (; status < 100 && at < 2000 && check_failures == 0; at++) {
		int n;

		remove_all("log");
		path = scratch_path("log/log");
		status = write_with(path, at, error);
		n = count_on_record(path);
		if (n < 0 || status == FAILED || status == 100 + FAILED ||
		    ((status == DONE || status == 100) && n != LINES))
			fprintf(stderr, "call %d: status %d, %d lines\n", at, status, n);
		CHECK(n >= 0);
		CHECK(status != FAILED);
		if (status == DONE || status == 100)
			CHECK_INT(n, LINES);
		if (error == 0 && status < 100)
			CHECK_INT(status, -1);
		check_next_run(path, n, at);
	}
	return at - 1;
}

static void test_killed_at_each_call_no_line_is_lost_or_there_twice(void)
{
	int calls = at_each_call(0);

	/* Five parts: made, allocated, turned, given back; compressed: made, cut, synced, renamed,
	 * synced, removed. */
	printf("# %d calls that change files\n", calls);
	CHECK(calls > 40);
}

static void test_each_call_may_fail_for_a_full_disk(void)
{
	CHECK(at_each_call(ENOSPC) > 40);
}

static void test_each_call_may_fail_for_a_broken_disk(void)
{
	CHECK(at_each_call(EIO) > 40);
}

static void test_a_record_that_was_moved_away_is_not_parted(void)
{
	_cleanup_(loop_freep) struct loop *loop = NULL;
	_cleanup_(audit_log_freep) struct audit_log *log = NULL;
	const struct audit_log_parts parts = {
		.max = PART_SIZE, .close = on_close, .closed = on_closed, .userdata = NULL};
	const char *path = scratch_path("log/log"), *other = scratch_path("log/other");

	remove_all("log");
	CHECK_INT(loop_new(&loop), 0);
	CHECK_INT(audit_log_new(loop, path, false, &log, NULL), 0);
	audit_log_on_parts(log, &parts);
	CHECK_INT(rename(path, other), 0);
	scratch_file("log/log", "somebody else's", 0600);
	for (int i = 0; i < 100; i++)
		CHECK_INT(append_until_it_goes(loop, log, i), 0);
	CHECK_INT(audit_log_close(log), 0);
	CHECK_INT(count_on_record(other), 100);
	CHECK_INT(count_leftovers("log"), 1);
}

int main(void)
{
	scratch_make();
	scratch_directory("log");
	RUN(test_killed_at_each_call_no_line_is_lost_or_there_twice);
	RUN(test_each_call_may_fail_for_a_full_disk);
	RUN(test_each_call_may_fail_for_a_broken_disk);
	RUN(test_a_record_that_was_moved_away_is_not_parted);
	return check_summary();
}
