/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of a recorded request that a policy asks about. */
#include "enforcer/records/asked.h"

size_t asked_parts(const struct policy *policy, const struct request *request,
		   struct asked_part ret_parts[static QUESTION_PARTS_MAX])
{
	struct decision decision;
	size_t n = 0;

	for (size_t i = 0; i < request->n_objects * VERB_COUNT; i++) {
		size_t object = i / VERB_COUNT;
		enum verb verb = (enum verb)(1u << i % VERB_COUNT);

		if (!(request->objects[object].verbs & verb))
			continue;
		policy_judge_one(policy, request, object, verb, &decision);
		if (decision.verdict == VERDICT_DENY)
			return 0;
		if (decision.verdict == VERDICT_ASK)
			ret_parts[n++] = (struct asked_part){
				.object = object, .verb = verb, .rule = decision.rule};
	}
	return n;
}
