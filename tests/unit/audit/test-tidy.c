/* SPDX-License-Identifier: Apache-2.0 */
/* Which runs are removed, which never, and what the ledger says of it, wherever one is killed. */
#include <dirent.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "enforcer/audit/ledger.h"
#include "enforcer/audit/tidy.h"
#include "enforcer/base/error.h"
#include "enforcer/base/fd.h"
#include "tests/support/check.h"
#include "tests/support/scratch.h"
#include "tests/unit/audit/failing-calls.h"

#define DAY   86400
#define NOW_S 2000000000

static const char *at(const char *name)
{
	static char paths[8][8192];
	static unsigned next;
	char *path = paths[next++ % 8];

	snprintf(path, sizeof(paths[0]), "%s/%s", scratch_path("state/runs"), name);
	return path;
}

static void make(const char *name, int age_days, size_t size)
{
	struct timespec times[2] = {{.tv_sec = NOW_S - age_days * DAY},
				    {.tv_sec = NOW_S - age_days * DAY}};
	int fd = open(at(name), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	CHECK(fd >= 0);
	for (size_t i = 0; i < size; i++)
		CHECK_INT(write(fd, "x", 1), 1);
	CHECK_INT(futimens(fd, times), 0);
	close(fd);
}

static bool is_there(const char *name)
{
	struct stat st;

	return lstat(at(name), &st) == 0;
}

static void clear(void)
{
	DIR *dir = opendir(scratch_path("state/runs"));
	struct dirent *entry;

	while (dir && (entry = readdir(dir)))
		if (entry->d_name[0] != '.')
			remove(at(entry->d_name));
	closedir(dir);
	remove(scratch_path("state/" LEDGER_NAME));
}

/* Run n is n days old, and has three files of 100 bytes. */
static void make_runs(int n)
{
	char name[64];

	clear();
	for (int i = 1; i <= n; i++) {
		snprintf(name, sizeof(name), "202601%02d-000000-0000000%d.jsonl", 28 - i, i);
		make(name, i, 100);
		strcat(name, ".1.zst");
		make(name, i, 100);
		snprintf(name, sizeof(name), "202601%02d-000000-0000000%d.jsonl.2.zst", 28 - i, i);
		make(name, i, 100);
	}
}

static unsigned count_runs(void)
{
	DIR *dir = opendir(scratch_path("state/runs"));
	struct dirent *entry;
	unsigned n = 0;

	while (dir && (entry = readdir(dir)))
		n += strlen(entry->d_name) > 6 &&
		     strcmp(entry->d_name + strlen(entry->d_name) - 6, ".jsonl") == 0;
	closedir(dir);
	return n;
}

static char *ledger(void)
{
	int fd = open(scratch_path("state/" LEDGER_NAME), O_RDONLY | O_CLOEXEC);
	char *text = NULL;
	size_t len;

	CHECK_INT(fd_read_file(fd, 1 << 20, &text, &len), 0);
	fd_close(fd);
	return text;
}

static int tidy_with(struct audit_keep keep)
{
	struct failure failure = {};
	const struct audit_tidy tidy = {.directory = scratch_path("state/runs"),
					.run = "20260101-000000-ffffffff",
					.keep = keep,
					.now_ns = NOW_S * 1000000000ull};

	return audit_tidy(&tidy, &failure);
}

static void test_what_is_kept_is_by_age_size_or_number(void)
{
	static const struct {
		struct audit_keep keep;
		unsigned left;
		const char *why;
	} cases[] = {
		{{}, 5, NULL},
		{{.runs = 5}, 5, NULL},
		{{.runs = 2}, 2, "runs"},
		{{.age_s = 3 * DAY}, 3, "age"},
		{{.age_s = 5 * DAY}, 5, NULL},
		{{.size = 1500}, 5, NULL},
		{{.size = 1499}, 4, "size"},
		{{.size = 1}, 0, "size"},
		{{.age_s = 4 * DAY, .size = 700, .runs = 4}, 2, "size"},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		_cleanup_free_ char *text = NULL;

		make_runs(5);
		CHECK_INT(tidy_with(cases[i].keep), 0);
		CHECK_INT(count_runs(), cases[i].left);
		text = ledger();
		CHECK((strstr(text, "removed") != NULL) == (cases[i].why != NULL));
		CHECK(!cases[i].why || strstr(text, cases[i].why));
		/* Of a removed run no part stays. */
		CHECK(is_there("20260123-000000-00000005.jsonl") ||
		      !is_there("20260123-000000-00000005.jsonl.2.zst"));
	}
}

static void test_the_ledger_says_what_was_removed(void)
{
	_cleanup_free_ char *text = NULL;
	struct ledger_entry entry;

	make_runs(2);
	CHECK_INT(tidy_with((struct audit_keep){.runs = 1}), 0);
	text = ledger();
	CHECK_STRING(text,
		     "{\"v\":1,\"event\":\"removed\",\"time\":\"2033-05-18T03:33:20.000000000Z\","
		     "\"run\":\"20260126-000000-00000002\",\"why\":\"runs\",\"parts\":3,"
		     "\"size\":300}\n");
	CHECK(ledger_find(scratch_path("state/" LEDGER_NAME), "0000000", &entry));
	CHECK_STRING(entry.run, "20260126-000000-00000002");
	CHECK(!ledger_find(scratch_path("state/" LEDGER_NAME), "00000001", &entry));
	CHECK(!ledger_find(scratch_path("state/" LEDGER_NAME), "", &entry));
}

static void test_a_run_that_lives_is_never_removed(void)
{
	int fd;

	make_runs(3);
	fd = open(at("20260125-000000-00000003.jsonl"), O_WRONLY | O_CLOEXEC);
	CHECK_INT(flock(fd, LOCK_EX), 0);
	CHECK_INT(tidy_with((struct audit_keep){.age_s = 1}), 0);
	CHECK_INT(count_runs(), 1);
	CHECK(is_there("20260125-000000-00000003.jsonl.1.zst"));
	close(fd);
	/* Our own, which has just begun. */
	make("20260101-000000-ffffffff.jsonl", 5, 10);
	CHECK_INT(tidy_with((struct audit_keep){.age_s = 1}), 0);
	CHECK_INT(count_runs(), 1);
	CHECK(is_there("20260101-000000-ffffffff.jsonl"));
}

static void test_nothing_else_is_touched_and_no_link_followed(void)
{
	static const char *const others[] = {
		"notes.jsonl",
		"20260101-000000-0000000g.jsonl",
		"20260101-000000-000000001.jsonl",
		"20260101-000000-00000001.json",
		"20260101-000000-00000001.jsonlx",
		"x20260101-000000-00000001.jsonl",
	};

	make_runs(0);
	for (size_t i = 0; i < ARRAY_LEN(others); i++)
		make(others[i], 9, 10);
	scratch_file("mine", "mine", 0600);
	CHECK_INT(symlink(scratch_path("mine"), at("20260102-000000-00000001.jsonl")), 0);
	CHECK_INT(symlink(scratch_path("mine"), at("20260103-000000-00000001.jsonl.1")), 0);
	CHECK_INT(mkdir(at("20260104-000000-00000001.jsonl"), 0700), 0);
	CHECK_INT(mkfifo(at("20260105-000000-00000001.jsonl"), 0600), 0);
	CHECK_INT(link(scratch_path("mine"), at("20260106-000000-00000001.jsonl.1")), 0);
	tidy_with((struct audit_keep){.age_s = 1u << 30, .runs = 1000});
	CHECK(tidy_with((struct audit_keep){.runs = 1}) <= 0);
	for (size_t i = 0; i < ARRAY_LEN(others); i++)
		CHECK(is_there(others[i]));
	CHECK(is_there("20260102-000000-00000001.jsonl"));
	CHECK(is_there("20260103-000000-00000001.jsonl.1"));
	CHECK(is_there("20260104-000000-00000001.jsonl"));
	CHECK(is_there("20260105-000000-00000001.jsonl"));
	CHECK(access(scratch_path("mine"), F_OK) == 0);
	/* A directory that others may write is no place for records. */
	CHECK_INT(chmod(scratch_path("state/runs"), 0722), 0);
	CHECK_INT(tidy_with((struct audit_keep){.runs = 1}), -EPERM);
	CHECK_INT(chmod(scratch_path("state/runs"), 0700), 0);
}

static void test_closed_parts_are_compressed_and_empty_ones_go(void)
{
	int fd;

	make_runs(0);
	make("20260101-000000-00000001.jsonl", 0, 10);
	make("20260101-000000-00000001.jsonl.1", 0, 5000);
	make("20260101-000000-00000001.jsonl.2", 0, 5000);
	make("20260101-000000-00000001.jsonl.3", 0, 0);
	make("20260101-000000-00000001.jsonl.4", 1, 0);
	/* Somebody was killed here. */
	make("20260101-000000-00000001.jsonl.1.zst", 0, 10);
	make("20260101-000000-00000001.jsonl.1.zst.new", 0, 10);
	fd = open(at("20260101-000000-00000001.jsonl.2"), O_WRONLY | O_CLOEXEC);
	CHECK_INT(flock(fd, LOCK_EX), 0);
	CHECK_INT(tidy_with((struct audit_keep){}), 0);
	CHECK(!is_there("20260101-000000-00000001.jsonl.1"));
	CHECK(!is_there("20260101-000000-00000001.jsonl.1.zst.new"));
	CHECK(is_there("20260101-000000-00000001.jsonl.1.zst"));
	CHECK(is_there("20260101-000000-00000001.jsonl.2"));
	CHECK(!is_there("20260101-000000-00000001.jsonl.2.zst"));
	CHECK(is_there("20260101-000000-00000001.jsonl.3"));
	CHECK(!is_there("20260101-000000-00000001.jsonl.4"));
	close(fd);
	CHECK_INT(tidy_with((struct audit_keep){}), 0);
	CHECK(is_there("20260101-000000-00000001.jsonl.2.zst"));
	CHECK(is_there("20260101-000000-00000001.jsonl"));
}

static int count_words(const char *text, const char *word)
{
	int n = 0;

	for (; (text = strstr(text, word)); text++)
		n++;
	return n;
}

/* Killed at each call: when the next one is done, each run that is gone is in the ledger, once. */
static void test_killed_at_each_call_each_removal_is_told_once(void)
{
	int status = 0, calls = 0;

	while (!WIFEXITED(status) || calls == 0) {
		_cleanup_free_ char *text = NULL;
		pid_t pid;

		make_runs(4);
		calls++;
		fflush(stdout);
		pid = fork();
		if (pid == 0) {
			countdown = calls;
			tidy_with((struct audit_keep){.runs = 1});
			_exit(0);
		}
		waitpid(pid, &status, 0);
		CHECK_INT(tidy_with((struct audit_keep){.runs = 1}), 0);
		text = ledger();
		CHECK_INT(count_runs(), 1);
		CHECK_INT(count_words(text, "removed"), 3);
		CHECK(!is_there("20260124-000000-00000004.jsonl.1.zst"));
		if (check_failures || calls > 100)
			break;
	}
	CHECK(calls > 9);
}

int main(void)
{
	scratch_make();
	scratch_directory("state");
	scratch_directory("state/runs");
	RUN(test_what_is_kept_is_by_age_size_or_number);
	RUN(test_the_ledger_says_what_was_removed);
	RUN(test_a_run_that_lives_is_never_removed);
	RUN(test_nothing_else_is_touched_and_no_link_followed);
	RUN(test_closed_parts_are_compressed_and_empty_ones_go);
	RUN(test_killed_at_each_call_each_removal_is_told_once);
	return check_summary();
}
