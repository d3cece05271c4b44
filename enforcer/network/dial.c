/* SPDX-License-Identifier: Apache-2.0 */
/* Connects to the first of several addresses that answers. */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "enforcer/base/fd.h"
#include "enforcer/network/dial.h"

#define NEXT_NS 250000000u

struct attempt {
	struct dial *dial;
	struct loop_source source;
	struct outside_address address;
	int fd; /* -1: not begun, or failed */
};

struct dial {
	struct loop *loop;
	struct attempt attempts[ADDRESSES_MAX];
	size_t n, begun, failed;
	uint16_t port;
	int error; /* of the first that failed */
	struct loop_source timer;
	dial_handler done;
	void *userdata;
};

struct dial *dial_free(struct dial *dial)
{
	if (!dial)
		return NULL;
	for (size_t i = 0; i < dial->n; i++) {
		loop_source_done(&dial->attempts[i].source);
		fd_close(dial->attempts[i].fd);
	}
	loop_source_done(&dial->timer);
	free(dial);
	return NULL;
}

static void dial_end(struct dial *dial, int fd, const struct outside_address *address)
{
	dial_handler done = dial->done;
	void *userdata = dial->userdata;
	struct outside_address copy = {};

	if (address)
		copy = *address;
	dial_free(dial);
	done(userdata, fd, &copy);
}

static int attempt_connect(struct attempt *attempt, uint16_t port)
{
	const struct outside_address *address = &attempt->address;
	struct sockaddr_in in = {.sin_family = AF_INET, .sin_port = htons(port)};
	struct sockaddr_in6 in6 = {.sin6_family = AF_INET6, .sin6_port = htons(port)};
	bool v6 = address->family == AF_INET6;
	int r;

	memcpy(&in.sin_addr, address->bytes, 4);
	memcpy(&in6.sin6_addr, address->bytes, 16);
	attempt->fd = socket(address->family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (attempt->fd < 0)
		return -errno;
	r = connect(attempt->fd, v6 ? (struct sockaddr *)&in6 : (struct sockaddr *)&in,
		    v6 ? sizeof(in6) : sizeof(in));
	if (r < 0 && errno != EINPROGRESS)
		return -errno;
	return loop_poll(&attempt->source, attempt->fd, POLLOUT, false);
}

static void attempt_failed(struct attempt *attempt, int error)
{
	struct dial *dial = attempt->dial;

	attempt->fd = fd_close(attempt->fd);
	dial->failed++;
	if (!dial->error)
		dial->error = error;
}

/* False where the dial is over. */
static bool dial_next(struct dial *dial)
{
	while (dial->begun < dial->n) {
		struct attempt *attempt = &dial->attempts[dial->begun++];
		int r = attempt_connect(attempt, dial->port);

		if (r == 0) {
			loop_source_cancel(&dial->timer);
			if (dial->begun < dial->n && !dial->timer.armed)
				loop_timeout(&dial->timer, NEXT_NS);
			return true;
		}
		attempt_failed(attempt, r);
	}
	if (dial->failed < dial->n)
		return true;
	dial_end(dial, dial->error ? dial->error : -EHOSTUNREACH, NULL);
	return false;
}

static void on_connected(struct loop_source *source, int32_t result, bool more)
{
	struct attempt *attempt = container_of(source, struct attempt, source);
	int error = 0;
	socklen_t len = sizeof(error);

	if (getsockopt(attempt->fd, SOL_SOCKET, SO_ERROR, &error, &len) < 0)
		error = errno;
	if (error) {
		attempt_failed(attempt, -error);
		dial_next(attempt->dial);
		return;
	}
	dial_end(attempt->dial, steal_fd(attempt->fd), &attempt->address);
}

static void on_next(struct loop_source *source, int32_t result, bool more)
{
	struct dial *dial = container_of(source, struct dial, timer);

	if (result == 0)
		dial_next(dial);
	else if (dial->begun < dial->n)
		loop_timeout(source, NEXT_NS);
}

/* The first address's family first, then in turns. */
static void order(struct dial *dial, const struct outside_address *addresses, size_t n)
{
	bool taken[ADDRESSES_MAX] = {};
	int family = n ? addresses[0].family : AF_INET;

	for (dial->n = 0; dial->n < n;) {
		size_t i = 0;

		while (i < n && (taken[i] || addresses[i].family != family))
			i++;
		family = family == AF_INET ? AF_INET6 : AF_INET;
		if (i == n)
			continue;
		taken[i] = true;
		dial->attempts[dial->n++] =
			(struct attempt){.dial = dial, .address = addresses[i], .fd = -1};
	}
}

int dial_new(struct loop *loop, const struct dial_request *request, struct dial **ret_dial)
{
	struct dial *dial = calloc(1, sizeof(*dial));
	int r;

	if (!dial)
		return -ENOMEM;
	dial->loop = loop;
	dial->port = request->port;
	dial->done = request->done;
	dial->userdata = request->userdata;
	order(dial, request->addresses, request->n < ADDRESSES_MAX ? request->n : ADDRESSES_MAX);
	r = loop_source_init(&dial->timer, loop, on_next);
	for (size_t i = 0; i < dial->n && r == 0; i++)
		r = loop_source_init(&dial->attempts[i].source, loop, on_connected);
	if (r < 0) {
		dial_free(dial);
		return r;
	}
	*ret_dial = dial;
	/* From the loop, so that whoever waits is ready for the answer. */
	return loop_defer(&dial->timer);
}
