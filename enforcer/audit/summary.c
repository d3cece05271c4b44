/* SPDX-License-Identifier: Apache-2.0 */
/* What a run came to: counting. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "enforcer/audit/summary-data.h"
#include "enforcer/base/buffer.h"

int summary_new(struct summary **ret_summary)
{
	struct summary *summary = calloc(1, sizeof(*summary));

	if (!summary)
		return -ENOMEM;
	*ret_summary = summary;
	return 0;
}

struct summary *summary_free(struct summary *summary)
{
	if (!summary)
		return NULL;
	for (size_t i = 0; i < summary->n_denials; i++)
		free(summary->denials[i]);
	for (size_t i = 0; i < summary->n_rules; i++)
		free(summary->rules[i]);
	for (size_t i = 0; i < summary->n_hosts; i++)
		free(summary->hosts[i]);
	free(summary);
	return NULL;
}

/* FNV-1a. An agent that makes names collide gains a search over at most SUMMARY_DENIALS_MAX. */
uint64_t summary_hash(uint64_t hash, const void *data, size_t len)
{
	const unsigned char *p = data;

	for (size_t i = 0; i < len; i++)
		hash = (hash ^ p[i]) * 0x100000001b3u;
	return hash;
}

static uint64_t hash_string(uint64_t hash, const char *string)
{
	/* NULL and "" are different. */
	return string ? summary_hash(hash, string, strlen(string) + 1)
		      : summary_hash(hash, "\xff", 1);
}

#define HASH_START 0xcbf29ce484222325u

