/* SPDX-License-Identifier: Apache-2.0 */
/* The log on the real ring, on files, pipes and a disk of one MiB that is full. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "enforcer/audit/audit-log.h"
#include "enforcer/base/fd.h"
#include "enforcer/loop/loop.h"
#include "tests/support/check.h"

#define SKIPPED 77

static char dir[] = "/tmp/test-audit-XXXXXX";

static const char *at(const char *name)
{
	static char paths[4][128];
	static int next;
	char *path = paths[next++ % 4];

	snprintf(path, sizeof(paths[0]), "%s/%s", dir, name);
	return path;
}

/* "N padding\n" with numbers from 0 and nothing between, how many; -1 where it is otherwise. */
static long count_lines(const char *data, size_t len)
{
	const char *p = data;
	long n = 0;

	while (p < data + len) {
		char *end;

		if (strtol(p, &end, 10) != n || *end != ' ')
			return -1;
		p = memchr(end, '\n', len - (size_t)(end - data));
		if (!p)
			return -1;
		p++;
		n++;
	}
	return n;
}

static long count_file_lines(const char *path)
{
	_cleanup_free_ char *data = NULL;
	_cleanup_fd_ int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t len;

	return fd_read_file(fd, 1 << 30, &data, &len) == 0 ? count_lines(data, len) : -1;
}

static int append_line(struct audit_log *log, long n, size_t reserved)
{
	char line[300];
	int len = snprintf(line, sizeof(line), "%ld %*s\n", n, (int)(n % 200) + 50, "");

	return audit_log_append(log, line, (size_t)len, reserved);
}

static void test_lines_keep_their_order_under_load(void)
{
	_cleanup_(loop_freep) struct loop *loop = NULL;
	_cleanup_(audit_log_freep) struct audit_log *log = NULL;
	uint64_t start = loop_now();
	struct stat st;

	CHECK_INT(loop_new(&loop), 0);
	CHECK_INT(audit_log_new(loop, at("load"), false, &log, NULL), 0);
	if (!log)
		return;
	for (long n = 0; n < 100000; n++) {
		CHECK_INT(audit_log_reserve(log, 300), 0);
		CHECK_INT(append_line(log, n, 300), 0);
		if (n % 64 == 0)
			CHECK_INT(loop_step(loop, false), 0);
		if (check_failures)
			return;
	}
	/* Not a check: machines differ. */
	printf("# a line through the log: %d ns\n", (int)((loop_now() - start) / 100000));
	CHECK_INT(audit_log_close(log), 0);
	CHECK_INT(count_file_lines(at("load")), 100000);
	/* What was allocated ahead is given back. */
	CHECK_INT(stat(at("load"), &st), 0);
	CHECK(st.st_blocks * 512 <= st.st_size + 8192);
}

static void test_a_line_is_in_the_file_within_a_second_without_more_lines(void)
{
	_cleanup_(loop_freep) struct loop *loop = NULL;
	_cleanup_(audit_log_freep) struct audit_log *log = NULL;
	uint64_t start = loop_now();
	struct audit_log_state state = {};

	CHECK_INT(loop_new(&loop), 0);
	CHECK_INT(audit_log_new(loop, at("idle"), false, &log, NULL), 0);
	if (!log)
		return;
	CHECK_INT(append_line(log, 0, 0), 0);
	while (state.written == 0 && loop_now() - start < 5000000000u) {
		CHECK_INT(loop_step(loop, true), 0);
		audit_log_state(log, &state);
	}
	CHECK(loop_now() - start < 1000000000u);
	CHECK_INT(count_file_lines(at("idle")), 1);
}

