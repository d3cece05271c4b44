/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Connections, with our own sockets for the agent's: what it dials is 127.0.0.1, where the listener
 * inside is made, and the other side is at 127.0.0.2, which the name resolves to.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/time.h>
#include <unistd.h>

#include "enforcer/base/fd.h"
#include "enforcer/network/network.h"
#include "tests/support/check.h"
#include "tests/support/fake-target.h"

#define NOT_YET 1

static struct loop *loop;
static struct network *network;
static struct listener listener;
static int server = -1, resolves, answer_to_resolve, reserved;
static int results[4];
static struct sockaddr_in dialled = {.sin_family = AF_INET};

static int on_socket(void *userdata, int family)
{
	return family == AF_NETLINK ? socket(family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC,
					     NETLINK_SOCK_DIAG)
				    : socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
}

static int on_make_local(void *userdata, int family, const uint8_t *address)
{
	return 0;
}

static int on_resolve(void *userdata, const char *host)
{
	resolves++;
	return answer_to_resolve;
}

static bool on_address(void *userdata, const char *host, const struct outside_address *address,
		       uint16_t port)
{
	return address->bytes[0] == 127;
}

static uint16_t not_to_be_reached;

static bool on_reached(void *userdata, const struct outside_address *address, uint16_t port)
{
	return port != not_to_be_reached;
}

static void on_ended(void *userdata, const struct connection_end *end)
{
	reserved -= (int)end->reserved;
}

static int on_reserve(void *userdata, const char *host)
{
	reserved++;
	return 1;
}

static void on_release(void *userdata, size_t n)
{
	reserved -= (int)n;
}

static void on_answered(void *userdata, int result)
{
	*(int *)userdata = result;
}

static void setup(void)
{
	const struct network_owner owner = {.socket = on_socket,
					    .make_local = on_make_local,
					    .resolve = on_resolve,
					    .address_allowed = on_address,
					    .reached = on_reached,
					    .reserve = on_reserve,
					    .release = on_release,
					    .ended = on_ended};
	struct sockaddr_in outer = {.sin_family = AF_INET};
	socklen_t len = sizeof(outer);

	fake_listener_reset();
	fake_target_reset();
	outer.sin_addr.s_addr = htonl(0x7f000002);
	server = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (bind(server, (struct sockaddr *)&outer, len) < 0 || listen(server, 16) < 0 ||
	    getsockname(server, (struct sockaddr *)&outer, &len) < 0 || loop_new(&loop) < 0 ||
	    network_new(loop, &owner, &network) < 0)
		abort();
	dialled.sin_port = outer.sin_port;
	dialled.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	resolves = answer_to_resolve = 0;
	for (size_t i = 0; i < ARRAY_LEN(results); i++)
		results[i] = NOT_YET;
}

static void teardown(void)
{
	network_free(network);
	CHECK_INT(reserved, 0);
	/* What was abandoned is freed when the kernel has let go of it. */
	for (int i = 0; i < 20; i++)
		loop_step(loop, false);
	loop_free(loop);
	server = fd_close(server);
}

static void resolved(void)
{
	const struct outside_address address = {.family = AF_INET, .bytes = {127, 0, 0, 2}};

	network_resolved(network, "a.example", 0, &address, 1);
}

/* The loop goes on until fd has one of the events; those that it has. */
static short until(int fd, short events, int ms)
{
	uint64_t deadline = loop_now() + (uint64_t)ms * 1000000u;
	struct pollfd poll_fd = {fd, events, 0};

	while (loop_now() < deadline && poll(&poll_fd, 1, 5) == 0)
		if (loop_step(loop, false) < 0)
			abort();
	return poll_fd.revents;
}

static void until_answered(int i)
{
	uint64_t deadline = loop_now() + 20000000000u;

	while (results[i] == NOT_YET && loop_now() < deadline)
		if (loop_step(loop, true) < 0)
			abort();
}

static int error_of(int fd)
{
	int error = -1;
	socklen_t len = sizeof(error);

	getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &len);
	return error;
}

static int agent_socket(bool blocking)
{
	return socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | (blocking ? 0 : SOCK_NONBLOCK), 0);
}

