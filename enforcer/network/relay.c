/* SPDX-License-Identifier: Apache-2.0 */
/* Passes bytes between two connected stream sockets. */
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "enforcer/base/fd.h"
#include "enforcer/network/relay.h"

#define CHUNK  (256u << 10)
#define ROUNDS 4 /* chunks that one direction passes before the others get their turn */

struct relays {
	struct loop *loop;
	char *chunk; /* one for all: nothing stays in it between two events */
};

/* One direction. */
struct flow {
	struct relay *relay;
	struct loop_source source; /* waits for from to be readable, or for to to be writable */
	int from, to;
	char *held; /* what the receiver has not taken yet; owned */
	size_t held_at, held_len;
	uint64_t bytes;
	bool ended;
};

struct relay {
	struct relays *relays;
	struct flow out, in; /* from the agent, to the agent */
	relay_handler ended;
	void *userdata;
};

enum pump {
	PUMP_READ,  /* nothing to read */
	PUMP_WRITE, /* the receiver takes no more */
	PUMP_ENDED,
	PUMP_FROM_BROKEN,
	PUMP_TO_BROKEN,
};

const char *relay_end_name(enum relay_end end)
{
	static const char *const names[] = {
		[RELAY_CUT] = "cut",
		[RELAY_CLOSED] = "closed",
		[RELAY_RESET_INNER] = "reset by the program",
		[RELAY_RESET_OUTER] = "reset by the host",
	};

	_Static_assert(ARRAY_LEN(names) == RELAY_RESET_OUTER + 1, "name every end");
	return names[end];
}

int relays_new(struct loop *loop, struct relays **ret_relays)
{
	struct relays *relays = calloc(1, sizeof(*relays));

	if (!relays)
		return -ENOMEM;
	relays->loop = loop;
	relays->chunk = malloc(CHUNK);
	if (!relays->chunk) {
		free(relays);
		return -ENOMEM;
	}
	*ret_relays = relays;
	return 0;
}

struct relays *relays_free(struct relays *relays)
{
	if (!relays)
		return NULL;
	free(relays->chunk);
	free(relays);
	return NULL;
}

struct relay *relay_free(struct relay *relay)
{
	if (!relay)
		return NULL;
	loop_source_done(&relay->out.source);
	loop_source_done(&relay->in.source);
	fd_close(relay->out.from);
	fd_close(relay->out.to);
	free(relay->out.held);
	free(relay->in.held);
	free(relay);
	return NULL;
}

void relay_bytes(const struct relay *relay, uint64_t *ret_sent, uint64_t *ret_received)
{
	*ret_sent = relay->out.bytes;
	*ret_received = relay->in.bytes;
}

static void relay_end(struct relay *relay, enum relay_end end)
{
	uint64_t sent = relay->out.bytes, received = relay->in.bytes;
	relay_handler ended = relay->ended;
	void *userdata = relay->userdata;

	relay_free(relay);
	ended(userdata, end, sent, received);
}

/* Closing it sends a reset (tcp(7), SO_LINGER with no time). */
static void make_reset(int fd)
{
	struct linger linger = {.l_onoff = 1};

	setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger));
}

/* What is left over is kept. */
static enum pump flow_send(struct flow *flow, const char *data, size_t len, bool held)
{
	ssize_t n = send(flow->to, data, len, MSG_DONTWAIT | MSG_NOSIGNAL);
	size_t sent = n < 0 ? 0 : (size_t)n;

	if (n < 0 && errno != EAGAIN && errno != EINTR)
		return PUMP_TO_BROKEN;
	flow->bytes += sent;
	if (held) {
		flow->held_at += sent;
		flow->held_len -= sent;
	} else if (sent < len) {
		flow->held = malloc(len - sent);
		if (!flow->held)
			return PUMP_TO_BROKEN;
		memcpy(flow->held, data + sent, len - sent);
		flow->held_at = 0;
		flow->held_len = len - sent;
	}
	if (sent < len)
		return PUMP_WRITE;
	free(flow->held);
	flow->held = NULL;
	return PUMP_READ;
}

static enum pump flow_pump(struct flow *flow)
{
	char *chunk = flow->relay->relays->chunk;
	enum pump pump;

	if (flow->held) {
		pump = flow_send(flow, flow->held + flow->held_at, flow->held_len, true);
		if (pump != PUMP_READ)
			return pump;
	}
	for (int i = 0; i < ROUNDS; i++) {
		ssize_t n = recv(flow->from, chunk, CHUNK, MSG_DONTWAIT);

		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			return PUMP_READ;
		if (n < 0)
			return PUMP_FROM_BROKEN;
		if (n == 0)
			return PUMP_ENDED;
		pump = flow_send(flow, chunk, (size_t)n, false);
		if (pump != PUMP_READ)
			return pump;
		/* A short read has emptied it. */
		if ((size_t)n < CHUNK)
			return PUMP_READ;
	}
	return PUMP_READ;
}

/* Carries a reset over; nothing of the relay is left then. */
static void flow_broken(struct flow *flow, int side)
{
	struct relay *relay = flow->relay;
	int inner = relay->out.from;

	make_reset(relay->out.from);
	make_reset(relay->out.to);
	relay_end(relay, side == inner ? RELAY_RESET_INNER : RELAY_RESET_OUTER);
}

/* False where the relay is gone. */
static bool flow_go(struct flow *flow)
{
	struct relay *relay = flow->relay;
	enum pump pump = flow_pump(flow);
	int r = 0;

	switch (pump) {
	case PUMP_READ:
		r = loop_poll(&flow->source, flow->from, POLLIN | POLLRDHUP, false);
		break;
	case PUMP_WRITE:
		r = loop_poll(&flow->source, flow->to, POLLOUT, false);
		break;
	case PUMP_ENDED:
		flow->ended = true;
		shutdown(flow->to, SHUT_WR);
		if (!relay->out.ended || !relay->in.ended)
			return true;
		relay_end(relay, RELAY_CLOSED);
		return false;
	case PUMP_FROM_BROKEN:
		flow_broken(flow, flow->from);
		return false;
	case PUMP_TO_BROKEN:
		flow_broken(flow, flow->to);
		return false;
	}
	if (r < 0) {
		flow_broken(flow, flow->to);
		return false;
	}
	return true;
}

static void on_ready(struct loop_source *source, int32_t result, bool more)
{
	flow_go(container_of(source, struct flow, source));
}

static int flow_init(struct flow *flow, struct relay *relay, int from, int to)
{
	int one = 1, r;

	*flow = (struct flow){.relay = relay, .from = from, .to = to};
	/* Who sends decides what is put together, not we. */
	setsockopt(from, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	r = loop_source_init(&flow->source, relay->relays->loop, on_ready);
	return r < 0 ? r : loop_poll(&flow->source, from, POLLIN | POLLRDHUP, false);
}

int relay_new(struct relays *relays, const int fds[static 2], relay_handler ended, void *userdata,
	      struct relay **ret_relay)
{
	struct relay *relay = calloc(1, sizeof(*relay));
	int inner = fds[0], outer = fds[1];
	int r;

	if (!relay) {
		close(inner);
		close(outer);
		return -ENOMEM;
	}
	relay->relays = relays;
	relay->ended = ended;
	relay->userdata = userdata;
	r = flow_init(&relay->out, relay, inner, outer);
	if (r == 0)
		r = flow_init(&relay->in, relay, outer, inner);
	if (r < 0) {
		relay->out.from = inner;
		relay->out.to = outer;
		relay_free(relay);
		return r;
	}
	*ret_relay = relay;
	return 0;
}
