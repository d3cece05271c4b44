/* SPDX-License-Identifier: Apache-2.0 */
/* Sockets: UNIX by path and by abstract name, and the loopback of the sandbox by IPv4 and IPv6. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>

#include "tests/fidelity/fidelity.h"

static socklen_t name_un(struct sockaddr_un *address, const char *path)
{
	size_t len = strlen(path);

	*address = (struct sockaddr_un){.sun_family = AF_UNIX};
	memcpy(address->sun_path, path,
	       len < sizeof(address->sun_path) ? len : sizeof(address->sun_path));
	return (socklen_t)(offsetof(struct sockaddr_un, sun_path) +
			   (len < sizeof(address->sun_path) ? len + 1 : sizeof(address->sun_path)));
}

static int bind_un(int fd, const char *path)
{
	struct sockaddr_un address;
	socklen_t len = name_un(&address, path);

	return bind(fd, (struct sockaddr *)&address, len);
}

static int connect_un(int fd, const char *path)
{
	struct sockaddr_un address;
	socklen_t len = name_un(&address, path);

	return connect(fd, (struct sockaddr *)&address, len);
}

static void row_names(int fd)
{
	struct sockaddr_un address = {};
	socklen_t len = sizeof(address);

	row(getsockname(fd, (struct sockaddr *)&address, &len), "  own name of %d", (int)len);
	/* A path of 108 bytes has no NUL. */
	row_text("  own name", "%s%.107s", address.sun_path[0] ? "" : "@",
		 address.sun_path + !address.sun_path[0]);
	address = (struct sockaddr_un){};
	len = sizeof(address);
	row(getpeername(fd, (struct sockaddr *)&address, &len), "  peer's name of %d", (int)len);
	row_text("  peer's name", "%.108s", address.sun_path);
}

static void unix_of(int type, const char *what)
{
	static const char *const wrong[] = {"missing",   "file",      "d",         "dangling",
					    "fifo",      "closed/in", "socket",    "loop",
					    "missing/x", "file/x",    "/dev/null", "server/"};
	int server = must(socket(AF_UNIX, type | SOCK_CLOEXEC, 0), "a socket"), client, taken;
	char byte;

	for (size_t i = 0; i < COUNT(wrong); i++) {
		client = socket(AF_UNIX, type | SOCK_CLOEXEC, 0);
		row(connect_un(client, wrong[i]), "%s connect %s", what, wrong[i]);
		row_path(strcmp(wrong[i], "server/") ? bind_un(client, wrong[i]) : 0, wrong[i],
			 "%s bind %s", what, wrong[i]);
		close(client);
		if (i == 0)
			unlink("missing");
		else if (i == 3)
			unlink("nothing");
	}
	row_path(bind_un(server, "server"), "server", "%s bind", what);
	row(bind_un(server, "again"), "%s bind twice", what);
	client = socket(AF_UNIX, type | SOCK_CLOEXEC, 0);
	row(connect_un(client, "server"), "%s connect before listen", what);
	row(listen(server, 1), "%s listen", what);
	row(connect_un(client, "server"), "%s connect", what);
	row_names(client);
	row(connect_un(client, "server"), "%s connect twice", what);
	taken = accept4(server, NULL, NULL, SOCK_CLOEXEC);
	row(taken, "%s accept", what);
	row_names(taken);
	row((long)write(client, "c", 1), "  write");
	row((long)read(taken, &byte, 1), "  read");
	close(client);
	row((long)read(taken, &byte, 1), "  end");
	close(taken);
	close(server);
	client = socket(AF_UNIX, type | SOCK_CLOEXEC, 0);
	row(connect_un(client, "server"), "%s connect to nobody", what);
	row(fcntl(client, F_GETFL), "  its flags");
	close(client);
	unlink("server");
}

static void full_backlog(void)
{
	int server = must(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), "a socket"), clients[6];
	struct timespec before, after;
	pid_t pid;

	must(bind_un(server, "busy"), "busy");
	must(listen(server, 1), "busy");
	for (size_t i = 0; i < COUNT(clients); i++) {
		clients[i] = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
		row(connect_un(clients[i], "busy"), "client %zu", i);
		row(fcntl(clients[i], F_GETFL), "  its flags");
	}
	pid = must(fork(), "a process");
	if (pid == 0) {
		struct timespec pause = {0, 200000000};

		nanosleep(&pause, NULL);
		close(accept(server, NULL, NULL));
		pause.tv_nsec = 400000000;
		nanosleep(&pause, NULL);
		_exit(0);
	}
	fcntl(clients[5], F_SETFL, 0);
	clock_gettime(CLOCK_MONOTONIC, &before);
	row(connect_un(clients[5], "busy"), "client that waits");
	clock_gettime(CLOCK_MONOTONIC, &after);
	row((after.tv_sec - before.tv_sec) * 1000 + (after.tv_nsec - before.tv_nsec) / 1000000 >
		    100,
	    "  has waited");
	waitpid(pid, NULL, 0);
	for (size_t i = 0; i < COUNT(clients); i++)
		close(clients[i]);
	close(server);
}