static void test_a_torn_line_gets_an_end_before_the_next_run(void)
{
	_cleanup_(loop_freep) struct loop *loop = NULL;
	_cleanup_(audit_log_freep) struct audit_log *log = NULL;
	_cleanup_free_ char *data = NULL;
	_cleanup_fd_ int fd = open(at("torn"), O_CREAT | O_RDWR | O_CLOEXEC, 0600);
	size_t len;

	CHECK_INT(fd_write_all(fd, "{\"v\":", 5), 0);
	CHECK_INT(loop_new(&loop), 0);
	CHECK_INT(audit_log_new(loop, at("torn"), false, &log, NULL), 0);
	if (!log)
		return;
	CHECK_INT(audit_log_append(log, "{}\n", 3, 0), 0);
	CHECK_INT(audit_log_close(log), 0);
	CHECK_INT(lseek(fd, 0, SEEK_SET), 0);
	CHECK_INT(fd_read_file(fd, 100, &data, &len), 0);
	CHECK_STRING(data, "{\"v\":\n{}\n");
}

static void test_a_pipe_that_nobody_reads_refuses_and_does_not_wait(void)
{
	_cleanup_(loop_freep) struct loop *loop = NULL;
	_cleanup_(audit_log_freep) struct audit_log *log = NULL;
	static char data[8 << 20];
	uint64_t start = loop_now();
	long n = 0, written;
	size_t len = 0;
	char name[32];
	int fds[2];

	CHECK_INT(pipe2(fds, O_CLOEXEC), 0);
	CHECK(fcntl(fds[1], F_SETPIPE_SZ, 4096) >= 4096);
	CHECK(fcntl(fds[0], F_SETFL, O_NONBLOCK) == 0);
	snprintf(name, sizeof(name), "/dev/fd/%d", fds[1]);
	CHECK_INT(loop_new(&loop), 0);
	CHECK_INT(audit_log_new(loop, name, false, &log, NULL), 0);
	if (!log)
		return;
	while (audit_log_reserve(log, 300) == 0) {
		CHECK_INT(append_line(log, n++, 300), 0);
		CHECK_INT(loop_step(loop, false), 0);
	}
	CHECK_INT(audit_log_reserve(log, 300), -ENOSPC);
	CHECK(n > 5000);
	CHECK(loop_now() - start < 5000000000u);
	written = n;
	/* The reader wakes up: room again, and nothing was lost. */
	while (audit_log_reserve(log, AUDIT_LOG_STREAM_MAX) < 0) {
		ssize_t r = read(fds[0], data + len, sizeof(data) - len);

		len += r > 0 ? (size_t)r : 0;
		CHECK_INT(loop_step(loop, false), 0);
		if (loop_now() - start > 20000000000u)
			break;
	}
	for (ssize_t r = 1; r > 0; len += r > 0 ? (size_t)r : 0)
		r = read(fds[0], data + len, sizeof(data) - len);
	CHECK_INT(count_lines(data, len), written);
	close(fds[0]);
	close(fds[1]);
}

static void test_a_terminal_that_stands_still_does_not_stop_the_loop(void)
{
	_cleanup_(loop_freep) struct loop *loop = NULL;
	_cleanup_(audit_log_freep) struct audit_log *log = NULL;
	uint64_t start = loop_now(), longest = 0;
	int master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC), slave;
	struct audit_log_state state;
	long n = 0;

	CHECK(master >= 0 && grantpt(master) == 0 && unlockpt(master) == 0);
	slave = open(ptsname(master), O_RDWR | O_NOCTTY | O_CLOEXEC);
	CHECK(slave >= 0);
	CHECK_INT(loop_new(&loop), 0);
	CHECK_INT(audit_log_new(loop, ptsname(master), false, &log, NULL), 0);
	if (!log)
		return;
	while (audit_log_reserve(log, 300) == 0) {
		uint64_t before = loop_now();

		CHECK_INT(append_line(log, n++, 300), 0);
		CHECK_INT(loop_step(loop, false), 0);
		longest = loop_now() - before > longest ? loop_now() - before : longest;
	}
	audit_log_state(log, &state);
	CHECK_INT(state.guarantee, AUDIT_STREAM);
	CHECK(state.waiting > AUDIT_LOG_STREAM_MAX / 2);
	CHECK(longest < 1000000000u);
	/* The end of a run waits a while for it, and no longer. */
	CHECK_INT(audit_log_close(log), -ETIMEDOUT);
	CHECK(loop_now() - start < 10000000000u);
	close(slave);
	close(master);
	/* The batch is freed with the kernel's answer. */
	log = audit_log_free(log);
	for (start = loop_now(); loop_now() - start < 200000000u;)
		CHECK_INT(loop_step(loop, false), 0);
}

