/* SPDX-License-Identifier: Apache-2.0 */
/* A policy that was read again takes the place of the one that held. */
#include <string.h>

#include "enforcer/pipeline.h"
#include "enforcer/reload-parts.h"
#include "enforcer/supervisor.h"

const char *reload_find_rule(const struct policy *from, const struct policy *in, const char *id)
{
	_cleanup_(buffer_done) struct buffer wanted = {};
	const struct rule_info *rule = NULL;

	for (size_t i = 0; i < policy_rule_count(from) && !rule; i++) {
		if (strcmp(policy_rule_info(from, i)->id, id) != 0)
			continue;
		rule = policy_rule_info(from, i);
		policy_rule_describe(from, i, &wanted);
	}
	for (size_t i = 0; rule && !wanted.error && i < policy_rule_count(in); i++) {
		_cleanup_(buffer_done) struct buffer text = {};
		const struct rule_info *info = policy_rule_info(in, i);

		policy_rule_describe(in, i, &text);
		if (info->layer == rule->layer && !text.error && text.len == wanted.len &&
		    memcmp(text.data, wanted.data, text.len) == 0)
			return info->id;
	}
	return NULL;
}

struct change {
	const struct policy *old, *new;
};

static const char *on_rule(void *userdata, const char *id)
{
	const struct change *change = userdata;

	return reload_find_rule(change->old, change->new, id);
}

static struct pending *next_asked(const struct supervisor *supervisor, unsigned round)
{
	struct pending *pending = supervisor->waiting;

	while (pending && (pending->stage != STAGE_ASKED || pending->reloads == round))
		pending = pending->next;
	return pending;
}

/* What waits for an answer begins again: it may be allowed by now, or denied; or it is the same
 * question still, and joins it. */
static void judge_asked_again(struct supervisor *supervisor, unsigned round)
{
	struct pending *pending;

	while ((pending = next_asked(supervisor, round))) {
		pending->reloads = round;
		pending_wake(pending);
		approval_interrupt(supervisor->approvals, &pending->waiter, loop_now());
		pending_step(pending, STAGE_DECIDED);
		pipeline_again(pending);
	}
}

/* A connect that has been answered already, and waits for the answer to its question. */
static struct pending *next_decided_under_way(const struct supervisor *supervisor,
					      struct decision *ret_decision)
{
	for (struct pending *one = supervisor->waiting; one; one = one->next) {
		if (one->stage != STAGE_UNDER_WAY)
			continue;
		policy_judge(supervisor->policy, &one->request, ret_decision);
		if (ret_decision->verdict == VERDICT_DENY ||
		    (ret_decision->verdict == VERDICT_ALLOW && !pipeline_hook_asks(one) &&
		     !pipeline_hook_waits(one)))
			return one;
	}
	return NULL;
}

static void judge_under_way(struct supervisor *supervisor)
{
	struct decision decision;
	struct pending *pending;

	while ((pending = next_decided_under_way(supervisor, &decision))) {
		approval_withdraw(supervisor->approvals, &pending->waiter, loop_now());
		pipeline_decided_under_way(pending, &decision);
	}
}

static bool may_stay(void *userdata, const struct object *object)
{
	const struct supervisor *supervisor = userdata;
	const struct request request = {
		.n_objects = 1, .call = MEDIATED_connect, .objects = {*object}};
	struct decision decision;

	policy_judge_one(supervisor->policy, &request, 0, VERB_CONNECT, &decision);
	return decision.verdict != VERDICT_DENY;
}

void reload_apply(struct supervisor *supervisor, const struct policy *policy, unsigned round)
{
	struct change change = {.old = supervisor->policy, .new = policy};

	supervisor->policy = (struct policy *)policy;
	approvals_policy_changed(supervisor->approvals, on_rule, &change, loop_now());
	judge_asked_again(supervisor, round);
	judge_under_way(supervisor);
	network_judge_again(outside_network(supervisor->outside), may_stay, supervisor);
}
