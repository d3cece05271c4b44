/* SPDX-License-Identifier: Apache-2.0 */
/* Questions that wait for an answer. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "enforcer/approval/pending-state.h"

static void waiter_link(struct approvals *approvals, struct question *question,
			struct waiter *waiter)
{
	/* In front: forty thousand threads may ask the same. */
	waiter->previous = NULL;
	waiter->next = question->waiters;
	if (waiter->next)
		waiter->next->previous = waiter;
	waiter->question = question;
	question->waiters = waiter;
	question->n_waiters++;
	question->lingers_until = 0;
	approvals->n_waiters++;
}

static void waiter_unlink(struct approvals *approvals, struct waiter *waiter)
{
	if (waiter->previous)
		waiter->previous->next = waiter->next;
	else
		waiter->question->waiters = waiter->next;
	if (waiter->next)
		waiter->next->previous = waiter->previous;
	waiter->question->n_waiters--;
	approvals->n_waiters--;
	waiter->question = NULL;
	waiter->previous = waiter->next = NULL;
}

/* Takes the question out of the list: nobody finds it any more, and nobody merges with it. */
static void approvals_remove(struct approvals *approvals, struct question *question)
{
	struct question **place = &approvals->questions;

	while (*place && *place != question)
		place = &(*place)->next;
	if (!*place)
		return;
	*place = question->next;
	question->next = NULL;
	approvals->n_questions--;
}

static void approvals_hide(struct approvals *approvals, const struct question *question,
			   const char *how)
{
	if (approvals->shown != question)
		return;
	approvals->shown = NULL;
	if (approvals->config.prompter)
		approvals->config.prompter->hide(approvals->config.prompter, how);
}

/* question: taken. A waiter's answered() may ask, withdraw or answer anything else meanwhile. */
void approvals_settle(struct approvals *approvals, struct question *question,
		      const struct closing *closing)
{
	question->settling = true;
	approvals_remove(approvals, question);
	approvals_hide(approvals, question, closing->text);
	approvals_tell_closed(approvals, question, closing);
	while (question->waiters) {
		struct waiter *waiter = question->waiters;

		waiter_unlink(approvals, waiter);
		waiter->answered(waiter, closing->decision);
	}
	question_free(question);
}

static struct decision unattended_decision(const struct approvals *approvals,
					   const struct decision *asked, const char *reason)
{
	struct decision answer = *asked;

	answer.verdict =
		approvals->config.unattended == VERDICT_ALLOW ? VERDICT_ALLOW : VERDICT_DENY;
	answer.by = BY_UNATTENDED;
	answer.reason = reason;
	return answer;
}

static void approvals_settle_unattended(struct approvals *approvals, struct question *question,
					enum closed_how how, const char *reason)
{
	struct decision answer = unattended_decision(approvals, &question->decision, reason);
	struct closing closing = {.how = how,
				  .decision = &answer,
				  .text = answer.verdict == VERDICT_ALLOW
						  ? "no answer: allowed by the policy"
						  : "no answer: denied"};

	answer.question = question->id;
	approvals_settle(approvals, question, &closing);
}

static void on_timer(struct loop_source *source, int32_t result, bool more)
{
	struct approvals *approvals = container_of(source, struct approvals, timer);

	approvals_expire(approvals, loop_now());
}

/* One timeout for all: the oldest question is the first due, and some grant the first to end. */
void approvals_arm(struct approvals *approvals, uint64_t now)
{
	const struct question *oldest = approvals->questions;
	uint64_t at = oldest ? oldest->deadline : UINT64_MAX;
	uint64_t expiry = grants_next_expiry(approvals->grants);

	if (expiry != 0 && expiry < at)
		at = expiry;
	for (const struct question *one = oldest; one; one = one->next)
		if (one->lingers_until != 0 && one->lingers_until < at)
			at = one->lingers_until;
	if (!approvals->config.loop || at == UINT64_MAX)
		return;
	if (!approvals->timer.armed) {
		approvals->rings_at = at;
		loop_timeout(&approvals->timer, at > now ? at - now : 1);
	} else if (at < approvals->rings_at) {
		/* Rings now, and is armed anew by what that calls. */
		approvals->rings_at = at;
		loop_source_cancel(&approvals->timer);
	}
}

