/* SPDX-License-Identifier: Apache-2.0 */
/* Answers by id, what they leave behind, and who hears of it. Nobody has a terminal here. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "enforcer/approval/pending.h"
#include "tests/support/check.h"

#define SECOND 1000000000u

static const struct rule_info rule = {.id = "user:1", .effect = VERDICT_ASK, .layer = LAYER_USER};
static const struct rule_info managed = {
	.id = "managed:1", .effect = VERDICT_ASK, .layer = LAYER_MANAGED};

struct asker {
	struct waiter waiter;
	int calls;
	struct decision answer;
};

/* Writes down what it hears, a word each. */
struct listener {
	struct approvals_observer observer;
	char heard[512];
};

struct stage {
	struct approvals *approvals;
	struct listener listener;
	const struct rule_info *rule;
	int kept; /* how often a rule was to be written */
	int keep_error;
};

static void on_answer(struct waiter *waiter, const struct decision *answer)
{
	struct asker *asker = container_of(waiter, struct asker, waiter);

	asker->calls++;
	asker->answer = *answer;
}

#define ASKER                                                                                      \
	{                                                                                          \
		.waiter = {.answered = on_answer }                                                 \
	}

static void hear(struct approvals_observer *observer, const char *word, uint64_t id)
{
	struct listener *listener = container_of(observer, struct listener, observer);
	size_t len = strlen(listener->heard);

	snprintf(listener->heard + len, sizeof(listener->heard) - len, "%s%s %llu", len ? ", " : "",
		 word, (unsigned long long)id);
}

static void on_opened(struct approvals_observer *observer, const struct question *question)
{
	hear(observer, "opened", question->id);
}

static void on_changed(struct approvals_observer *observer, const struct question *question)
{
	hear(observer, "changed", question->n_waiters);
}

static void on_closed(struct approvals_observer *observer, const struct question *question,
		      const struct closing *closing)
{
	hear(observer, closing->text, question->id);
}

static void on_granted(struct approvals_observer *observer, const struct grant *grant)
{
	hear(observer, "granted", grant->id);
}

static void on_revoked(struct approvals_observer *observer, const struct grant *grant,
		       const char *how)
{
	hear(observer, how, grant->id);
}

static void on_kept(struct approvals_observer *observer, const struct grant *grant, int error,
		    const char *text)
{
	hear(observer, error ? "not kept" : "kept", grant->id);
}

static int keep(void *userdata, const struct grant *grant)
{
	struct stage *stage = userdata;

	stage->kept++;
	return stage->keep_error;
}

static size_t judge(void *userdata, const struct request *request, struct asked_part *ret_parts,
		    size_t max)
{
	struct stage *stage = userdata;

	for (size_t i = 0; i < request->n_objects; i++)
		ret_parts[i] = (struct asked_part){.object = i,
						   .verb = (enum verb)request->objects[i].verbs,
						   .rule = stage->rule};
	return stage->rule ? request->n_objects : 0;
}

static void stage_begin(struct stage *stage, const struct rule_info *asking)
{
	struct approvals_config config = {
		.timeout_ns = 60ull * SECOND, .judge = judge, .keep = keep, .userdata = stage};

	*stage = (struct stage){.rule = asking,
				.listener.observer = {.opened = on_opened,
						      .changed = on_changed,
						      .closed = on_closed,
						      .granted = on_granted,
						      .revoked = on_revoked,
						      .kept = on_kept}};
	CHECK_INT(approvals_new(&config, &stage->approvals), 0);
	approvals_attend(stage->approvals);
	approvals_observe(stage->approvals, &stage->listener.observer);
}

static void stage_end(struct stage *stage)
{
	approvals_unobserve(stage->approvals, &stage->listener.observer);
	stage->approvals = approvals_free(stage->approvals);
}

static void ask(struct stage *stage, struct asker *asker, const char *path, uint64_t now)
{
	struct decision asked = {.verdict = VERDICT_ASK,
				 .by = stage->rule ? BY_RULE : BY_OTHERWISE,
				 .rule = stage->rule,
				 .verb = VERB_READ};
	struct request request = {.pid = 1,
				  .call = MEDIATED_openat,
				  .program = (char *)"/usr/bin/cat",
				  .n_objects = 1,
				  .objects = {{.kind = OBJECT_PATH,
					       .verbs = VERB_READ,
					       .path = (char *)path,
					       .exists = true}}};

	approval_ask(stage->approvals, &request, &asked, &asker->waiter, now);
}

