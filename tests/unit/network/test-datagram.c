/* SPDX-License-Identifier: Apache-2.0 */
/* Datagrams, between sockets of this machine's loopback. */
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "enforcer/network/datagram.h"
#include "tests/support/check.h"

struct world {
	struct loop *loop;
	struct network *network;
	int agent, host;
	struct endpoint endpoint; /* where the outlet stands; it leads to the host's port */
	enum { SAYS_NO, SAYS_YES, SAYS_LATER } answer;
	struct exchange *asked;
	unsigned n_asked, n_forgotten, n_resolving, n_ended, n_released;
	bool approved, address_denied;
	struct connection_end end;
	char how[64];
};

static int on_socket(void *userdata, int family)
{
	int fd = socket(family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	return fd < 0 ? -errno : fd;
}

static int on_resolve(void *userdata, const char *host)
{
	struct world *world = userdata;

	world->n_resolving++;
	return 0;
}

static void on_begin(void *userdata, const struct datagrams_question *question, void **ret_token)
{
	struct world *world = userdata;

	world->n_asked++;
	world->approved = question->approved;
	world->asked = question->exchange;
	if (world->answer == SAYS_LATER)
		*ret_token = world;
	else
		network_datagrams_decided(question->exchange, world->answer == SAYS_YES);
}

static void on_forget(void *userdata, void *token)
{
	struct world *world = userdata;

	CHECK(token == world);
	world->n_forgotten++;
}

static bool on_allowed(void *userdata, const char *host, const struct outside_address *address,
		       uint16_t port)
{
	struct world *world = userdata;

	return !world->address_denied;
}

static int on_reserve(void *userdata, const char *host)
{
	return 100;
}

static void on_release(void *userdata, size_t reserved)
{
	struct world *world = userdata;

	CHECK_INT(reserved, 100);
	world->n_released++;
}

static void on_ended(void *userdata, const struct connection_end *end)
{
	struct world *world = userdata;

	world->n_ended++;
	CHECK_INT(end->reserved, 100);
	world->end = *end;
	snprintf(world->how, sizeof(world->how), "%s", end->how);
}

static uint16_t bound(int fd, const uint8_t last)
{
	struct sockaddr_in in = {.sin_family = AF_INET,
				 .sin_addr.s_addr = htonl(0x7f000000u | last)};
	socklen_t len = sizeof(in);

	CHECK(bind(fd, (struct sockaddr *)&in, len) == 0);
	CHECK(getsockname(fd, (struct sockaddr *)&in, &len) == 0);
	return ntohs(in.sin_port);
}

static void begin(struct world *world, const char *host)
{
	struct network_owner owner = {.datagram_socket = on_socket,
				      .resolve = on_resolve,
				      .datagrams_begin = on_begin,
				      .datagrams_forget = on_forget,
				      .datagrams_allowed = on_allowed,
				      .reserve = on_reserve,
				      .release = on_release,
				      .ended = on_ended,
				      .userdata = world};
	struct sockaddr_in in = {.sin_family = AF_INET};

	*world = (struct world){.answer = SAYS_YES};
	CHECK(loop_new(&world->loop) == 0);
	CHECK(network_new(world->loop, &owner, &world->network) == 0);
	world->host = on_socket(NULL, AF_INET);
	/* The outlet at 127.0.0.2 leads to 127.0.0.1; host_loopback keeps it from asking for the
	 * address to be made local. */
	world->endpoint = (struct endpoint){.family = AF_INET,
					    .protocol = IPPROTO_UDP,
					    .port = bound(world->host, 1),
					    .address = {127, 0, 0, 2},
					    .host = (char *)host,
					    .host_loopback = true};
	CHECK(network_expect_datagrams(world->network, &world->endpoint, 7, "/bin/x") == 0);
	world->agent = on_socket(NULL, AF_INET);
	in.sin_port = htons(world->endpoint.port);
	in.sin_addr.s_addr = htonl(0x7f000002);
	CHECK(connect(world->agent, (struct sockaddr *)&in, sizeof(in)) == 0);
}

static void finish(struct world *world)
{
	network_free(world->network);
	close(world->agent);
	close(world->host);
	loop_free(world->loop);
}

static void turn(struct world *world)
{
	for (int i = 0; i < 8; i++)
		CHECK(loop_step(world->loop, false) == 0);
}

static void resolve(struct world *world, int error)
{
	const struct outside_address address = {.family = AF_INET, .bytes = {127, 0, 0, 1}};

	network_resolved(world->network, "time.test", error, &address, error ? 0 : 1);
}

/* What has come, and the answer "re:" + it goes back. */
static int host_answers(struct world *world)
{
	struct sockaddr_in from;
	socklen_t len = sizeof(from);
	char data[64] = "re:";
	int n = 0;
	ssize_t got;

	while ((got = recvfrom(world->host, data + 3, 60, MSG_DONTWAIT, (struct sockaddr *)&from,
			       &len)) >= 0) {
		sendto(world->host, data, (size_t)got + 3, 0, (struct sockaddr *)&from, len);
		n++;
	}
	return n;
}

static void test_what_waits_for_the_name_is_sent_and_answered_from_the_same_place(void)
{
	struct world world;
	char data[64];

	begin(&world, "time.test");
	CHECK(send(world.agent, "one", 3, 0) == 3);
	CHECK(send(world.agent, "two", 3, 0) == 3);
	turn(&world);
	CHECK(world.n_asked == 1 && world.n_resolving == 1 && host_answers(&world) == 0);
	resolve(&world, 0);
	CHECK(host_answers(&world) == 2);
	turn(&world);
	/* A connected socket hears its peer alone. */
	CHECK(recv(world.agent, data, sizeof(data), MSG_DONTWAIT) == 6);
	CHECK(memcmp(data, "re:one", 6) == 0);
	CHECK(recv(world.agent, data, sizeof(data), MSG_DONTWAIT) == 6);
	finish(&world);
	CHECK(world.n_ended == 1 && world.end.datagrams && world.end.pid == 7);
	CHECK(world.end.datagrams_sent == 2 && world.end.sent == 6);
	CHECK(world.end.datagrams_received == 2 && world.end.received == 12);
	CHECK_STRING(world.how, "cut");
}

static void test_one_look_up_serves_all(void)
{
	struct world world;
	int other;
	struct sockaddr_in to = {.sin_family = AF_INET};

	begin(&world, "time.test");
	to.sin_port = htons(world.endpoint.port);
	to.sin_addr.s_addr = htonl(0x7f000002);
	other = on_socket(NULL, AF_INET);
	CHECK(send(world.agent, "one", 3, 0) == 3);
	CHECK(sendto(other, "two", 3, 0, (struct sockaddr *)&to, sizeof(to)) == 3);
	turn(&world);
	CHECK(world.n_asked == 2 && world.n_resolving == 1);
	resolve(&world, 0);
	CHECK(host_answers(&world) == 2);
	close(other);
	/* And the one behind it finds the answer. */
	other = on_socket(NULL, AF_INET);
	CHECK(sendto(other, "three", 5, 0, (struct sockaddr *)&to, sizeof(to)) == 5);
	turn(&world);
	CHECK(world.n_asked == 3 && world.n_resolving == 1 && host_answers(&world) == 1);
	close(other);
	finish(&world);
	CHECK_INT(world.n_ended, 3);
}

static void test_what_is_refused_is_dropped_and_asked_once(void)
{
	struct world world;

	begin(&world, NULL);
	world.answer = SAYS_NO;
	for (int i = 0; i < 3; i++) {
		CHECK(send(world.agent, "x", 1, 0) == 1);
		turn(&world);
	}
	CHECK(world.n_asked == 1 && host_answers(&world) == 0);
	finish(&world);
	CHECK(world.n_ended == 0);
}

static void test_names_that_lead_where_nothing_may_go_are_on_record(void)
{
	static const struct {
		bool denied;
		int error;
		const char *how;
	} cases[] = {{true, 0, "address refused"}, {false, -ENOENT, "not resolved"}};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct world world;

		begin(&world, "time.test");
		world.address_denied = cases[i].denied;
		CHECK(send(world.agent, "x", 1, 0) == 1);
		turn(&world);
		resolve(&world, cases[i].error);
		CHECK(world.n_ended == 1 && host_answers(&world) == 0);
		CHECK_STRING(world.how, cases[i].how);
		finish(&world);
		CHECK(world.n_ended == 1);
	}
}

