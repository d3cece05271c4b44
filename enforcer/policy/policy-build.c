/* SPDX-License-Identifier: Apache-2.0 */
/* Joins the parts of all layers into one policy: the order of search, the names of rules. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "enforcer/policy/policy-joined.h"

struct order {
	struct rule **rules;
	size_t *n_before;
	size_t n;
};

static void order_add(struct order *order, struct rule *rule)
{
	order->rules[order->n++] = rule;
}

static void order_layer(struct order *order, const struct policy *policy, enum layer layer)
{
	for (size_t i = 0; i < policy->n_parts; i++) {
		const struct policy_part *part = policy->parts[i];

		for (size_t j = 0; part->layer == layer && j < part->rules.n; j++)
			if (!part->rules.items[j]->unprotect)
				order_add(order, part->rules.items[j]);
	}
}

static void order_unprotect(struct order *order, const struct policy *policy)
{
	size_t n_before = 0;

	for (size_t i = 0; i < policy->n_parts; i++) {
		const struct policy_part *part = policy->parts[i];

		for (size_t j = 0; part->layer > LAYER_GUARDS && j < part->rules.n; j++) {
			if (!part->rules.items[j]->unprotect) {
				n_before++;
				continue;
			}
			order->n_before[order->n] = n_before;
			order_add(order, part->rules.items[j]);
		}
	}
}

static void order_guards(struct order *order, const struct policy *policy)
{
	for (size_t i = 0; i < policy->n_parts; i++)
		for (size_t j = 0; j < policy->parts[i]->guards.n; j++)
			order_add(order, policy->parts[i]->guards.items[j]);
}

static void name_rules(const struct policy *policy)
{
	size_t n[LAYER_COUNT] = {};

	for (size_t i = 0; i < policy->n_parts; i++) {
		const struct rule_list *lists[] = {&policy->parts[i]->rules,
						   &policy->parts[i]->guards};

		for (size_t l = 0; l < ARRAY_LEN(lists); l++) {
			for (size_t j = 0; j < lists[l]->n; j++) {
				struct rule *rule = lists[l]->items[j];

				snprintf(rule->id, sizeof(rule->id), "%s:%zu",
					 layer_name(rule->info.layer), ++n[rule->info.layer]);
				rule->info.id = rule->id;
			}
		}
	}
}

/* Stable: two parts of one layer stay in the order that they were given in. */
static void sort_parts(struct policy *policy)
{
	for (size_t i = 1; i < policy->n_parts; i++) {
		struct policy_part *part = policy->parts[i];
		size_t j = i;

		for (; j > 0 && policy->parts[j - 1]->layer > part->layer; j--)
			policy->parts[j] = policy->parts[j - 1];
		policy->parts[j] = part;
	}
}

static int build_state(const struct policy *policy, const struct policy_context *context,
		       struct strings *ret_state, struct policy_error *reterr)
{
	int r = 0;

	for (size_t i = 0; i < policy->n_parts; i++) {
		const struct strings *state = &policy->parts[i]->state;

		for (size_t j = 0; r == 0 && j < state->n; j++)
			r = state_expand(state->items[j], context, ret_state, reterr);
	}
	return r;
}

static int build_rules(struct policy *policy, const struct order *order,
		       const struct policy_context *context, struct policy_error *reterr)
{
	struct strings state = {};
	int r;

	policy->rules = calloc(order->n + 1, sizeof(*policy->rules));
	if (!policy->rules)
		return -ENOMEM;
	r = build_state(policy, context, &state, reterr);
	for (size_t i = 0; r == 0 && i < order->n; i++) {
		policy->n_rules++;
		policy->rules[i].n_before = order->n_before[i];
		r = rule_expand(&policy->rules[i], order->rules[i], context, &state, reterr);
	}
	if (r == 0)
		r = hooks_join(policy, context, &state, reterr);
	strings_done(&state);
	return r;
}

static int build(struct policy *policy, const struct policy_context *context,
		 struct policy_error *reterr)
{
	_cleanup_free_ struct rule **rules = NULL;
	_cleanup_free_ size_t *n_before = NULL;
	struct order order = {};
	size_t n = 0;
	int r;

	for (size_t i = 0; i < policy->n_parts; i++)
		n += policy->parts[i]->rules.n + policy->parts[i]->guards.n;
	order.rules = rules = calloc(n + 1, sizeof(*rules));
	order.n_before = n_before = calloc(n + 1, sizeof(*n_before));
	if (!rules || !n_before)
		return -ENOMEM;
	sort_parts(policy);
	name_rules(policy);
	order_layer(&order, policy, LAYER_MANAGED);
	order_unprotect(&order, policy);
	order_guards(&order, policy);
	policy->first_ordinary = order.n;
	for (unsigned layer = LAYER_ADDED; layer <= LAYER_BUILTIN; layer++)
		order_layer(&order, policy, (enum layer)layer);
	r = build_rules(policy, &order, context, reterr);
	return r < 0 ? r : settings_join(policy);
}

int policy_new(struct policy_part *const *parts, size_t n_parts,
	       const struct policy_context *context, struct policy **ret_policy,
	       struct policy_error *reterr)
{
	struct policy *policy = calloc(1, sizeof(*policy));
	int r = -ENOMEM;

	*reterr = (struct policy_error){};
	if (policy)
		policy->parts = calloc(n_parts + 1, sizeof(*policy->parts));
	if (!policy || !policy->parts) {
		for (size_t i = 0; i < n_parts; i++)
			policy_part_free(parts[i]);
	} else {
		for (size_t i = 0; i < n_parts; i++)
			policy->parts[i] = parts[i];
		policy->n_parts = n_parts;
		r = build(policy, context, reterr);
	}
	if (r < 0) {
		policy_free(policy);
		return r;
	}
	*ret_policy = policy;
	return 0;
}

void joined_rule_done(struct joined_rule *joined)
{
	for (size_t i = 0; i < joined->n_patterns; i++)
		pattern_done(&joined->patterns[i]);
	free(joined->patterns);
	free(joined->programs);
}

struct policy *policy_free(struct policy *policy)
{
	if (!policy)
		return NULL;
	for (size_t i = 0; i < policy->n_rules; i++)
		joined_rule_done(&policy->rules[i]);
	free(policy->rules);
	hooks_done(policy);
	for (size_t i = 0; i < policy->n_parts; i++)
		policy_part_free(policy->parts[i]);
	free(policy->parts);
	strings_done(&policy->pass);
	strings_done(&policy->drop);
	strings_done(&policy->drop_always);
	strings_done(&policy->redact);
	strings_done(&policy->set);
	free(policy);
	return NULL;
}