int approvals_new(const struct approvals_config *config, struct approvals **ret_approvals)
{
	_cleanup_(approvals_freep) struct approvals *approvals = calloc(1, sizeof(*approvals));
	int r;

	if (!approvals)
		return -ENOMEM;
	approvals->config = *config;
	approvals->bucket =
		(struct token_bucket){.token_ns = APPROVALS_REFILL_NS, .most = APPROVALS_BURST};
	approvals->grants = grants_new();
	if (!approvals->grants)
		return -ENOMEM;
	if (config->loop) {
		r = loop_source_init(&approvals->timer, config->loop, on_timer);
		if (r < 0)
			return r;
	}
	*ret_approvals = steal_pointer(approvals);
	return 0;
}

void approvals_settle_all(struct approvals *approvals, enum closed_how how, const char *reason)
{
	while (approvals->questions)
		approvals_settle_unattended(approvals, approvals->questions, how, reason);
}

struct approvals *approvals_free(struct approvals *approvals)
{
	if (!approvals)
		return NULL;
	/* First: what the waiters ask while they are answered is denied at once. */
	approvals->config.unattended = VERDICT_DENY;
	approvals->config.attendance = ATTENDED_NEVER;
	if (approvals->shown)
		approvals_hide(approvals, approvals->shown, "denied: the run has ended");
	approvals_settle_all(approvals, CLOSED_ENDED, "the run has ended");
	loop_source_done(&approvals->timer);
	grants_free(approvals->grants);
	free(approvals);
	return NULL;
}

static struct question *approvals_find_same(struct approvals *approvals, const struct buffer *key,
					    enum mediated call)
{
	struct question *question = approvals->questions;

	if (key->len == 0)
		return NULL;
	while (question && (question->call != call || question->key.len != key->len ||
			    memcmp(question->key.data, key->data, key->len) != 0))
		question = question->next;
	return question;
}

static void answer_at_once(struct waiter *waiter, const struct decision *asked,
			   enum verdict verdict, enum decided_by by, const char *reason)
{
	struct decision answer = *asked;

	answer.verdict = verdict;
	answer.by = by;
	answer.reason = reason;
	waiter->answered(waiter, &answer);
}

static void approvals_add(struct approvals *approvals, struct question *question, uint64_t now)
{
	struct question **last = &approvals->questions;

	while (*last)
		last = &(*last)->next;
	*last = question;
	approvals->n_questions++;
	question->id = ++approvals->last_id;
	question->created = now;
	question->deadline = now + approvals->config.timeout_ns;
	if (question->deadline < now)
		question->deadline = UINT64_MAX;
}

size_t approvals_judge(const struct approvals *approvals, const struct request *request,
		       const struct decision *decision, struct asked_part *ret_parts)
{
	const struct approvals_config *config = &approvals->config;

	if (config->judge)
		return config->judge(config->userdata, request, ret_parts, QUESTION_PARTS_MAX);
	if (decision->object >= request->n_objects || !decision->verb)
		return 0;
	ret_parts[0] = (struct asked_part){
		.object = decision->object, .verb = decision->verb, .rule = decision->rule};
	return 1;
}

/* A grant answers it. */
static bool approvals_granted(struct approvals *approvals, const struct request *request,
			      const struct decision *decision, const struct buffer *key,
			      struct decision *ret_answer)
{
	struct asked_part parts[QUESTION_PARTS_MAX];
	struct grant *grant;
	size_t n;

	if (grants_count(approvals->grants) == 0)
		return false;
	n = approvals_judge(approvals, request, decision, parts);
	grant = grants_match(approvals->grants, key, request, parts, n);
	if (!grant)
		return false;
	grant->used++;
	*ret_answer = *decision;
	ret_answer->verdict = grant->verdict;
	ret_answer->by = BY_GRANT;
	ret_answer->grant = grant->id;
	ret_answer->reason = grant->lasts == ANSWER_ALWAYS ? "answered for always"
			     : grant->expires              ? "answered for a while"
							   : "answered for this run";
	return true;
}

/* Why it is not asked at all, or NULL. */
static const char *approvals_refuse(struct approvals *approvals, const struct buffer *key,
				    uint64_t now, enum decided_by *ret_by)
{
	if (cooling_holds(&approvals->cooling, key->data, key->len, now)) {
		*ret_by = BY_COOL_DOWN;
		return "the same was denied a moment ago";
	}
	*ret_by = BY_FLOOD;
	if (approvals->n_waiters >= APPROVALS_WAITERS_MAX)
		return "too many calls wait for an answer";
	if (approvals->n_questions >= APPROVALS_PENDING_MAX)
		return "too many questions wait";
	if (!token_bucket_take(&approvals->bucket, now))
		return "too many questions in too short a time";
	return NULL;
}

