/* SPDX-License-Identifier: Apache-2.0 */
/* The enforcer's half of reading the policy again: lines in, another policy from here on. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "enforcer/audit/record-event.h"
#include "enforcer/base/fd.h"
#include "enforcer/helper/helper.h"
#include "enforcer/pipeline.h"
#include "enforcer/records/recorded-policy.h"
#include "enforcer/reload.h"
#include "enforcer/run-record.h"
#include "enforcer/supervisor.h"

#define LINES_MAX (8u << 20)

/* A policy that was replaced. Decisions, questions and hooks point into it until the run's end, and
 * nobody reloads often. */
struct replaced_policy {
	struct policy *policy;
	struct replaced_policy *next;
};
#define REPLACED_MAX 256

int reload_begin(struct supervisor *supervisor, struct failure *reterr)
{
	int r;

	if (supervisor->n_replaced >= REPLACED_MAX)
		return failure_set(reterr, -EDQUOT, "the policy was read again %d times already",
				   REPLACED_MAX);
	if (supervisor->reloading)
		return failure_set(reterr, -EBUSY, "the policy is being read already");
	r = helper_load(outside_helper(supervisor->outside));
	if (r < 0)
		return failure_set(reterr, r, "the helper cannot be asked: %s", strerror(-r));
	supervisor->reloading = true;
	return 0;
}

static int take_lines(struct recorded_policy *recorded, const char *text)
{
	for (const char *end; (end = strchr(text, '\n')); text = end + 1) {
		struct entry entry = {};
		int r = entry_parse(&entry, text, (size_t)(end - text));

		if (r == 0)
			r = recorded_policy_take(recorded, &entry);
		entry_done(&entry);
		if (r < 0)
			return r;
	}
	return 0;
}

static int build(const char *text, struct policy **ret_policy, struct failure *reterr)
{
	_cleanup_(recorded_policy_freep) struct recorded_policy *recorded = recorded_policy_new();
	int r = recorded ? take_lines(recorded, text) : -ENOMEM;

	if (r == 0)
		r = recorded_policy_build(recorded, NULL, ret_policy, reterr);
	return r;
}

/* How a rule of the old policy is called in the new one; NULL: it is there no more. */
static const char *find_rule(const struct policy *old, const struct policy *new, const char *id)
{
	_cleanup_(buffer_done) struct buffer wanted = {};
	const struct rule_info *rule = NULL;

	for (size_t i = 0; i < policy_rule_count(old) && !rule; i++) {
		if (strcmp(policy_rule_info(old, i)->id, id) != 0)
			continue;
		rule = policy_rule_info(old, i);
		policy_rule_describe(old, i, &wanted);
	}
	for (size_t i = 0; rule && !wanted.error && i < policy_rule_count(new); i++) {
		_cleanup_(buffer_done) struct buffer text = {};
		const struct rule_info *info = policy_rule_info(new, i);

		policy_rule_describe(new, i, &text);
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

	return find_rule(change->old, change->new, id);
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
static void judge_asked_again(struct supervisor *supervisor)
{
	struct pending *pending;

	while ((pending = next_asked(supervisor, supervisor->n_replaced))) {
		pending->reloads = supervisor->n_replaced;
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
		    (ret_decision->verdict == VERDICT_ALLOW && !pipeline_hook_asks(one)))
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

static int replace(struct supervisor *supervisor, struct policy *policy)
{
	struct replaced_policy *replaced = calloc(1, sizeof(*replaced));
	struct change change = {.old = supervisor->policy, .new = policy};

	if (!replaced) {
		policy_free(policy);
		return -ENOMEM;
	}
	/* The first one is the owner's; those that come here are ours. */
	replaced->policy = policy;
	replaced->next = supervisor->replaced;
	supervisor->replaced = replaced;
	supervisor->n_replaced++;
	supervisor->policy = policy;
	approvals_policy_changed(supervisor->approvals, on_rule, &change, loop_now());
	judge_asked_again(supervisor);
	judge_under_way(supervisor);
	network_judge_again(outside_network(supervisor->outside), may_stay, supervisor);
	return 0;
}

static void record_failure(struct supervisor *supervisor, int error, const char *why)
{
	struct record_context context;
	struct buffer what = {}, line = {};

	buffer_printf(&what, "the policy could not be read again, and stays as it is: %s", why);
	if (supervisor->log && !what.error) {
		supervisor_record_context(supervisor, &context);
		if (record_fault(&context, what.data, error, &line) == 0)
			supervisor_append(supervisor, &line, 0);
	}
	buffer_done(&line);
	buffer_done(&what);
}

static void record_policy_lines(struct supervisor *supervisor, const char *text)
{
	const char *rest = strchr(text, '\n'); /* behind the start, which was another time */
	struct buffer lines = {};

	if (!supervisor->log || !rest)
		return;
	buffer_append_string(&lines, rest + 1);
	if (!lines.error)
		run_record_append_lines(supervisor, &lines);
	buffer_done(&lines);
}

void reload_loaded(struct supervisor *supervisor, const struct helper_answer *answer)
{
	_cleanup_fd_ int fd = answer->fd;
	_cleanup_free_ char *text = NULL;
	struct policy *policy = NULL;
	struct failure failure = {};
	size_t len = 0;
	int r = answer->error;

	supervisor->reloading = false;
	if (r == 0 && lseek(fd, 0, SEEK_SET) < 0)
		r = -errno;
	if (r == 0)
		r = fd_read_file(fd, LINES_MAX, &text, &len);
	if (r == 0)
		r = build(text, &policy, &failure);
	if (r == 0) {
		record_policy_lines(supervisor, text);
		r = replace(supervisor, policy);
	}
	if (r < 0)
		record_failure(supervisor, r,
			       answer->text[0]   ? answer->text
			       : failure.text[0] ? failure.text
						 : strerror(-r));
}

void reload_done(struct supervisor *supervisor)
{
	struct replaced_policy *replaced;

	while ((replaced = supervisor->replaced)) {
		supervisor->replaced = replaced->next;
		policy_free(replaced->policy);
		free(replaced);
	}
}
