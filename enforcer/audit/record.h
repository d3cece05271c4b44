/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A mediated call as one line of JSON: what was asked, what was decided, what the target saw. PURE:
 * the time and the sequence come in by the context. docs/audit.md specifies every member.
 *
 * Names come from the agent and are hostile: they are lossless and cannot forge a member or a line
 * (json-emit.h). A line has a bound that is known before the call is answered, because a call is
 * allowed only where room for its record is reserved.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "enforcer/policy/decision.h"
#include "enforcer/reply/outcome.h"
#include "enforcer/request/request.h"

struct buffer;
struct redact_rules;

/* "v" of each line. New members and events do not raise it; a changed meaning does. */
#define RECORD_VERSION 1

/* Bytes of a text that the record keeps; of a longer one its length is told ("path_length"). */
#define RECORD_NAME_MAX     8192  /* a path, an abstract name, a host, a program */
#define RECORD_ARGUMENT_MAX 4096  /* one element of a vector */
#define RECORD_VECTOR_MAX   32768 /* all of its elements */
#define RECORD_REASON_MAX   512
#define RECORD_ID_MAX       64 /* a run's or a rule's id */

/* No call's line is longer. */
#define RECORD_CALL_MAX (1u << 20)

struct record_context {
	const char *run;   /* the run's id: letters, digits, "-" */
	uint64_t sequence; /* of the line in its run, from 1, without gaps */
	uint64_t time_ns;  /* wall clock, since 1970 */
	uint64_t
		duration_ns; /* calls: from notification to answer. Events: since the run's start */
	uint64_t question;   /* calls: it waited for the answer to this one; 0: for none */
	uint64_t grant;      /* calls: this grant answered it; 0: none */
	const struct redact_rules *redact; /* borrowed; NULL: all that is known is redacted */
};

/* Appends the line and its newline. 0, or the buffer's error. */
int record_call(const struct record_context *context, const struct request *request,
		const struct decision *decision, const struct outcome *outcome,
		struct buffer *ret_line);

/* What was decided of datagrams whose call did not stop. request: the one object, and who was seen
 * on the way there. */
int record_datagrams(const struct record_context *context, const struct request *request,
		     const struct decision *decision, struct buffer *ret_line);

/* What a hook is told: one JSON object, without a newline, with the members of the call's line, and
 * nothing redacted: it judges what would run. */
struct record_hook {
	const char *directory; /* where the command was started */
	const struct request *request;
	const struct decision *decision;
	const struct outcome *outcome; /* NULL before the call */
	uint64_t id;                   /* by which its answer may name the call; 0: none is due */
};
int record_hook_input(const struct record_context *context, const struct record_hook *hook,
		      struct buffer *ret_object);

/*
 * No line of this request is longer, whatever decision and outcome it comes to (a person may still
 * be asked). Cheap: adds up lengths, looks at no bytes twice.
 */
size_t record_size_bound(const struct request *request);

/*
 * Whether a call is recorded at all under this detail. Ask again when the decision changed: an exec
 * that was allowed and turned out to be another is a denial.
 */
bool record_wanted(enum audit_detail detail, const struct request *request,
		   const struct decision *decision);

/* The name of an errno ("EACCES"), or NULL. */
const char *record_errno_name(int error);
/* "tcp", "udp", "icmp", or NULL. */
const char *record_protocol_name(int protocol);
/* "path", "unix", ... */
const char *object_kind_name(enum object_kind kind);
/* The endpoint's address as text; "?" for a family that is none of ours. */
#define RECORD_ADDRESS_MAX 64
void record_address(const struct endpoint *endpoint, char ret_text[static RECORD_ADDRESS_MAX]);
