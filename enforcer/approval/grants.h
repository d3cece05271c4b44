/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Answers that are remembered. PURE: now is a parameter.
 *
 * A grant of SCOPE_SAME is a key (question_append_key()): the very question again. Any other is a
 * list of items, each a verb mask, a matcher and the rule that asked. A request is granted where
 * each part of it that the policy asks about is covered by an item of the same rule: so no grant
 * reaches beyond what the asking rule covers, and none undoes a rule that denies. Where grants
 * disagree, the one that denies counts.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "enforcer/approval/answer.h"
#include "enforcer/approval/question.h"
#include "enforcer/base/buffer.h"
#include "enforcer/base/cleanup.h"
#include "enforcer/policy/decision.h"

#define GRANTS_MAX      1024
#define GRANT_ITEMS_MAX 8

/* What one part of a request must be like. Strings are owned. */
struct grant_item {
	unsigned verbs; /* any of them */
	enum object_kind kind;
	enum answer_scope scope;
	char *path;               /* of the file, directory, socket or program */
	char *argument;           /* SCOPE_COMMAND */
	char *host;               /* SCOPE_HOST, where it has a name */
	struct endpoint endpoint; /* SCOPE_HOST: family, protocol, port, address */
	char *rule;               /* id of the rule that asked; NULL: "otherwise" */
	enum layer layer;         /* of that rule */
};

struct grant {
	uint64_t id;             /* from 1, never used again in this run */
	uint64_t question;       /* that it answers; 0: none */
	enum verdict verdict;    /* VERDICT_ALLOW or VERDICT_DENY */
	enum answer_lasts lasts; /* FOR_RUN or ALWAYS */
	enum answer_scope scope;
	uint64_t made, expires; /* monotonic; expires 0: with the run */
	uint64_t used;          /* how many calls it answered */
	enum decided_by by;
	const char *via; /* static */
	char *reason;    /* owned, as it was given (any bytes); or NULL */
	char *text;      /* what it covers, escaped; owned */
	char *asked;     /* the question in short, escaped; owned; NULL: there was none */
	struct grant_item items[GRANT_ITEMS_MAX];
	size_t n_items;
	struct buffer key; /* SCOPE_SAME */
};

/* A grant without a question, as the control socket's `grant` has it. Strings are borrowed. */
struct grant_wanted {
	struct answer answer; /* lasts: FOR_RUN or ALWAYS; scope: any but SCOPE_SAME */
	unsigned verbs;
	const char *path;     /* FILE, DIRECTORY, TREE, COMMAND, PROGRAM: absolute, canonical */
	bool unix_socket;     /* FILE with VERB_CONNECT */
	const char *argument; /* COMMAND */
	const char *host;     /* HOST: canonical name, or an address in text */
	uint16_t port;        /* HOST */
	int protocol;         /* HOST; 0: IPPROTO_TCP */
};

struct grants;

struct grants *grants_new(void);
struct grants *grants_free(struct grants *grants);
DEFINE_CLEANUP(struct grants *, grants_free)

void grant_item_done(struct grant_item *item);
struct grant *grant_free(struct grant *grant);
DEFINE_CLEANUP(struct grant *, grant_free)

/* Takes grant, also on failure; gives it its id. 0, -ENOSPC over GRANTS_MAX, -EINVAL; then nothing
 * is remembered. */
int grants_add(struct grants *grants, struct grant *grant);
/* One of the same reach, which a new one replaces; NULL: none. */
const struct grant *grants_find_like(const struct grants *grants, const struct grant *grant);
/* The grant that answers the request, or NULL: by its key (len 0: none), else by its parts. */
struct grant *grants_match(struct grants *grants, const struct buffer *key,
			   const struct request *request, const struct asked_part *parts,
			   size_t n_parts);
/* The same at another time than now: those that were made later, or had expired, do not count. */
struct grants_question {
	const struct buffer *key;
	const struct request *request;
	const struct asked_part *parts;
	size_t n_parts;
	uint64_t at; /* 0: whenever */
};
struct grant *grants_match_at(struct grants *grants, const struct grants_question *question);
const struct grant *grants_find_id(const struct grants *grants, uint64_t id);
/* Oldest first. visit: false to stop. */
void grants_each(const struct grants *grants,
		 bool (*visit)(void *userdata, const struct grant *grant), void *userdata);
size_t grants_count(const struct grants *grants);
/* The first grant of which some rule is gone, by the old policy's ids; 0: none. Those of the rest
 * are told their new ones. A key cannot be: it must be the same. */
uint64_t grants_rename_rules(struct grants *grants,
			     const char *(*rule)(void *userdata, const char *id), void *userdata);
/* Out of the list; given. NULL where there is none. */
struct grant *grants_take(struct grants *grants, uint64_t id);
/* The first whose time is over, out of the list; given. NULL: none. */
struct grant *grants_take_expired(struct grants *grants, uint64_t now);
/* It holds until then and no longer. */
void grants_end(struct grants *grants, uint64_t id, uint64_t at);
/* When the next one expires; 0: never. */
uint64_t grants_next_expiry(const struct grants *grants);
