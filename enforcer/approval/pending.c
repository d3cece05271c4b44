/* SPDX-License-Identifier: Apache-2.0 */
/* Questions that wait for an answer. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "enforcer/approval/grants.h"
#include "enforcer/approval/pending.h"
#include "enforcer/approval/question.h"
#include "enforcer/loop/loop.h"

struct approvals {
	struct approvals_config config;
	struct grants *grants;
	struct question *questions; /* oldest first */
	const struct question *shown;
	size_t n_questions;
	uint64_t last_id;
	struct loop_source timer;
};

static struct question *question_free(struct question *question)
{
	if (!question)
		return NULL;
	buffer_done(&question->text);
	buffer_done(&question->scope);
	buffer_done(&question->key);
	free(question);
	return NULL;
}
DEFINE_CLEANUP(struct question *, question_free)

static void waiter_link(struct question *question, struct waiter *waiter)
{
	/* In front: forty thousand threads may ask the same. */
	waiter->previous = NULL;
	waiter->next = question->waiters;
	if (waiter->next)
		waiter->next->previous = waiter;
	waiter->question = question;
	question->waiters = waiter;
	question->n_waiters++;
}

static void waiter_unlink(struct waiter *waiter)
{
	if (waiter->previous)
		waiter->previous->next = waiter->next;
	else
		waiter->question->waiters = waiter->next;
	if (waiter->next)
		waiter->next->previous = waiter->previous;
	waiter->question->n_waiters--;
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
	approvals->config.prompter->hide(approvals->config.prompter, how);
}

