/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Connects, or sends, to an address one byte of which is flipped meanwhile, between a listener that
 * policy allows and one that it refuses. Both listen here, inside.
 *
 *   race-address TRIES SECONDS unix|tcp|udp
 *
 * unix: race.sock.p and race.sock.s; tcp, udp: 127.0.0.1, ports 7001 and 7002.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "tests/support/race.h"

union address {
	struct sockaddr any;
	struct sockaddr_in in;
	struct sockaddr_un un;
};

static union address at; /* flipped */
static socklen_t length;
static int family, type;

static volatile char *flipped(union address *address)
{
	if (family == AF_UNIX)
		return &address->un.sun_path[strlen("race.sock.")];
	return (volatile char *)&address->in.sin_port + 1;
}

static void address_of(bool secret, union address *address)
{
	memset(address, 0, sizeof(*address));
	address->any.sa_family = (sa_family_t)family;
	if (family == AF_UNIX) {
		strcpy(address->un.sun_path, secret ? "race.sock.s" : "race.sock.p");
		length = sizeof(address->un);
	} else {
		address->in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
		address->in.sin_port = htons(secret ? 7002 : 7001);
		length = sizeof(address->in);
	}
}

static int server(bool secret)
{
	union address mine;
	int one = 1, fd = socket(family, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	race_check(fd >= 0, "socket");
	address_of(secret, &mine);
	if (family == AF_UNIX)
		unlink(mine.un.sun_path);
	else
		setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	race_check(bind(fd, &mine.any, length) == 0, "bind");
	race_check(type == SOCK_DGRAM || listen(fd, 64) == 0, "listen");
	return fd;
}

static void try_stream(struct race *race, const int *servers)
{
	const struct linger reset = {1, 0};
	int fd = socket(family, type | SOCK_CLOEXEC, 0);
	int error = connect(fd, &at.any, length) < 0 ? errno : 0;
	bool secret = false;

	/* Who was reached is seen at the servers: they cannot be lied to. */
	for (int i = 0; i < 2; i++) {
		int got;

		while ((got = accept(servers[i], NULL, NULL)) >= 0) {
			close(got);
			secret |= i == 1;
		}
	}
	if (secret)
		race->won++;
	else if (error)
		race_failed(race, error);
	else
		race->allowed++;
	setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
	close(fd);
}

static void try_datagram(struct race *race, int client, const int *servers)
{
	char got;
	int error = sendto(client, "x", 1, 0, &at.any, length) < 0 ? errno : 0;

	if (recv(servers[1], &got, 1, MSG_DONTWAIT) == 1)
		race->won++;
	else if (error)
		race_failed(race, error);
	else if (recv(servers[0], &got, 1, MSG_DONTWAIT) == 1)
		race->allowed++;
	else
		race_failed(race, EPROTO);
}

int main(int argc, char **argv)
{
	struct race race;
	const char *how;
	int servers[2], client;

	race_begin(&race, argc, argv);
	how = argc > 3 ? argv[3] : "unix";
	family = strcmp(how, "unix") == 0 ? AF_UNIX : AF_INET;
	type = strcmp(how, "udp") == 0 ? SOCK_DGRAM : SOCK_STREAM;
	servers[0] = server(false);
	servers[1] = server(true);
	address_of(false, &at);
	client = socket(family, type | SOCK_CLOEXEC, 0);
	race_flip_by_thread(flipped(&at), family == AF_UNIX ? 'p' : 7001 & 255,
			    family == AF_UNIX ? 's' : 7002 & 255);
	race_on_first_cpu();
	while (race_goes_on(&race)) {
		if (type == SOCK_STREAM)
			try_stream(&race, servers);
		else
			try_datagram(&race, client, servers);
	}
	return race_report(&race);
}
