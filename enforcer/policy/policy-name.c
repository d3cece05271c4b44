/* SPDX-License-Identifier: Apache-2.0 */
/* What a policy says of a name before the port is known: whether a query for it is worth an
 * answer. */
#include <netinet/in.h>

#include "enforcer/policy/policy-joined.h"

static bool reachable(const struct policy *policy, struct request *request, unsigned port)
{
	static const int protocols[] = {IPPROTO_TCP, IPPROTO_UDP};
	struct decision decision;

	if (port == 0 || port > 65535)
		return false;
	request->objects[0].endpoint.port = (uint16_t)port;
	for (size_t i = 0; i < sizeof(protocols) / sizeof(protocols[0]); i++) {
		request->objects[0].endpoint.protocol = protocols[i];
		policy_judge_one(policy, request, 0, VERB_CONNECT, &decision);
		if (decision.verdict != VERDICT_DENY)
			return true;
	}
	return false;
}

bool policy_name_reachable(const struct policy *policy, const char *host)
{
	struct request request = {.n_objects = 1};

	request.objects[0] = (struct object){
		.kind = OBJECT_INET,
		.verbs = VERB_CONNECT,
		.endpoint = {.family = AF_INET, .address = {198, 18, 1, 0}, .host = (char *)host}};
	/* Between the ends of the ranges that rules name, the verdict does not change. */
	if (reachable(policy, &request, 1))
		return true;
	for (size_t i = 0; i < policy->n_rules; i++) {
		const struct rule *rule = policy->rules[i].rule;

		if (rule->subject != SUBJECT_INET)
			continue;
		for (size_t k = 0; k < rule->inet.n_ports; k++)
			if (reachable(policy, &request, rule->inet.ports[k].first) ||
			    reachable(policy, &request, rule->inet.ports[k].last + 1u))
				return true;
	}
	return false;
}
