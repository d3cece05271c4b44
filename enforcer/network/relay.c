/* SPDX-License-Identifier: Apache-2.0 */
/* Passes bytes between two connected stream sockets. */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "enforcer/base/fd.h"
#include "enforcer/network/pipes.h"
#include "enforcer/network/relay.h"

#define CHUNK (64u << 10)
/* What one direction passes before the others get their turn, */
#define TURN (512u << 10)
/* and all of them before other events get theirs, a turn costing something by itself. */
#define ROUND      (1u << 20)
#define TURN_COSTS (16u << 10)

struct relays {
	struct loop *loop;
	char *chunk; /* one for all: nothing stays in it between two events */
	struct pipes pipes;
	uint64_t passed; /* in this round */
	struct loop_source round;
	struct flow *first, *last; /* wait for the next round */
};

/* One direction. */
struct flow {
	struct relay *relay;
	struct loop_source source; /* waits for from to be readable, or for to to be writable */
	int from, to;
	/* What the receiver has not taken yet, in memory or in a pipe. */
	char *held; /* owned */
	size_t held_at, held_len;
	struct pipe *pipe; /* lent */
	size_t piped;
	uint64_t bytes;
	bool ended;
	bool bulk; /* worth a pipe */
	bool queued;
	struct flow *previous, *next;
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

static void on_round(struct loop_source *source, int32_t result, bool more);

int relays_new(struct loop *loop, struct relays **ret_relays)
{
	struct relays *relays = calloc(1, sizeof(*relays));
	int r;

	if (!relays)
		return -ENOMEM;
	relays->loop = loop;
	relays->chunk = malloc(CHUNK);
	r = relays->chunk ? loop_source_init(&relays->round, loop, on_round) : -ENOMEM;
	if (r < 0) {
		relays_free(relays);
		return r;
	}
	*ret_relays = relays;
	return 0;
}

struct relays *relays_free(struct relays *relays)
{
	if (!relays)
		return NULL;
	loop_source_done(&relays->round);
	pipes_done(&relays->pipes);
	free(relays->chunk);
	free(relays);
	return NULL;
}

static void flow_queue(struct flow *flow)
{
	struct relays *relays = flow->relay->relays;

	flow->queued = true;
	flow->next = NULL;
	flow->previous = relays->last;
	if (relays->last)
		relays->last->next = flow;
	else
		relays->first = flow;
	relays->last = flow;
}

static void flow_unqueue(struct flow *flow)
{
	struct relays *relays = flow->relay->relays;

	if (!flow->queued)
		return;
	flow->queued = false;
	if (flow->previous)
		flow->previous->next = flow->next;
	else
		relays->first = flow->next;
	if (flow->next)
		flow->next->previous = flow->previous;
	else
		relays->last = flow->previous;
}

static void flow_done(struct flow *flow)
{
	if (flow->relay)
		flow_unqueue(flow);
	loop_source_done(&flow->source);
	if (flow->relay)
		pipes_return(&flow->relay->relays->pipes, flow->pipe, flow->piped == 0);
	free(flow->held);
}

struct relay *relay_free(struct relay *relay)
{
	if (!relay)
		return NULL;
	flow_done(&relay->out);
	flow_done(&relay->in);
	fd_close(relay->out.from);
	fd_close(relay->out.to);
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

/* What the receiver had not taken. */
static enum pump flow_flush(struct flow *flow)
{
	while (flow->piped > 0) {
		ssize_t n = splice(flow->pipe->out, NULL, flow->to, NULL, flow->piped,
				   SPLICE_F_NONBLOCK);

		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			return PUMP_WRITE;
		if (n <= 0)
			return PUMP_TO_BROKEN;
		flow->piped -= (size_t)n;
		flow->bytes += (size_t)n;
	}
	return flow->held ? flow_send(flow, flow->held + flow->held_at, flow->held_len, true)
			  : PUMP_READ;
}

/* Without copying. False: nothing came of it, and recv() is to say why: splice ends at urgent data
 * as it does where nothing is there. */
static bool flow_splice(struct flow *flow, enum pump *ret_pump)
{
	struct pipes *pipes = &flow->relay->relays->pipes;
	size_t moved = 0;

	*ret_pump = PUMP_READ;
	flow->pipe = pipes_lend(pipes);
	while (flow->pipe && moved < TURN) {
		ssize_t n = splice(flow->from, NULL, flow->pipe->in, NULL, PIPE_BYTES,
				   SPLICE_F_NONBLOCK);

		if (n <= 0)
			break;
		moved += (size_t)n;
		flow->piped = (size_t)n;
		*ret_pump = flow_flush(flow);
		if (*ret_pump != PUMP_READ)
			return true;
	}
	pipes_return(pipes, flow->pipe, true);
	flow->pipe = NULL;
	flow->bulk = moved >= CHUNK;
	return moved > 0;
}

static enum pump flow_copy(struct flow *flow)
{
	char *chunk = flow->relay->relays->chunk;

	for (size_t moved = 0; moved < TURN;) {
		ssize_t n = recv(flow->from, chunk, CHUNK, MSG_DONTWAIT);
		enum pump pump;

		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			return PUMP_READ;
		if (n < 0)
			return PUMP_FROM_BROKEN;
		if (n == 0)
			return PUMP_ENDED;
		pump = flow_send(flow, chunk, (size_t)n, false);
		moved += (size_t)n;
		flow->bulk = moved >= CHUNK;
		/* A short read has emptied it. */
		if (pump != PUMP_READ || (size_t)n < CHUNK)
			return pump;
	}
	return PUMP_READ;
}

/* Small messages are copied: that takes two calls less than to lend a pipe. */
static enum pump flow_pump(struct flow *flow)
{
	enum pump pump = flow_flush(flow);

	if (pump != PUMP_READ)
		return pump;
	pipes_return(&flow->relay->relays->pipes, flow->pipe, true);
	flow->pipe = NULL;
	if (flow->bulk && flow_splice(flow, &pump))
		return pump;
	return flow_copy(flow);
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
	uint64_t before = flow->bytes;
	enum pump pump = flow_pump(flow);
	int r = 0;

	relay->relays->passed += TURN_COSTS + flow->bytes - before;
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

/* Who passes much, or many who pass little, must not keep a call that waits for its answer: beyond
 * a round they wait in a row until the loop has seen to the other events. */
static void relays_end_round(struct relays *relays)
{
	if ((relays->passed >= ROUND || relays->first) && !relays->round.armed &&
	    loop_defer(&relays->round) < 0)
		relays->passed = 0;
}

static void on_ready(struct loop_source *source, int32_t result, bool more)
{
	struct flow *flow = container_of(source, struct flow, source);
	struct relays *relays = flow->relay->relays;

	if (relays->round.armed)
		flow_queue(flow);
	else
		flow_go(flow);
	relays_end_round(relays);
}

static void on_round(struct loop_source *source, int32_t result, bool more)
{
	struct relays *relays = container_of(source, struct relays, round);

	relays->passed = 0;
	while (relays->first && relays->passed < ROUND) {
		struct flow *flow = relays->first;

		flow_unqueue(flow);
		flow_go(flow);
	}
	relays_end_round(relays);
}

static int flow_init(struct flow *flow, struct relay *relay, int from, int to)
{
	int one = 1, r;

	*flow = (struct flow){.relay = relay, .from = from, .to = to};
	/* splice waits at a socket that may wait, whatever its own flags say. */
	fcntl(from, F_SETFL, O_NONBLOCK);
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
