/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The policy as it is searched: the rules of all layers in one row, paths expanded and canonical.
 * Built by policy-build.c and policy-settings.c, searched by policy.c and policy-tree.c, never
 * changed in between. Only files of this folder include it.
 */
#pragma once

#include "enforcer/policy/match-path.h"
#include "enforcer/policy/policy-part.h"

/* A program that a bare name stood for at the start. */
struct identity {
	uint64_t dev, ino;
};

struct joined_rule {
	const struct rule *rule;  /* of its part */
	struct pattern *patterns; /* PATH, UNIX, PROGRAM; owned */
	size_t n_patterns;
	struct identity *programs; /* PROGRAM; owned */
	size_t n_programs;
	size_t n_before; /* unprotect: how many of the ordinary rules stand before it */
};

struct joined_hook;

struct policy {
	struct policy_part **parts; /* by layer; owned */
	size_t n_parts;
	struct joined_rule *rules; /* in the order of search; owned */
	size_t n_rules;
	size_t first_ordinary; /* behind the managed ones, those that unprotect, and the guards */
	struct joined_hook *hooks; /* by layer; owned */
	size_t n_hooks;
	struct policy_settings settings;
	struct strings pass, drop, drop_always, set, redact; /* behind the settings */
};

/*
 * Rules that unprotect are searched before the guards, and must not get ahead of anything else
 * by that: one holds only where no ordinary rule that stands before it (rules[first_ordinary],
 * n_before of them) decides something stricter. Otherwise the guards, and then that rule, have
 * their say.
 */

/* Whether the rule speaks of this object, and of any verb that is asked of it. */
bool joined_rule_wants(const struct joined_rule *joined, const struct request *request,
		       size_t object);
void joined_rule_done(struct joined_rule *joined);

/* Whether a rule on this subject can speak of this verb on such an object. */
bool rule_fits(const struct rule *rule, enum object_kind kind, enum verb verb);

/* policy-expand.c: the patterns and identities of a rule. 0, -EINVAL with reterr, or -ENOMEM. */
int rule_expand(struct joined_rule *joined, const struct rule *rule,
		const struct policy_context *context, const struct strings *state,
		struct policy_error *reterr);
/* A path without glob: "~" replaced. Appended to ret_paths. */
int state_expand(const char *written, const struct policy_context *context,
		 struct strings *ret_paths, struct policy_error *reterr);

/* policy-parse-publish.c: 0 or -E2BIG. */
int publish_join(struct policy *policy);

/* policy-settings.c: each key from the first layer that sets it. 0 or -ENOMEM. */
int settings_join(struct policy *policy);

/* policy-hooks.c: the hooks of all parts. 0, -EINVAL with reterr, or -ENOMEM. */
int hooks_join(struct policy *policy, const struct policy_context *context,
	       const struct strings *state, struct policy_error *reterr);
void hooks_done(struct policy *policy);
