/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a run came to: counts by call, decision and rule, the denials, the same ones merged, and the
 * hosts. PURE but for memory, which is bounded whatever the agent asks for: SUMMARY_DENIALS_MAX
 * distinct denials are kept (the first), what comes after is counted only. The record has them all.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "enforcer/base/cleanup.h"
#include "enforcer/policy/decision.h"
#include "enforcer/request/request.h"

struct summary;
struct buffer;

#define SUMMARY_VERSION     1
#define SUMMARY_DENIALS_MAX 1000
#define SUMMARY_RULES_MAX   1000
#define SUMMARY_HOSTS_MAX   1000
/* Bytes of a name, program or reason that are kept. A denial with a longer one is counted as
 * omitted: cut, two different ones would look the same. */
#define SUMMARY_NAME_MAX 4096

int summary_new(struct summary **ret_summary);
struct summary *summary_free(struct summary *summary);
DEFINE_CLEANUP(struct summary *, summary_free)

/* One answered call. Copies what it keeps. A denial for which there is no memory is counted as
 * omitted. */
void summary_add(struct summary *summary, const struct request *request,
		 const struct decision *decision);
/* A connection to outside has ended: where it led (a copy is kept), and the bytes of the agent. */
void summary_add_connection(struct summary *summary, const struct endpoint *endpoint, uint64_t sent,
			    uint64_t received);
/* A question was put to a person, hook or program (its answer comes by summary_add()). */
void summary_add_question(struct summary *summary);

struct summary_counts {
	uint64_t allowed, denied, asked;
};
void summary_counts(const struct summary *summary, struct summary_counts *ret_counts);

/* What the summary cannot know. Strings borrowed; audit may be NULL (no record was written). */
struct summary_run {
	const char *run;
	int exit_status;
	const char *audit;
	uint64_t unrecorded;  /* calls refused for want of room in the log */
	uint64_t unforwarded; /* lines of the record that journal or syslog did not get */
};

/* Appends one JSON object and a newline: docs/audit.md, "The summary". 0 or a negative errno. */
int summary_json(const struct summary *summary, const struct summary_run *run,
		 struct buffer *ret_text);
/* The same to a descriptor. */
int summary_write(const struct summary *summary, const struct summary_run *run, int fd);

/*
 * Appends a few lines for a person: hosts with their bytes, the most first; denials by what decided
 * them, the most frequent first, with a hint what would change it. Empty where no host was reached
 * and nothing denied. Every name is escaped.
 */
int summary_text(const struct summary *summary, struct buffer *ret_text);