/* question: taken. A waiter's answered() may ask, withdraw or answer anything else meanwhile. */
static void approvals_settle(struct approvals *approvals, struct question *question,
			     const struct decision *answer, const char *how)
{
	question->settling = true;
	approvals_remove(approvals, question);
	approvals_hide(approvals, question, how);
	while (question->waiters) {
		struct waiter *waiter = question->waiters;

		waiter_unlink(waiter);
		waiter->answered(waiter, answer);
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
					const char *reason)
{
	struct decision answer = unattended_decision(approvals, &question->decision, reason);

	approvals_settle(approvals, question, &answer,
			 answer.verdict == VERDICT_ALLOW ? "no answer: allowed by the policy"
							 : "no answer: denied");
}

static void on_timer(struct loop_source *source, int32_t result, bool more)
{
	struct approvals *approvals = container_of(source, struct approvals, timer);

	approvals_expire(approvals, loop_now());
}

/* One timeout for all questions, so the oldest is the first due: a timer that is armed already
 * rings no later than it must. */
static void approvals_arm(struct approvals *approvals, uint64_t now)
{
	const struct question *oldest = approvals->questions;

	if (!approvals->config.loop || !oldest || approvals->timer.armed)
		return;
	loop_timeout(&approvals->timer, oldest->deadline > now ? oldest->deadline - now : 1);
}

int approvals_new(const struct approvals_config *config, struct approvals **ret_approvals)
{
	_cleanup_(approvals_freep) struct approvals *approvals = calloc(1, sizeof(*approvals));
	int r;

	if (!approvals)
		return -ENOMEM;
	approvals->config = *config;
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

struct approvals *approvals_free(struct approvals *approvals)
{
	if (!approvals)
		return NULL;
	approvals->config.unattended = VERDICT_DENY;
	if (approvals->shown)
		approvals_hide(approvals, approvals->shown, "denied: the run has ended");
	approvals_unattended(approvals);
	loop_source_done(&approvals->timer);
	grants_free(approvals->grants);
	free(approvals);
	return NULL;
}

static struct question *approvals_find(struct approvals *approvals, const struct buffer *key,
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

static struct question *question_new(const struct request *request, const struct decision *decision,
				     struct buffer *key)
{
	_cleanup_(question_freep) struct question *question = calloc(1, sizeof(*question));

	if (!question)
		return NULL;
	question->call = request->call;
	question->decision = *decision;
	question_append_text(&question->text, request, decision, &question->whole);
	question_append_scope(&question->scope, request);
	if (question->text.error || question->scope.error)
		return NULL;
	question->remembered = key->len > 0;
	question->key = *key;
	*key = (struct buffer){};
	return steal_pointer(question);
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
	question->deadline = now + approvals->config.timeout_ns;
	if (question->deadline < now)
		question->deadline = UINT64_MAX;
}

void approval_ask(struct approvals *approvals, const struct request *request,
		  const struct decision *decision, struct waiter *waiter, uint64_t now)
{
	_cleanup_(buffer_done) struct buffer key = {};
	struct decision answer;
	struct question *question;
	enum verdict granted;

	waiter->question = NULL;
	question_append_key(&key, request, decision);
	if (grants_find(approvals->grants, key.data, key.len, &granted)) {
		answer_at_once(waiter, decision, granted, BY_GRANT, "answered for this run");
		return;
	}
	if (!approvals->config.prompter) {
		answer = unattended_decision(approvals, decision, "nobody is there to be asked");
		waiter->answered(waiter, &answer);
		return;
	}
	question = approvals_find(approvals, &key, request->call);
	if (question) {
		waiter_link(question, waiter);
		return;
	}
	if (approvals->n_questions >= APPROVALS_PENDING_MAX) {
		answer_at_once(waiter, decision, VERDICT_DENY, BY_FAULT, "too many questions wait");
		return;
	}
	question = question_new(request, decision, &key);
	if (!question) {
		answer_at_once(waiter, decision, VERDICT_DENY, BY_FAULT, "out of memory");
		return;
	}
	waiter_link(question, waiter);
	approvals_add(approvals, question, now);
	approvals_arm(approvals, now);
	approvals_show(approvals, now);
}

void approval_withdraw(struct approvals *approvals, struct waiter *waiter, uint64_t now)
{
	struct question *question = waiter->question;

	if (!question)
		return;
	waiter_unlink(waiter);
	/* While its other waiters are being answered the question is settle()'s to free. */
	if (question->waiters || question->settling)
		return;
	approvals_remove(approvals, question);
	approvals_hide(approvals, question, "withdrawn");
	question_free(question);
	approvals_show(approvals, now);
}

static const struct {
	enum verdict verdict;
	bool for_run;
	const char *how;
} answers[] = {
	[ANSWER_DENY] = {VERDICT_DENY, false, "denied"},
	[ANSWER_DENY_FOR_RUN] = {VERDICT_DENY, true, "denied for this run"},
	[ANSWER_ALLOW_ONCE] = {VERDICT_ALLOW, false, "allowed once"},
	[ANSWER_ALLOW_FOR_RUN] = {VERDICT_ALLOW, true, "allowed for this run"},
};
_Static_assert(ARRAY_LEN(answers) == ANSWER_ALLOW_FOR_RUN + 1, "say what each answer does");

void approvals_answer(struct approvals *approvals, uint64_t id, enum answer answer, uint64_t now)
{
	const struct question *shown = approvals->shown;
	struct question *question = approvals->questions;
	struct decision decision;

	if (!shown || shown->id != id)
		return;
	while (question != shown)
		question = question->next;
	if (answer == ANSWER_ALLOW_FOR_RUN && !(question->remembered && question->whole))
		return;
	decision = question->decision;
	decision.verdict = answers[answer].verdict;
	decision.by = BY_PERSON;
	decision.reason = answers[answer].how;
	/* Not remembered for want of room: asked again, which errs on the safe side. */
	if (answers[answer].for_run && question->remembered)
		grants_add(approvals->grants, question->key.data, question->key.len,
			   decision.verdict);
	approvals_settle(approvals, question, &decision, answers[answer].how);
	approvals_show(approvals, now);
}

void approvals_show(struct approvals *approvals, uint64_t now)
{
	struct prompter *prompter = approvals->config.prompter;
	struct question *oldest = approvals->questions;
	int r;

	if (approvals->shown || !oldest || !prompter)
		return;
	approvals->shown = oldest;
	r = prompter->show(prompter, oldest, now);
	if (r < 0)
		approvals->shown = NULL;
	if (r < 0 && r != -EAGAIN)
		approvals_unattended(approvals);
}

void approvals_unshow(struct approvals *approvals)
{
	approvals->shown = NULL;
}

void approvals_unattended(struct approvals *approvals)
{
	/* First: what the waiters ask while they are answered is answered at once. */
	approvals->shown = NULL;
	approvals->config.prompter = NULL;
	while (approvals->questions)
		approvals_settle_unattended(approvals, approvals->questions,
					    "nobody is there to be asked");
}

void approvals_expire(struct approvals *approvals, uint64_t now)
{
	uint64_t last = approvals->last_id; /* not those that an answer makes somebody ask */

	while (approvals->questions && approvals->questions->deadline <= now &&
	       approvals->questions->id <= last)
		approvals_settle_unattended(approvals, approvals->questions,
					    "nobody answered in time");
	approvals_arm(approvals, now);
	approvals_show(approvals, now);
}

size_t approvals_count(const struct approvals *approvals)
{
	return approvals->n_questions;
}
