/* SPDX-License-Identifier: Apache-2.0 */
/* What a summary keeps: filled by summary.c, shown by summary-json.c and summary-text.c. */
#pragma once

#include "enforcer/audit/record.h"
#include "enforcer/audit/summary.h"

#define VERDICT_COUNT (VERDICT_ALLOW + 1)
#define BY_COUNT      (BY_FAULT + 1)

/* A denial; the strings in one block behind it. */
struct summary_denial {
	uint64_t hash;
	uint64_t count;
	enum mediated call;
	enum verb verb; /* 0: none */
	enum decided_by by;
	enum object_kind kind;
	enum layer layer;    /* where rule is one */
	const char *name;    /* path, socket, "address:port (host)"; NULL: the object has none */
	const char *program; /* or NULL, as the rest */
	const char *rule;
	const char *reason;
};

struct summary_rule {
	char id[RECORD_ID_MAX + 1];
	enum layer layer;
	uint64_t count[VERDICT_COUNT];
};

/* An end outside; the name behind it. */
struct summary_host {
	uint64_t hash;
	uint64_t connections, sent, received, denied;
	uint16_t port;
	int protocol;
	bool by_name; /* else an address was dialled */
	const char *name;
};

struct summary {
	uint64_t by_call[MEDIATED_COUNT][VERDICT_COUNT];
	uint64_t by_what[BY_COUNT][VERDICT_COUNT];
	uint64_t questions;
	uint64_t denials_omitted; /* calls, not distinct ones */
	uint64_t rules_omitted;   /* calls decided by a rule that is not counted by itself */
	size_t n_rules;
	struct summary_rule *rules[SUMMARY_RULES_MAX]; /* owned */
	size_t n_denials;
	struct summary_denial *denials[SUMMARY_DENIALS_MAX]; /* owned, in order of first sight */
	uint64_t hosts_omitted;                              /* connections and denials */
	size_t n_hosts;
	struct summary_host *hosts[SUMMARY_HOSTS_MAX]; /* owned, in order of first sight */
	/* Open addressing, at most half full; index + 1. */
	uint16_t denial_table[2048];
	uint16_t rule_table[2048];
	uint16_t host_table[2048];
};

_Static_assert(2 * SUMMARY_DENIALS_MAX <= 2048 && 2 * SUMMARY_RULES_MAX <= 2048 &&
		       2 * SUMMARY_HOSTS_MAX <= 2048,
	       "half full");

/* summary.c */
uint64_t summary_hash(uint64_t hash, const void *data, size_t len);

/* summary-hosts.c: a call that would have reached it was denied. */
void summary_deny_host(struct summary *summary, const struct endpoint *endpoint);
