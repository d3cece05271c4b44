/* SPDX-License-Identifier: Apache-2.0 */
/* What was decided, by what, and why. Zero is deny, decided by nothing. */
#pragma once

#include <stddef.h>

#include "enforcer/request/request.h"

enum verdict {
	VERDICT_DENY = 0,
	VERDICT_ASK,
	VERDICT_ALLOW,
};

enum decided_by {
	BY_NOTHING = 0, /* no stage came to an answer: denied */
	BY_RULE_ZERO,   /* callgate's own files and sockets */
	BY_RULE,
	BY_OTHERWISE, /* no rule matched: the policy's "otherwise" */
	BY_NO_VERB,   /* the call needs no verb (O_PATH, a pipe's fchmod) */
	BY_WALL,      /* the wall cannot hold it, or it is no policy's to allow (a route outside) */
	BY_GRANT,
	BY_HOOK,
	BY_PERSON,
	BY_UNATTENDED, /* asked, and nobody there */
	BY_FLOOD,      /* asked, and too much asked already */
	BY_COOL_DOWN,  /* asked again right after somebody said no */
	BY_FAULT,      /* unreadable memory, failed ADDFD, no room for the record */
};

/* Where policy comes from, in the order of search. */
enum layer {
	LAYER_RULE_ZERO = 0,
	LAYER_MANAGED,
	LAYER_GUARDS,
	LAYER_ADDED, /* while it runs, by whoever answers for it */
	LAYER_COMMAND_LINE,
	LAYER_PROJECT,
	LAYER_USER,
	LAYER_BUILTIN,
};
#define LAYER_COUNT 8

/* The public face of a rule: enough to name it to a person and in the record. */
struct rule_info {
	const char *id; /* "user:3": layer and place among its rules, from 1 */
	enum layer layer;
	enum verdict effect;
	const char *reason; /* or NULL */
	const char *file;   /* or NULL */
	int line;
};

struct decision {
	enum verdict verdict;
	enum decided_by by;
	const struct rule_info *rule; /* borrowed from the policy; NULL unless by is BY_RULE */
	enum verb verb; /* the verb and object that the verdict hangs on: the strictest */
	size_t object;  /* index into request->objects */
	/* Static or borrowed from the policy; of an answer, borrowed while it is told. Or NULL. */
	const char *reason;
	uint64_t question, grant; /* ids of those that it comes from; 0: none */
};

/* How much is recorded: the policy's "audit": {"detail"}. Here, not in policy.h, because the record
 * asks by it and knows nothing of the policy. */
enum audit_detail {
	AUDIT_DETAIL_ALL = 0,
	AUDIT_DETAIL_CHANGES, /* all but reads and executions that were allowed */
	AUDIT_DETAIL_DENIALS,
	AUDIT_DETAIL_NONE,
};

/* Where the record goes: "audit": {"to"}, a mask. */
enum audit_to {
	AUDIT_TO_FILE = 1 << 0,
	AUDIT_TO_JOURNALD = 1 << 1,
	AUDIT_TO_SYSLOG = 1 << 2,
};

/* What is kept of the runs that have ended: "audit": {"keep"}. Zero: no limit. */
struct audit_keep {
	uint64_t age_s; /* since their last line */
	uint64_t size;  /* bytes, of all runs */
	uint64_t runs;  /* how many */
};

const char *verdict_name(enum verdict verdict); /* "deny", "ask", "allow" */
const char *decided_by_name(enum decided_by by);
const char *layer_name(enum layer layer);