static int answer(struct stage *stage, uint64_t id, enum verdict verdict, enum answer_lasts lasts,
		  enum answer_scope scope)
{
	const struct answer given = {
		.verdict = verdict, .lasts = lasts, .scope = scope, .by = BY_PERSON, .via = "test"};
	struct failure failure = {};
	int r = approvals_answer(stage->approvals, id, &given, 1, &failure);

	/* Whoever is refused is told why. */
	CHECK_INT(failure.text[0] != '\0', r < 0);
	return r;
}

static void test_any_question_can_be_answered_and_only_once(void)
{
	struct stage stage;
	struct asker one = ASKER, two = ASKER;

	stage_begin(&stage, &rule);
	ask(&stage, &one, "/a", 0);
	ask(&stage, &two, "/b", 0);
	CHECK_INT(answer(&stage, 2, VERDICT_ALLOW, ANSWER_ONCE, SCOPE_SAME), 0);
	CHECK_INT(two.calls, 1);
	CHECK_INT(two.answer.verdict, VERDICT_ALLOW);
	CHECK_INT(two.answer.question, 2);
	CHECK_INT(one.calls, 0);
	CHECK_INT(answer(&stage, 2, VERDICT_ALLOW, ANSWER_ONCE, SCOPE_SAME), -ENOENT);
	CHECK_INT(answer(&stage, 3, VERDICT_ALLOW, ANSWER_ONCE, SCOPE_SAME), -ENOENT);
	approval_withdraw(stage.approvals, &one.waiter, 1);
	CHECK_INT(answer(&stage, 1, VERDICT_ALLOW, ANSWER_ONCE, SCOPE_SAME), -ENOENT);
	CHECK_INT(one.calls, 0);
	stage_end(&stage);
}

static void test_a_wider_answer_answers_what_else_waits(void)
{
	struct stage stage;
	struct asker one = ASKER, two = ASKER, other = ASKER, after = ASKER;

	stage_begin(&stage, &rule);
	ask(&stage, &one, "/w/a", 0);
	ask(&stage, &two, "/w/deep/b", 0);
	ask(&stage, &other, "/x/c", 0);
	CHECK_INT(answer(&stage, 1, VERDICT_ALLOW, ANSWER_FOR_RUN, SCOPE_TREE), 0);
	CHECK_INT(one.answer.by, BY_PERSON);
	CHECK_INT(two.calls, 1);
	CHECK_INT(two.answer.by, BY_GRANT);
	CHECK_INT(two.answer.grant, 1);
	CHECK_INT(other.calls, 0);
	ask(&stage, &after, "/w/z", 2);
	CHECK_INT(after.answer.by, BY_GRANT);
	CHECK_INT(grants_find_id(approvals_grants(stage.approvals), 1)->used, 2);
	approval_withdraw(stage.approvals, &other.waiter, 1);
	stage_end(&stage);
}

static void test_a_grant_ends_at_its_time_or_when_it_is_revoked(void)
{
	const struct answer for_a_while = {.verdict = VERDICT_ALLOW,
					   .lasts = ANSWER_FOR_RUN,
					   .scope = SCOPE_FILE,
					   .expires_ns = 10};
	struct stage stage;
	struct asker asker = ASKER;

	stage_begin(&stage, &rule);
	ask(&stage, &asker, "/a", 0);
	CHECK_INT(approvals_answer(stage.approvals, 1, &for_a_while, 100, NULL), 0);
	ask(&stage, &asker, "/a", 109);
	CHECK_INT(asker.calls, 2);
	ask(&stage, &asker, "/a", 110);
	CHECK_INT(asker.calls, 2);
	CHECK_INT(answer(&stage, 2, VERDICT_ALLOW, ANSWER_FOR_RUN, SCOPE_FILE), 0);
	ask(&stage, &asker, "/a", 111);
	CHECK_INT(asker.calls, 4);
	CHECK_INT(approvals_revoke(stage.approvals, 2, 112), 0);
	CHECK_INT(approvals_revoke(stage.approvals, 2, 112), -ENOENT);
	ask(&stage, &asker, "/a", 113);
	CHECK_INT(asker.calls, 4);
	CHECK_STRING(stage.listener.heard,
		     "opened 1, granted 1, allowed for this run 1, expired 1, opened 2, "
		     "granted 2, allowed for this run 2, revoked 2, opened 3");
	approval_withdraw(stage.approvals, &asker.waiter, 114);
	stage_end(&stage);
}

