/* SPDX-License-Identifier: Apache-2.0 */
/* A connection on its way, and its steps. Private to network/. */
#pragma once

#include "enforcer/network/dial.h"
#include "enforcer/network/inner.h"
#include "enforcer/network/network.h"

enum connection_state {
	CONNECTION_RESOLVING = 0,
	CONNECTION_DIALLING,
	CONNECTION_JOINING, /* the other side is there; the agent's socket is being connected */
	CONNECTION_REFUSED, /* the agent's socket is to be told so */
	CONNECTION_RELAYING,
};

struct connection {
	struct network *network;
	struct connection *previous, *next;
	uint64_t began_ns;
	enum connection_state state;
	char *host;
	uint16_t port;
	pid_t pid;
	struct endpoint endpoint;         /* its host is not used */
	struct sockaddr_storage *dialled; /* the kernel reads it; owned */
	socklen_t dialled_len;

	int socket;   /* the agent's; -1 once it needs no more of us */
	int outer;    /* connected */
	int accepted; /* the inner end */
	struct inner *inner;
	uint16_t source_port; /* of the agent's socket; 0: not known yet */
	bool blocking;
	connection_handler answered; /* NULL: it was */
	void *userdata;
	struct target target; /* its proc is our own */

	struct dial *dial;
	struct outside_address address; /* that answered */
	struct relay *relay;
	struct loop_source timer, join;
};

struct network {
	struct loop *loop;
	struct network_owner owner;
	struct relays *relays;
	struct connection *first;
	struct inner *inners;
	struct publish *publishes;
	struct guest *guests;
	size_t n_guests;
	struct datagrams *datagrams; /* NULL: none so far */
};

/* connection.c */
struct connection *connection_free(struct connection *connection);
void connection_answer(struct connection *connection, int result);
void connection_fail(struct connection *connection, int error);

/* hold.c: what is dialled for an endpoint without a name; how many */
size_t endpoint_addresses(const struct endpoint *endpoint,
			  struct outside_address ret_addresses[static 2]);

/* connection-join.c: the inner half */
/* Starts connecting the agent's socket to a listener inside, which hears it at once, or not before
 * inner_close() was called with the connection in a later state. 0 or a negative errno. */
int connection_join(struct connection *connection);
/* Its inner end (taken) has come. */
void connection_accepted(struct connection *connection, int fd);
