/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The lines of the record that are no call: start and end of a run, and faults. PURE. Each has a
 * bound, RECORD_EVENT_MAX for the start; end and fault fit into what the log keeps for last words.
 */
#pragma once

#include <stdint.h>
#include <sys/types.h>

#include "enforcer/audit/record.h"

struct buffer;

#define RECORD_EVENT_MAX     (1u << 20)
#define RECORD_LAST_WORD_MAX 4096
#define RECORD_LIST_MAX      64 /* workspaces, parts of the wall */

/* All strings borrowed; NULL: the member is left out. */
struct record_start {
	const char *version;     /* callgate's */
	const char *kernel;      /* release, as uname -r */
	const char *policy_hash; /* "sha256:..." of the texts of all layers */
	const char *user;
	uid_t uid;
	const char *directory; /* where the command starts */
	char *const *command;  /* NULL-ended, as the rest */
	char *const *workspaces;
	char *const *wall; /* one short text for each part: "landlock 7", "view host" */
};
int record_run_start(const struct record_context *context, const struct record_start *start,
		     struct buffer *ret_line);

struct record_end {
	int status;       /* as callgate run exits */
	uint64_t allowed; /* calls, recorded or not */
	uint64_t denied;
	uint64_t asked;
	uint64_t refused; /* of the denied: for want of room in the log; not on record */
};
int record_run_end(const struct record_context *context, const struct record_end *end,
		   struct buffer *ret_line);

/* A connection that was made from outside, at its end. context: its duration. */
struct record_connection {
	const char *host; /* NULL: dialled by address */
	int family;
	uint8_t address[16]; /* of the other side */
	uint16_t port;
	uint64_t sent, received; /* bytes, seen from the agent */
	const char *how;
	pid_t pid; /* who asked for it; 0: not known */
	bool datagrams;
	uint64_t datagrams_sent, datagrams_received;
};
int record_connection_end(const struct record_context *context,
			  const struct record_connection *connection, struct buffer *ret_line);

/* A connection from outside to a published port. how: NULL where it begins; else as it ended, with
 * its bytes as the server sees them. context: its duration. */
struct record_guest {
	uint16_t port, on;
	const char *from;
	uint64_t sent, received;
	const char *how;
};
int record_guest(const struct record_context *context, const struct record_guest *guest,
		 struct buffer *ret_line);

/* Something of callgate's own failed. what: one sentence of ours. error: a negative errno, or 0. */
int record_fault(const struct record_context *context, const char *what, int error,
		 struct buffer *ret_line);
