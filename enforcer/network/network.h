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
	pid_t pid;       /* who asked for it; 0: not known */
	size_t reserved; /* for its record, by reserve() */
	/* An exchange of datagrams, and how many. */
	bool datagrams;
	uint64_t datagrams_sent, datagrams_received;
};

/* A connection from outside to a server inside. */
struct guest_end {
	uint16_t port, on; /* inside, outside */
	const char *from;  /* "127.0.0.1:40000" */
	/* At its end: bytes as the server sees it. */
	uint64_t sent, received;
	uint64_t duration_ns;
	const char *how;
};

/* The first datagram of one of the agent's sockets to a place. All borrowed. */
struct datagrams_question {
	const struct endpoint *endpoint;
	pid_t pid; /* who was seen last on the way there; 0, NULL: nobody */
	const char *program;
	bool approved; /* the call that sent it was judged, and allowed */
	struct exchange *exchange;
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
	/* It has been connected to: who listens there may have begun since it was judged. False:
	 * nothing is sent, and the connection is refused. NULL: always true. */
	bool (*reached)(void *userdata, const struct outside_address *address, uint16_t port);
	/* Room for the record of its end, before anything is begun: how much, or a negative errno,
	 * and then it does not begin. ended() uses it up; release(): it was not made after all. */
	int (*reserve)(void *userdata, const char *host);
	void (*release)(void *userdata, size_t reserved);
	void (*ended)(void *userdata, const struct connection_end *end);
	/* The proxy does not do its part. what: static. error: a negative errno. */
	void (*complain)(void *userdata, const char *what, int error);
	/* False: it must not begin, for there is no room for its record. */
	bool (*guest_begins)(void *userdata, const struct guest_end *begin);
	void (*guest_ended)(void *userdata, const struct guest_end *end);
	/* A new non-blocking UDP socket in the sandbox's network namespace, or a negative errno. */
	int (*datagram_socket)(void *userdata, int family);
	/* Must call network_datagrams_decided(), at once or later; if later, ret_token is what
	 * datagrams_forget() gets should nobody want the answer any more. */
	void (*datagrams_begin)(void *userdata, const struct datagrams_question *question,
				void **ret_token);
	void (*datagrams_forget)(void *userdata, void *token);
	/* May datagrams be sent to what host resolved to? */
	bool (*datagrams_allowed)(void *userdata, const char *host,
				  const struct outside_address *address, uint16_t port);
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
/* Takes a port of the loopback inside for the host's: nobody binds to it there until the network is
 * freed, and connections to it are joined as to any other place. 0 or a negative errno. */
int network_hold(struct network *network, int family, uint16_t port);

/* fd: a listening socket outside, non-blocking; taken, also on failure. Who connects to it is
 * relayed to the port of the loopback inside. on: its own port. 0 or a negative errno. */
int network_publish(struct network *network, int fd, uint16_t port, uint16_t on);

/* Makes ready for datagrams to a place: nothing leaves before they are judged. pid, program: who is
 * on the way there, or 0, NULL. 0 or a negative errno (-EADDRINUSE: the agent has it itself). */
int network_expect_datagrams(struct network *network, const struct endpoint *endpoint, pid_t pid,
			     const char *program);
/* Those from this port inside were judged, and allowed, with the call that sends them. */
void network_approve_datagrams(struct network *network, const struct endpoint *endpoint,
			       uint16_t source_port);
/* True where datagrams are exchanged already. */
bool network_exchanges_datagrams(const struct network *network, const struct endpoint *endpoint,
				 uint16_t source_port);
void network_datagrams_decided(struct exchange *exchange, bool allowed);
/* Raw ICMP sockets of the sandbox's namespace, IPv4 and IPv6 (-1: none), to say by that datagrams
 * were refused; taken. */
void network_refuse_datagrams_by(struct network *network, const int fds[static 2]);

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
