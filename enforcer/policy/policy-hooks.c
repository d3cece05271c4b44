/* SPDX-License-Identifier: Apache-2.0 */
/* Which hook wants which call. */
#include <errno.h>
#include <stdlib.h>

#include "enforcer/policy/policy-joined.h"

struct joined_hook {
	const struct hook_setting *setting; /* of its part */
	struct joined_rule rule;
};

int hooks_join(struct policy *policy, const struct policy_context *context,
	       const struct strings *state, struct policy_error *reterr)
{
	size_t n = 0;
	int r = 0;

	for (size_t i = 0; i < policy->n_parts; i++)
		n += policy->parts[i]->n_hooks;
	policy->hooks = calloc(n + 1, sizeof(*policy->hooks));
	if (!policy->hooks)
		return -ENOMEM;
	for (size_t i = 0; r == 0 && i < policy->n_parts; i++) {
		const struct policy_part *part = policy->parts[i];

		for (size_t j = 0; r == 0 && j < part->n_hooks; j++) {
			struct joined_hook *hook = &policy->hooks[policy->n_hooks++];

			hook->setting = part->hooks[j];
			r = rule_expand(&hook->rule, &hook->setting->rule, context, state, reterr);
		}
	}
	return r;
}

void hooks_done(struct policy *policy)
{
	for (size_t i = 0; i < policy->n_hooks; i++)
		joined_rule_done(&policy->hooks[i].rule);
	free(policy->hooks);
}

size_t policy_hook_count(const struct policy *policy)
{
	return policy->n_hooks;
}

const struct policy_hook *policy_hook(const struct policy *policy, size_t index)
{
	return index < policy->n_hooks ? &policy->hooks[index].setting->info : NULL;
}

bool policy_hook_wants(const struct policy *policy, size_t index, const struct request *request)
{
	if (index >= policy->n_hooks || request->n_objects > REQUEST_OBJECTS_MAX)
		return false;
	for (size_t i = 0; i < request->n_objects; i++)
		if (joined_rule_wants(&policy->hooks[index].rule, request, i))
			return true;
	return false;
}
