/* SPDX-License-Identifier: Apache-2.0 */
/* The resolver that the programs inside ask. */
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "enforcer/base/fd.h"
#include "enforcer/network/resolver.h"

#define SOCKETS_MAX 8
#define QUERY_MAX   4096
#define AT_ONCE     32

/* A TCP connection: one query after the other. */
struct stream {
	struct resolver *resolver;
	struct loop_source source;
	int fd; /* -1: free */
	size_t len;
	uint8_t data[2 + QUERY_MAX];
};

struct port {
	struct resolver *resolver;
	struct loop_source source;
	int fd;
};

struct resolver {
	struct loop *loop;
	struct answer_context context;
	struct port ports[SOCKETS_MAX];
	size_t n_ports;
	struct stream *streams[RESOLVER_STREAMS_MAX];
	size_t oldest; /* the one that makes room */
};

static struct stream *stream_free(struct stream *stream)
{
	if (!stream)
		return NULL;
	loop_source_done(&stream->source);
	fd_close(stream->fd);
	free(stream);
	return NULL;
}

static void stream_end(struct stream *stream)
{
	struct resolver *resolver = stream->resolver;

	for (size_t i = 0; i < RESOLVER_STREAMS_MAX; i++)
		if (resolver->streams[i] == stream)
			resolver->streams[i] = stream_free(stream);
}

static void on_datagram(struct loop_source *source, int32_t result, bool more)
{
	struct port *port = container_of(source, struct port, source);
	uint8_t query[QUERY_MAX], answer[ANSWER_SIZE_MAX];

	for (int i = 0; i < AT_ONCE; i++) {
		struct sockaddr_storage from;
		socklen_t from_len = sizeof(from);
		ssize_t n = recvfrom(port->fd, query, sizeof(query), MSG_DONTWAIT,
				     (struct sockaddr *)&from, &from_len);
		size_t len;

		if (n < 0)
			break;
		len = answer_query(&port->resolver->context, query, (size_t)n, answer);
		if (len)
			sendto(port->fd, answer, len, MSG_DONTWAIT | MSG_NOSIGNAL,
			       (struct sockaddr *)&from, from_len);
	}
	if (!more)
		loop_poll(source, port->fd, POLLIN, false);
}

/* Answers what is whole; false where the connection is to be ended. */
static bool stream_answer(struct stream *stream)
{
	while (stream->len >= 2) {
		size_t query = (size_t)stream->data[0] << 8 | stream->data[1];
		uint8_t answer[2 + ANSWER_SIZE_MAX];
		size_t len;

		if (query > QUERY_MAX)
			return false;
		if (stream->len < 2 + query)
			return true;
		len = answer_query(&stream->resolver->context, stream->data + 2, query, answer + 2);
		if (len == 0)
			return false;
		answer[0] = (uint8_t)(len >> 8);
		answer[1] = (uint8_t)len;
		/* Who does not read its answers gets no more. */
		if (send(stream->fd, answer, len + 2, MSG_DONTWAIT | MSG_NOSIGNAL) !=
		    (ssize_t)len + 2)
			return false;
		stream->len -= 2 + query;
		memmove(stream->data, stream->data + 2 + query, stream->len);
	}
	return true;
}

static void on_stream(struct loop_source *source, int32_t result, bool more)
{
	struct stream *stream = container_of(source, struct stream, source);
	ssize_t n = recv(stream->fd, stream->data + stream->len, sizeof(stream->data) - stream->len,
			 MSG_DONTWAIT);

	if (n <= 0 && !(n < 0 && errno == EAGAIN)) {
		stream_end(stream);
		return;
	}
	if (n > 0)
		stream->len += (size_t)n;
	if (!stream_answer(stream) || loop_poll(source, stream->fd, POLLIN, false) < 0)
		stream_end(stream);
}

static void stream_begin(struct resolver *resolver, int fd)
{
	struct stream **place = &resolver->streams[resolver->oldest++ % RESOLVER_STREAMS_MAX];
	struct stream *stream = calloc(1, sizeof(*stream));

	*place = stream_free(*place);
	if (!stream) {
		close(fd);
		return;
	}
	stream->resolver = resolver;
	stream->fd = fd;
	*place = stream;
	if (loop_source_init(&stream->source, resolver->loop, on_stream) < 0 ||
	    loop_poll(&stream->source, fd, POLLIN, false) < 0)
		*place = stream_free(stream);
}

static void on_connection(struct loop_source *source, int32_t result, bool more)
{
	struct port *port = container_of(source, struct port, source);

	for (int i = 0; i < AT_ONCE; i++) {
		int fd = accept4(port->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

		if (fd < 0)
			break;
		stream_begin(port->resolver, fd);
	}
	if (!more)
		loop_poll(source, port->fd, POLLIN, false);
}

int resolver_new(struct loop *loop, int *sockets, size_t n, const struct answer_context *context,
		 struct resolver **ret_resolver)
{
	struct resolver *resolver = calloc(1, sizeof(*resolver));
	int r = 0;

	if (!resolver)
		return -ENOMEM;
	resolver->loop = loop;
	resolver->context = *context;
	for (size_t i = 0; i < n && i < SOCKETS_MAX && r == 0; i++) {
		struct port *port = &resolver->ports[resolver->n_ports++];

		port->resolver = resolver;
		port->fd = steal_fd(sockets[i]);
		r = loop_source_init(&port->source, loop, i % 2 ? on_connection : on_datagram);
		if (r == 0)
			r = loop_poll(&port->source, port->fd, POLLIN, true);
	}
	if (r < 0) {
		resolver_free(resolver);
		return r;
	}
	*ret_resolver = resolver;
	return 0;
}

struct resolver *resolver_free(struct resolver *resolver)
{
	if (!resolver)
		return NULL;
	for (size_t i = 0; i < resolver->n_ports; i++) {
		loop_source_done(&resolver->ports[i].source);
		fd_close(resolver->ports[i].fd);
	}
	for (size_t i = 0; i < RESOLVER_STREAMS_MAX; i++)
		stream_free(resolver->streams[i]);
	free(resolver);
	return NULL;
}