static void approvals_open(struct approvals *approvals, struct question *question,
			   struct waiter *waiter, uint64_t now)
{
	waiter_link(approvals, question, waiter);
	approvals_add(approvals, question, now);
	approvals_arm(approvals, now);
	approvals_tell_opened(approvals, question);
	approvals_show(approvals, now);
}

void approval_ask(struct approvals *approvals, const struct request *request,
		  const struct decision *decision, struct waiter *waiter, uint64_t now)
{
	_cleanup_(buffer_done) struct buffer key = {};
	enum decided_by by;
	struct decision answer;
	struct question *question;
	const char *why;

	waiter->question = NULL;
	question_append_key(&key, request, decision);
	approvals_expire_grants(approvals, now);
	if (approvals_granted(approvals, request, decision, &key, &answer)) {
		waiter->answered(waiter, &answer);
		return;
	}
	if (!approvals_attended(approvals)) {
		answer = unattended_decision(approvals, decision, "nobody is there to be asked");
		waiter->answered(waiter, &answer);
		return;
	}
	question = approvals_find_same(approvals, &key, request->call);
	if (question && approvals->n_waiters < APPROVALS_WAITERS_MAX) {
		waiter_link(approvals, question, waiter);
		approvals_tell_changed(approvals, question);
		return;
	}
	why = approvals_refuse(approvals, &key, now, &by);
	if (why) {
		answer_at_once(waiter, decision, VERDICT_DENY, by, why);
		return;
	}
	question = question_new(approvals, request, decision, &key);
	if (!question) {
		answer_at_once(waiter, decision, VERDICT_DENY, BY_FAULT, "out of memory");
		return;
	}
	approvals_open(approvals, question, waiter, now);
}

/* The question, where the waiter was its last. */
static struct question *approvals_leave(struct approvals *approvals, struct waiter *waiter)
{
	struct question *question = waiter->question;

	if (!question)
		return NULL;
	waiter_unlink(approvals, waiter);
	/* While its other waiters are being answered the question is settle()'s to free. */
	if (question->settling)
		return NULL;
	if (!question->waiters)
		return question;
	approvals_tell_changed(approvals, question);
	return NULL;
}

static const struct closing withdrawn = {.how = CLOSED_WITHDRAWN, .text = "withdrawn"};

void approval_withdraw(struct approvals *approvals, struct waiter *waiter, uint64_t now)
{
	struct question *question = approvals_leave(approvals, waiter);

	if (!question)
		return;
	approvals_settle(approvals, question, &withdrawn);
	approvals_show(approvals, now);
}

void approval_interrupt(struct approvals *approvals, struct waiter *waiter, uint64_t now)
{
	struct question *question = approvals_leave(approvals, waiter);

	if (!question)
		return;
	question->lingers_until = now + APPROVALS_LINGER_NS;
	approvals_tell_changed(approvals, question);
	approvals_arm(approvals, now);
}

/* What nobody came back for. */
static void approvals_expire_lingering(struct approvals *approvals, uint64_t now)
{
	struct question *question = approvals->questions;

	while (question) {
		if (question->lingers_until == 0 || question->lingers_until > now) {
			question = question->next;
			continue;
		}
		approvals_settle(approvals, question, &withdrawn);
		question = approvals->questions;
	}
}

void approvals_sweep(struct approvals *approvals)
{
	struct question *question = approvals->questions;

	while (question) {
		struct decision answer;
		struct closing closing = {.how = CLOSED_ANSWERED,
					  .decision = &answer,
					  .text = "answered by what was granted"};

		if (!approvals_granted(approvals, &question->request, &question->decision,
				       &question->key, &answer)) {
			question = question->next;
			continue;
		}
		answer.question = question->id;
		closing.grant = grants_find_id(approvals->grants, answer.grant);
		approvals_settle(approvals, question, &closing);
		/* From the start: an answer may have changed the list. */
		question = approvals->questions;
	}
}

void approvals_expire(struct approvals *approvals, uint64_t now)
{
	uint64_t last = approvals->last_id; /* not those that an answer makes somebody ask */

	approvals_expire_grants(approvals, now);
	approvals_expire_lingering(approvals, now);
	while (approvals->questions && approvals->questions->deadline <= now &&
	       approvals->questions->id <= last)
		approvals_settle_unattended(approvals, approvals->questions, CLOSED_EXPIRED,
					    "nobody answered in time");
	approvals_arm(approvals, now);
	approvals_show(approvals, now);
}