static int begin(int fd, bool hold, int *result, struct connection **ret_connection)
{
	static char host[] = "a.example";
	struct endpoint endpoint = {.family = AF_INET,
				    .protocol = IPPROTO_TCP,
				    .port = ntohs(dialled.sin_port),
				    .address = {127, 0, 0, 1},
				    .host = host};
	struct sockaddr_storage address = {};
	struct target target = {.listener = &listener, .cookie = 1, .proc = -1};
	struct connection_request request = {.endpoint = &endpoint,
					     .address = &address,
					     .address_len = sizeof(dialled),
					     .socket = dup(fd),
					     .target = &target};
	int r;

	memcpy(&address, &dialled, sizeof(dialled));
	target.proc = open("/proc/self", O_PATH | O_CLOEXEC);
	r = hold ? connection_hold(network, &request, ret_connection)
		 : connection_begin(network, &request, on_answered, result, ret_connection);
	close(target.proc);
	return r;
}

static void test_what_is_held_is_under_way_and_no_more(void)
{
	_cleanup_fd_ int fd = agent_socket(false), other;
	struct connection *connection;
	char text[4] = "";

	setup();
	CHECK_INT(begin(fd, true, NULL, &connection), 0);
	CHECK_INT(until(fd, POLLIN | POLLOUT, 1500), 0);
	CHECK_INT(error_of(fd), 0);
	CHECK_INT(resolves, 0);
	CHECK(connection_is_wanted(connection));
	connection_release(connection);
	CHECK_INT(resolves, 1);
	CHECK_INT(until(fd, POLLOUT, 300), 0);
	resolved();
	CHECK_INT(until(fd, POLLOUT, 5000), POLLOUT);
	CHECK_INT(error_of(fd), 0);
	other = accept(server, NULL, NULL);
	CHECK_INT(write(fd, "abc", 3), 3);
	CHECK(until(other, POLLIN, 5000) & POLLIN);
	CHECK_INT(read(other, text, 3), 3);
	teardown();
	close(other);
}

static void test_what_is_held_can_be_refused(void)
{
	_cleanup_fd_ int fd = agent_socket(false);
	struct connection *connection;

	setup();
	CHECK_INT(begin(fd, true, NULL, &connection), 0);
	connection_refuse(connection);
	CHECK(until(fd, POLLOUT, 5000) & POLLERR);
	CHECK_INT(error_of(fd), ECONNREFUSED);
	CHECK_INT(resolves, 0);
	teardown();
}

static void test_who_is_refused_beside_others_sees_no_success(void)
{
	_cleanup_fd_ int no = agent_socket(false), yes = agent_socket(false);
	struct connection *refused, *released;

	setup();
	CHECK_INT(begin(no, true, NULL, &refused), 0);
	CHECK_INT(begin(yes, true, NULL, &released), 0);
	connection_refuse(refused);
	CHECK_INT(until(no, POLLOUT, 1500), 0);
	connection_release(released);
	resolved();
	CHECK_INT(until(yes, POLLOUT, 5000), POLLOUT);
	CHECK_INT(error_of(yes), 0);
	CHECK(until(no, POLLOUT, 5000) & POLLERR);
	CHECK_INT(error_of(no), ECONNREFUSED);
	teardown();
}

static void test_all_who_are_refused_together_hear_it(void)
{
	int fds[3];
	struct connection *connections[3];

	setup();
	for (int i = 0; i < 3; i++) {
		fds[i] = agent_socket(false);
		CHECK_INT(begin(fds[i], true, NULL, &connections[i]), 0);
	}
	for (int i = 0; i < 3; i++)
		connection_refuse(connections[i]);
	for (int i = 0; i < 3; i++) {
		CHECK(until(fds[i], POLLOUT, 5000) & POLLERR);
		CHECK_INT(error_of(fds[i]), ECONNREFUSED);
		close(fds[i]);
	}
	teardown();
}

static void test_a_socket_that_was_closed_is_not_wanted(void)
{
	int fd = agent_socket(false), copy = dup(fd);
	struct connection *connection;

	setup();
	CHECK_INT(begin(fd, true, NULL, &connection), 0);
	close(fd);
	CHECK(connection_is_wanted(connection));
	close(copy);
	/* The ring holds it until what it was asked for is taken back. */
	for (int i = 0; i < 200 && connection_is_wanted(connection); i++)
		loop_step(loop, false);
	CHECK(!connection_is_wanted(connection));
	teardown();
}