static void test_what_was_denied_is_not_asked_again_for_five_seconds(void)
{
	struct stage stage;
	struct asker asker = ASKER, other = ASKER;

	stage_begin(&stage, &rule);
	ask(&stage, &asker, "/a", 0);
	CHECK_INT(answer(&stage, 1, VERDICT_DENY, ANSWER_ONCE, SCOPE_SAME), 0);
	ask(&stage, &asker, "/a", APPROVALS_COOL_NS);
	CHECK_INT(asker.calls, 2);
	CHECK_INT(asker.answer.verdict, VERDICT_DENY);
	CHECK_INT(asker.answer.by, BY_COOL_DOWN);
	ask(&stage, &other, "/b", 2);
	CHECK_INT(other.calls, 0);
	ask(&stage, &asker, "/a", APPROVALS_COOL_NS + 1);
	CHECK_INT(asker.calls, 2);
	/* Who changes their mind meanwhile is obeyed at once. */
	CHECK_INT(answer(&stage, 3, VERDICT_DENY, ANSWER_ONCE, SCOPE_SAME), 0);
	CHECK_INT(answer(&stage, 2, VERDICT_ALLOW, ANSWER_FOR_RUN, SCOPE_DIRECTORY), -EPERM);
	approval_withdraw(stage.approvals, &other.waiter, 3);
	stage_end(&stage);
}

static void test_a_grant_goes_before_a_denial_of_a_moment_ago(void)
{
	struct stage stage;
	struct asker asker = ASKER;
	const struct grant_wanted wanted = {
		.answer = {.verdict = VERDICT_ALLOW, .lasts = ANSWER_FOR_RUN, .scope = SCOPE_TREE},
		.verbs = VERB_READ,
		.path = "/w"};
	uint64_t id;

	stage_begin(&stage, &rule);
	ask(&stage, &asker, "/w/a", 0);
	CHECK_INT(answer(&stage, 1, VERDICT_DENY, ANSWER_ONCE, SCOPE_SAME), 0);
	CHECK_INT(approvals_grant(stage.approvals, &wanted, 2, &id, NULL), 0);
	ask(&stage, &asker, "/w/a", 3);
	CHECK_INT(asker.calls, 2);
	CHECK_INT(asker.answer.verdict, VERDICT_ALLOW);
	stage_end(&stage);
}

static void test_a_flood_is_denied_and_named_as_such(void)
{
	static struct asker askers[10000];
	struct stage stage;
	struct asker late = ASKER;
	size_t denied = 0;
	char path[32];

	stage_begin(&stage, &rule);
	for (size_t i = 0; i < ARRAY_LEN(askers); i++) {
		askers[i] = (struct asker)ASKER;
		snprintf(path, sizeof(path), "/%zu", i);
		ask(&stage, &askers[i], path, 0);
		denied += askers[i].calls == 1 && askers[i].answer.by == BY_FLOOD;
		/* The person answers each at once: the bucket holds all the same. */
		if (askers[i].calls == 0)
			CHECK_INT(answer(&stage, i + 1, VERDICT_ALLOW, ANSWER_ONCE, SCOPE_SAME), 0);
	}
	CHECK_INT(denied, ARRAY_LEN(askers) - APPROVALS_BURST);
	ask(&stage, &late, "/late", APPROVALS_REFILL_NS - 1);
	CHECK_INT(late.answer.by, BY_FLOOD);
	ask(&stage, &late, "/late", APPROVALS_REFILL_NS);
	CHECK_INT(late.calls, 1);
	approval_withdraw(stage.approvals, &late.waiter, 0);
	stage_end(&stage);
}

