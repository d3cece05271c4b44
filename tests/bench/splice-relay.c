/* SPDX-License-Identifier: Apache-2.0 */
/*
 * splice-relay PORT: prints a port of 127.0.0.1 and passes what connects to it on to PORT, both
 * ways, by splice through a pipe. The least that a relay in one thread can cost: it judges and
 * records nothing, and looks no name up. For benchmarks.
 */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define EVENTS 64
#define PIPE   (1u << 20)

struct pair;

struct side {
	struct pair *pair;
	int fd, pipe[2]; /* what was read from fd and not written yet */
	size_t held;
	bool ended;
};

struct pair {
	struct side sides[2];
	struct pair *next;
};

static struct pair *spare; /* pipes are kept: they cost more than a small request */
static struct pair *finished;

static struct pair *pair_new(void)
{
	struct pair *pair = spare;

	if (pair) {
		spare = pair->next;
		return pair;
	}
	pair = calloc(1, sizeof(*pair));
	for (int i = 0; i < 2; i++) {
		if (!pair || pipe2(pair->sides[i].pipe, O_NONBLOCK | O_CLOEXEC) < 0)
			exit(1);
		fcntl(pair->sides[i].pipe[1], F_SETPIPE_SZ, PIPE);
	}
	return pair;
}

static void pair_end(struct pair *pair)
{
	for (int i = 0; i < 2; i++) {
		struct side *side = &pair->sides[i];

		if (side->fd < 0)
			return;
		close(side->fd);
		side->fd = -1;
		if (side->held > 0) {
			close(side->pipe[0]);
			close(side->pipe[1]);
			if (pipe2(side->pipe, O_NONBLOCK | O_CLOEXEC) < 0)
				exit(1);
		}
	}
	/* Another event of this round may still name it. */
	pair->next = finished;
	finished = pair;
}

/* False where the pair is gone. */
static bool pump(struct side *from, struct side *to)
{
	while (!from->ended || from->held > 0) {
		ssize_t n = 0;

		if (from->held == 0) {
			n = splice(from->fd, NULL, from->pipe[1], NULL, PIPE, SPLICE_F_NONBLOCK);
			if (n < 0 && errno == EAGAIN)
				return true;
			if (n < 0)
				break;
			from->held = (size_t)n;
			if (n == 0) {
				from->ended = true;
				shutdown(to->fd, SHUT_WR);
				break;
			}
		}
		n = splice(from->pipe[0], NULL, to->fd, NULL, from->held, SPLICE_F_NONBLOCK);
		if (n < 0 && errno == EAGAIN)
			return true;
		if (n < 0)
			break;
		from->held -= (size_t)n;
	}
	if (!from->ended || to->ended) {
		pair_end(from->pair);
		return false;
	}
	return true;
}

static void take(int epoll, int listener, const struct sockaddr_in *to)
{
	int fd, one = 1;

	while ((fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
		struct pair *pair = pair_new();
		int other = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

		if (other < 0 || connect(other, (const struct sockaddr *)to, sizeof(*to)) < 0)
			exit(1);
		fcntl(other, F_SETFL, O_NONBLOCK);
		for (int i = 0; i < 2; i++) {
			struct side *side = &pair->sides[i];
			struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLET,
						    .data.ptr = side};

			side->pair = pair;
			side->fd = i ? other : fd;
			side->held = 0;
			side->ended = false;
			setsockopt(side->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
			epoll_ctl(epoll, EPOLL_CTL_ADD, side->fd, &event);
		}
	}
}

static int listen_somewhere(void)
{
	struct sockaddr_in address = {.sin_family = AF_INET,
				      .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof(address);
	int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (listener < 0 || bind(listener, (struct sockaddr *)&address, len) < 0 ||
	    listen(listener, 4096) < 0 ||
	    getsockname(listener, (struct sockaddr *)&address, &len) < 0)
		return -1;
	printf("%d\n", ntohs(address.sin_port));
	fflush(stdout);
	return listener;
}

int main(int argc, char **argv)
{
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	struct epoll_event events[EVENTS], event = {.events = EPOLLIN};
	int listener = listen_somewhere(), epoll = epoll_create1(EPOLL_CLOEXEC);

	if (argc != 2 || listener < 0 || epoll < 0) {
		fprintf(stderr, "usage: splice-relay PORT\n");
		return 2;
	}
	to.sin_port = htons((uint16_t)atoi(argv[1]));
	epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &event);
	for (;;) {
		int n = epoll_wait(epoll, events, EVENTS, -1);

		for (int i = 0; i < n; i++) {
			struct side *side = events[i].data.ptr;

			if (!side) {
				take(epoll, listener, &to);
				continue;
			}
			/* Both: what it has is read, what it takes is written. */
			if (side->fd >= 0 &&
			    pump(side, &side->pair->sides[side == side->pair->sides]))
				pump(&side->pair->sides[side == side->pair->sides], side);
		}
		while (finished) {
			struct pair *pair = finished;

			finished = pair->next;
			pair->next = spare;
			spare = pair;
		}
	}
}
