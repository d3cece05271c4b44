/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "enforcer/approval/pending.h"
#include "enforcer/loop/loop.h"
#include "tests/support/check.h"

#define SECOND 1000000000u

/* Plays the person's side. */
struct fake {
	struct prompter prompter;
	int result;
	int shows, hides;
	uint64_t id; /* on the screen, or 0 */
	char how[64];
	char text[256];
};

struct asker {
	struct waiter waiter;
	int calls;
	struct decision answer;
	struct approvals *approvals; /* where the answer makes it do something */
	struct asker *other;
};

static int fake_show(struct prompter *prompter, const struct question *question, uint64_t now)
{
	struct fake *fake = container_of(prompter, struct fake, prompter);

	fake->shows++;
	if (fake->result < 0)
		return fake->result;
	CHECK_INT(fake->id, 0);
	fake->id = question->id;
	snprintf(fake->text, sizeof(fake->text), "%s", question->text.data);
	return 0;
}

static void fake_hide(struct prompter *prompter, const char *how)
{
	struct fake *fake = container_of(prompter, struct fake, prompter);

	fake->hides++;
	fake->id = 0;
	snprintf(fake->how, sizeof(fake->how), "%s", how);
}

static void on_answer(struct waiter *waiter, const struct decision *answer)
{
	struct asker *asker = container_of(waiter, struct asker, waiter);

	asker->calls++;
	asker->answer = *answer;
}

#define FAKE                                                                                       \
	{                                                                                          \
		.prompter = {.show = fake_show, .hide = fake_hide }                                \
	}
#define ASKER                                                                                      \
	{                                                                                          \
		.waiter = {.answered = on_answer }                                                 \
	}

/* The four keys of a terminal. */
static const struct answer deny = {.by = BY_PERSON, .via = "test"};
static const struct answer deny_for_run = {.lasts = ANSWER_FOR_RUN, .by = BY_PERSON, .via = "test"};
static const struct answer allow = {.verdict = VERDICT_ALLOW, .by = BY_PERSON, .via = "test"};
static const struct answer allow_for_run = {
	.verdict = VERDICT_ALLOW, .lasts = ANSWER_FOR_RUN, .by = BY_PERSON, .via = "test"};

static const struct rule_info rule = {.id = "user:1", .effect = VERDICT_ASK};
static const struct decision asked = {
	.verdict = VERDICT_ASK, .by = BY_RULE, .rule = &rule, .verb = VERB_READ};

static struct approvals *approvals_with(struct fake *fake)
{
	struct approvals_config config = {.prompter = fake ? &fake->prompter : NULL,
					  .timeout_ns = 60ull * SECOND};
	struct approvals *approvals = NULL;

	CHECK_INT(approvals_new(&config, &approvals), 0);
	return approvals;
}

static void ask(struct approvals *approvals, struct asker *asker, const char *path, uint64_t now)
{
	struct request request = {.pid = 1,
				  .call = MEDIATED_openat,
				  .program = (char *)"/usr/bin/cat",
				  .n_objects = 1,
				  .objects = {{.kind = OBJECT_PATH,
					       .verbs = VERB_READ,
					       .path = (char *)path,
					       .exists = true}}};

	approval_ask(approvals, &request, &asked, &asker->waiter, now);
}

