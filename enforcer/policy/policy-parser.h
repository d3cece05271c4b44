/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What policy-parse.c and policy-parse-rule.c share: where in the text the parser stands, how it
 * complains, and how it walks an object by a table of the keys that it knows.
 */
#pragma once

#include <jansson.h>

#include "enforcer/policy/json-place.h"
#include "enforcer/policy/policy-part.h"

#define PARSER_DEPTH_MAX 8
#define PARSER_KEYS_MAX  24

struct parser {
	struct policy_part *part;
	struct policy_error *reterr;
	unsigned way[PARSER_DEPTH_MAX]; /* ordinals, as json-place.h has them */
	size_t depth;
};

enum json_kind {
	KIND_STRING = 1 << 0,
	KIND_NUMBER = 1 << 1, /* whole */
	KIND_BOOL = 1 << 2,
	KIND_LIST = 1 << 3,
	KIND_OBJECT = 1 << 4,
	KIND_EMPTY = 1 << 5, /* of a list: it may be empty */
};

/* 0, -EINVAL with the error told, or -ENOMEM. */
typedef int (*parse_func)(struct parser *parser, const json_t *value, void *target);

struct parser_key {
	const char *name;
	unsigned kinds; /* mask of enum json_kind */
	parse_func parse;
};

/* Tells an error about the value where the parser stands. Returns -EINVAL. */
int parser_error(struct parser *parser, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* The same, about the key of member ordinal of the object where the parser stands. */
int parser_error_at(struct parser *parser, unsigned ordinal, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* "unknown what "word"; did you mean ..." about the value or, given its ordinal, a key. */
int parser_unknown(struct parser *parser, const char *what, const char *word,
		   const char *const *names, size_t n_names);

struct parser_table {
	const struct parser_key *keys;
	size_t n;
};

/*
 * Each member by its key. ret_ordinals (table->n, or NULL): where the key stands among the
 * members, -1 where it does not.
 */
int parser_object(struct parser *parser, const json_t *object, const struct parser_table *table,
		  void *target, int *ret_ordinals);
/* Each element of a list, or the value as the only one. kinds: of the elements. */
int parser_list(struct parser *parser, const json_t *value, unsigned kinds, parse_func parse,
		void *target);
/* The way to where the parser stands. */
struct json_way parser_way(const struct parser *parser);
/* One of names: its index, or -EINVAL with the error told. */
int parser_word(struct parser *parser, const json_t *value, const char *what,
		const char *const *names, size_t n_names);

/* For tables: string, appended to (struct strings *)target. */
int parse_string_into(struct parser *parser, const json_t *value, void *target);
/* Verb or verbs into *(unsigned *)target. */
int parse_verbs(struct parser *parser, const json_t *value, void *target);
/* effect for a verb by its key: used for "otherwise". */
int parse_verdict(struct parser *parser, const json_t *value, enum verdict *ret_verdict);

/* "5s": nanoseconds, between 1ms and 24h. */
int parse_duration(struct parser *parser, const json_t *value, uint64_t *ret_ns);

/* What a policy and what a rule can hold. */
extern const struct parser_table part_table, rule_table;

/* policy-parse-proxy.c: "upstream_proxy", into (struct policy_part *)target. */
int parse_upstream_proxy(struct parser *parser, const json_t *value, void *target);

/* policy-parse-rule.c: the element of "rules" or "guards" into rule. */
int parse_rule(struct parser *parser, const json_t *value, struct rule *rule);
/* Matchers of a rule, for a table whose target begins with one. */
int parse_paths(struct parser *parser, const json_t *value, void *target);
int parse_programs(struct parser *parser, const json_t *value, void *target);
int parse_hosts(struct parser *parser, const json_t *value, void *target);

/* policy-parse-publish.c: "publish" into the part. */
int parse_publish(struct parser *parser, const json_t *value, void *target);
/* policy-parse-redact.c; target: struct part_settings. */
int parse_redact(struct parser *parser, const json_t *value, void *target);
int parse_redact_patterns(struct parser *parser, const json_t *value, void *target);

/* policy-parse-audit.c: "audit" into the part. */
int parse_audit(struct parser *parser, const json_t *value, void *target);

/* policy-parse-hook.c: "hooks" into the part. */
int parse_hooks(struct parser *parser, const json_t *value, void *target);
