/* SPDX-License-Identifier: Apache-2.0 */
/* A connection on its way, and its steps. Private to network/. */
#pragma once

#include "enforcer/network/agent-socket.h"
#include "enforcer/network/dial.h"
#include "enforcer/network/inner.h"
#include "enforcer/network/lookups.h"
#include "enforcer/network/network.h"
#include "enforcer/network/upstream.h"

enum connection_state {
	CONNECTION_HELD = 0, /* not allowed yet; the agent's socket is under way already */
	CONNECTION_RESOLVING,
	CONNECTION_DIALLING,
	CONNECTION_JOINING, /* the other side is there; the agent's socket is being connected */
	CONNECTION_REFUSED, /* the agent's socket is to be told so */
	CONNECTION_RELAYING,
	CONNECTION_FOLLOWING, /* a blocking call waits for a socket that an earlier one began */
};

struct connection {
	struct network *network;
	struct connection *previous, *next;
	uint64_t began_ns, since_ns; /* since: of what is waited for now */
	size_t reserved;             /* for the record of its end */
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
	struct agent_socket_id id; /* from_port 0: not known yet */
	bool heard;                /* by the inner listener, though it was refused */
	bool blocking;
	uint64_t patience_ns;        /* after so long the call ends, and it goes on by itself */
	connection_handler answered; /* NULL: it was */
	void *userdata;
	struct target target; /* its proc is our own */

	struct dial *dial;
	struct upstream *upstream;
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
	int refusals[2];             /* raw ICMP sockets inside, IPv4 and IPv6; -1: none */
	struct lookups *lookups;
	struct network_proxy proxy;
	struct lookup proxy_known; /* addresses that it has, or had; n 0: none known yet */
	int diag;                  /* tells of the namespace's sockets; -1: not made yet */
};

/* connection.c */
struct connection *connection_free(struct connection *connection);
void connection_answer(struct connection *connection, int result);
/* Ends it: by the answer, or where that was given already, by a refusal on the agent's socket. */
void connection_fail(struct connection *connection, int error);
/* Puts its end on record. */
void connection_report(struct connection *connection, enum relay_end how, uint64_t sent,
		       uint64_t received);
/* Needs its inner listener no more. */
void connection_leave(struct connection *connection);
/* From the start: resolved, dialled, joined. 0 or a negative errno. */
int connection_go(struct connection *connection);

/* connection-proxy.c */
/* The proxy that it goes through, or NULL. This machine's own loopback needs none. */
const struct network_proxy *connection_through(const struct connection *connection);
/* The name that is to be resolved for it, or NULL. */
const char *connection_name(const struct connection *connection);
/* The proxy has been dialled (fd is taken), or not (a negative errno). */
void connection_at_proxy(struct connection *connection, int fd);
/* The other side is there: the agent's socket is connected to it. fd: taken. */
void connection_reached(struct connection *connection, int fd);

/* connection-wait.c */
/* Rings while the call waits, and while the agent's socket is under way. */
void connection_on_timer(struct loop_source *source, int32_t result, bool more);
int connection_watch(struct connection *connection);

/* hold.c: what is dialled for an endpoint without a name; how many */
size_t endpoint_addresses(const struct endpoint *endpoint,
			  struct outside_address ret_addresses[static 2]);

/* connection-join.c: the inner half */
/* Starts connecting the agent's socket to a listener inside, which hears it at once, or not before
 * inner_close() was called with the connection in a later state. 0 or a negative errno. result: of
 * the call, where it does not wait for the end. */
int connection_join(struct connection *connection, int result);
/* The call that waits for a joined socket ends. */
void connection_unjoin(struct connection *connection, int result);
/* Its inner end (taken) has come. */
void connection_accepted(struct connection *connection, int fd);
