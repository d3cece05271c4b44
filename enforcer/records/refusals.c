/* SPDX-License-Identifier: Apache-2.0 */
/* Answers that denied more than the one thing that was asked. */
#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "enforcer/records/proof.h"
#include "enforcer/records/refusals.h"

struct refusals {
	json_t *rules; /* those that the record has of them; owned */
	struct policy *policy;
	bool too_many;
};

struct refusals *refusals_new(void)
{
	struct refusals *refusals = calloc(1, sizeof(*refusals));

	if (!refusals)
		return NULL;
	refusals->rules = json_array();
	return refusals->rules ? refusals : refusals_free(refusals);
}

struct refusals *refusals_free(struct refusals *refusals)
{
	if (!refusals)
		return NULL;
	json_decref(refusals->rules);
	policy_free(refusals->policy);
	free(refusals);
	return NULL;
}

static int add(struct refusals *refusals, json_t *rule)
{
	json_t *known;
	size_t i;

	json_array_foreach(refusals->rules, i, known) if (json_equal(known, rule)) return 0;
	if (json_array_size(refusals->rules) == REFUSALS_MAX) {
		refusals->too_many = true;
		return 0;
	}
	return json_array_append(refusals->rules, rule) < 0 ? -ENOMEM : 0;
}

int refusals_take(struct refusals *refusals, const struct entry *grant)
{
	const char *line = entry_string(grant, "rule");
	int r = 0;

	if (grant->verdict != VERDICT_DENY)
		return 0;
	while (r == 0 && line && *line) {
		size_t len = strcspn(line, "\n");
		json_t *rule = json_loadb(line, len, JSON_REJECT_DUPLICATES, NULL);

		/* What cannot be read may have said anything. */
		if (!json_object_get(rule, "deny"))
			refusals->too_many = true;
		else
			r = add(refusals, rule);
		json_decref(rule);
		line += len + (line[len] == '\n');
	}
	return r;
}

int refusals_finish(struct refusals *refusals, const struct policy_context *context)
{
	json_t *root = json_pack("{s:i, s:O, s:{s:s, s:s, s:s, s:s, s:s}}", "version", 1, "rules",
				 refusals->rules, "otherwise", "read", "allow", "write", "allow",
				 "exec", "allow", "connect", "allow", "listen", "allow");
	_cleanup_free_ char *text = root ? json_dumps(root, 0) : NULL;
	struct policy_error error = {};
	struct policy_part *part;
	int r;

	json_decref(root);
	if (!text)
		return -ENOMEM;
	r = policy_parse(text, strlen(text), "refusals", LAYER_USER, &part, &error);
	/* A record may be anybody's: a rule that is none makes all that is wide doubtful. */
	if (r == -EINVAL) {
		refusals->too_many = true;
		return 0;
	}
	return r < 0 ? r : policy_new(&part, 1, context, &refusals->policy, &error);
}

bool refusals_clash(const struct refusals *refusals, const struct candidate *candidate,
		    const char *home)
{
	if (refusals->too_many && candidate_is_wide(candidate))
		return true;
	if (!refusals->policy || json_array_size(refusals->rules) == 0)
		return false;
	if (candidate->scope == CANDIDATE_DOMAIN)
		return proof_rules_name(refusals->rules, candidate->name);
	return !proof_is_free(refusals->policy, candidate, home);
}