static void test_for_always_is_offered_where_a_rule_of_the_user_comes_first(void)
{
	static const struct {
		const struct rule_info *rule;
		enum answer_scope scope;
		int result;
	} cases[] = {
		{&rule, SCOPE_FILE, 0},
		{&rule, SCOPE_SAME, -EPERM}, /* a rule does not know who asks */
		{&managed, SCOPE_FILE, -EPERM},
		{&rule, SCOPE_HOST, -EPERM},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct stage stage;
		struct asker asker = ASKER;

		stage_begin(&stage, cases[i].rule);
		ask(&stage, &asker, "/w/a", 0);
		CHECK_INT(answer(&stage, 1, VERDICT_ALLOW, ANSWER_ALWAYS, cases[i].scope),
			  cases[i].result);
		CHECK_INT(stage.kept, cases[i].result == 0);
		CHECK_INT(asker.calls, cases[i].result == 0);
		approval_withdraw(stage.approvals, &asker.waiter, 0);
		stage_end(&stage);
	}
}

static void test_what_cannot_be_kept_holds_for_the_run_and_is_told(void)
{
	struct stage stage;
	struct asker asker = ASKER;

	stage_begin(&stage, &rule);
	stage.keep_error = -EROFS;
	ask(&stage, &asker, "/w/a", 0);
	CHECK_INT(answer(&stage, 1, VERDICT_ALLOW, ANSWER_ALWAYS, SCOPE_FILE), 0);
	CHECK_INT(asker.answer.verdict, VERDICT_ALLOW);
	ask(&stage, &asker, "/w/a", 1);
	CHECK_INT(asker.calls, 2);
	CHECK_STRING(stage.listener.heard, "opened 1, granted 1, allowed for always 1, not kept 1");
	stage_end(&stage);
}

static void test_what_is_not_shown_whole_is_allowed_once_at_most(void)
{
	static char path[4096];
	struct stage stage;
	struct asker asker = ASKER;

	memset(path, 'x', sizeof(path) - 1);
	path[0] = '/';
	memcpy(path + 8, "/dir/", 5);
	stage_begin(&stage, &rule);
	ask(&stage, &asker, path, 0);
	CHECK_INT(answer(&stage, 1, VERDICT_ALLOW, ANSWER_FOR_RUN, SCOPE_SAME), -EPERM);
	CHECK_INT(answer(&stage, 1, VERDICT_ALLOW, ANSWER_FOR_RUN, SCOPE_FILE), -EPERM);
	CHECK_INT(answer(&stage, 1, VERDICT_ALLOW, ANSWER_FOR_RUN, SCOPE_TREE), -EPERM);
	CHECK_INT(answer(&stage, 1, VERDICT_DENY, ANSWER_FOR_RUN, SCOPE_SAME), 0);
	stage_end(&stage);
}

static void test_the_last_to_leave_leaves_no_for_an_answer(void)
{
	struct stage stage;
	struct asker one = ASKER, two = ASKER;

	stage_begin(&stage, &rule);
	approvals_attend(stage.approvals);
	ask(&stage, &one, "/a", 0);
	approvals_unattend(stage.approvals, 1);
	CHECK_INT(one.calls, 0);
	approvals_unattend(stage.approvals, 2);
	CHECK_INT(one.calls, 1);
	CHECK_INT(one.answer.verdict, VERDICT_DENY);
	CHECK_INT(one.answer.by, BY_UNATTENDED);
	ask(&stage, &two, "/b", 3);
	CHECK_INT(two.answer.by, BY_UNATTENDED);
	stage_end(&stage);
}

