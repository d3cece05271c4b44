/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "enforcer/audit/audit-file.h"
#include "enforcer/base/fd.h"
#include "tests/support/check.h"

/* In place of libc's: what the file system says to fallocate(2). 0: what it really says. */
static int fallocate_error, fallocate_calls;

int fallocate(int fd, int mode, off_t offset, off_t len)
{
	fallocate_calls++;
	if (fallocate_error) {
		errno = fallocate_error;
		return -1;
	}
	return (int)syscall(SYS_fallocate, fd, mode, offset, len);
}

static char dir[] = "/tmp/test-audit-XXXXXX";

static const char *at(const char *name)
{
	static char paths[4][128];
	static int next;
	char *path = paths[next++ % 4];

	snprintf(path, sizeof(paths[0]), "%s/%s", dir, name);
	return path;
}

static int open_and_close(const char *path, bool make_parents, struct failure *reterr)
{
	struct audit_file file = AUDIT_FILE_NONE;
	int r = audit_file_open(&file, path, make_parents, reterr);

	audit_file_close(&file);
	return r;
}

static void test_a_new_log_and_its_directories_are_ours_alone(void)
{
	struct stat st;

	umask(0);
	CHECK_INT(open_and_close(at("a/b/log"), true, NULL), 0);
	CHECK_INT(stat(at("a/b/log"), &st), 0);
	CHECK_INT(st.st_mode & 07777, 0600);
	CHECK_INT(stat(at("a/b"), &st), 0);
	CHECK_INT(st.st_mode & 07777, 0700);
	CHECK_INT(stat(at("a"), &st), 0);
	CHECK_INT(st.st_mode & 07777, 0700);
	CHECK_INT(open_and_close(at("a/b/log"), true, NULL), 0);
	CHECK_INT(open_and_close(at("none/log"), false, NULL), -ENOENT);
	CHECK_INT(chmod(at("a/b"), 0777), 0);
	CHECK_INT(open_and_close(at("a/b/log"), true, NULL), -EPERM);
}

static void test_what_is_no_plain_log_is_refused_with_its_cause(void)
{
	static const struct {
		const char *name, *text;
		int error;
	} cases[] = {
		{"symlink", "symlink", -ELOOP},
		{"linked", "another name", -EMLINK},
		{"fifo", "nobody reads", -ENXIO},
		{"directory", "", -EISDIR},
	};
	struct failure failure = {};

	CHECK_INT(symlink("target", at("symlink")), 0);
	close(open(at("linked"), O_CREAT | O_WRONLY, 0600));
	CHECK_INT(link(at("linked"), at("second")), 0);
	CHECK_INT(mkfifo(at("fifo"), 0600), 0);
	CHECK_INT(mkdir(at("directory"), 0700), 0);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		failure = (struct failure){};
		CHECK_INT(open_and_close(at(cases[i].name), false, &failure), cases[i].error);
		CHECK(strstr(failure.text, cases[i].text) != NULL);
	}
	CHECK_INT(access(at("target"), F_OK), -1);
	CHECK_INT(open_and_close("/dev/null", false, &failure), -EINVAL);
	CHECK_INT(open_and_close("/dev/fd/999", false, &failure), -EBADF);
}

static void test_two_runs_do_not_share_a_log(void)
{
	struct audit_file first = AUDIT_FILE_NONE;
	struct failure failure = {};

	CHECK_INT(audit_file_open(&first, at("shared"), false, NULL), 0);
	CHECK_INT(open_and_close(at("shared"), false, &failure), -EWOULDBLOCK);
	CHECK(strstr(failure.text, "another run") != NULL);
	audit_file_close(&first);
	CHECK_INT(open_and_close(at("shared"), false, NULL), 0);
}

static void test_a_torn_end_is_seen(void)
{
	static const struct {
		const char *text;
		bool torn;
	} cases[] = {{"", false}, {"one\n", false}, {"one\ntw", true}};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct audit_file file = AUDIT_FILE_NONE;
		int fd = open(at("torn"), O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600);

		CHECK_INT(fd_write_all(fd, cases[i].text, strlen(cases[i].text)), 0);
		close(fd);
		CHECK_INT(audit_file_open(&file, at("torn"), false, NULL), 0);
		CHECK(file.torn == cases[i].torn);
		CHECK_INT(file.size, strlen(cases[i].text));
		audit_file_close(&file);
	}
}