static void unix_names(void)
{
	static char path[256];
	static const size_t lens[] = {100, 106, 107, 108};
	int server, client, abstract = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "\0abstract"};

	for (size_t i = 0; i < COUNT(lens); i++) {
		memset(path, 'p', lens[i]);
		memcpy(path, "./", 2);
		path[lens[i]] = '\0';
		server = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
		row(bind_un(server, path), "bind of %zu", lens[i]);
		row_names(server);
		listen(server, 3);
		client = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
		row(connect_un(client, path), "connect of %zu", lens[i]);
		row_names(client);
		close(client);
		close(server);
		row(unlink(path), "  unlink");
	}
	row(bind(abstract, (struct sockaddr *)&address, 11), "abstract bind");
	row(listen(abstract, 3), "abstract listen");
	client = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	row(connect(client, (struct sockaddr *)&address, 11), "abstract connect");
	row_names(client);
	close(client);
	client = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	row(connect(client, (struct sockaddr *)&address, 10), "abstract connect to nobody");
	row(bind(client, (struct sockaddr *)&address, 2), "autobind");
	close(client);
	close(abstract);
}

static void passing(void)
{
	union {
		struct cmsghdr head;
		char room[CMSG_SPACE(sizeof(int))];
	} control = {.head = {CMSG_LEN(sizeof(int)), SOL_SOCKET, SCM_RIGHTS}};
	char byte = 'x';
	struct iovec iov = {&byte, 1};
	struct msghdr message = {.msg_iov = &iov,
				 .msg_iovlen = 1,
				 .msg_control = &control,
				 .msg_controllen = sizeof(control)};
	int pair[2], fd = open("file", O_RDONLY);

	row(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair), "socketpair");
	memcpy(CMSG_DATA(&control.head), &fd, sizeof(fd));
	row((long)sendmsg(pair[0], &message, 0), "send a descriptor");
	row((long)recvmsg(pair[1], &message, MSG_CMSG_CLOEXEC), "receive it");
	close(fd);
	memcpy(&fd, CMSG_DATA(&control.head), sizeof(fd));
	row_fd(fd, "  it");
	row((long)sendto(pair[0], "abc", 3, 0, NULL, 0), "sendto connected");
	row((long)sendto(pair[0], "", 0, 0, NULL, 0), "sendto nothing");
	close(pair[0]);
	close(pair[1]);
}

struct inet {
	union {
		struct sockaddr any;
		struct sockaddr_in in;
		struct sockaddr_in6 in6;
	};
	socklen_t len;
};

static struct inet loopback(int family, int port)
{
	struct inet address = {.len = sizeof(address.in)};

	if (family == AF_INET) {
		address.in = (struct sockaddr_in){.sin_family = AF_INET,
						  .sin_port = htons((uint16_t)port)};
		address.in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	} else {
		address.in6 = (struct sockaddr_in6){.sin6_family = AF_INET6,
						    .sin6_port = htons((uint16_t)port),
						    .sin6_addr = IN6ADDR_LOOPBACK_INIT};
		address.len = sizeof(address.in6);
	}
	return address;
}

static void row_ports(int fd)
{
	struct inet address = {.len = sizeof(address.in6)};

	row(getsockname(fd, &address.any, &address.len), "  own name");
	row(ntohs(address.in.sin_port) != 0, "  own port");
	address.len = sizeof(address.in6);
	row(getpeername(fd, &address.any, &address.len), "  peer's name");
	row(address.any.sa_family, "  peer's family");
	row(ntohs(address.in.sin_port), "  peer's port");
}