static void test_a_second_connect_learns_what_became_of_the_first(void)
{
	_cleanup_fd_ int fd = agent_socket(false);
	struct connection *connection;

	setup();
	CHECK_INT(begin(fd, true, NULL, &connection), 0);
	CHECK_INT(begin(fd, true, NULL, &connection), -EALREADY);
	connection_refuse(connection);
	CHECK(until(fd, POLLOUT, 5000) & POLLERR);
	CHECK_INT(begin(fd, true, NULL, &connection), -ECONNREFUSED);
	/* And then it is free again. */
	CHECK_INT(begin(fd, true, NULL, &connection), 0);
	teardown();
}

static void test_one_lookup_serves_many_connections(void)
{
	int fds[3];
	struct connection *connections[3];

	setup();
	for (int i = 0; i < 3; i++) {
		fds[i] = agent_socket(true);
		/* The third comes when the answer is known. */
		if (i == 2) {
			resolved();
			until_answered(0);
			until_answered(1);
		}
		CHECK_INT(begin(fds[i], false, &results[i], &connections[i]), 0);
	}
	until_answered(2);
	for (int i = 0; i < 3; i++)
		CHECK_INT(results[i], 0);
	CHECK_INT(resolves, 1);
	for (int i = 0; i < 3; i++)
		close(fds[i]);
	teardown();
}

static void test_nobody_waits_for_a_helper_that_is_gone(void)
{
	_cleanup_fd_ int fd = agent_socket(true);
	struct connection *connection;

	setup();
	CHECK_INT(begin(fd, false, &results[0], &connection), 0);
	network_cannot_resolve(network);
	CHECK_INT(results[0], -EHOSTUNREACH);
	answer_to_resolve = -EHOSTUNREACH;
	CHECK_INT(begin(fd, false, &results[0], &connection), -EHOSTUNREACH);
	teardown();
}

static void test_patience_ends_the_call_and_not_the_connection(void)
{
	const struct timeval limit = {.tv_usec = 100000};
	_cleanup_fd_ int fd = agent_socket(true);
	struct connection *connection;

	setup();
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
	CHECK_INT(begin(fd, false, &results[0], &connection), 0);
	until_answered(0);
	CHECK_INT(results[0], -EINPROGRESS);
	CHECK_INT(until(fd, POLLOUT, 200), 0);
	resolved();
	CHECK_INT(until(fd, POLLOUT, 5000), POLLOUT);
	CHECK_INT(error_of(fd), 0);
	teardown();
}

static void test_a_signal_ends_the_call_and_the_next_one_waits_for_the_same(void)
{
	_cleanup_fd_ int fd = agent_socket(true);
	struct connection *connection;

	setup();
	fake_target.signals = 1u << (SIGALRM - 1);
	CHECK_INT(begin(fd, false, &results[0], &connection), 0);
	until_answered(0);
	CHECK_INT(results[0], -512); /* ERESTARTSYS */
	fake_target.signals = 0;
	CHECK_INT(begin(fd, false, &results[1], &connection), 0);
	CHECK_INT(resolves, 1);
	resolved();
	until_answered(1);
	CHECK_INT(results[1], 0);
	CHECK_INT(begin(fd, false, &results[2], &connection), -EISCONN);
	teardown();
}

static void test_who_listens_there_only_now_may_be_out_of_reach(void)
{
	_cleanup_fd_ int fd = agent_socket(true), other = -1;
	struct connection *connection;
	char text[4];

	setup();
	not_to_be_reached = ntohs(dialled.sin_port);
	CHECK_INT(begin(fd, false, &results[0], &connection), 0);
	resolved();
	until_answered(0);
	CHECK_INT(results[0], -EACCES);
	/* It was connected to, and hears nothing. */
	other = accept(server, NULL, NULL);
	CHECK(other >= 0);
	CHECK_INT(read(other, text, sizeof(text)), 0);
	not_to_be_reached = 0;
	teardown();
}

int main(void)
{
	RUN(test_who_listens_there_only_now_may_be_out_of_reach);
	RUN(test_what_is_held_is_under_way_and_no_more);
	RUN(test_what_is_held_can_be_refused);
	RUN(test_who_is_refused_beside_others_sees_no_success);
	RUN(test_all_who_are_refused_together_hear_it);
	RUN(test_a_socket_that_was_closed_is_not_wanted);
	RUN(test_a_second_connect_learns_what_became_of_the_first);
	RUN(test_one_lookup_serves_many_connections);
	RUN(test_nobody_waits_for_a_helper_that_is_gone);
	RUN(test_patience_ends_the_call_and_not_the_connection);
	RUN(test_a_signal_ends_the_call_and_the_next_one_waits_for_the_same);
	return check_summary();
}
