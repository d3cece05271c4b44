/* SPDX-License-Identifier: Apache-2.0 */
/* From a connection to the proxy to one through it. */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "enforcer/base/fd.h"
#include "enforcer/network/upstream.h"

#define CHUNK 4096

struct upstream {
	int fd;
	struct proxy_talk talk;
	size_t said; /* of what is to be said */
	struct loop_source source, timer;
	upstream_handler done;
	void *userdata;
};

struct upstream *upstream_free(struct upstream *upstream)
{
	if (!upstream)
		return NULL;
	loop_source_done(&upstream->source);
	loop_source_done(&upstream->timer);
	fd_close(upstream->fd);
	free(upstream);
	return NULL;
}

static void upstream_end(struct upstream *upstream, int error, const char *complaint)
{
	upstream_handler done = upstream->done;
	void *userdata = upstream->userdata;
	int fd = error ? -1 : steal_fd(upstream->fd);

	upstream_free(upstream);
	done(userdata, fd, error, complaint);
}

static int upstream_say(struct upstream *upstream)
{
	struct proxy_talk *talk = &upstream->talk;
	ssize_t n;

	while (upstream->said < talk->say_len) {
		n = send(upstream->fd, talk->say + upstream->said, talk->say_len - upstream->said,
			 MSG_DONTWAIT | MSG_NOSIGNAL);
		if (n < 0 && errno == EAGAIN)
			return loop_poll(&upstream->source, upstream->fd, POLLOUT, false);
		if (n < 0 && errno != EINTR)
			return -errno;
		upstream->said += n > 0 ? (size_t)n : 0;
	}
	return loop_poll(&upstream->source, upstream->fd, POLLIN, false);
}

/* Looked at first, and taken only as far as it is the proxy's: what comes right behind its answer
 * is the other side's, and stays in the socket. 0: goes on; 1: through; or a negative errno. */
static int upstream_hear(struct upstream *upstream)
{
	char chunk[CHUNK];
	size_t used;
	int r;

	for (;;) {
		ssize_t n = recv(upstream->fd, chunk, sizeof(chunk), MSG_DONTWAIT | MSG_PEEK);

		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			return 0;
		if (n <= 0) {
			upstream->talk.complaint = "the upstream proxy hung up";
			return -EHOSTUNREACH;
		}
		r = proxy_talk_hear(&upstream->talk, chunk, (size_t)n, &used);
		if (recv(upstream->fd, chunk, used, MSG_DONTWAIT) != (ssize_t)used)
			return -EHOSTUNREACH;
		upstream->said = 0;
		if (r != 0 || upstream->talk.say_len > 0)
			return r;
	}
}

static void on_ready(struct loop_source *source, int32_t result, bool more)
{
	struct upstream *upstream = container_of(source, struct upstream, source);
	int r = 0;

	if (upstream->said == upstream->talk.say_len)
		r = upstream_hear(upstream);
	if (r == 1) {
		upstream_end(upstream, 0, NULL);
		return;
	}
	if (r == 0)
		r = upstream_say(upstream);
	if (r < 0)
		upstream_end(upstream, r == -EPIPE || r == -ECONNRESET ? -EHOSTUNREACH : r,
			     upstream->talk.complaint);
}

static void on_timeout(struct loop_source *source, int32_t result, bool more)
{
	upstream_end(container_of(source, struct upstream, timer), -ETIMEDOUT,
		     "the upstream proxy does not answer");
}

int upstream_new(struct loop *loop, const struct upstream_request *request,
		 struct upstream **ret_upstream)
{
	struct upstream *upstream = calloc(1, sizeof(*upstream));
	int r;

	if (!upstream) {
		close(request->fd);
		return -ENOMEM;
	}
	upstream->fd = request->fd;
	upstream->done = request->done;
	upstream->userdata = request->userdata;
	r = proxy_talk_begin(&upstream->talk, request->proxy, request->target);
	if (r == 0)
		r = loop_source_init(&upstream->source, loop, on_ready);
	if (r == 0)
		r = loop_source_init(&upstream->timer, loop, on_timeout);
	if (r == 0)
		r = loop_timeout(&upstream->timer, request->proxy->timeout_ns);
	if (r == 0)
		r = loop_poll(&upstream->source, upstream->fd, POLLOUT, false);
	if (r < 0) {
		upstream_free(upstream);
		return r;
	}
	*ret_upstream = upstream;
	return 0;
}