static void test_a_question_holds_16_datagrams_and_is_forgotten_at_the_end(void)
{
	struct world world;

	begin(&world, "time.test");
	world.answer = SAYS_LATER;
	for (int i = 0; i < HELD_MAX + 1; i++)
		CHECK(send(world.agent, "x", 1, 0) == 1);
	turn(&world);
	CHECK(world.n_asked == 1);
	network_datagrams_decided(world.asked, true);
	resolve(&world, 0);
	finish(&world);
	CHECK(world.n_forgotten == 0 && world.n_ended == 1);
	CHECK_INT(world.end.datagrams_sent, HELD_MAX);
	begin(&world, NULL);
	world.answer = SAYS_LATER;
	CHECK(send(world.agent, "x", 1, 0) == 1);
	turn(&world);
	finish(&world);
	CHECK(world.n_forgotten == 1 && world.n_ended == 0);
}

static void test_an_approval_holds_for_one_exchange(void)
{
	struct world world;
	struct sockaddr_in own;
	socklen_t len = sizeof(own);

	begin(&world, NULL);
	world.answer = SAYS_NO;
	CHECK(getsockname(world.agent, (struct sockaddr *)&own, &len) == 0);
	network_approve_datagrams(world.network, &world.endpoint, ntohs(own.sin_port));
	CHECK(send(world.agent, "x", 1, 0) == 1);
	turn(&world);
	CHECK(world.n_asked == 1 && world.approved);
	CHECK(!network_exchanges_datagrams(world.network, &world.endpoint, ntohs(own.sin_port)));
	/* The refused one stands back behind a new approval, which is used up again. */
	network_approve_datagrams(world.network, &world.endpoint, ntohs(own.sin_port));
	world.answer = SAYS_LATER;
	CHECK(send(world.agent, "x", 1, 0) == 1);
	turn(&world);
	CHECK(world.n_asked == 2 && world.approved);
	finish(&world);
}