static void test_a_descriptor_of_ours_is_taken_by_its_name(void)
{
	struct audit_file file = AUDIT_FILE_NONE;
	char name[32];
	int fds[2];

	CHECK_INT(pipe2(fds, O_CLOEXEC), 0);
	snprintf(name, sizeof(name), "/dev/fd/%d", fds[1]);
	CHECK_INT(audit_file_open(&file, name, false, NULL), 0);
	CHECK_INT(file.guarantee, AUDIT_STREAM);
	CHECK(file.fd != fds[1] && file.fd > 2);
	CHECK_INT(audit_file_allocate(&file, UINT64_MAX), 0);
	audit_file_close(&file);
	CHECK_INT(write(fds[1], "x", 1), 1);
	close(fds[0]);
	close(fds[1]);
	/* A file that does not append does so for us. */
	fds[0] = open(at("plain"), O_CREAT | O_RDWR | O_CLOEXEC, 0600);
	CHECK_INT(write(fds[0], "old\n", 4), 4);
	CHECK_INT(lseek(fds[0], 0, SEEK_SET), 0);
	snprintf(name, sizeof(name), "/dev/fd/%d", fds[0]);
	CHECK_INT(audit_file_open(&file, name, false, NULL), 0);
	CHECK_INT(write(file.fd, "new\n", 4), 4);
	CHECK_INT(lseek(fds[0], 0, SEEK_END), 8);
	audit_file_close(&file);
	close(fds[0]);
}

static void test_every_failure_of_allocation_is_room_or_fault(void)
{
	static const struct {
		int error, result;
		enum audit_guarantee guarantee;
	} cases[] = {
		{ENOSPC, -ENOSPC, AUDIT_PREALLOCATED}, {EDQUOT, -ENOSPC, AUDIT_PREALLOCATED},
		{EFBIG, -ENOSPC, AUDIT_PREALLOCATED},  {EIO, -EIO, AUDIT_PREALLOCATED},
		{EOPNOTSUPP, 0, AUDIT_CHECKED},        {ENOSYS, 0, AUDIT_CHECKED},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct audit_file file = AUDIT_FILE_NONE;

		CHECK_INT(audit_file_open(&file, at("room"), false, NULL), 0);
		fallocate_error = cases[i].error;
		CHECK_INT(audit_file_allocate(&file, 1000), cases[i].result);
		CHECK_INT(file.guarantee, cases[i].guarantee);
		CHECK(cases[i].result ? file.allocated == 0 : file.allocated >= 1000);
		/* More than any disk has: also where it can only be looked at. */
		CHECK(audit_file_allocate(&file, UINT64_MAX / 4) < 0);
		fallocate_error = 0;
		if (cases[i].guarantee == AUDIT_PREALLOCATED)
			CHECK_INT(audit_file_allocate(&file, 1000), 0);
		audit_file_close(&file);
	}
}

static void test_space_is_asked_for_in_steps(void)
{
	struct audit_file file = AUDIT_FILE_NONE;

	CHECK_INT(audit_file_open(&file, at("steps"), false, NULL), 0);
	fallocate_calls = 0;
	for (uint64_t end = 0; end <= 1 << 20; end += 500)
		CHECK_INT(audit_file_allocate(&file, end), 0);
	CHECK_INT(fallocate_calls, 4);
	audit_file_close(&file);
}

static void test_the_limit_of_file_sizes_is_a_full_disk(void)
{
	struct rlimit before, limit;
	struct audit_file file = AUDIT_FILE_NONE;

	CHECK_INT(getrlimit(RLIMIT_FSIZE, &before), 0);
	limit = before;
	limit.rlim_cur = 100000;
	CHECK_INT(setrlimit(RLIMIT_FSIZE, &limit), 0);
	CHECK_INT(audit_file_open(&file, at("limit"), false, NULL), 0);
	CHECK_INT(audit_file_allocate(&file, 100000), 0);
	CHECK_INT(audit_file_allocate(&file, 100001), -ENOSPC);
	audit_file_close(&file);
	CHECK_INT(setrlimit(RLIMIT_FSIZE, &before), 0);
}

static void clean(void)
{
	static const char *const names[] = {"a/b/log", "a/b",  "a",         "symlink", "linked",
					    "second",  "fifo", "directory", "shared",  "torn",
					    "plain",   "room", "steps",     "limit",   ""};

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (unlink(at(names[i])) < 0)
			rmdir(at(names[i]));
}

int main(void)
{
	if (!mkdtemp(dir))
		return 1;
	RUN(test_a_new_log_and_its_directories_are_ours_alone);
	RUN(test_what_is_no_plain_log_is_refused_with_its_cause);
	RUN(test_two_runs_do_not_share_a_log);
	RUN(test_a_torn_end_is_seen);
	RUN(test_a_descriptor_of_ours_is_taken_by_its_name);
	RUN(test_every_failure_of_allocation_is_room_or_fault);
	RUN(test_space_is_asked_for_in_steps);
	RUN(test_the_limit_of_file_sizes_is_a_full_disk);
	clean();
	return check_summary();
}
