/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Connections out of the sandbox. Each is made from the host's side and relayed:
 *
 *   name  ->  resolved outside  ->  addresses that may be  ->  dialled
 *         ->  the agent's socket connected to a listener inside, on what it dialled  ->  relay
 *
 * The agent's own socket is connected (a duplicate of it), so its options, epoll registrations and
 * duplicates go on as they were. Nothing here waits.
 *
 * What it needs of others comes as struct network_owner: this folder knows no policy and no
 * process.
 */
#pragma once

#include <netinet/in.h>

#include "enforcer/loop/loop.h"
#include "enforcer/network/relay.h"
#include "enforcer/notify/target.h"
#include "enforcer/request/request.h"

#define ADDRESSES_MAX 8

struct network;
struct connection;

struct outside_address {
	int family;
	uint8_t bytes[16]; /* network order; the first 4 for AF_INET */
};

/* How a connection ended that had been made. host: NULL for a literal address. */
struct connection_end {
	const char *host;
	struct outside_address address; /* of the other side */
	uint16_t port;
	uint64_t sent, received;
	uint64_t duration_ns;
	const char *how;
	pid_t pid;       /* who asked for it */
	size_t reserved; /* for its record, by reserve() */
};

/* What connections go through; it resolves names. Strings are borrowed until network_free(). */
struct network_proxy {
	bool socks;       /* SOCKS5; else HTTP's CONNECT */
	const char *host; /* a canonical name, or an address; NULL: there is no proxy */
	uint16_t port;
	const char *user, *password; /* or NULL */
	uint64_t timeout_ns;         /* for its answer */
};

struct network_owner {
	/* A new non-blocking TCP socket in the sandbox's network namespace, or a negative errno.
	 * AF_NETLINK: one that tells of its sockets (sock_diag). */
	int (*socket)(void *userdata, int family);
	/* Makes an address that stands for no name one that can be listened on in there. */
	int (*make_local)(void *userdata, int family, const uint8_t *address);
	/* Begins a look-up outside; network_resolved() follows. 0 or a negative errno. */
	int (*resolve)(void *userdata, const char *host);
	/* May what host resolved to be connected to? */
	bool (*address_allowed)(void *userdata, const char *host,
				const struct outside_address *address, uint16_t port);
	/* Room for the record of its end, before anything is begun: how much, or a negative errno,
	 * and then it does not begin. ended() uses it up; release(): it was not made after all. */
	int (*reserve)(void *userdata, const char *host);
	void (*release)(void *userdata, size_t reserved);
	void (*ended)(void *userdata, const struct connection_end *end);
	/* The proxy does not do its part. what: static. error: a negative errno. */
	void (*complain)(void *userdata, const char *what, int error);
	void *userdata;
};

int network_new(struct loop *loop, const struct network_owner *owner, struct network **ret_network);
/* Cuts all connections. */
struct network *network_free(struct network *network);
/* Cuts what is connected, or on its way, to where stays() says no. object: as a connect has it. */
void network_judge_again(struct network *network,
			 bool (*stays)(void *userdata, const struct object *object),
			 void *userdata);
DEFINE_CLEANUP(struct network *, network_free)

/* From now on all connections go through it, and address_allowed is not asked: which addresses a
 * name has is the proxy's business. 0 or a negative errno. */
int network_set_proxy(struct network *network, const struct network_proxy *proxy);
/* True where the endpoint is the proxy itself, by its name or an address that it was seen to have:
 * who speaks to it directly is led anywhere. */
bool network_is_proxy(const struct network *network, const struct endpoint *endpoint);

/* error: 0, or a negative errno; -ENOENT: there is no such name. */
void network_resolved(struct network *network, const char *host, int error,
		      const struct outside_address *addresses, size_t n);

/* Nobody looks names up any more: those that wait for it fail. */
void network_cannot_resolve(struct network *network);

struct connection_request {
	const struct endpoint *endpoint; /* what was dialled, canonical; with host or without */
	const struct sockaddr_storage *address; /* the same as the agent wrote it */
	socklen_t address_len;
	int socket; /* the agent's own, a duplicate; taken, also on failure */
	const struct target *target;
};

/* What connect() returns: 0, or a negative errno (-EINPROGRESS for a non-blocking socket, which
 * then goes on by itself). -ESRCH: the target is gone, nobody is to be answered. Called once,
 * from the loop. */
typedef void (*connection_handler)(void *userdata, int result);

/* 0, or a negative errno: then answered is not called. */
int connection_begin(struct network *network, const struct connection_request *request,
		     connection_handler answered, void *userdata,
		     struct connection **ret_connection);
/* The call is not to be answered any more. */
void connection_forget(struct connection *connection);

/*
 * A non-blocking call that nobody has allowed yet: the agent's socket gets under way to a listener
 * that does not hear it, and the call is to be answered EINPROGRESS. 0, or a negative errno.
 */
int connection_hold(struct network *network, const struct connection_request *request,
		    struct connection **ret_connection);
/* Of one that is held: false where the agent has closed the socket, or its patience is over. */
bool connection_is_wanted(struct connection *connection);
/* It goes on, or its socket gets ECONNREFUSED; by itself from here on. */
void connection_release(struct connection *connection);
void connection_refuse(struct connection *connection);