static void test_the_longest_silent_makes_room(void)
{
	static int agents[EXCHANGES_MAX + 1];
	struct sockaddr_in to = {.sin_family = AF_INET};
	struct world world;

	begin(&world, NULL);
	world.answer = SAYS_NO;
	to.sin_port = htons(world.endpoint.port);
	to.sin_addr.s_addr = htonl(0x7f000002);
	for (size_t i = 0; i < ARRAY_LEN(agents); i++) {
		agents[i] = on_socket(NULL, AF_INET);
		CHECK(sendto(agents[i], "x", 1, 0, (struct sockaddr *)&to, sizeof(to)) == 1);
		turn(&world);
	}
	CHECK_INT(world.n_asked, EXCHANGES_MAX + 1);
	CHECK_INT(world.network->datagrams->n_exchanges, EXCHANGES_MAX);
	for (size_t i = 0; i < ARRAY_LEN(agents); i++)
		close(agents[i]);
	finish(&world);
}

int main(void)
{
	RUN(test_what_waits_for_the_name_is_sent_and_answered_from_the_same_place);
	RUN(test_one_look_up_serves_all);
	RUN(test_what_is_refused_is_dropped_and_asked_once);
	RUN(test_names_that_lead_where_nothing_may_go_are_on_record);
	RUN(test_a_question_holds_16_datagrams_and_is_forgotten_at_the_end);
	RUN(test_an_approval_holds_for_one_exchange);
	RUN(test_the_longest_silent_makes_room);
	return check_summary();
}
