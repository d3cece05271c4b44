/* SPDX-License-Identifier: Apache-2.0 */
/* Between the files of reload.h. */
#pragma once

#include "enforcer/base/buffer.h"
#include "enforcer/policy/rule-zero.h"
#include "enforcer/reload.h"

struct policy;

/* ---- reload-apply.c */

/* The policy holds from here on: what waits, and what is connected, is judged by it. */
void reload_apply(struct supervisor *supervisor, const struct policy *policy, unsigned round);
/* How a rule of one policy is called in another; NULL: it is not there. */
const char *reload_find_rule(const struct policy *from, const struct policy *in, const char *id);

/* ---- reload-outcome.c */

/* What has changed from one policy to the other; NULL: no memory. */
json_t *reload_describe_change(const struct policy *from, const struct policy *to);

/* ---- reload-added.c: rules that were added to the run */

#define RELOAD_ADDED_MAX 64

struct added_rule {
	uint64_t id;
	char *text; /* JSON, one object; owned */
};
struct added_rules {
	uint64_t last; /* id that was given */
	size_t n;      /* the newest first */
	struct added_rule rules[RELOAD_ADDED_MAX];
};
void added_rules_done(struct added_rules *rules);
/* A copy, with a rule in front (text not NULL) and without the one that is called id (not 0).
 * -EINVAL with its place where text is no JSON object; -ENOENT; -EDQUOT; -ENOMEM. */
int added_rules_change(const struct added_rules *from, uint64_t id, const char *text,
		       struct added_rules *ret_rules, struct failure *reterr);
/* The policy that they are, for struct config_options; empty where there are none. */
void added_rules_policy(const struct added_rules *rules, struct buffer *ret_text);

/* ---- reload-own.c: what rule zero must cover, from the helper to the enforcer */

/* Lines before the lines of the record, up to an empty one. */
int reload_own_append(const struct config *config, struct buffer *lines);
/* Brings rule zero up to them. ret_rest: behind them; ret_notices: an array of words for the person
 * (given). 1 where it covers what it did not before, 0, or a negative errno. */
int reload_own_take(const char *text, unsigned more_verbs, struct rule_zero *zero,
		    const char **ret_rest, json_t **ret_notices);