static void tcp(int family)
{
	struct inet at = loopback(family, 4000), closed = loopback(family, 4001);
	int server = must(socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0), "a socket"), client, taken,
	    error;
	struct epoll_event event = {.events = EPOLLOUT}, got = {};
	struct pollfd p;
	socklen_t len = sizeof(error);
	int set = epoll_create1(EPOLL_CLOEXEC), one = 1;

	setsockopt(server, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	row(bind(server, &at.any, at.len), "tcp %d bind", family);
	row(listen(server, 5), "tcp %d listen", family);
	client = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	row(bind(client, &at.any, at.len), "tcp %d bind again", family);
	row(connect(client, &at.any, at.len), "tcp %d connect", family);
	row_ports(client);
	row(connect(client, &at.any, at.len), "tcp %d connect twice", family);
	taken = accept(server, NULL, NULL);
	row(taken, "tcp %d accept", family);
	row((long)sendto(client, "hello", 5, 0, &closed.any, closed.len), "tcp %d sendto", family);
	row((long)sendto(client, "", 0, 0, &closed.any, closed.len), "tcp %d sendto nothing",
	    family);
	close(taken);
	at.any.sa_family = AF_UNSPEC;
	row(connect(client, &at.any, at.len), "tcp %d disconnect", family);
	at.any.sa_family = (sa_family_t)family;
	row(connect(client, &closed.any, closed.len), "tcp %d refused", family);
	row((long)sendto(client, "x", 1, MSG_NOSIGNAL, &at.any, at.len),
	    "tcp %d sendto unconnected", family);
	close(client);
	client = socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	epoll_ctl(set, EPOLL_CTL_ADD, client, &event);
	row(connect(client, &at.any, at.len), "tcp %d connect, not waiting", family);
	row(epoll_wait(set, &got, 1, 1000), "  epoll");
	row((long)got.events, "  events");
	row(getsockopt(client, SOL_SOCKET, SO_ERROR, &error, &len), "  error");
	row(error, "  error");
	row(connect(client, &at.any, at.len), "  connect again");
	close(client);
	client = socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	row(connect(client, &closed.any, closed.len), "tcp %d refused, not waiting", family);
	p = (struct pollfd){.fd = client, .events = POLLOUT};
	row(poll(&p, 1, 1000), "  poll");
	row(p.revents, "  events");
	getsockopt(client, SOL_SOCKET, SO_ERROR, &error, &len);
	row(error, "  error");
	close(client);
	row(connect(server, &at.any, at.len), "tcp %d connect a listener", family);
	close(server);
	close(set);
}

static void udp(int family)
{
	struct inet at = loopback(family, 4002), closed = loopback(family, 4003),
		    from = {.len = 28};
	int server = socket(family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int client = socket(family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	static char data[70000];

	row(bind(server, &at.any, at.len), "udp %d bind", family);
	row((long)sendto(client, "ping", 4, 0, &at.any, at.len), "udp %d sendto", family);
	row((long)recvfrom(server, data, sizeof(data), 0, &from.any, &from.len), "  received");
	row((long)sendto(server, "pong", 4, 0, &from.any, from.len), "  answered");
	row((long)recv(client, data, sizeof(data), 0), "  received");
	row((long)sendto(client, "", 0, 0, &at.any, at.len), "udp %d sendto nothing", family);
	row((long)recv(server, data, sizeof(data), 0), "  received");
	row((long)sendto(client, data, 65507, 0, &at.any, at.len), "udp %d sendto 65507", family);
	row((long)sendto(client, data, 65535, 0, &at.any, at.len), "udp %d sendto 65535", family);
	row((long)sendto(client, data, 70000, 0, &at.any, at.len), "udp %d sendto 70000", family);
	row((long)sendto(client, (void *)8, 4, 0, &at.any, at.len), "udp %d sendto from 8", family);
	row((long)sendto(client, "x", 1, 0, &at.any, 3), "udp %d short address", family);
	row((long)sendto(client, "x", 1, MSG_OOB, &at.any, at.len), "udp %d out of band", family);
	row(connect(client, &closed.any, closed.len), "udp %d connect", family);
	row_ports(client);
	row((long)send(client, "x", 1, 0), "  send");
	row((long)send(client, "x", 1, 0), "  send to nobody");
	row((long)sendto(client, "x", 1, 0, &at.any, at.len), "  sendto another");
	closed.any.sa_family = AF_UNSPEC;
	row(connect(client, &closed.any, closed.len), "  disconnect");
	row((long)send(client, "x", 1, 0), "  send unconnected");
	close(client);
	close(server);
}

int main(int argc, char **argv)
{
	fidelity_begin(argc, argv);
	tree_make();
	unix_of(SOCK_STREAM, "stream");
	unix_of(SOCK_SEQPACKET, "seqpacket");
	full_backlog();
	unix_names();
	passing();
	tcp(AF_INET);
	tcp(AF_INET6);
	udp(AF_INET);
	udp(AF_INET6);
	return 0;
}
