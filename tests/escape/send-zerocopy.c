/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fills a socket whose peer does not read, queues more by sendto with MSG_ZEROCOPY and an address,
 * which the enforcer performs, lets the enforcer use its memory again, and only then reads. What
 * arrives is what was sent, byte by byte.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/support/race.h"

#define PIECE  65536
#define PIECES 4

static char piece[PIECE], got[4 << 20];

static int connected(struct sockaddr_in *address, int *ret_peer)
{
	socklen_t len = sizeof(*address);
	int listener = socket(AF_INET, SOCK_STREAM, 0), fd = socket(AF_INET, SOCK_STREAM, 0);
	int on = 1, small = 4096, large = 4 << 20;

	setsockopt(listener, SOL_SOCKET, SO_RCVBUF, &small, sizeof(small));
	race_check(bind(listener, (struct sockaddr *)address, len) == 0, "bind");
	race_check(listen(listener, 1) == 0, "listen");
	race_check(getsockname(listener, (struct sockaddr *)address, &len) == 0, "getsockname");
	race_check(connect(fd, (struct sockaddr *)address, len) == 0, "connect");
	*ret_peer = accept(listener, NULL, NULL);
	race_check(*ret_peer >= 0, "accept");
	race_check(setsockopt(fd, SOL_SOCKET, SO_ZEROCOPY, &on, sizeof(on)) == 0, "SO_ZEROCOPY");
	setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &large, sizeof(large));
	return fd;
}

/* Calls with paths and errors: each allocates and frees in the enforcer. */
static void keep_the_enforcer_busy(void)
{
	for (int i = 0; i < 200; i++) {
		char path[64];

		snprintf(path, sizeof(path), "/etc/nothing-%d", i);
		close(open(i & 1 ? "/etc/passwd" : path, O_RDONLY));
		mkdir(path, 0777);
	}
}

int main(void)
{
	struct sockaddr_in address = {.sin_family = AF_INET,
				      .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	size_t filled = 0, queued, arrived = 0, foreign = 0;
	ssize_t n;
	int peer, fd = connected(&address, &peer);

	memset(piece, 'A', sizeof(piece));
	while (filled < 300000 && (n = send(fd, piece, sizeof(piece), MSG_DONTWAIT)) > 0)
		filled += (size_t)n;
	queued = filled;
	for (int i = 0; i < PIECES; i++) {
		n = sendto(fd, piece, sizeof(piece), MSG_ZEROCOPY, (struct sockaddr *)&address,
			   sizeof(address));
		race_check(n > 0, "sendto");
		queued += (size_t)n;
	}
	keep_the_enforcer_busy();
	shutdown(fd, SHUT_WR);
	while (arrived < sizeof(got) && (n = read(peer, got + arrived, sizeof(got) - arrived)) > 0)
		arrived += (size_t)n;
	for (size_t i = 0; i < arrived; i++)
		foreign += got[i] != 'A';
	printf("queued behind: %s, arrived: %s, foreign bytes: %zu\n",
	       queued - filled >= PIECE ? "yes" : "no", arrived == queued ? "all" : "not all",
	       foreign);
	return foreign != 0;
}
