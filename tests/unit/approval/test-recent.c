/* SPDX-License-Identifier: Apache-2.0 */
/* Answers of a moment ago. */
#include "enforcer/approval/recent.h"
#include "tests/support/check.h"

static struct recent recent;

static bool said(pid_t pid, const char *key, uint64_t now, enum verdict verdict)
{
	const struct recent_question question = {pid, key, strlen(key)};
	struct decision decision = {.verdict = VERDICT_ASK};

	return recent_find(&recent, &question, now, &decision) && decision.verdict == verdict &&
	       decision.by == BY_PERSON;
}

static void say(pid_t pid, const char *key, uint64_t now, enum verdict verdict)
{
	const struct recent_question question = {pid, key, strlen(key)};
	const struct decision answer = {.verdict = verdict, .by = BY_PERSON};

	recent_add(&recent, &question, &answer, now);
}

static void test_it_holds_for_the_same_process_and_question_for_its_time(void)
{
	recent = (struct recent){};
	CHECK(!said(1, "a", 0, VERDICT_ALLOW));
	say(1, "a", 0, VERDICT_ALLOW);
	CHECK(said(1, "a", RECENT_NS - 1, VERDICT_ALLOW));
	CHECK(!said(1, "a", RECENT_NS, VERDICT_ALLOW));
	CHECK(!said(2, "a", 1, VERDICT_ALLOW));
	CHECK(!said(1, "b", 1, VERDICT_ALLOW));
	CHECK(!said(1, "", 1, VERDICT_ALLOW));
	/* What was said last stands. */
	say(1, "a", 5, VERDICT_DENY);
	CHECK(said(1, "a", 6, VERDICT_DENY));
}

static void test_it_is_bounded(void)
{
	char key[RECENT_KEY_MAX + 2] = "";

	recent = (struct recent){};
	memset(key, 'x', RECENT_KEY_MAX);
	say(1, key, 0, VERDICT_ALLOW);
	CHECK(said(1, key, 1, VERDICT_ALLOW));
	key[RECENT_KEY_MAX] = 'x';
	say(1, key, 0, VERDICT_ALLOW);
	CHECK(!said(1, key, 1, VERDICT_ALLOW));
	for (pid_t pid = 2; pid <= RECENT_MAX; pid++)
		say(pid, "a", 0, VERDICT_ALLOW);
	key[RECENT_KEY_MAX] = '\0';
	CHECK(said(1, key, 1, VERDICT_ALLOW));
	say(99, "a", 0, VERDICT_ALLOW);
	CHECK(!said(1, key, 1, VERDICT_ALLOW));
	CHECK(said(2, "a", 1, VERDICT_ALLOW));
}

int main(void)
{
	RUN(test_it_holds_for_the_same_process_and_question_for_its_time);
	RUN(test_it_is_bounded);
	return check_summary();
}
