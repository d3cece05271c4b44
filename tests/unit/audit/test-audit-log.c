/* SPDX-License-Identifier: Apache-2.0 */
/* The log against a loop that answers as the test says. */
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "enforcer/audit/audit-log.h"
#include "tests/support/check.h"
#include "tests/unit/audit/fake-loop.h"

struct fixture {
	struct fake_loop fake;
	struct audit_log *log;
	char dir[32], path[64];
	int failures, error;
};

static void on_failure(void *userdata, int error)
{
	struct fixture *f = userdata;

	f->failures++;
	f->error = error;
}

static void fixture_init(struct fixture *f)
{
	*f = (struct fixture){.dir = "/tmp/test-audit-XXXXXX"};
	CHECK(mkdtemp(f->dir) != NULL);
	snprintf(f->path, sizeof(f->path), "%s/log", f->dir);
	CHECK_INT(audit_log_new(fake_loop_as_loop(&f->fake), f->path, false, &f->log, NULL), 0);
	audit_log_on_failure(f->log, on_failure, f);
}

static void fixture_done(struct fixture *f)
{
	f->log = audit_log_free(f->log);
	buffer_done(&f->fake.taken);
	unlink(f->path);
	rmdir(f->dir);
}

static void append(struct fixture *f, const char *line)
{
	CHECK_INT(audit_log_reserve(f->log, 100), 0);
	CHECK_INT(audit_log_append(f->log, line, strlen(line), 100), 0);
}

static void fill_batch(struct fixture *f)
{
	char line[1024];

	memset(line, 'x', sizeof(line) - 1);
	line[sizeof(line) - 1] = '\0';
	line[sizeof(line) - 2] = '\n';
	for (size_t n = 0; n < AUDIT_LOG_BATCH; n += sizeof(line) - 1)
		CHECK_INT(audit_log_append(f->log, line, sizeof(line) - 1, 0), 0);
}

static void test_a_line_alone_waits_no_longer_than_the_timer(void)
{
	struct fixture f;

	fixture_init(&f);
	append(&f, "one\n");
	append(&f, "two\n");
	CHECK_INT(f.fake.writes, 0);
	CHECK_INT(f.fake.timers, 1);
	CHECK(f.fake.delay <= 100000000u);
	fake_loop_expire(&f.fake);
	CHECK_INT(f.fake.writes, 1);
	fake_loop_answer_write(&f.fake, (int32_t)f.fake.len);
	CHECK_STRING(f.fake.taken.data, "one\ntwo\n");
	/* Idle: no timer runs. */
	CHECK(!f.fake.timer && !f.fake.writer);
	fixture_done(&f);
}

static void test_a_full_batch_goes_at_once_and_one_write_is_under_way(void)
{
	struct fixture f;

	fixture_init(&f);
	fill_batch(&f);
	CHECK_INT(f.fake.writes, 1);
	fill_batch(&f);
	append(&f, "last\n");
	CHECK_INT(f.fake.writes, 1);
	fake_loop_answer_write(&f.fake, (int32_t)f.fake.len);
	CHECK_INT(f.fake.writes, 2);
	fake_loop_answer_write(&f.fake, (int32_t)f.fake.len);
	CHECK(memcmp(f.fake.taken.data + f.fake.taken.len - 5, "last\n", 5) == 0);
	CHECK_INT(f.failures, 0);
	fixture_done(&f);
}

static void test_what_came_during_a_slow_write_follows_without_another_wait(void)
{
	struct fixture f;

	fixture_init(&f);
	append(&f, "one\n");
	fake_loop_expire(&f.fake);
	append(&f, "two\n");
	fake_loop_expire(&f.fake);
	CHECK_INT(f.fake.writes, 1);
	fake_loop_answer_write(&f.fake, 4);
	CHECK_INT(f.fake.writes, 2);
	fake_loop_answer_write(&f.fake, 4);
	CHECK_STRING(f.fake.taken.data, "one\ntwo\n");
	fixture_done(&f);
}

static void test_a_short_write_goes_on_where_it_stopped(void)
{
	struct fixture f;

	fixture_init(&f);
	append(&f, "one two\n");
	fake_loop_expire(&f.fake);
	fake_loop_answer_write(&f.fake, 3);
	fake_loop_answer_write(&f.fake, -EINTR);
	fake_loop_answer_write(&f.fake, -EAGAIN);
	CHECK(f.fake.poller && !f.fake.writer);
	fake_loop_answer_poll(&f.fake);
	fake_loop_answer_write(&f.fake, 5);
	CHECK_STRING(f.fake.taken.data, "one two\n");
	CHECK_INT(f.failures, 0);
	fixture_done(&f);
}