static void test_a_pipe_whose_reader_left_fails_the_log(void)
{
	_cleanup_(loop_freep) struct loop *loop = NULL;
	_cleanup_(audit_log_freep) struct audit_log *log = NULL;
	struct audit_log_state state;
	char name[32];
	int fds[2];

	CHECK_INT(pipe2(fds, O_CLOEXEC), 0);
	snprintf(name, sizeof(name), "/dev/fd/%d", fds[1]);
	CHECK_INT(loop_new(&loop), 0);
	CHECK_INT(audit_log_new(loop, name, false, &log, NULL), 0);
	if (!log)
		return;
	close(fds[0]);
	CHECK_INT(append_line(log, 0, 0), 0);
	CHECK_INT(audit_log_close(log), -EIO);
	audit_log_state(log, &state);
	CHECK_INT(state.error, -EPIPE);
	close(fds[1]);
}

/* Writes until the disk is full to the last block. */
static void fill_disk(const char *path)
{
	_cleanup_fd_ int fd = open(path, O_CREAT | O_WRONLY | O_APPEND | O_CLOEXEC, 0600);
	static const char block[4096];

	while (write(fd, block, sizeof(block)) > 0)
		;
}

static void test_what_was_reserved_is_written_on_a_full_disk(void)
{
	_cleanup_(loop_freep) struct loop *loop = NULL;
	_cleanup_(audit_log_freep) struct audit_log *log = NULL;
	struct audit_log_state state;
	struct statvfs st;
	long n = 0, promised = 0;

	CHECK_INT(loop_new(&loop), 0);
	CHECK_INT(audit_log_new(loop, at("disk/log"), false, &log, NULL), 0);
	if (!log)
		return;
	audit_log_state(log, &state);
	CHECK_INT(state.guarantee, AUDIT_PREALLOCATED);
	for (; promised < 1000; promised++)
		CHECK_INT(audit_log_reserve(log, 300), 0);
	fill_disk(at("disk/filler"));
	CHECK_INT(statvfs(at("disk"), &st), 0);
	CHECK_INT(st.f_bavail, 0);
	while (audit_log_reserve(log, 300) == 0 && promised < 1000000)
		promised++;
	CHECK(promised < 5000);
	for (; n < promised; n++) {
		CHECK_INT(append_line(log, n, 300), 0);
		CHECK_INT(loop_step(loop, false), 0);
	}
	CHECK_INT(audit_log_flush(log), 0);
	CHECK_INT(count_file_lines(at("disk/log")), promised);
	/* What those lines did not use is room again; then there is none. */
	while (audit_log_reserve(log, 300) == 0)
		CHECK_INT(append_line(log, n++, 300), 0);
	CHECK_INT(audit_log_flush(log), 0);
	CHECK_INT(audit_log_reserve(log, 300), -ENOSPC);
	CHECK_INT(unlink(at("disk/filler")), 0);
	CHECK_INT(audit_log_reserve(log, 300), 0);
	CHECK_INT(append_line(log, n++, 300), 0);
	fill_disk(at("disk/filler"));
	while (audit_log_reserve(log, 4096) == 0)
		;
	CHECK_INT(audit_log_append_last_words(log, "", 0), 0);
	CHECK_INT(audit_log_close(log), 0);
	CHECK_INT(count_file_lines(at("disk/log")), n);
	/* Closed: what was reserved and not written is free. */
	CHECK_INT(statvfs(at("disk"), &st), 0);
	CHECK(st.f_bavail > 0);
	CHECK_INT(unlink(at("disk/log")), 0);
	CHECK_INT(unlink(at("disk/filler")), 0);
}

