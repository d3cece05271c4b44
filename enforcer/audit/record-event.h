/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The lines of the record that are no call: start and end of a run, questions and what became of
 * them, and faults. PURE. Each has a bound: record_size_bound() of its request for a question,
 * RECORD_ANSWER_MAX for answer, grant and revoke, RECORD_EVENT_MAX for the start; end and fault fit
 * into what the log keeps for last words.
 */
#pragma once

#include <stdint.h>
#include <sys/types.h>

#include "enforcer/audit/record.h"

struct buffer;

#define RECORD_EVENT_MAX     (1u << 20)
#define RECORD_LAST_WORD_MAX 4096
#define RECORD_ANSWER_MAX    (64u << 10)
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
	const char *chain; /* "sha256": of the lines */
	const char *key;   /* "ed25519:...": its public half signs the end */
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
/* The line of none with this host (or NULL) is longer: room for it is reserved when it begins. */
size_t record_connection_bound(const char *host);
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

/* The last line of a part but its chain line: number is the part's own. The record goes on in the
 * next one. */
int record_part(const struct record_context *context, unsigned number, struct buffer *ret_line);

/* Something of callgate's own failed. what: one sentence of ours. error: a negative errno, or 0. */
int record_fault(const struct record_context *context, const char *what, int error,
		 struct buffer *ret_line);

/*
 * A question that was put to somebody: once, however many calls wait for its answer. Calls that a
 * grant answers at once, or nobody because nobody is there, make no question.
 */
struct record_question {
	uint64_t id; /* from 1 in its run */
	const struct request *request;
	const struct decision *decision; /* what asks: its rule, verb and object */
	uint64_t timeout_ns;
};
int record_question(const struct record_context *context, const struct record_question *question,
		    struct buffer *ret_line);

/* Who gave the answer. */
enum answered_by {
	ANSWERED_BY_TIMEOUT = 0, /* nobody in time: the policy's answer */
	ANSWERED_BY_PERSON,
	ANSWERED_BY_HOOK,
	ANSWERED_BY_PROGRAM,    /* an approver */
	ANSWERED_BY_UNATTENDED, /* whoever could answer went away: the policy's answer */
	ANSWERED_BY_WITHDRAWN,  /* there is no answer: nothing waits for it any more */
};
/* Which way it came. */
enum answered_via {
	ANSWERED_VIA_NONE = 0, /* left out */
	ANSWERED_VIA_TERMINAL,
	ANSWERED_VIA_SOCKET, /* `callgate allow` and other programs on the control socket */
	ANSWERED_VIA_WEB,
	ANSWERED_VIA_HOOK,
};
const char *answered_by_name(enum answered_by by);
const char *answered_via_name(enum answered_via via); /* NULL for none */

struct record_answer {
	uint64_t question;
	enum verdict verdict; /* not looked at where it was withdrawn */
	enum answered_by by;
	enum answered_via via;
	const char *lasts;  /* "once", "run", "always"; or NULL */
	const char *reason; /* given with the answer, or NULL */
	uint64_t calls;     /* that waited for it and got it */
	uint64_t after_ns;  /* since the question */
};
int record_answer(const struct record_context *context, const struct record_answer *answer,
		  struct buffer *ret_line);

/* Something is answered from now on without a question. */
struct record_grant {
	uint64_t id;       /* from 1 in its run */
	uint64_t question; /* whose answer made it; 0: nobody had asked */
	enum verdict verdict;
	enum answered_via via;
	const char
		*scope; /* "same": just this program, verbs, objects and arguments; "file", "dir",
			       "tree", "host", "command", "program" */
	const char *lasts;  /* "run", "always" */
	const char *covers; /* for people: "each read of just this by any cat" */
	const char *rule;  /* JSON text of the rule that it stands for; NULL where it is the same */
	uint64_t until_ns; /* wall clock; 0: no end but the run's */
};
int record_grant(const struct record_context *context, const struct record_grant *grant,
		 struct buffer *ret_line);

/* A grant holds no longer. */
struct record_revoke {
	uint64_t grant;
	enum answered_via via; /* none: it ran out */
};
int record_revoke(const struct record_context *context, const struct record_revoke *revoke,
		  struct buffer *ret_line);
