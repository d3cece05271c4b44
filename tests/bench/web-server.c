/* SPDX-License-Identifier: Apache-2.0 */
/*
 * web-server: answers on a port of 127.0.0.1, which it prints, as fast as it can, so that what is
 * measured is what stands between it and the client.
 *
 *	GET /bytes/N    N bytes
 *	GET /close/...  a few, and then it closes
 *	GET ...         a few, and the connection is kept
 *
 * One thread. For benchmarks and tests: it trusts who asks.
 */
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#define EVENTS    64
#define CHUNK     (256u << 10)
#define REQUEST   8192
#define SMALL     "a small answer\n"
#define AT_A_TIME 16 /* chunks before the others get their turn */

struct client {
	int fd;
	char request[REQUEST];
	size_t len;
	char head[256];
	size_t head_at, head_len;
	unsigned long long left; /* of the body */
	bool closes;
};

static char chunk[CHUNK];

static void client_free(struct client *client)
{
	close(client->fd);
	free(client);
}

static void answer(struct client *client)
{
	unsigned long long n = sizeof(SMALL) - 1;

	sscanf(client->request, "GET /bytes/%llu", &n);
	client->closes = strncmp(client->request, "GET /close/", 11) == 0;
	client->left = n;
	client->head_at = 0;
	client->head_len = (size_t)snprintf(
		client->head, sizeof(client->head),
		"HTTP/1.1 200 OK\r\nContent-Length: %llu\r\nContent-Type: text/plain\r\n%s\r\n", n,
		client->closes ? "Connection: close\r\n" : "");
	/* A small answer goes out in one piece. */
	if (n < sizeof(client->head) - client->head_len) {
		memcpy(client->head + client->head_len, chunk, n);
		client->head_len += n;
		client->left = 0;
	}
}

/* 1: all is out; 0: later; -1: the client is gone. */
static int client_send(struct client *client)
{
	for (int i = 0; i < AT_A_TIME; i++) {
		bool head = client->head_at < client->head_len;
		const char *data = head ? client->head + client->head_at : chunk;
		size_t len = head ? client->head_len - client->head_at : CHUNK;
		ssize_t n;

		if (!head && client->left == 0)
			return 1;
		if (!head && len > client->left)
			len = client->left;
		n = send(client->fd, data, len, MSG_DONTWAIT | MSG_NOSIGNAL);
		if (n < 0)
			return errno == EAGAIN ? 0 : -1;
		if (head)
			client->head_at += (size_t)n;
		else
			client->left -= (size_t)n;
	}
	return 0;
}

static void client_go(int epoll, struct client *client)
{
	struct epoll_event event = {.events = EPOLLIN, .data.ptr = client};
	int r = 0;

	while (client->head_len == 0) {
		ssize_t n = recv(client->fd, client->request + client->len,
				 REQUEST - 1 - client->len, MSG_DONTWAIT);

		if (n < 0 && errno == EAGAIN)
			break;
		if (n <= 0) {
			client_free(client);
			return;
		}
		client->len += (size_t)n;
		client->request[client->len] = '\0';
		if (strstr(client->request, "\r\n\r\n"))
			answer(client);
	}
	if (client->head_len > 0)
		r = client_send(client);
	if (r < 0 || (r == 1 && client->closes)) {
		client_free(client);
		return;
	}
	if (r == 1)
		client->head_len = client->len = 0;
	if (client->head_len > 0)
		event.events = EPOLLOUT;
	epoll_ctl(epoll, EPOLL_CTL_MOD, client->fd, &event);
}

static void take(int epoll, int listener)
{
	int fd, one = 1;

	while ((fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
		struct client *client = calloc(1, sizeof(*client));
		struct epoll_event event = {.events = EPOLLIN, .data.ptr = client};

		if (!client)
			exit(1);
		client->fd = fd;
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
		epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
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

int main(void)
{
	struct rlimit limit;
	struct epoll_event events[EVENTS], event = {.events = EPOLLIN};
	int listener = listen_somewhere(), epoll = epoll_create1(EPOLL_CLOEXEC);

	if (listener < 0 || epoll < 0) {
		perror("web-server");
		return 1;
	}
	getrlimit(RLIMIT_NOFILE, &limit);
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
	memset(chunk, 'x', sizeof(chunk));
	memcpy(chunk, SMALL, sizeof(SMALL) - 1);
	epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &event);
	for (;;) {
		int n = epoll_wait(epoll, events, EVENTS, -1);

		for (int i = 0; i < n; i++) {
			if (events[i].data.ptr)
				client_go(epoll, events[i].data.ptr);
			else
				take(epoll, listener);
		}
	}
}
