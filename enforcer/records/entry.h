/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A line of the record, understood. The line may be anybody's: what is wrong in it makes it no
 * entry, what is missing stays zero, and members and events that nobody here knows are left alone.
 */
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "enforcer/policy/decision.h"
#include "enforcer/request/request.h"

enum entry_event {
	ENTRY_UNKNOWN = 0,
	ENTRY_RUN_START,
	ENTRY_POLICY,
	ENTRY_FACTS,
	ENTRY_CALL,
	ENTRY_QUESTION,
	ENTRY_ANSWER,
	ENTRY_GRANT,
	ENTRY_REVOKE,
	ENTRY_CONNECTION_END,
	ENTRY_FAULT,
	ENTRY_RUN_END,
};

/* Names in hexadecimal that are no UTF-8, taken back to bytes: so many of one line. */
#define ENTRY_BYTES_MAX 64

struct entry {
	enum entry_event event;
	json_t *root; /* owned: all of the line */
	const char *run;
	uint64_t seq, time_ns;
	/*
	 * CALL, QUESTION: what was asked. Its strings are borrowed from root or kept in bytes: no
	 * request_done() for it. whole: nothing of it was cut.
	 */
	struct request request;
	bool whole;
	bool redacted;
	enum verdict verdict; /* the same, and ANSWER, GRANT */
	enum decided_by by;
	enum verb verb;
	size_t object; /* index into request.objects; n_objects where there is none */
	const char *rule, *layer, *reason;
	/* CALL */
	const char *outcome, *error; /* error: "ENOENT" */
	int64_t value;               /* a descriptor, a value, a signal */
	uint64_t duration_ns;
	uint64_t question, grant; /* and the events of that name; 0: none */

	char *argv[REQUEST_ARGV_MAX + 1];
	char *bytes[ENTRY_BYTES_MAX]; /* owned */
	size_t n_bytes;
};

/* line: not NUL-ended. entry is new or done. 0; -EINVAL: it is no line of a record; -ENOMEM.
 * On failure the entry is done. */
int entry_parse(struct entry *entry, const char *line, size_t len);
void entry_done(struct entry *entry);

/* A member that is a name: its bytes, whether it stood there as text or in hexadecimal. NULL where
 * there is none. */
const char *entry_name(struct entry *entry, json_t *object, const char *key);
/* A member that is a string, a number (0 where there is none), a time. */
const char *entry_string(const struct entry *entry, const char *key);
uint64_t entry_number(const struct entry *entry, const char *key);
uint64_t entry_microseconds(const struct entry *entry, const char *key); /* in nanoseconds */
/* "/etc/passwd", or "example.com:443", which is written into text; NULL: no name. */
#define ENTRY_NAME_SIZE 512
const char *entry_object_name(const struct object *object, char text[static ENTRY_NAME_SIZE]);
/* The object that the decision hangs on, or the first; NULL where there is none. */
const struct object *entry_object(const struct entry *entry);
/* True for a call that came to nothing before it was judged: ENOENT and the like. */
bool entry_failed_by_itself(const struct entry *entry);
