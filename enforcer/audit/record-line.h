/* SPDX-License-Identifier: Apache-2.0 */
/* What all lines of the record share: head, end, vectors. Between record.c and record-event.c. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct buffer;
struct decision;
struct record_context;
struct redact_rules;
struct request;

void record_line_begin(struct buffer *line, const char *event,
		       const struct record_context *context);
/* 0, or the buffer's error. */
int record_line_end(struct buffer *line);
/* ,"key":[...] and, where something of the NULL-ended vector is missing, ,"key_truncated":true. */
void record_vector(struct buffer *line, const char *key, char *const *vector, size_t max,
		   bool truncated);
/* The same of arguments: what looks like a secret is replaced, and then "redacted":true. */
void record_arguments(struct buffer *line, const char *key, char *const *vector, bool truncated,
		      const struct redact_rules *redact);
/* What was asked, and what was decided, as a call's line has them. */
void record_request(struct buffer *line, const struct request *request,
		    const struct redact_rules *redact);
void record_decision(struct buffer *line, const struct request *request,
		     const struct decision *decision);
