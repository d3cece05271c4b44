/* SPDX-License-Identifier: Apache-2.0 */
/* The relay, between socketpairs. */
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "enforcer/network/relay.h"
#include "tests/support/check.h"

struct ends {
	struct loop *loop;
	struct relays *relays;
	struct relay *relay;
	int agent, host; /* the far ends */
	bool ended;
	enum relay_end end;
	uint64_t sent, received;
};

static void on_ended(void *userdata, enum relay_end end, uint64_t sent, uint64_t received)
{
	struct ends *ends = userdata;

	CHECK(!ends->ended);
	ends->ended = true;
	ends->end = end;
	ends->sent = sent;
	ends->received = received;
	ends->relay = NULL;
}

static void begin(struct ends *ends)
{
	int inner[2], outer[2], fds[2];

	*ends = (struct ends){};
	CHECK(loop_new(&ends->loop) == 0);
	CHECK(relays_new(ends->loop, &ends->relays) == 0);
	CHECK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, inner) == 0);
	CHECK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, outer) == 0);
	ends->agent = inner[0];
	ends->host = outer[0];
	fds[0] = inner[1];
	fds[1] = outer[1];
	CHECK(relay_new(ends->relays, fds, on_ended, ends, &ends->relay) == 0);
}

static void finish(struct ends *ends)
{
	relay_free(ends->relay);
	relays_free(ends->relays);
	loop_free(ends->loop);
}

static void turn(struct ends *ends)
{
	for (int i = 0; i < 8; i++)
		CHECK(loop_step(ends->loop, false) == 0);
}

static void test_bytes_pass_both_ways_and_are_counted(void)
{
	struct ends ends;
	char data[64];

	begin(&ends);
	CHECK(send(ends.agent, "question", 8, 0) == 8);
	CHECK(send(ends.host, "answer", 6, 0) == 6);
	turn(&ends);
	CHECK(recv(ends.host, data, sizeof(data), MSG_DONTWAIT) == 8);
	CHECK(recv(ends.agent, data, sizeof(data), MSG_DONTWAIT) == 6);
	shutdown(ends.agent, SHUT_WR);
	turn(&ends);
	CHECK(!ends.ended);
	CHECK(recv(ends.host, data, sizeof(data), MSG_DONTWAIT) == 0);
	CHECK(send(ends.host, "more", 4, 0) == 4);
	turn(&ends);
	CHECK(recv(ends.agent, data, sizeof(data), MSG_DONTWAIT) == 4);
	close(ends.host);
	turn(&ends);
	CHECK(ends.ended && ends.end == RELAY_CLOSED && ends.sent == 8 && ends.received == 10);
	CHECK(recv(ends.agent, data, sizeof(data), MSG_DONTWAIT) == 0);
	close(ends.agent);
	finish(&ends);
}

/* Who does not read stops its sender, and takes nothing of the other direction. */
static void test_back_pressure_holds_one_direction(void)
{
	static char data[65536];
	struct ends ends;
	size_t sent = 0, got = 0;
	ssize_t n;

	begin(&ends);
	for (int idle = 0; idle < 3;) {
		n = send(ends.agent, data, sizeof(data), MSG_DONTWAIT);
		if (n > 0)
			sent += (size_t)n;
		else
			idle++;
		turn(&ends);
	}
	CHECK(sent > 0 && sent < 64u << 20);
	CHECK(send(ends.host, "still", 5, 0) == 5);
	turn(&ends);
	CHECK(recv(ends.agent, data, sizeof(data), MSG_DONTWAIT) == 5);
	shutdown(ends.agent, SHUT_WR);
	for (int idle = 0; idle < 100 && got < sent;) {
		n = recv(ends.host, data, sizeof(data), MSG_DONTWAIT);
		if (n > 0)
			got += (size_t)n;
		else
			idle++;
		turn(&ends);
	}
	CHECK(got == sent);
	turn(&ends);
	CHECK(recv(ends.host, data, sizeof(data), MSG_DONTWAIT) == 0);
	close(ends.host);
	turn(&ends);
	CHECK(ends.ended && ends.sent == sent);
	close(ends.agent);
	finish(&ends);
}

static void test_a_host_that_reads_no_more_ends_it(void)
{
	struct ends ends;

	begin(&ends);
	close(ends.host);
	turn(&ends);
	CHECK(!ends.ended);
	CHECK(send(ends.agent, "x", 1, 0) == 1);
	turn(&ends);
	CHECK(ends.ended && ends.end == RELAY_RESET_OUTER);
	close(ends.agent);
	finish(&ends);
}

static void test_a_relay_that_is_cut_closes_both(void)
{
	struct ends ends;
	char data;

	begin(&ends);
	turn(&ends);
	ends.relay = relay_free(ends.relay);
	turn(&ends);
	CHECK(!ends.ended);
	CHECK(recv(ends.agent, &data, 1, MSG_DONTWAIT) == 0);
	CHECK(recv(ends.host, &data, 1, MSG_DONTWAIT) == 0);
	close(ends.agent);
	close(ends.host);
	finish(&ends);
}

int main(void)
{
	RUN(test_bytes_pass_both_ways_and_are_counted);
	RUN(test_back_pressure_holds_one_direction);
	RUN(test_a_host_that_reads_no_more_ends_it);
	RUN(test_a_relay_that_is_cut_closes_both);
	return check_summary();
}
