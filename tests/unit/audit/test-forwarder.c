/* SPDX-License-Identifier: Apache-2.0 */
/* The process that hands lines over, to a socket of the test's own in the place of the service. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "enforcer/audit/forwarder.h"
#include "enforcer/base/fd.h"
#include "tests/support/check.h"
#include "tests/support/scratch.h"

#define PATIENCE_NS (60 * UINT64_C(1000000000))
#define BIG         (900u << 10)

static struct sockaddr_un address(const char *name)
{
	struct sockaddr_un to = {.sun_family = AF_UNIX};

	snprintf(to.sun_path, sizeof(to.sun_path), "%.100s", scratch_path(name));
	return to;
}

static int service(const char *name, int type)
{
	struct sockaddr_un at = address(name);
	int fd = socket(AF_UNIX, type | SOCK_CLOEXEC, 0);

	unlink(at.sun_path);
	CHECK_INT(bind(fd, (struct sockaddr *)&at, sizeof(at)), 0);
	if (type == SOCK_STREAM)
		CHECK_INT(listen(fd, 1), 0);
	return fd;
}

static struct forwarder *forwarder_to(enum audit_to to, const char *name)
{
	struct forwarder *forwarder = NULL;
	struct failure failure = {};

	CHECK_INT(forwarder_new(to, scratch_path(name), &forwarder, &failure), 0);
	return forwarder;
}

static void say(struct forwarder *forwarder, const char *text)
{
	CHECK_INT(fd_write_all(forwarder_fd(forwarder), text, strlen(text)), 0);
}

/* Waits for a message, at most a minute; NUL-ended. ret_fd: that came with it, or -1. */
static ssize_t receive(int fd, char *ret_text, size_t size, int *ret_fd)
{
	union {
		struct cmsghdr align;
		char room[CMSG_SPACE(sizeof(int))];
	} control = {};
	struct iovec data = {.iov_base = ret_text, .iov_len = size - 1};
	struct msghdr message = {.msg_iov = &data,
				 .msg_iovlen = 1,
				 .msg_control = control.room,
				 .msg_controllen = sizeof(control.room)};
	struct pollfd readable = {.fd = fd, .events = POLLIN};
	ssize_t n;

	*ret_fd = -1;
	ret_text[0] = '\0';
	if (poll(&readable, 1, 60000) != 1)
		return -1;
	n = recvmsg(fd, &message, MSG_CMSG_CLOEXEC);
	ret_text[n > 0 ? n : 0] = '\0';
	if (CMSG_FIRSTHDR(&message))
		memcpy(ret_fd, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof(int));
	return n;
}

static void check_received(int fd, const char *wanted)
{
	char text[16384];
	int with;

	CHECK(receive(fd, text, sizeof(text), &with) > 0);
	if (!strstr(text, wanted))
		fprintf(stderr, "%s is not in %s\n", wanted, text);
	CHECK(strstr(text, wanted) != NULL);
	CHECK_INT(with, -1);
}

static void test_each_line_is_a_message_however_it_was_written(void)
{
	_cleanup_fd_ int journal = service("journal", SOCK_DGRAM);
	struct forwarder *forwarder = forwarder_to(AUDIT_TO_JOURNALD, "journal");

	say(forwarder, "{\"seq\":1}\n{\"se");
	check_received(journal, "CALLGATE_RECORD={\"seq\":1}\n");
	say(forwarder, "q\":2}\n{\"seq\":3}\n");
	check_received(journal, "CALLGATE_RECORD={\"seq\":2}\n");
	check_received(journal, "CALLGATE_RECORD={\"seq\":3}\n");
	CHECK_INT(forwarder_finish(forwarder, PATIENCE_NS), 3);
	forwarder_free(forwarder);
}

static void test_what_is_too_large_for_a_datagram_is_a_sealed_file(void)
{
	_cleanup_fd_ int journal = service("journal", SOCK_DGRAM);
	struct forwarder *forwarder = forwarder_to(AUDIT_TO_JOURNALD, "journal");
	_cleanup_free_ char *line = malloc(BIG + 2), *found = NULL;
	char text[1024];
	int with = -1, size = 4096;
	size_t len;

	CHECK_INT(setsockopt(journal, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size)), 0);
	memset(line, 'x', BIG);
	line[BIG] = '\n';
	line[BIG + 1] = '\0';
	say(forwarder, line);
	CHECK_INT(receive(journal, text, sizeof(text), &with), 0);
	CHECK(with >= 0);
	CHECK_INT(fcntl(with, F_GET_SEALS) & F_SEAL_WRITE, F_SEAL_WRITE);
	CHECK_INT(lseek(with, 0, SEEK_SET), 0);
	CHECK_INT(fd_read_file(with, 4 << 20, &found, &len), 0);
	CHECK(len > BIG && strstr(found, "CALLGATE_RECORD=xxx") != NULL);
	fd_close(with);
	CHECK_INT(forwarder_finish(forwarder, PATIENCE_NS), 1);
	forwarder_free(forwarder);
}

