/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "enforcer/loop/loop.h"
#include "tests/support/check.h"

struct seen {
	struct loop_source source;
	int calls;
	int32_t result;
	bool more;
};

static void see(struct loop_source *source, int32_t result, bool more)
{
	struct seen *seen = container_of(source, struct seen, source);

	seen->calls++;
	seen->result = result;
	seen->more = more;
}

static void test_poll_stays_armed_and_sees_each_byte(void)
{
	_cleanup_(loop_freep) struct loop *loop = NULL;
	struct seen seen = {};
	int fds[2];
	char byte;

	CHECK_INT(loop_new(&loop), 0);
	CHECK_INT(pipe(fds), 0);
	CHECK_INT(loop_source_init(&seen.source, loop, see), 0);
	CHECK_INT(loop_poll(&seen.source, fds[0], POLLIN, true), 0);
	for (int i = 1; i <= 3; i++) {
		CHECK_INT(write(fds[1], "x", 1), 1);
		CHECK_INT(loop_step(loop, true), 0);
		CHECK_INT(seen.calls, i);
		CHECK(seen.more && (seen.result & POLLIN));
		CHECK_INT(read(fds[0], &byte, 1), 1);
	}
	loop_source_done(&seen.source);
	close(fds[0]);
	close(fds[1]);
}

static void test_an_answer_for_a_forgotten_source_is_dropped(void)
{
	_cleanup_(loop_freep) struct loop *loop = NULL;
	struct seen first = {}, second = {};
	int fds[2];

	CHECK_INT(loop_new(&loop), 0);
	CHECK_INT(pipe(fds), 0);
	CHECK_INT(loop_source_init(&first.source, loop, see), 0);
	CHECK_INT(loop_poll(&first.source, fds[0], POLLIN, false), 0);
	CHECK_INT(loop_step(loop, false), 0);
	CHECK_INT(write(fds[1], "x", 1), 1);
	loop_source_done(&first.source);
	CHECK_INT(loop_source_init(&second.source, loop, see), 0);
	CHECK_INT(loop_timeout(&second.source, 1000000), 0);
	while (second.calls == 0)
		CHECK_INT(loop_step(loop, true), 0);
	CHECK_INT(first.calls, 0);
	CHECK_INT(second.result, 0);
	loop_source_done(&second.source);
	loop_source_done(&second.source);
	close(fds[0]);
	close(fds[1]);
}

static void test_a_fifo_does_not_stop_the_loop(void)
{
	_cleanup_(loop_freep) struct loop *loop = NULL;
	struct seen opening = {}, timer = {};
	char dir[] = "/tmp/test-loop-XXXXXX", path[64];
	struct open_how *how = calloc(1, sizeof(*how));

	CHECK_INT(loop_new(&loop), 0);
	CHECK(mkdtemp(dir) != NULL);
	snprintf(path, sizeof(path), "%s/fifo", dir);
	CHECK_INT(mkfifo(path, 0600), 0);
	how->flags = O_RDONLY | O_CLOEXEC;
	CHECK_INT(loop_source_init(&opening.source, loop, see), 0);
	CHECK_INT(loop_source_init(&timer.source, loop, see), 0);
	CHECK_INT(loop_openat2(&opening.source, AT_FDCWD, path, how), 0);
	CHECK_INT(loop_timeout(&timer.source, 20000000), 0);
	while (timer.calls == 0)
		CHECK_INT(loop_step(loop, true), 0);
	CHECK_INT(opening.calls, 0);
	loop_source_cancel(&opening.source);
	while (opening.calls == 0)
		CHECK_INT(loop_step(loop, true), 0);
	CHECK_INT(opening.result, -ECANCELED);
	loop_source_done(&opening.source);
	loop_source_done(&timer.source);
	free(how);
	unlink(path);
	rmdir(dir);
}

static void test_many_sources_get_slots_of_their_own(void)
{
	_cleanup_(loop_freep) struct loop *loop = NULL;
	static struct seen seen[1000];

	CHECK_INT(loop_new(&loop), 0);
	for (size_t i = 0; i < ARRAY_LEN(seen); i++) {
		CHECK_INT(loop_source_init(&seen[i].source, loop, see), 0);
		CHECK_INT(loop_defer(&seen[i].source), 0);
	}
	for (int i = 0; i < 10; i++)
		CHECK_INT(loop_step(loop, false), 0);
	for (size_t i = 0; i < ARRAY_LEN(seen); i++) {
		CHECK_INT(seen[i].calls, 1);
		loop_source_done(&seen[i].source);
	}
}

static void stop_the_loop(struct loop_source *source, int32_t result, bool more)
{
	loop_stop(source->loop);
}

static void test_a_stopped_loop_can_step_again(void)
{
	_cleanup_(loop_freep) struct loop *loop = NULL;
	struct loop_source stopper = {};
	struct seen seen = {};

	CHECK_INT(loop_new(&loop), 0);
	CHECK_INT(loop_source_init(&stopper, loop, stop_the_loop), 0);
	CHECK_INT(loop_source_init(&seen.source, loop, see), 0);
	CHECK_INT(loop_defer(&stopper), 0);
	CHECK_INT(loop_defer(&seen.source), 0);
	CHECK_INT(loop_run(loop), 0);
	CHECK_INT(seen.calls, 0);
	CHECK_INT(loop_step(loop, false), 0);
	CHECK_INT(seen.calls, 1);
	loop_source_done(&stopper);
	loop_source_done(&seen.source);
}

int main(void)
{
	RUN(test_poll_stays_armed_and_sees_each_byte);
	RUN(test_an_answer_for_a_forgotten_source_is_dropped);
	RUN(test_a_fifo_does_not_stop_the_loop);
	RUN(test_many_sources_get_slots_of_their_own);
	RUN(test_a_stopped_loop_can_step_again);
	return check_summary();
}