static void test_attendance_can_be_promised_or_ruled_out(void)
{
	static const enum attendance promised[] = {ATTENDED_ALWAYS, ATTENDED_NEVER};

	for (size_t i = 0; i < ARRAY_LEN(promised); i++) {
		const struct approvals_config config = {.timeout_ns = SECOND,
							.attendance = promised[i]};
		struct stage stage = {.rule = &rule};
		struct asker asker = ASKER;

		CHECK_INT(approvals_new(&config, &stage.approvals), 0);
		if (promised[i] == ATTENDED_NEVER)
			approvals_attend(stage.approvals);
		ask(&stage, &asker, "/a", 0);
		CHECK_INT(asker.calls, promised[i] == ATTENDED_NEVER);
		if (promised[i] == ATTENDED_ALWAYS)
			approvals_expire(stage.approvals, SECOND);
		CHECK_INT(asker.answer.by, BY_UNATTENDED);
		approvals_free(stage.approvals);
	}
}

static void test_threads_that_join_and_leave_are_told(void)
{
	struct stage stage;
	struct asker one = ASKER, two = ASKER;

	stage_begin(&stage, &rule);
	ask(&stage, &one, "/a", 0);
	ask(&stage, &two, "/a", 0);
	approval_withdraw(stage.approvals, &one.waiter, 1);
	approval_withdraw(stage.approvals, &two.waiter, 1);
	CHECK_STRING(stage.listener.heard, "opened 1, changed 2, changed 1, withdrawn 1");
	stage_end(&stage);
}

static void test_a_grant_answers_only_what_the_policy_asks(void)
{
	struct grant_wanted wanted = {
		.answer = {.verdict = VERDICT_ALLOW, .lasts = ANSWER_FOR_RUN, .scope = SCOPE_TREE},
		.verbs = VERB_READ,
		.path = "/w"};
	struct stage stage;
	struct failure failure = {};
	uint64_t id = 0;

	stage_begin(&stage, NULL);
	CHECK_INT(approvals_grant(stage.approvals, &wanted, 0, &id, &failure), -EPERM);
	CHECK(failure.text[0] != '\0');
	stage.rule = &rule;
	wanted.path = "relative";
	CHECK_INT(approvals_grant(stage.approvals, &wanted, 0, &id, NULL), -EINVAL);
	wanted.path = "/w";
	wanted.answer.scope = SCOPE_COMMAND;
	CHECK_INT(approvals_grant(stage.approvals, &wanted, 0, &id, NULL), -EINVAL);
	CHECK_INT(grants_count(approvals_grants(stage.approvals)), 0);
	stage_end(&stage);
}

static void test_the_same_answer_again_replaces_the_first(void)
{
	struct grant_wanted wanted = {
		.answer = {.verdict = VERDICT_ALLOW, .lasts = ANSWER_FOR_RUN, .scope = SCOPE_TREE},
		.verbs = VERB_READ,
		.path = "/w"};
	struct stage stage;
	uint64_t id;

	stage_begin(&stage, &rule);
	CHECK_INT(approvals_grant(stage.approvals, &wanted, 0, &id, NULL), 0);
	wanted.answer.verdict = VERDICT_DENY;
	CHECK_INT(approvals_grant(stage.approvals, &wanted, 0, &id, NULL), 0);
	CHECK_INT(id, 2);
	CHECK_INT(grants_count(approvals_grants(stage.approvals)), 1);
	CHECK_STRING(stage.listener.heard, "granted 1, replaced 1, granted 2");
	stage_end(&stage);
}

int main(void)
{
	RUN(test_any_question_can_be_answered_and_only_once);
	RUN(test_a_wider_answer_answers_what_else_waits);
	RUN(test_a_grant_ends_at_its_time_or_when_it_is_revoked);
	RUN(test_what_was_denied_is_not_asked_again_for_five_seconds);
	RUN(test_a_grant_goes_before_a_denial_of_a_moment_ago);
	RUN(test_a_flood_is_denied_and_named_as_such);
	RUN(test_for_always_is_offered_where_a_rule_of_the_user_comes_first);
	RUN(test_what_cannot_be_kept_holds_for_the_run_and_is_told);
	RUN(test_what_is_not_shown_whole_is_allowed_once_at_most);
	RUN(test_the_last_to_leave_leaves_no_for_an_answer);
	RUN(test_attendance_can_be_promised_or_ruled_out);
	RUN(test_threads_that_join_and_leave_are_told);
	RUN(test_a_grant_answers_only_what_the_policy_asks);
	RUN(test_the_same_answer_again_replaces_the_first);
	return check_summary();
}