static void test_each_answer_does_what_it_says(void)
{
	static const struct {
		const struct answer *answer;
		enum verdict verdict;
		bool again;         /* the next same request is asked */
		enum decided_by by; /* of that, where not */
	} cases[] = {
		{&deny, VERDICT_DENY, false, BY_COOL_DOWN},
		{&deny_for_run, VERDICT_DENY, false, BY_GRANT},
		{&allow, VERDICT_ALLOW, true, BY_NOTHING},
		{&allow_for_run, VERDICT_ALLOW, false, BY_GRANT},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct fake fake = FAKE;
		struct asker first = ASKER, second = ASKER, third = ASKER;
		_cleanup_(approvals_freep) struct approvals *approvals = approvals_with(&fake);

		ask(approvals, &first, "/a", 0);
		CHECK_INT(first.calls, 0);
		CHECK_INT(approvals_answer(approvals, fake.id, cases[i].answer, 1, NULL), 0);
		CHECK_INT(first.calls, 1);
		CHECK_INT(first.answer.verdict, cases[i].verdict);
		CHECK_INT(first.answer.by, BY_PERSON);
		CHECK(first.answer.rule == &rule);
		ask(approvals, &second, "/a", 2);
		CHECK_INT(second.calls, !cases[i].again);
		if (!cases[i].again) {
			CHECK_INT(second.answer.verdict, cases[i].verdict);
			CHECK_INT(second.answer.by, cases[i].by);
		}
		approval_withdraw(approvals, &second.waiter, 2);
		ask(approvals, &third, "/b", 3);
		CHECK_INT(third.calls, 0);
		approval_withdraw(approvals, &third.waiter, 3);
	}
}

static void test_identical_questions_are_merged(void)
{
	struct fake fake = FAKE;
	struct asker askers[40];
	_cleanup_(approvals_freep) struct approvals *approvals = approvals_with(&fake);

	for (size_t i = 0; i < ARRAY_LEN(askers); i++) {
		askers[i] = (struct asker)ASKER;
		ask(approvals, &askers[i], "/a", i);
	}
	CHECK_INT(fake.shows, 1);
	CHECK_INT(approvals_count(approvals), 1);
	approval_withdraw(approvals, &askers[0].waiter, 50);
	approval_withdraw(approvals, &askers[39].waiter, 50);
	approval_withdraw(approvals, &askers[20].waiter, 50);
	approvals_answer(approvals, fake.id, &allow, 60, NULL);
	for (size_t i = 0; i < ARRAY_LEN(askers); i++)
		CHECK_INT(askers[i].calls, i != 0 && i != 39 && i != 20);
}

static void test_one_question_more_than_the_quota_is_denied(void)
{
	static struct asker askers[APPROVALS_PENDING_MAX + 1];
	struct fake fake = FAKE;
	struct asker same = ASKER; /* outlives the approvals, with which it still waits */
	_cleanup_(approvals_freep) struct approvals *approvals = approvals_with(&fake);
	char path[16];

	for (size_t i = 0; i < ARRAY_LEN(askers); i++) {
		askers[i] = (struct asker)ASKER;
		snprintf(path, sizeof(path), "/%zu", i);
		ask(approvals, &askers[i], path, 0);
		CHECK_INT(askers[i].calls, i == APPROVALS_PENDING_MAX);
	}
	CHECK_INT(askers[APPROVALS_PENDING_MAX].answer.verdict, VERDICT_DENY);
	CHECK_INT(askers[APPROVALS_PENDING_MAX].answer.by, BY_FLOOD);
	/* What is asked already may be joined. */
	ask(approvals, &same, "/5", 0);
	CHECK_INT(same.calls, 0);
	approval_withdraw(approvals, &askers[3].waiter, 0);
	ask(approvals, &askers[APPROVALS_PENDING_MAX], "/again", 0);
	CHECK_INT(askers[APPROVALS_PENDING_MAX].calls, 1);
	CHECK_INT(approvals_count(approvals), APPROVALS_PENDING_MAX);
}

static void test_questions_are_shown_one_after_the_other(void)
{
	struct fake fake = FAKE;
	struct asker one = ASKER, two = ASKER;
	_cleanup_(approvals_freep) struct approvals *approvals = approvals_with(&fake);
	uint64_t first;

	ask(approvals, &one, "/one", 0);
	ask(approvals, &two, "/two", 0);
	CHECK_INT(fake.shows, 1);
	CHECK(strstr(fake.text, "/one"));
	first = fake.id;
	approvals_answer(approvals, first, &allow, 1, NULL);
	CHECK_INT(one.calls, 1);
	CHECK_STRING(fake.how, "allowed once");
	CHECK(strstr(fake.text, "/two"));
	/* A late second answer to the first does not answer the second. */
	approvals_answer(approvals, first, &allow, 2, NULL);
	CHECK_INT(two.calls, 0);
	approvals_answer(approvals, fake.id, &deny, 3, NULL);
	CHECK_INT(two.answer.verdict, VERDICT_DENY);
	CHECK_INT(one.calls, 1);
}

