/* SPDX-License-Identifier: Apache-2.0 */
/* The relay, between socketpairs. */
#include <dirent.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "enforcer/network/pipes.h"
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

static void unix_pair(int ret_fds[static 2])
{
	CHECK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ret_fds) == 0);
}

static void tcp_pair(int ret_fds[static 2])
{
	struct sockaddr_in address = {.sin_family = AF_INET,
				      .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof(address);
	int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	CHECK(bind(listener, (struct sockaddr *)&address, len) == 0);
	CHECK(listen(listener, 1) == 0);
	CHECK(getsockname(listener, (struct sockaddr *)&address, &len) == 0);
	ret_fds[0] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	CHECK(connect(ret_fds[0], (struct sockaddr *)&address, len) == 0);
	ret_fds[1] = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
	CHECK(ret_fds[1] >= 0);
	close(listener);
}

/* One more, of the loop and the relays of another. */
static void add(struct ends *ends, const struct ends *to, void (*pair)(int ret_fds[static 2]))
{
	int inner[2], outer[2], fds[2];

	*ends = (struct ends){.loop = to->loop, .relays = to->relays};
	pair(inner);
	pair(outer);
	ends->agent = inner[0];
	ends->host = outer[0];
	fds[0] = inner[1];
	fds[1] = outer[1];
	CHECK(relay_new(ends->relays, fds, on_ended, ends, &ends->relay) == 0);
}

static void begin_with(struct ends *ends, void (*pair)(int ret_fds[static 2]))
{
	struct ends both = {};

	CHECK(loop_new(&both.loop) == 0);
	CHECK(relays_new(both.loop, &both.relays) == 0);
	add(ends, &both, pair);
}

static void begin(struct ends *ends)
{
	begin_with(ends, unix_pair);
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

static unsigned open_descriptors(void)
{
	DIR *dir = opendir("/proc/self/fd");
	unsigned n = 0;

	while (readdir(dir))
		n++;
	closedir(dir);
	return n;
}

/* As much as both sides take at once; what arrives must be what a counter gives. */
static size_t pass(const struct ends *ends, size_t *sent, size_t *got, size_t len)
{
	static unsigned char data[300007];
	size_t n_sent = 0;
	ssize_t n;

	if (*sent < len) {
		n_sent = len - *sent < sizeof(data) ? len - *sent : sizeof(data);
		for (size_t i = 0; i < n_sent; i++)
			data[i] = (unsigned char)((*sent + i) % 251);
		n = send(ends->agent, data, n_sent, MSG_DONTWAIT);
		*sent += n > 0 ? (size_t)n : 0;
	}
	CHECK(loop_step(ends->loop, false) == 0);
	n = recv(ends->host, data, sizeof(data), MSG_DONTWAIT);
	for (ssize_t i = 0; i < n; i++)
		if (data[i] != (unsigned char)((*got + (size_t)i) % 251))
			return 1;
	*got += n > 0 ? (size_t)n : 0;
	return 0;
}

static void test_much_passes_unchanged(void)
{
	void (*const pairs[])(int ret_fds[static 2]) = {unix_pair, tcp_pair};
	const size_t len = 16u << 20;

	for (size_t i = 0; i < 2; i++) {
		unsigned before = open_descriptors();
		size_t sent = 0, got = 0, wrong = 0;
		struct ends ends;

		begin_with(&ends, pairs[i]);
		for (int n = 0; n < 100000 && got < len; n++)
			wrong += pass(&ends, &sent, &got, len);
		CHECK(got == len && wrong == 0);
		shutdown(ends.agent, SHUT_WR);
		shutdown(ends.host, SHUT_WR);
		turn(&ends);
		CHECK(ends.ended && ends.end == RELAY_CLOSED && ends.sent == len);
		close(ends.agent);
		close(ends.host);
		finish(&ends);
		CHECK(open_descriptors() == before);
	}
}

/* splice stops before it, again and again, while poll says that there is something. */
static void test_urgent_data_stops_nothing(void)
{
	static char data[200000];
	const size_t len = 2 * sizeof(data);
	struct ends ends;
	size_t got = 0;
	ssize_t n;

	begin_with(&ends, tcp_pair);
	CHECK(send(ends.agent, data, sizeof(data), 0) == (ssize_t)sizeof(data));
	/* This much is spliced from now on. */
	CHECK(loop_step(ends.loop, false) == 0);
	CHECK(send(ends.agent, "!", 1, MSG_OOB) == 1);
	CHECK(send(ends.agent, data, sizeof(data), 0) == (ssize_t)sizeof(data));
	shutdown(ends.agent, SHUT_WR);
	for (int i = 0; i < 2000 && got < len; i++) {
		CHECK(loop_step(ends.loop, false) == 0);
		n = recv(ends.host, data, sizeof(data), MSG_DONTWAIT);
		got += n > 0 ? (size_t)n : 0;
	}
	CHECK(got == len);
	close(ends.host);
	turn(&ends);
	CHECK(ends.ended && ends.sent == len);
	close(ends.agent);
	finish(&ends);
}

/* Each of them keeps a pipe, until there are no more. */
static void test_who_never_reads_stops_nobody_else(void)
{
	enum { DEAF = PIPES_MAX + 8 };
	static struct ends deaf[DEAF];
	static char data[300000];
	unsigned before = open_descriptors();
	size_t sent = 0, got = 0, wrong = 0;
	struct ends ends;

	begin(&ends);
	for (size_t i = 0; i < DEAF; i++)
		add(&deaf[i], &ends, unix_pair);
	for (int k = 0; k < 8; k++) {
		for (size_t i = 0; i < DEAF; i++)
			send(deaf[i].agent, data, sizeof(data), MSG_DONTWAIT);
		turn(&ends);
	}
	for (int n = 0; n < 10000 && got < 4u << 20; n++)
		wrong += pass(&ends, &sent, &got, 4u << 20);
	CHECK(got == 4u << 20 && wrong == 0);
	for (size_t i = 0; i < DEAF; i++) {
		deaf[i].relay = relay_free(deaf[i].relay);
		close(deaf[i].agent);
		close(deaf[i].host);
	}
	close(ends.agent);
	close(ends.host);
	finish(&ends);
	CHECK(open_descriptors() == before);
}

/* Other events of the loop wait no longer, however many send. */
static void test_a_step_of_the_loop_is_bounded(void)
{
	enum { MANY = 40 };
	static struct ends many[MANY];
	static char data[200000];
	size_t most = 0, before = 0, all = 0;
	struct ends first;
	ssize_t n;

	begin(&first);
	for (size_t i = 0; i < MANY; i++) {
		add(&many[i], &first, unix_pair);
		CHECK(send(many[i].agent, data, 100000, MSG_DONTWAIT) == 100000);
	}
	for (int k = 0; k < 100 && all < MANY * (size_t)100000; k++) {
		CHECK(loop_step(first.loop, false) == 0);
		all = 0;
		for (size_t i = 0; i < MANY; i++) {
			uint64_t out, in;

			relay_bytes(many[i].relay, &out, &in);
			all += (size_t)out;
		}
		most = all - before > most ? all - before : most;
		before = all;
	}
	CHECK(all == MANY * (size_t)100000);
	CHECK(most <= 2u << 20);
	for (size_t i = 0; i < MANY; i++) {
		n = recv(many[i].host, data, sizeof(data), MSG_DONTWAIT);
		CHECK(n > 0);
		many[i].relay = relay_free(many[i].relay);
		close(many[i].agent);
		close(many[i].host);
	}
	close(first.agent);
	close(first.host);
	finish(&first);
}

/* While it waits for the next round, too. */
static void test_a_relay_that_waits_may_be_cut(void)
{
	enum { MANY = 40 };
	static struct ends many[MANY];
	static char data[200000];
	struct ends first;

	begin(&first);
	for (size_t i = 0; i < MANY; i++) {
		add(&many[i], &first, unix_pair);
		CHECK(send(many[i].agent, data, 100000, MSG_DONTWAIT) == 100000);
	}
	CHECK(loop_step(first.loop, false) == 0);
	for (size_t i = 0; i < MANY; i++) {
		many[i].relay = relay_free(many[i].relay);
		close(many[i].agent);
		close(many[i].host);
	}
	turn(&first);
	CHECK(!first.ended);
	close(first.agent);
	close(first.host);
	finish(&first);
}

int main(void)
{
	signal(SIGPIPE, SIG_IGN);
	RUN(test_bytes_pass_both_ways_and_are_counted);
	RUN(test_back_pressure_holds_one_direction);
	RUN(test_a_host_that_reads_no_more_ends_it);
	RUN(test_a_relay_that_is_cut_closes_both);
	RUN(test_much_passes_unchanged);
	RUN(test_urgent_data_stops_nothing);
	RUN(test_who_never_reads_stops_nobody_else);
	RUN(test_a_step_of_the_loop_is_bounded);
	RUN(test_a_relay_that_waits_may_be_cut);
	return check_summary();
}