static bool same_string(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

static bool same_denial(const struct summary_denial *a, const struct summary_denial *b)
{
	return a->hash == b->hash && a->call == b->call && a->verb == b->verb && a->by == b->by &&
	       a->kind == b->kind && same_string(a->name, b->name) &&
	       same_string(a->program, b->program) && same_string(a->rule, b->rule) &&
	       same_string(a->reason, b->reason);
}

static void hash_denial(struct summary_denial *denial)
{
	const int numbers[] = {(int)denial->call, (int)denial->verb, (int)denial->by,
			       (int)denial->kind};
	uint64_t hash = summary_hash(HASH_START, numbers, sizeof(numbers));

	hash = hash_string(hash, denial->name);
	hash = hash_string(hash, denial->program);
	hash = hash_string(hash, denial->rule);
	denial->hash = hash_string(hash, denial->reason);
}

static size_t string_size(const char *string)
{
	return string ? strlen(string) + 1 : 0;
}

static const char *put_string(char **at, const char *string)
{
	size_t size = string_size(string);
	char *copy = *at;

	if (!string)
		return NULL;
	memcpy(copy, string, size);
	*at += size;
	return copy;
}

static struct summary_denial *denial_copy(const struct summary_denial *from)
{
	struct summary_denial *denial;
	char *at;

	denial = malloc(sizeof(*denial) + string_size(from->name) + string_size(from->program) +
			string_size(from->rule) + string_size(from->reason));
	if (!denial)
		return NULL;
	at = (char *)(denial + 1);
	*denial = *from;
	denial->name = put_string(&at, from->name);
	denial->program = put_string(&at, from->program);
	denial->rule = put_string(&at, from->rule);
	denial->reason = put_string(&at, from->reason);
	return denial;
}

static bool too_long(const char *string)
{
	return string && strnlen(string, SUMMARY_NAME_MAX + 1) > SUMMARY_NAME_MAX;
}

static void count_denial(struct summary *summary, struct summary_denial *denial)
{
	size_t slot;

	if (too_long(denial->name) || too_long(denial->program) || too_long(denial->rule) ||
	    too_long(denial->reason)) {
		summary->denials_omitted++;
		return;
	}
	hash_denial(denial);
	slot = denial->hash % ARRAY_LEN(summary->denial_table);
	while (summary->denial_table[slot]) {
		struct summary_denial *known = summary->denials[summary->denial_table[slot] - 1];

		if (same_denial(known, denial)) {
			known->count++;
			return;
		}
		slot = (slot + 1) % ARRAY_LEN(summary->denial_table);
	}
	denial->count = 1;
	if (summary->n_denials < SUMMARY_DENIALS_MAX)
		summary->denials[summary->n_denials] = denial_copy(denial);
	if (summary->n_denials == SUMMARY_DENIALS_MAX || !summary->denials[summary->n_denials]) {
		summary->denials_omitted++;
		return;
	}
	summary->denial_table[slot] = (uint16_t)++summary->n_denials;
}

/* As a person writes it: "host:443", "192.0.2.1:443", "[2001:db8::1]:443". */
static void endpoint_name(const struct endpoint *endpoint, char *ret_text, size_t size)
{
	char address[RECORD_ADDRESS_MAX];

	record_address(endpoint, address);
	if (endpoint->host)
		snprintf(ret_text, size, "%.253s:%u", endpoint->host, (unsigned)endpoint->port);
	else if (endpoint->family == AF_INET6)
		snprintf(ret_text, size, "[%s]:%u", address, (unsigned)endpoint->port);
	else
		snprintf(ret_text, size, "%s:%u", address, (unsigned)endpoint->port);
}

static void add_denial(struct summary *summary, const struct request *request,
		       const struct decision *decision)
{
	struct summary_denial denial = {
		.call = request->call < MEDIATED_COUNT ? request->call : MEDIATED_NONE,
		.verb = decision->verb,
		.by = decision->by,
		.program = request->program,
		.reason = decision->reason,
	};
	char text[RECORD_ADDRESS_MAX + 300];
	const struct object *object;

	if (decision->rule) {
		denial.rule = decision->rule->id;
		denial.layer = decision->rule->layer;
		if (!denial.reason)
			denial.reason = decision->rule->reason;
	}
	if (decision->object < request->n_objects && decision->object < REQUEST_OBJECTS_MAX) {
		object = &request->objects[decision->object];
		denial.kind = object->kind;
		denial.name = object->path;
		if (object->kind == OBJECT_INET) {
			if (denial.verb == VERB_CONNECT)
				summary_deny_host(summary, &object->endpoint);
			endpoint_name(&object->endpoint, text, sizeof(text));
			denial.name = text;
		}
	}
	count_denial(summary, &denial);
}

static void add_rule(struct summary *summary, const struct rule_info *rule, enum verdict verdict)
{
	uint64_t hash = summary_hash(HASH_START, rule->id, strnlen(rule->id, RECORD_ID_MAX));
	size_t slot = hash % ARRAY_LEN(summary->rule_table);
	struct summary_rule *known;

	while (summary->rule_table[slot]) {
		known = summary->rules[summary->rule_table[slot] - 1];
		if (strncmp(known->id, rule->id, RECORD_ID_MAX) == 0) {
			known->count[verdict]++;
			return;
		}
		slot = (slot + 1) % ARRAY_LEN(summary->rule_table);
	}
	known = summary->n_rules < SUMMARY_RULES_MAX ? calloc(1, sizeof(*known)) : NULL;
	if (!known) {
		summary->rules_omitted++;
		return;
	}
	memcpy(known->id, rule->id, strnlen(rule->id, RECORD_ID_MAX));
	known->layer = rule->layer;
	known->count[verdict] = 1;
	summary->rules[summary->n_rules] = known;
	summary->rule_table[slot] = (uint16_t)++summary->n_rules;
}

void summary_add(struct summary *summary, const struct request *request,
		 const struct decision *decision)
{
	enum mediated call = request->call < MEDIATED_COUNT ? request->call : MEDIATED_NONE;
	/* A question without an answer is a denial. */
	enum verdict verdict = decision->verdict == VERDICT_ALLOW ? VERDICT_ALLOW : VERDICT_DENY;
	enum decided_by by = decision->by < BY_COUNT ? decision->by : BY_NOTHING;

	summary->by_call[call][verdict]++;
	summary->by_what[by][verdict]++;
	if (decision->rule)
		add_rule(summary, decision->rule, verdict);
	if (verdict == VERDICT_DENY)
		add_denial(summary, request, decision);
}

void summary_add_question(struct summary *summary)
{
	summary->questions++;
}

void summary_counts(const struct summary *summary, struct summary_counts *ret_counts)
{
	*ret_counts = (struct summary_counts){.asked = summary->questions};
	for (size_t i = 0; i < MEDIATED_COUNT; i++) {
		ret_counts->allowed += summary->by_call[i][VERDICT_ALLOW];
		ret_counts->denied += summary->by_call[i][VERDICT_DENY];
	}
}
