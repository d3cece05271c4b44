/* SPDX-License-Identifier: Apache-2.0 */
/* What the files outside*.c share. */
#pragma once

#include "enforcer/network/resolver.h"
#include "enforcer/outside.h"
#include "enforcer/supervisor.h"

/* Of the host's loopback, that the sandbox may be given. */
#define HOST_PORTS_MAX 256
#define COMPLAINTS_MAX 16

struct outside {
	outside_loaded loaded, changed;
	struct supervisor *supervisor;
	struct helper *helper;
	bool helper_gone;
	const char *complaints[COMPLAINTS_MAX]; /* that were made; static */
	size_t n_complaints;
	struct loop_source answered;
	struct names *names;
	struct resolver *resolver;
	struct network *network;
};

/* outside-publish.c: takes the listeners, and relays what comes to the ports inside */
int outside_publish(struct outside *outside, struct published *published);
/* for the network */
bool outside_guest_begins(void *outside, const struct guest_end *begin);
void outside_guest_ended(void *outside, const struct guest_end *end);

/* outside.c: may what host resolved to be connected to? */
bool outside_address_allowed(const struct outside *outside, const char *host,
			     const struct outside_address *address, uint16_t port, int protocol);

/* outside-datagrams.c, for the network, and before anybody connects */
int outside_datagram_socket(void *outside, int family);
void outside_datagrams_begin(void *outside, const struct datagrams_question *question,
			     void **ret_token);
void outside_datagrams_forget(void *outside, void *token);
bool outside_datagrams_allowed(void *outside, const char *host,
			       const struct outside_address *address, uint16_t port);
void outside_expect_name(struct outside *outside, const char *name);
int outside_hold_datagrams(struct outside *outside, int family, uint16_t port);
