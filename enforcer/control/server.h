/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The control socket's server: connections, lines, requests, events. What a method means stands in
 * a table of the owner's. Everything goes through the loop, and nothing waits for a client: each
 * has a bounded line and bounded room for what it does not read; who lets that fill up is told why
 * and cut. A client that dies loses nothing but its own connection.
 */
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "enforcer/base/cleanup.h"
#include "enforcer/base/error.h"

#define CONTROL_CLIENTS_MAX 16
#define CONTROL_LINE_MAX    65536
/* Bytes that wait for one client. Beyond CONTROL_CALLS_ROOM no calls are told (and their number
 * is), beyond half of CONTROL_OUT_MAX no more of its requests are read. */
#define CONTROL_OUT_MAX    (2u << 20)
#define CONTROL_CALLS_ROOM (256u << 10)
/* Who is cut has so long to read why. */
#define CONTROL_FAREWELL_NS 2000000000u

struct control_client;
struct control_server;
struct loop;

/* What a client is told; a mask. */
enum control_wants {
	WANTS_EVENTS = 1 << 0,
	WANTS_CALLS = 1 << 1,
	WANTS_TO_ANSWER = 1 << 2, /* it attends: told nothing more */
};

struct control_method {
	const char *name;
	/* 0 with *ret_result (given), or an enum rpc_error with reterr; or CONTROL_LATER, where it
	 * took control_client_defer(). params: an object, or NULL; borrowed. */
	int (*call)(void *userdata, struct control_client *client, json_t *params,
		    json_t **ret_result, struct failure *reterr);
};

struct control_server_config {
	struct loop *loop;
	int fd;                               /* listens; taken */
	const struct control_method *methods; /* ended by one without a name */
	void *userdata;
	/* A client's wants have changed, or it has gone (wants 0). */
	void (*changed)(void *userdata, unsigned before, unsigned wants);
	bool (*is_outside)(pid_t sender); /* NULL: peer_is_outside() */
};

int control_server_new(const struct control_server_config *config,
		       struct control_server **ret_server);
/* Tells all clients why ("closing"), as far as their sockets take it at once, and closes. */
struct control_server *control_server_free(struct control_server *server, const char *why);

/* A reply that comes later; whoever waits for it may be gone by then. */
#define CONTROL_LATER -1
struct control_reply;
/* Of the request that is being answered now. NULL: no memory. */
struct control_reply *control_client_defer(struct control_client *client);
/* reply: taken; may be NULL. code: 0 with the result (taken), or an enum rpc_error with failure. */
void control_reply_send(struct control_reply *reply, int code, json_t *result,
			const struct failure *failure);

unsigned control_client_wants(const struct control_client *client);
void control_client_set_wants(struct control_client *client, unsigned wants);

/* To all who want one of these. params: taken. */
void control_server_event(struct control_server *server, unsigned wants, const char *method,
			  json_t *params);
/* True where somebody wants one of these. */
bool control_server_wanted(const struct control_server *server, unsigned wants);
/* A decision, as its record: an object in JSON, of len bytes, on one line. */
void control_server_call(struct control_server *server, const char *record, size_t len);
size_t control_server_count(const struct control_server *server);