static void test_expired_question_gets_the_unattended_answer(void)
{
	static const enum verdict verdicts[] = {VERDICT_DENY, VERDICT_ASK, VERDICT_ALLOW};

	for (size_t i = 0; i < ARRAY_LEN(verdicts); i++) {
		struct fake fake = FAKE;
		struct approvals_config config = {.prompter = &fake.prompter,
						  .timeout_ns = 60ull * SECOND,
						  .unattended = verdicts[i]};
		struct asker one = ASKER, later = ASKER;
		_cleanup_(approvals_freep) struct approvals *approvals = NULL;

		CHECK_INT(approvals_new(&config, &approvals), 0);
		ask(approvals, &one, "/a", 100);
		ask(approvals, &later, "/b", 200);
		approvals_expire(approvals, 100 + 60ull * SECOND - 1);
		CHECK_INT(one.calls, 0);
		approvals_expire(approvals, 100 + 60ull * SECOND);
		CHECK_INT(one.calls, 1);
		CHECK_INT(one.answer.by, BY_UNATTENDED);
		CHECK_INT(one.answer.verdict,
			  verdicts[i] == VERDICT_ALLOW ? VERDICT_ALLOW : VERDICT_DENY);
		CHECK_INT(later.calls, 0);
		CHECK(strstr(fake.text, "/b"));
		approval_withdraw(approvals, &later.waiter, 0);
	}
}

static void test_deadline_rings_in_the_loop(void)
{
	_cleanup_(loop_freep) struct loop *loop = NULL;
	struct fake fake = FAKE;
	struct approvals_config config = {.prompter = &fake.prompter, .timeout_ns = 1000000};
	struct asker one = ASKER, two = ASKER;
	struct approvals *approvals = NULL;

	CHECK_INT(loop_new(&loop), 0);
	config.loop = loop;
	CHECK_INT(approvals_new(&config, &approvals), 0);
	ask(approvals, &one, "/a", loop_now());
	approval_withdraw(approvals, &one.waiter, loop_now());
	ask(approvals, &two, "/b", loop_now());
	while (two.calls == 0)
		CHECK_INT(loop_step(loop, true), 0);
	CHECK_INT(one.calls, 0);
	CHECK_INT(two.answer.verdict, VERDICT_DENY);
	approvals = approvals_free(approvals);
}

static void test_withdrawn_question_leaves_the_screen(void)
{
	struct fake fake = FAKE;
	struct asker one = ASKER, two = ASKER;
	_cleanup_(approvals_freep) struct approvals *approvals = approvals_with(&fake);

	ask(approvals, &one, "/one", 0);
	ask(approvals, &two, "/two", 0);
	approval_withdraw(approvals, &one.waiter, 1);
	approval_withdraw(approvals, &one.waiter, 1);
	CHECK_STRING(fake.how, "withdrawn");
	CHECK(strstr(fake.text, "/two"));
	approvals_answer(approvals, fake.id, &allow, 2, NULL);
	CHECK_INT(one.calls, 0);
	CHECK_INT(two.calls, 1);
}

static void test_nobody_there_is_answered_at_once(void)
{
	struct asker one = ASKER;
	_cleanup_(approvals_freep) struct approvals *approvals = approvals_with(NULL);

	ask(approvals, &one, "/one", 0);
	CHECK_INT(one.calls, 1);
	CHECK_INT(one.answer.verdict, VERDICT_DENY);
	CHECK_INT(one.answer.by, BY_UNATTENDED);
}