static void test_last_words_fit_on_a_full_disk_and_a_new_log_does_not(void)
{
	_cleanup_(loop_freep) struct loop *loop = NULL;
	_cleanup_(audit_log_freep) struct audit_log *log = NULL, *second = NULL;
	struct failure failure = {};
	static char words[AUDIT_LOG_LAST_WORDS];
	struct stat st;

	memset(words, 'w', sizeof(words));
	CHECK_INT(loop_new(&loop), 0);
	CHECK_INT(audit_log_new(loop, at("disk/log"), false, &log, NULL), 0);
	if (!log)
		return;
	fill_disk(at("disk/filler"));
	while (audit_log_reserve(log, 100) == 0)
		;
	while (audit_log_reserve(log, 1) == 0)
		;
	CHECK_INT(audit_log_append_last_words(log, words, sizeof(words)), 0);
	CHECK_INT(audit_log_append_last_words(log, words, 1), -ENOSPC);
	CHECK_INT(audit_log_new(loop, at("disk/second"), false, &second, &failure), -ENOSPC);
	CHECK(strstr(failure.text, "no room") != NULL);
	CHECK_INT(audit_log_close(log), 0);
	CHECK_INT(stat(at("disk/log"), &st), 0);
	CHECK_INT(st.st_size, sizeof(words));
}

static bool write_file(const char *path, const char *text)
{
	_cleanup_fd_ int fd = open(path, O_WRONLY | O_CLOEXEC);

	return fd >= 0 && fd_write_all(fd, text, strlen(text)) == 0;
}

/* A tmpfs of one MiB that only we see. */
static bool small_disk(void)
{
	char map[64];
	uid_t uid = getuid();
	gid_t gid = getgid();

	if (uid != 0) {
		if (unshare(CLONE_NEWUSER) < 0)
			return false;
		snprintf(map, sizeof(map), "%u %u 1", uid, uid);
		if (!write_file("/proc/self/uid_map", map))
			return false;
		/* Who has no group inside can make no file: EOVERFLOW. */
		snprintf(map, sizeof(map), "%u %u 1", gid, gid);
		if (!write_file("/proc/self/setgroups", "deny") ||
		    !write_file("/proc/self/gid_map", map))
			return false;
	}
	return unshare(CLONE_NEWNS) == 0 &&
	       mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
	       mkdir(at("disk"), 0700) == 0 &&
	       mount("tmpfs", at("disk"), "tmpfs", 0, "size=1m,mode=0700") == 0;
}

int main(void)
{
	static const char *const names[] = {"load", "idle", "torn"};
	bool disk;

	signal(SIGPIPE, SIG_IGN);
	if (!mkdtemp(dir))
		return 1;
	disk = small_disk();
	RUN(test_lines_keep_their_order_under_load);
	RUN(test_a_line_is_in_the_file_within_a_second_without_more_lines);
	RUN(test_a_torn_line_gets_an_end_before_the_next_run);
	RUN(test_a_pipe_that_nobody_reads_refuses_and_does_not_wait);
	RUN(test_a_terminal_that_stands_still_does_not_stop_the_loop);
	RUN(test_a_pipe_whose_reader_left_fails_the_log);
	if (disk) {
		RUN(test_what_was_reserved_is_written_on_a_full_disk);
		RUN(test_last_words_fit_on_a_full_disk_and_a_new_log_does_not);
		umount2(at("disk"), MNT_DETACH);
	}
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		unlink(at(names[i]));
	rmdir(at("disk"));
	rmdir(dir);
	if (check_summary())
		return 1;
	if (!disk)
		printf("skipped: the full disk: no user and mount namespace to be had: %m\n");
	return disk ? 0 : SKIPPED;
}
