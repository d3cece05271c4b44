/* SPDX-License-Identifier: Apache-2.0 */
/* Lines over a socket: their bounds, and what arrives in pieces. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "enforcer/base/fd.h"
#include "enforcer/control/channel.h"
#include "tests/support/check.h"

#define LINE 100
#define OUT  1000

struct pair {
	struct channel channel;
	int other;
};

static void pair_init(struct pair *pair)
{
	int fds[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds) < 0)
		abort();
	channel_init(&pair->channel, fds[0], LINE, OUT);
	pair->other = fds[1];
}

static void pair_done(struct pair *pair)
{
	channel_done(&pair->channel);
	fd_close(pair->other);
}

static void test_lines_come_whole_however_they_arrive(void)
{
	static const char sent[] = "one\n\ntwo\nthr";
	struct pair pair;
	char *line;
	size_t len;

	pair_init(&pair);
	CHECK(!channel_next(&pair.channel, &line, &len));
	for (size_t i = 0; i < sizeof(sent) - 1; i++) {
		CHECK_INT(write(pair.other, sent + i, 1), 1);
		CHECK_INT(channel_receive(&pair.channel, NULL), 1);
	}
	CHECK(channel_next(&pair.channel, &line, &len));
	CHECK_STRING(line, "one");
	CHECK(channel_next(&pair.channel, &line, &len));
	CHECK_INT(len, 0);
	CHECK(channel_next(&pair.channel, &line, &len));
	CHECK_STRING(line, "two");
	CHECK(!channel_next(&pair.channel, &line, &len));
	CHECK_INT(channel_receive(&pair.channel, NULL), -EAGAIN);
	CHECK_INT(write(pair.other, "ee\n", 3), 3);
	CHECK_INT(channel_receive(&pair.channel, NULL), 3);
	CHECK(channel_next(&pair.channel, &line, &len));
	CHECK_STRING(line, "three");
	pair.other = fd_close(pair.other);
	CHECK_INT(channel_receive(&pair.channel, NULL), 0);
	pair_done(&pair);
}

static void test_a_line_has_its_most_and_not_a_byte_more(void)
{
	char text[LINE + 2];
	struct pair pair;
	char *line;
	size_t len;

	memset(text, 'x', sizeof(text));
	for (int more = 0; more <= 1; more++) {
		pair_init(&pair);
		CHECK_INT(write(pair.other, text, LINE + more), LINE + more);
		CHECK_INT(channel_receive(&pair.channel, NULL), LINE + more);
		CHECK(!channel_next(&pair.channel, &line, &len));
		CHECK_INT(write(pair.other, "\n", 1), 1);
		CHECK_INT(channel_is_overlong(&pair.channel), more);
		CHECK_INT(channel_receive(&pair.channel, NULL), more ? -EMSGSIZE : 1);
		CHECK_INT(channel_next(&pair.channel, &line, &len), !more);
		pair_done(&pair);
	}
}

static void test_what_waits_to_be_sent_is_bounded(void)
{
	char text[OUT];
	struct pair pair;

	pair_init(&pair);
	memset(text, 'x', sizeof(text));
	CHECK_INT(channel_put(&pair.channel, text, OUT), -ENOBUFS);
	CHECK_INT(channel_put(&pair.channel, text, OUT - 1), 0);
	CHECK_INT(channel_put(&pair.channel, "", 0), -ENOBUFS);
	CHECK_INT(channel_waiting(&pair.channel), OUT);
	CHECK_INT(channel_send(&pair.channel), 0);
	CHECK_INT(channel_waiting(&pair.channel), 0);
	CHECK_INT(read(pair.other, text, sizeof(text)), OUT);
	CHECK_INT(text[OUT - 1], '\n');
	pair_done(&pair);
}

static void test_what_is_dropped_is_whole_lines(void)
{
	struct pair pair;
	char text[64];
	ssize_t n;

	pair_init(&pair);
	CHECK_INT(channel_put(&pair.channel, "first", 5), 0);
	CHECK_INT(channel_put(&pair.channel, "second", 6), 0);
	CHECK_INT(channel_put(&pair.channel, "third", 5), 0);
	/* As far as a socket took it: into the second. */
	pair.channel.sent = 8;
	channel_drop(&pair.channel);
	CHECK_INT(channel_put(&pair.channel, "last", 4), 0);
	CHECK_INT(channel_send(&pair.channel), 0);
	n = read(pair.other, text, sizeof(text) - 1);
	text[n > 0 ? n : 0] = '\0';
	CHECK_STRING(text, "cond\nlast\n");
	/* At the end of a line, nothing of the next. */
	CHECK_INT(channel_put(&pair.channel, "one", 3), 0);
	CHECK_INT(channel_put(&pair.channel, "two", 3), 0);
	pair.channel.sent = 4;
	channel_drop(&pair.channel);
	CHECK_INT(channel_waiting(&pair.channel), 0);
	pair_done(&pair);
}

static void test_a_reader_that_is_gone_is_an_error_and_no_signal(void)
{
	struct pair pair;

	pair_init(&pair);
	pair.other = fd_close(pair.other);
	CHECK_INT(channel_put(&pair.channel, "x", 1), 0);
	CHECK_INT(channel_send(&pair.channel), -EPIPE);
	pair_done(&pair);
}

static void test_descriptors_that_come_along_are_closed(void)
{
	char data[1] = "x", control[CMSG_SPACE(sizeof(int))] = "";
	struct iovec part = {data, 1};
	struct msghdr message = {.msg_iov = &part,
				 .msg_iovlen = 1,
				 .msg_control = control,
				 .msg_controllen = sizeof(control)};
	struct cmsghdr *c = CMSG_FIRSTHDR(&message);
	struct pair pair;
	int fds[2];
	char byte;

	pair_init(&pair);
	CHECK_INT(pipe2(fds, O_CLOEXEC), 0);
	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(c), &fds[1], sizeof(int));
	CHECK_INT(sendmsg(pair.other, &message, 0), 1);
	fd_close(fds[1]);
	CHECK_INT(channel_receive(&pair.channel, NULL), 1);
	/* The last writer is gone. */
	CHECK_INT(fcntl(fds[0], F_SETFL, O_NONBLOCK), 0);
	CHECK_INT(read(fds[0], &byte, 1), 0);
	fd_close(fds[0]);
	pair_done(&pair);
}

static void test_who_sent_it_is_told(void)
{
	struct pair pair;
	pid_t sender = -1;
	int one = 1;

	pair_init(&pair);
	CHECK_INT(setsockopt(pair.channel.fd, SOL_SOCKET, SO_PASSCRED, &one, sizeof(one)), 0);
	CHECK_INT(write(pair.other, "x", 1), 1);
	CHECK_INT(channel_receive(&pair.channel, &sender), 1);
	CHECK_INT(sender, getpid());
	pair_done(&pair);
}

int main(void)
{
	RUN(test_lines_come_whole_however_they_arrive);
	RUN(test_a_line_has_its_most_and_not_a_byte_more);
	RUN(test_what_waits_to_be_sent_is_bounded);
	RUN(test_what_is_dropped_is_whole_lines);
	RUN(test_a_reader_that_is_gone_is_an_error_and_no_signal);
	RUN(test_descriptors_that_come_along_are_closed);
	RUN(test_who_sent_it_is_told);
	return check_summary();
}