static void test_a_service_that_is_slow_makes_the_pipe_full(void)
{
	_cleanup_fd_ int journal = service("journal", SOCK_DGRAM);
	struct forwarder *forwarder = forwarder_to(AUDIT_TO_JOURNALD, "journal");
	unsigned long long written = 0, taken = 0;
	char line[1024], text[16384];
	int with;

	CHECK_INT(fcntl(forwarder_fd(forwarder), F_SETFL, O_NONBLOCK), 0);
	memset(line, 'x', sizeof(line));
	line[sizeof(line) - 1] = '\n';
	/* The pipe and a few datagrams hold so much; then there is no room. */
	for (int idle = 0; idle < 100 && written < (64u << 20);) {
		if (write(forwarder_fd(forwarder), line, sizeof(line)) == sizeof(line))
			written++;
		else if (poll(NULL, 0, 10) == 0)
			idle++;
	}
	CHECK(written > 10 && written < 64u << 10);
	/* It goes on, and nothing is lost. */
	while (taken < written && receive(journal, text, sizeof(text), &with) > 0)
		taken++;
	CHECK_INT(taken, written);
	CHECK_INT(forwarder_finish(forwarder, PATIENCE_NS), written);
	forwarder_free(forwarder);
}

static void test_a_service_that_went_away_is_waited_for(void)
{
	int journal = service("journal", SOCK_DGRAM);
	struct forwarder *forwarder = forwarder_to(AUDIT_TO_JOURNALD, "journal");

	say(forwarder, "{\"seq\":1}\n");
	check_received(journal, "{\"seq\":1}");
	fd_close(journal);
	unlink(scratch_path("journal"));
	say(forwarder, "{\"seq\":2}\n");
	journal = service("journal", SOCK_DGRAM);
	check_received(journal, "{\"seq\":2}");
	CHECK_INT(forwarder_finish(forwarder, PATIENCE_NS), 2);
	forwarder_free(forwarder);
	fd_close(journal);
}

static void test_at_the_end_a_dead_service_is_not_waited_for_for_ever(void)
{
	int journal = service("journal", SOCK_DGRAM);
	struct forwarder *forwarder = forwarder_to(AUDIT_TO_JOURNALD, "journal");

	fd_close(journal);
	unlink(scratch_path("journal"));
	say(forwarder, "{\"seq\":1}\n{\"seq\":2}\n");
	CHECK_INT(forwarder_finish(forwarder, PATIENCE_NS), 0);
	forwarder_free(forwarder);
}

/* The enforcer is killed: what it had written is handed over all the same. */
static void test_what_was_written_survives_the_writer(void)
{
	_cleanup_fd_ int journal = service("journal", SOCK_DGRAM);
	int status;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid == 0) {
		struct forwarder *forwarder = forwarder_to(AUDIT_TO_JOURNALD, "journal");
		char line[64];

		for (int i = 0; i < 200; i++) {
			snprintf(line, sizeof(line), "{\"seq\":%d}\n", i);
			say(forwarder, line);
		}
		raise(SIGKILL);
	}
	CHECK_INT(waitpid(pid, &status, 0), pid);
	for (int i = 0; i < 200; i++) {
		char wanted[64];

		snprintf(wanted, sizeof(wanted), "{\"seq\":%d}", i);
		check_received(journal, wanted);
	}
}

static void test_syslog_is_spoken_by_datagrams_and_by_a_stream(void)
{
	_cleanup_fd_ int datagrams = service("log", SOCK_DGRAM);
	_cleanup_fd_ int stream = service("stream", SOCK_STREAM), peer = -1;
	struct forwarder *forwarder = forwarder_to(AUDIT_TO_SYSLOG, "log");
	char text[1024];
	int with, checked;
	ssize_t n;

	say(forwarder, "{\"event\":\"fault\"}\n");
	check_received(datagrams, "]: {\"event\":\"fault\"}");
	CHECK_INT(forwarder_finish(forwarder, PATIENCE_NS), 1);
	forwarder_free(forwarder);
	forwarder = forwarder_to(AUDIT_TO_SYSLOG, "stream");
	/* The first looked whether anybody listens. */
	checked = accept(stream, NULL, NULL);
	say(forwarder, "{\"seq\":1}\n");
	peer = accept4(stream, NULL, NULL, SOCK_CLOEXEC);
	n = receive(peer, text, sizeof(text), &with);
	CHECK(n > 9 && text[n - 1] == '\0' && strstr(text, "]: {\"seq\":1}") != NULL);
	CHECK_INT(forwarder_finish(forwarder, PATIENCE_NS), 1);
	forwarder_free(forwarder);
	close(checked);
}

static void test_a_service_that_is_missing_is_named(void)
{
	struct forwarder *forwarder = NULL;
	struct failure failure = {};

	CHECK_INT(forwarder_new(AUDIT_TO_JOURNALD, scratch_path("none"), &forwarder, &failure),
		  -ENOENT);
	CHECK(strstr(failure.text, "cannot hand the record to the journal: /") != NULL);
	CHECK(strstr(failure.text, "none: No such file") != NULL);
}

int main(void)
{
	scratch_make();
	RUN(test_each_line_is_a_message_however_it_was_written);
	RUN(test_what_is_too_large_for_a_datagram_is_a_sealed_file);
	RUN(test_a_service_that_is_slow_makes_the_pipe_full);
	RUN(test_a_service_that_went_away_is_waited_for);
	RUN(test_at_the_end_a_dead_service_is_not_waited_for_for_ever);
	RUN(test_what_was_written_survives_the_writer);
	RUN(test_syslog_is_spoken_by_datagrams_and_by_a_stream);
	RUN(test_a_service_that_is_missing_is_named);
	return check_summary();
}
