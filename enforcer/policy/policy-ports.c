/* SPDX-License-Identifier: Apache-2.0 */
/* Which ports the rules speak of, for what must be prepared before anybody connects. */
#include <netinet/in.h>

#include "enforcer/policy/policy-joined.h"

bool policy_gives_host_port(const struct policy *policy, int protocol, uint16_t port)
{
	struct request request = {.n_objects = 1};
	struct decision decision;

	request.objects[0] = (struct object){.kind = OBJECT_INET,
					     .verbs = VERB_CONNECT,
					     .endpoint = {.family = AF_INET,
							  .protocol = protocol,
							  .port = port,
							  .address = {127, 0, 0, 1},
							  .host_loopback = true}};
	for (size_t i = 0; i < policy->n_rules; i++) {
		const struct rule *rule = policy->rules[i].rule;

		/* A broad "ask" holds where some rule gives the port, and gives none by itself. */
		if (rule->subject != SUBJECT_INET || !rule->inet.host_loopback ||
		    rule->info.effect == VERDICT_DENY ||
		    !inet_matches(&rule->inet, &request.objects[0].endpoint, true))
			continue;
		policy_judge_one(policy, &request, 0, VERB_CONNECT, &decision);
		return decision.verdict != VERDICT_DENY;
	}
	return false;
}

static bool is_among(const uint16_t *ports, size_t n, uint16_t port)
{
	for (size_t i = 0; i < n; i++)
		if (ports[i] == port)
			return true;
	return false;
}

size_t policy_host_ports(const struct policy *policy, int protocol, uint16_t *ret_ports, size_t max)
{
	size_t n = 0;

	for (size_t i = 0; i < policy->n_rules; i++) {
		const struct rule *rule = policy->rules[i].rule;

		if (rule->subject != SUBJECT_INET || !rule->inet.host_loopback)
			continue;
		for (size_t k = 0; k < rule->inet.n_ports; k++)
			for (unsigned port = rule->inet.ports[k].first;
			     port <= rule->inet.ports[k].last; port++) {
				if (is_among(ret_ports, n < max ? n : max, (uint16_t)port) ||
				    !policy_gives_host_port(policy, protocol, (uint16_t)port))
					continue;
				if (n < max)
					ret_ports[n] = (uint16_t)port;
				n++;
			}
	}
	return n;
}

/* Ports of a range that are made ready one by one. */
#define RANGE_MAX 8

size_t policy_datagram_ports(const struct policy *policy, const char *host, uint16_t *ret_ports,
			     size_t max)
{
	struct request request = {.n_objects = 1};
	struct endpoint *endpoint = &request.objects[0].endpoint;
	struct decision decision;
	size_t n = 0;

	request.objects[0] = (struct object){.kind = OBJECT_INET,
					     .verbs = VERB_CONNECT,
					     .endpoint = {.family = AF_INET,
							  .protocol = IPPROTO_UDP,
							  .address = {198, 18, 1, 0},
							  .host = (char *)host}};
	for (size_t i = 0; i < policy->n_rules; i++) {
		const struct rule *rule = policy->rules[i].rule;

		if (rule->subject != SUBJECT_INET || rule->info.effect == VERDICT_DENY ||
		    !(rule->inet.protocols & PROTOCOL_UDP))
			continue;
		for (size_t k = 0; k < rule->inet.n_ports; k++) {
			unsigned first = rule->inet.ports[k].first, last = rule->inet.ports[k].last;

			for (unsigned port = first; last - first < RANGE_MAX && port <= last;
			     port++) {
				endpoint->port = (uint16_t)port;
				policy_judge_one(policy, &request, 0, VERB_CONNECT, &decision);
				if (decision.verdict == VERDICT_DENY ||
				    is_among(ret_ports, n < max ? n : max, (uint16_t)port))
					continue;
				if (n < max)
					ret_ports[n] = (uint16_t)port;
				n++;
			}
		}
	}
	return n < max ? n : max;
}
