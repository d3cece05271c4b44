/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The parsed form of one policy text: made by policy-parse*.c, joined by policy-build.c,
 * borrowed by the policy that comes out of it. Only files of this folder include it.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "enforcer/policy/match-address.h"
#include "enforcer/policy/policy-hooks.h"
#include "enforcer/policy/policy.h"
#include "enforcer/policy/strings.h"

#define POLICY_TEXT_MAX  (1u << 20)
#define POLICY_RULES_MAX 4096 /* in one text */
#define RULE_VALUES_MAX  1024 /* in one list of a rule */

/* What a rule speaks of. Its matchers are all of one subject. */
enum subject {
	SUBJECT_ANY = 0, /* no matcher: every object that its verbs can have */
	SUBJECT_PATH,
	SUBJECT_PROGRAM,
	SUBJECT_INET,
	SUBJECT_UNIX,
	SUBJECT_ABSTRACT,
	SUBJECT_MEMORY,
};

struct rule {
	struct rule_info info;
	char id[32];  /* info.id; written when the parts are joined */
	char *reason; /* info.reason; owned, or NULL */
	int column;
	unsigned verbs; /* mask of enum verb */
	enum subject subject;
	struct strings names; /* PATH, PROGRAM, UNIX, ABSTRACT: as written */
	struct strings args;  /* PROGRAM: empty means any */
	struct inet_matcher inet;
	bool literal; /* names are paths, no globs and no variables in them */
	bool existed;
	bool exact;
	bool unprotect;
};

struct hook_setting {
	struct rule
		rule; /* on what: as a rule that denies. First: the parsers of matchers fill it */
	struct policy_hook info;
	struct strings command;
};

/* What a part sets; "has" where zero is a value. */
struct part_settings {
	bool has_view, has_timeout, has_unattended, has_detail, has_perform_all, has_aio;
	bool has_pass, has_drop, has_tell, has_redact;
	bool has_otherwise[VERB_COUNT];
	enum policy_view view;
	enum policy_tell tell;
	uint64_t timeout_ns;
	enum verdict unattended;
	enum audit_detail detail;
	bool perform_all;
	unsigned to;        /* mask of enum audit_to; 0: not set */
	uint64_t part_size; /* 0: not set */
	bool has_keep;
	struct audit_keep keep;
	bool verbatim;         /* "redact": false */
	struct strings redact; /* "redact_patterns" */
	bool aio;
	enum verdict otherwise[VERB_COUNT];
	struct strings pass, drop, set; /* set: "NAME=value" */
	struct upstream_proxy *proxy;   /* owned; NULL: not set */
	bool has_publish;
	struct publish_settings publish;
};

struct rule_list {
	struct rule **items;
	size_t n;
};

struct policy_part {
	char *text; /* as given; NULL for the command line */
	size_t text_len;
	char *file; /* NULL for the command line */
	enum layer layer;
	char *extends;
	struct rule_list rules, guards;
	struct part_settings settings;
	struct strings state;
	struct hook_setting **hooks; /* each by itself: the joined policy points to them */
	size_t n_hooks;
};

struct hook_setting *hook_setting_free(struct hook_setting *hook);

/* Appends an empty rule that knows its part and place; NULL: no memory. */
struct rule *rule_list_add(struct rule_list *list, const struct policy_part *part, int line,
			   int column);
/*
 * A policy text may be hostile, and words of it stand in the message: makes it fit to be shown.
 */
void policy_error_escape(struct policy_error *error);
struct upstream_proxy *upstream_proxy_free(struct upstream_proxy *proxy);
/* The verb with this bit number. */
static inline enum verb verb_at(unsigned number)
{
	return (enum verb)(1u << number);
}
