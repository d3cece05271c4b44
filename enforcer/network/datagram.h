/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Datagrams to the outside. For each place that may be sent to there is an outlet: a socket inside,
 * bound to the very address and port, so that whatever is sent there, by whichever call, comes to
 * us. Nothing has left then. The first datagram of each of the agent's sockets is judged, and opens
 * an exchange with a socket of its own outside, whose answers come back from the outlet. An
 * exchange ends when the agent has not sent for a while. What cannot be taken at once is dropped,
 * as on any network. Private to network/.
 */
#pragma once

#include "enforcer/network/connection.h"

#define OUTLETS_MAX   512
#define EXCHANGES_MAX 512
#define LOCALS_MAX    4096 /* addresses that stand for no name, made local */
#define IDLE_NS       (120 * UINT64_C(1000000000))
/* What waits for a judgement or a name: of one exchange. */
#define HELD_MAX       16
#define HELD_BYTES_MAX 65536
#define APPROVED_MAX   16

enum exchange_state {
	EXCHANGE_REFUSED = 0, /* what comes is dropped */
	EXCHANGE_ASKED,
	EXCHANGE_RESOLVING,
	EXCHANGE_OPEN,
};

struct held {
	struct held *next;
	size_t len;
	uint8_t data[];
};

struct outlet {
	struct network *network;
	struct outlet *next;
	struct endpoint endpoint; /* its host is owned */
	int fd;
	struct loop_source readable;
	struct exchange *exchanges;
	/* Who was seen last on the way here. */
	pid_t pid;
	char *program;
	/* Source ports whose datagrams were judged with their call. */
	uint16_t approved[APPROVED_MAX];
	size_t n_approved;
	uint64_t used_ns;
};

struct exchange {
	struct outlet *outlet;
	struct exchange *next; /* of the outlet */
	enum exchange_state state;
	struct sockaddr_storage agent; /* the agent's socket */
	socklen_t agent_len;
	int outer;
	struct loop_source readable;
	struct outside_address address; /* of the other side */
	struct held *held, **held_last;
	size_t n_held, held_bytes;
	uint64_t began_ns, sent_ns;
	uint64_t sent, received, n_sent, n_received;
	void *question;  /* the owner's, while ASKED */
	size_t reserved; /* for the record of its end */
};

struct datagrams {
	struct outlet *outlets;
	size_t n_outlets, n_exchanges, n_locals;
	struct loop_source sweep;
	uint8_t *buffer;
};

#define DATAGRAM_MAX 65536

/* datagram-outlet.c */
struct outlet *outlet_free(struct outlet *outlet);

/* datagram-exchange.c: of a datagram that came to the outlet */
void exchange_take(struct outlet *outlet, const struct sockaddr_storage *from, socklen_t from_len,
		   size_t len);
/* how: NULL where nothing is to be recorded. */
struct exchange *exchange_free(struct exchange *exchange, const char *how);
/* host: NULL for all of them. */
void datagrams_resolved(struct network *network, const char *host, const struct lookup *lookup);

/* datagram-refusal.c: tells the agent's socket that the other side refuses its datagrams. */
void datagram_refuse(const struct exchange *exchange);

void datagrams_free(struct network *network);