static void test_in_the_background_questions_wait(void)
{
	struct fake fake = FAKE;
	struct asker one = ASKER;
	_cleanup_(approvals_freep) struct approvals *approvals = approvals_with(&fake);

	fake.result = -EAGAIN;
	ask(approvals, &one, "/one", 0);
	CHECK_INT(one.calls, 0);
	fake.result = 0;
	approvals_show(approvals, 2);
	approvals_unshow(approvals);
	fake.id = 0;
	CHECK_INT(one.calls, 0);
	approvals_show(approvals, 3);
	approvals_answer(approvals, fake.id, &allow, 4, NULL);
	CHECK_INT(one.calls, 1);
}

static void test_when_the_person_goes_all_are_denied(void)
{
	struct fake fake = FAKE;
	struct asker one = ASKER, two = ASKER, after = ASKER;
	_cleanup_(approvals_freep) struct approvals *approvals = approvals_with(&fake);

	ask(approvals, &one, "/one", 0);
	fake.result = -EIO;
	approvals_unshow(approvals);
	ask(approvals, &two, "/two", 0);
	CHECK_INT(one.calls, 1);
	CHECK_INT(two.calls, 1);
	CHECK_INT(two.answer.verdict, VERDICT_DENY);
	ask(approvals, &after, "/after", 0);
	CHECK_INT(after.calls, 1);
}

static void test_what_waits_at_the_end_is_denied(void)
{
	struct fake fake = FAKE;
	struct asker one = ASKER;
	struct approvals_config config = {
		.prompter = &fake.prompter, .timeout_ns = SECOND, .unattended = VERDICT_ALLOW};
	struct approvals *approvals = NULL;

	CHECK_INT(approvals_new(&config, &approvals), 0);
	ask(approvals, &one, "/one", 0);
	approvals = approvals_free(approvals);
	CHECK_INT(one.calls, 1);
	CHECK_INT(one.answer.verdict, VERDICT_DENY);
	CHECK_INT(fake.id, 0);
}

static void ask_and_withdraw(struct waiter *waiter, const struct decision *answer)
{
	struct asker *asker = container_of(waiter, struct asker, waiter);

	on_answer(waiter, answer);
	approval_withdraw(asker->approvals, &asker->other->waiter, 9);
	if (asker->calls == 1)
		ask(asker->approvals, asker, "/a", 9);
}

static void test_an_answer_may_ask_again_and_withdraw_others(void)
{
	struct fake fake = FAKE;
	_cleanup_(approvals_freep) struct approvals *approvals = approvals_with(&fake);
	struct asker other = ASKER;
	struct asker one = {
		.waiter = {.answered = ask_and_withdraw}, .approvals = approvals, .other = &other};

	ask(approvals, &other, "/a", 0);
	ask(approvals, &one, "/a", 0);
	approvals_answer(approvals, fake.id, &allow, 1, NULL);
	CHECK_INT(one.calls, 1);
	CHECK_INT(other.calls, 0);
	CHECK_INT(approvals_count(approvals), 1);
	approvals_answer(approvals, fake.id, &deny, 1, NULL);
	CHECK_INT(one.calls, 2);
	CHECK_INT(approvals_count(approvals), 0);
}

int main(void)
{
	RUN(test_each_answer_does_what_it_says);
	RUN(test_identical_questions_are_merged);
	RUN(test_one_question_more_than_the_quota_is_denied);
	RUN(test_questions_are_shown_one_after_the_other);
	RUN(test_expired_question_gets_the_unattended_answer);
	RUN(test_deadline_rings_in_the_loop);
	RUN(test_withdrawn_question_leaves_the_screen);
	RUN(test_nobody_there_is_answered_at_once);
	RUN(test_in_the_background_questions_wait);
	RUN(test_when_the_person_goes_all_are_denied);
	RUN(test_what_waits_at_the_end_is_denied);
	RUN(test_an_answer_may_ask_again_and_withdraw_others);
	return check_summary();
}