static void test_a_failed_write_refuses_everything_after_and_is_told_once(void)
{
	static const int32_t results[] = {-EIO, -ENOSPC, -EPIPE, 0};

	for (size_t i = 0; i < ARRAY_LEN(results); i++) {
		struct audit_log_state state;
		struct fixture f;

		fixture_init(&f);
		append(&f, "one\n");
		fake_loop_expire(&f.fake);
		append(&f, "two\n");
		fake_loop_answer_write(&f.fake, 2);
		fake_loop_answer_write(&f.fake, results[i]);
		CHECK_INT(f.failures, 1);
		CHECK_INT(f.error, results[i] ? results[i] : -EIO);
		CHECK_INT(audit_log_reserve(f.log, 1), -EIO);
		CHECK_INT(audit_log_append(f.log, "x\n", 2, 0), -EIO);
		CHECK_INT(audit_log_append_last_words(f.log, "x\n", 2), -EIO);
		fake_loop_expire(&f.fake);
		CHECK(!f.fake.writer);
		CHECK_INT(audit_log_close(f.log), -EIO);
		audit_log_state(f.log, &state);
		CHECK_INT(state.error, f.error);
		CHECK_INT(state.written, 2);
		CHECK_INT(state.refused, 2);
		CHECK_INT(f.failures, 1);
		fixture_done(&f);
	}
}

static void test_close_writes_what_waits(void)
{
	struct fixture f;

	fixture_init(&f);
	fill_batch(&f);
	append(&f, "end\n");
	f.fake.take_all = true;
	CHECK_INT(audit_log_close(f.log), 0);
	CHECK(f.fake.taken.len > AUDIT_LOG_BATCH);
	CHECK(memcmp(f.fake.taken.data + f.fake.taken.len - 4, "end\n", 4) == 0);
	CHECK_INT(audit_log_reserve(f.log, 1), -EIO);
	fixture_done(&f);
}

static void test_close_gives_up_on_a_reader_who_takes_nothing(void)
{
	struct fixture f;

	fixture_init(&f);
	append(&f, "end\n");
	CHECK_INT(audit_log_close(f.log), -ETIMEDOUT);
	/* The write is still under way: its memory stays until the kernel lets go. */
	fixture_done(&f);
}

static void test_memory_is_bounded_while_the_disk_sleeps(void)
{
	struct fixture f;
	size_t n = 0;

	fixture_init(&f);
	while (audit_log_reserve(f.log, 1 << 20) == 0)
		n++;
	CHECK_INT(n, AUDIT_LOG_FILE_MAX >> 20);
	CHECK_INT(audit_log_reserve(f.log, 1), -ENOSPC);
	audit_log_release(f.log, 1 << 20);
	CHECK_INT(audit_log_reserve(f.log, 1 << 20), 0);
	/* Last words have a place of their own, the reservations of others or not. */
	CHECK_INT(audit_log_append_last_words(f.log, "end\n", 4), 0);
	fixture_done(&f);
}

static void test_a_line_longer_than_reserved_looks_for_its_room(void)
{
	struct fixture f;

	fixture_init(&f);
	CHECK_INT(audit_log_reserve(f.log, AUDIT_LOG_FILE_MAX), 0);
	CHECK_INT(audit_log_append(f.log, "no room\n", 8, 0), -ENOSPC);
	audit_log_release(f.log, AUDIT_LOG_FILE_MAX - 2);
	CHECK_INT(audit_log_append(f.log, "some\n", 5, 2), 0);
	fixture_done(&f);
}

int main(void)
{
	RUN(test_a_line_alone_waits_no_longer_than_the_timer);
	RUN(test_a_full_batch_goes_at_once_and_one_write_is_under_way);
	RUN(test_what_came_during_a_slow_write_follows_without_another_wait);
	RUN(test_a_short_write_goes_on_where_it_stopped);
	RUN(test_a_failed_write_refuses_everything_after_and_is_told_once);
	RUN(test_close_writes_what_waits);
	RUN(test_close_gives_up_on_a_reader_who_takes_nothing);
	RUN(test_memory_is_bounded_while_the_disk_sleeps);
	RUN(test_a_line_longer_than_reserved_looks_for_its_room);
	return check_summary();
}
