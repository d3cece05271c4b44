/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The way out of the sandbox, wired: names inside, policy, the helper's look-ups, sockets of the
 * sandbox's namespace, connections and their records.
 */
#pragma once

#include "enforcer/network/network.h"
#include "enforcer/policy/policy.h"

struct supervisor;
struct helper;
struct outside;
struct rule_zero;
struct failure;

/* The listeners of published ports, by IPv4 and IPv6 (-1: none). */
struct published {
	size_t n;
	struct publish_setting settings[PUBLISH_MAX];
	int fds[PUBLISH_MAX][2];
};

/* Listens on this machine's loopback, before the agent starts. The ports become callgate's own.
 * 0, or a negative errno with reterr; published_done() in any case. */
int published_open(const struct policy *policy, struct rule_zero *zero,
		   struct published *ret_published, struct failure *reterr);
void published_done(struct published *published);

/* supervisor: borrowed; its sandbox has been started. helper: taken, also on failure. published:
 * its listeners are taken. */
int outside_new(struct supervisor *supervisor, struct helper *helper, struct published *published,
		struct outside **ret_outside);
struct outside *outside_free(struct outside *outside);

/* Gives the endpoint of a request the name that its address stands for, and frees what stays
 * inside of judgement. 0, or the negative errno that the call gets. outside may be NULL. */
int outside_describe(const struct outside *outside, struct object *object, bool connects);
/* True where the request is a connection that is to be made from outside. */
bool outside_is_asked(const struct request *request);
/* True where the call sends a datagram that may leave the sandbox. */
bool outside_takes_datagram(const struct request *request);
/* True where it goes the way of others before it, which were allowed. socket: the agent's. */
bool outside_exchanges(const struct outside *outside, const struct request *request, int socket);
/* Before a call is performed that connects a datagram socket or sends a datagram: makes its
 * destination ready. 0 or a negative errno. Behind a send that was allowed: its judgement holds. */
int outside_expect(struct outside *outside, const struct request *request);
void outside_sent(struct outside *outside, const struct request *request, int socket);
struct network *outside_network(struct outside *outside);
/* Whom to tell of a policy that was read again, and of one whose files have changed. */
struct helper_answer;
typedef void (*outside_loaded)(struct supervisor *supervisor, const struct helper_answer *answer);
void outside_set_loaded(struct outside *outside, outside_loaded loaded, outside_loaded changed);
/* A part of the record was closed: the helper compresses it. */
void outside_tidy(struct outside *outside);
/* Borrowed. */
struct helper *outside_helper(struct outside *outside);
