/* SPDX-License-Identifier: Apache-2.0 */
/* Ports that are published, with our own loopback for the sandbox's. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "enforcer/base/fd.h"
#include "enforcer/network/network.h"
#include "tests/support/check.h"

/* Turns of the loop, of a millisecond or more each. */
#define TURNS_MAX 60000

static struct loop *loop;
static struct network *network;
static int begun;

static int on_socket(void *userdata, int family)
{
	return socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
}

static bool on_guest_begins(void *userdata, const struct guest_end *begin)
{
	begun++;
	return true;
}

static void on_guest_ended(void *userdata, const struct guest_end *end)
{
}

/* A listener on 127.0.0.1, and its port. */
static int listen_somewhere(struct sockaddr_in *ret_address)
{
	socklen_t len = sizeof(*ret_address);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	*ret_address = (struct sockaddr_in){.sin_family = AF_INET,
					    .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	CHECK_INT(bind(fd, (struct sockaddr *)ret_address, len), 0);
	CHECK_INT(listen(fd, 4), 0);
	CHECK_INT(getsockname(fd, (struct sockaddr *)ret_address, &len), 0);
	return fd;
}

static void turn(void)
{
	poll(NULL, 0, 1);
	CHECK_INT(loop_step(loop, false), 0);
}

/* No descriptor is free while somebody comes, and no guest is there whose end would free one. */
static void test_whoever_finds_no_descriptor_is_let_in_later(void)
{
	const struct network_owner owner = {.socket = on_socket,
					    .guest_begins = on_guest_begins,
					    .guest_ended = on_guest_ended};
	struct sockaddr_in inside, outside;
	struct rlimit old, limit;
	int server, published, client, last;

	CHECK_INT(loop_new(&loop), 0);
	CHECK_INT(network_new(loop, &owner, &network), 0);
	server = listen_somewhere(&inside);
	published = listen_somewhere(&outside);
	CHECK_INT(network_publish(network, published, ntohs(inside.sin_port),
				  ntohs(outside.sin_port)),
		  0);
	client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	last = fcntl(client, F_DUPFD_CLOEXEC, 0);
	close(last);
	CHECK_INT(getrlimit(RLIMIT_NOFILE, &old), 0);
	limit = old;
	limit.rlim_cur = (rlim_t)last; /* the lowest that is free */
	CHECK_INT(setrlimit(RLIMIT_NOFILE, &limit), 0);
	CHECK_INT(connect(client, (struct sockaddr *)&outside, sizeof(outside)), 0);
	for (int i = 0; i < 50; i++)
		turn();
	CHECK_INT(begun, 0);
	CHECK_INT(setrlimit(RLIMIT_NOFILE, &old), 0);
	for (int i = 0; i < TURNS_MAX && begun == 0; i++)
		turn();
	CHECK_INT(begun, 1);
	close(client);
	network_free(network);
	close(server);
	loop_free(loop);
}

int main(void)
{
	RUN(test_whoever_finds_no_descriptor_is_let_in_later);
	return check_summary();
}
