/* SPDX-License-Identifier: Apache-2.0 */
/* Calls that wait for a person, or whose place changes: what an approval is good for. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "enforcer/base/fd.h"
#include "tests/pipeline/calls.h"
#include "tests/support/check.h"

static struct gate gate;

/* ---- asking */

static void test_what_is_asked_for_waits_until_the_answer(void)
{
	struct fake_answer answer;
	json_t *line;

	gate_init(&gate, GATE_ASK_ALL);
	answer = made(&gate, "read");
	CHECK_INT(answer.kind, FAKE_NOTHING);
	CHECK_INT(gate.questions, 1);
	CHECK_INT(gate_lines(&gate, &line), 0);
	gate_answer(&gate, VERDICT_ALLOW);
	CHECK_INT(answered(answer.cookie).kind, FAKE_FD);
	CHECK_INT(gate_lines(&gate, &line), 1);
	CHECK_STRING(word(line, "by"), "person");
	json_decref(line);

	answer = made(&gate, "write");
	gate_answer(&gate, VERDICT_DENY);
	CHECK_ERROR(answered(answer.cookie), EACCES);
	CHECK_INT(gate_lines(&gate, &line), 1);
	json_decref(line);
	CHECK(gate.supervisor.waiting == NULL);
	gate_done(&gate);
}

static void test_an_approval_is_for_the_object_that_was_shown(void)
{
	struct fake_answer answer;
	ino_t shown;

	gate_init(&gate, GATE_ASK_ALL);
	shown = inode("file");
	answer = made(&gate, "read");
	/* While the person reads the question the path comes to mean another file. */
	CHECK_INT(rename(gate_path("file"), gate_path("hidden")), 0);
	CHECK_INT(rename(gate_path("dir/inner"), gate_path("file")), 0);
	gate_answer(&gate, VERDICT_ALLOW);
	answer = answered(answer.cookie);
	CHECK_INT(answer.kind, FAKE_FD);
	CHECK_INT(answer.st.st_ino, shown);
	gate_done(&gate);
}

static void test_an_approved_name_that_means_another_thing_is_asked_again(void)
{
	static const char *const names[] = {"unlink", "rename"};

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		struct fake_answer answer;
		ino_t other;

		gate_init(&gate, GATE_ASK_ALL);
		answer = made(&gate, names[i]);
		other = inode("dir/inner");
		CHECK_INT(rename(gate_path("file"), gate_path("hidden")), 0);
		CHECK_INT(rename(gate_path("dir/inner"), gate_path("file")), 0);
		gate_answer(&gate, VERDICT_ALLOW);
		/* A name cannot be pinned: it is judged again, and that is another question. */
		CHECK_INT(fake_answers_of(answer.cookie), 0);
		CHECK_INT(gate.questions, 2);
		CHECK_INT(inode("file"), other);
		gate_answer(&gate, VERDICT_DENY);
		CHECK_ERROR(answered(answer.cookie), EACCES);
		CHECK_INT(inode("file"), other);
		gate_done(&gate);
	}
}

static void test_an_approved_new_file_does_not_replace_what_came_meanwhile(void)
{
	struct fake_answer answer;

	gate_init(&gate, GATE_ASK_ALL);
	answer = made(&gate, "create");
	CHECK_INT(link(gate_path("dir/inner"), gate_path("new")), 0);
	gate_answer(&gate, VERDICT_ALLOW);
	CHECK_INT(fake_answers_of(answer.cookie), 0);
	CHECK_INT(gate.questions, 2);
	gate_answer(&gate, VERDICT_DENY);
	CHECK_ERROR(answered(answer.cookie), EACCES);
	gate_done(&gate);
}

static void test_memory_is_read_once_however_long_the_person_takes(void)
{
	char path[] = "file";
	uint64_t args[6] = {0}, cookie;

	gate_init(&gate, GATE_ASK_ALL);
	args[0] = fake_memory_add(path, sizeof(path));
	cookie = gate_call(&gate, MEDIATED_unlink, args);
	/* Another thread writes another name there; the first answer finds the place changed. */
	strcpy(path, "link");
	CHECK_INT(rename(gate_path("file"), gate_path("hidden")), 0);
	CHECK_INT(rename(gate_path("dir/inner"), gate_path("file")), 0);
	gate_answer(&gate, VERDICT_ALLOW);
	gate_answer(&gate, VERDICT_ALLOW);
	CHECK_INT(answered(cookie).kind, FAKE_VALUE);
	CHECK(inode("file") == 0 && inode("link") != 0);
	gate_done(&gate);
}

static void test_the_answer_for_a_dead_target_does_nothing(void)
{
	size_t descriptors;
	json_t *line;

	gate_init(&gate, GATE_ASK_ALL);
	descriptors = gate_descriptors();
	made(&gate, "unlink");
	CHECK_INT(gate.questions, 1);
	fake_listener.dead = true;
	gate_answer(&gate, VERDICT_ALLOW);
	CHECK(inode("file") != 0);
	CHECK_INT(fake_listener.n_answers, 0);
	CHECK_INT(gate_lines(&gate, &line), 1);
	CHECK_STRING(word(line, "outcome"), "gone");
	json_decref(line);
	CHECK_INT(gate_descriptors(), descriptors);
	CHECK(gate.supervisor.waiting == NULL);
	gate_done(&gate);
}

static void test_a_question_is_withdrawn_when_its_target_dies(void)
{
	size_t descriptors;
	json_t *line;

	gate_init(&gate, GATE_ASK_ALL);
	descriptors = gate_descriptors();
	made(&gate, "read");
	made(&gate, "unlink");
	CHECK_INT(approvals_count(gate.supervisor.approvals), 2);
	fake_listener.dead = true;
	gate_settle(&gate);
	CHECK(gate.supervisor.waiting == NULL);
	CHECK_INT(approvals_count(gate.supervisor.approvals), 0);
	CHECK_INT(gate.question, 0);
	CHECK_INT(gate_lines(&gate, &line), 2);
	CHECK_STRING(word(line, "outcome"), "gone");
	json_decref(line);
	CHECK_INT(gate_descriptors(), descriptors);
	gate_done(&gate);
}

#define SIGNAL(n) (UINT64_C(1) << ((n)-1))

/* As the kernel has them, on the way to EINTR or to the same call again. */
#define RESTART_OR_EINTR 512
#define RESTART_ALWAYS   513

static void test_a_signal_ends_the_wait(void)
{
	static const struct {
		uint64_t signals;
		int error;
	} cases[] = {
		{SIGNAL(SIGINT), RESTART_OR_EINTR},
		{SIGNAL(SIGTERM) | SIGNAL(SIGCHLD), RESTART_OR_EINTR},
		{SIGNAL(SIGCHLD), RESTART_ALWAYS},
		{SIGNAL(SIGWINCH) | SIGNAL(SIGURG), RESTART_ALWAYS},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct fake_answer answer;
		json_t *line;

		gate_init(&gate, GATE_ASK_ALL);
		answer = made(&gate, "unlink");
		fake_target.signals = cases[i].signals;
		gate_settle(&gate);
		CHECK_ERROR(answered(answer.cookie), cases[i].error);
		CHECK(inode("file") != 0);
		CHECK_INT(gate_lines(&gate, &line), 1);
		CHECK_STRING(word(line, "errno"), "EINTR");
		CHECK_STRING(word(line, "decision"), "deny");
		json_decref(line);
		/* It has its moment to come back, and then leaves the screen. */
		approvals_expire(gate.supervisor.approvals, loop_now());
		CHECK(gate.question != 0);
		approvals_expire(gate.supervisor.approvals, loop_now() + APPROVALS_LINGER_NS);
		CHECK_INT(gate.question, 0);
		CHECK_INT(approvals_count(gate.supervisor.approvals), 0);
		gate_done(&gate);
	}
}

static void test_a_call_that_is_restarted_is_the_same_question(void)
{
	struct fake_answer first, second;

	gate_init(&gate, GATE_ASK_ALL);
	first = made(&gate, "unlink");
	fake_target.signals = SIGNAL(SIGALRM);
	gate_settle(&gate);
	CHECK_ERROR(answered(first.cookie), RESTART_OR_EINTR);
	fake_target.signals = 0;
	second = made(&gate, "unlink");
	CHECK_INT(gate.questions, 1);
	approvals_expire(gate.supervisor.approvals, loop_now() + APPROVALS_LINGER_NS);
	CHECK_INT(fake_answers_of(second.cookie), 0);
	gate_answer(&gate, VERDICT_ALLOW);
	CHECK_INT(answered(second.cookie).kind, FAKE_VALUE);
	CHECK_INT(inode("file"), 0);
	gate_done(&gate);
}

static void test_more_calls_than_may_wait_are_denied(void)
{
	uint64_t args[6] = {0}, last = 0;

	gate_init(&gate, GATE_ASK_ALL);
	args[0] = fake_string("file");
	for (int i = 0; i <= APPROVALS_WAITERS_MAX; i++)
		last = gate_call(&gate, MEDIATED_unlink, args);
	CHECK_INT(gate.questions, 1);
	CHECK_ERROR(answered(last), EACCES);
	gate_answer(&gate, VERDICT_DENY);
	CHECK(gate.supervisor.waiting == NULL);
	gate_done(&gate);
}

static void test_a_grant_covers_what_its_rule_asks_and_no_more(void)
{
	static const char policy[] =
		"{\"version\": 1, \"rules\": [{\"deny\": \"read\", \"path\": \"dir/inner\"},"
		"{\"ask\": \"read\", \"path\": \"hidden\"}, {\"ask\": \"read\"}]}";
	const struct answer tree = {.verdict = VERDICT_ALLOW,
				    .lasts = ANSWER_FOR_RUN,
				    .scope = SCOPE_TREE,
				    .by = BY_PERSON,
				    .via = "test"};
	uint64_t args[6] = {(uint64_t)AT_FDCWD}, denied, asked;
	struct fake_answer answer;

	gate_init(&gate, policy);
	answer = made(&gate, "read");
	CHECK_INT(
		approvals_answer(gate.supervisor.approvals, gate.question, &tree, loop_now(), NULL),
		0);
	CHECK_INT(answered(answer.cookie).kind, FAKE_FD);
	CHECK_INT(made(&gate, "read").kind, FAKE_FD);
	args[1] = fake_string("dir/inner");
	denied = gate_call(&gate, MEDIATED_openat, args);
	CHECK_ERROR(answered(denied), EACCES);
	CHECK_INT(rename(gate_path("file"), gate_path("hidden")), 0);
	args[1] = fake_string("hidden");
	asked = gate_call(&gate, MEDIATED_openat, args);
	CHECK_INT(fake_answers_of(asked), 0);
	CHECK_INT(gate.questions, 2);
	gate_answer(&gate, VERDICT_DENY);
	CHECK_ERROR(answered(asked), EACCES);
	gate_done(&gate);
}

static json_int_t number(json_t *line, const char *name)
{
	return json_integer_value(json_object_get(line, name));
}

static void test_question_answer_and_grant_are_on_record(void)
{
	const struct answer tree = {.verdict = VERDICT_ALLOW,
				    .lasts = ANSWER_FOR_RUN,
				    .scope = SCOPE_TREE,
				    .by = BY_PERSON,
				    .via = "socket",
				    .reason = "go on"};
	struct approvals *approvals;
	json_t *question, *answer, *grant, *revoke, *call;

	gate_init(&gate, GATE_ASK_ALL);
	approvals = gate.supervisor.approvals;
	made(&gate, "read");
	made(&gate, "read");
	CHECK_INT(approvals_answer(approvals, gate.question, &tree, loop_now(), NULL), 0);
	CHECK_INT(gate_lines(&gate, &call), 2);
	CHECK_STRING(word(call, "by"), "person");
	CHECK_INT(number(call, "question"), 1);
	json_decref(call);
	made(&gate, "read");
	CHECK_INT(gate_lines(&gate, &call), 1);
	CHECK_STRING(word(call, "by"), "grant");
	CHECK_INT(number(call, "grant"), 1);
	CHECK_INT(approvals_revoke(approvals, 1, loop_now()), 0);

	question = gate_event(&gate, "question");
	CHECK_STRING(word(question, "decision"), "ask");
	CHECK_STRING(word(question, "rule"), "user:1");
	answer = gate_event(&gate, "answer");
	CHECK_INT(number(answer, "question"), 1);
	CHECK_STRING(word(answer, "by"), "person");
	CHECK_STRING(word(answer, "via"), "socket");
	CHECK_STRING(word(answer, "lasts"), "run");
	CHECK_STRING(word(answer, "reason"), "go on");
	CHECK_INT(number(answer, "calls"), 2);
	grant = gate_event(&gate, "grant");
	CHECK_INT(number(grant, "question"), 1);
	CHECK_STRING(word(grant, "scope"), "tree");
	CHECK(strstr(word(grant, "rule"), "{\"allow\": [\"read\"], \"path\": \""));
	revoke = gate_event(&gate, "revoke");
	CHECK_INT(number(revoke, "grant"), 1);
	json_decref(question);
	json_decref(answer);
	json_decref(grant);
	json_decref(revoke);
	json_decref(call);
	gate_done(&gate);
}

static void test_nobody_there_is_no(void)
{
	struct fake_answer answer;

	gate_init(&gate, GATE_ASK_ALL);
	answer = made(&gate, "read");
	approvals_prompter_gone(gate.supervisor.approvals, loop_now());
	CHECK_ERROR(answered(answer.cookie), EACCES);
	CHECK_ERROR(made(&gate, "write"), EACCES);
	answer = made(&gate, "unlink");
	CHECK_ERROR(answer, EACCES);
	gate_done(&gate);
}

/* ---- what changes all the time */

static unsigned opens;

/* Between the judgement and the act of making a file somebody makes it, and removes it after. */
static void flicker(const char *what)
{
	if (strcmp(what, "open") == 0) {
		opens++;
		unlink(gate_path("new"));
	}
	if (strcmp(what, "umask") == 0)
		close(open(gate_path("new"), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
}

static void test_a_place_that_keeps_changing_is_denied_after_eight_tries(void)
{
	size_t descriptors;
	json_t *line;

	gate_init(&gate, GATE_ALLOW_ALL);
	descriptors = gate_descriptors();
	opens = 0;
	fake_target.on_step = flicker;
	CHECK_ERROR(made(&gate, "create"), EACCES);
	CHECK_INT(opens, 8);
	CHECK_INT(gate_lines(&gate, &line), 1);
	CHECK_STRING(word(line, "by"), "fault");
	CHECK_STRING(word(line, "decision"), "deny");
	json_decref(line);
	CHECK_INT(gate_descriptors(), descriptors);
	gate_done(&gate);
}

static void flicker_once(const char *what)
{
	flicker(what);
	if (opens == 8)
		fake_target.on_step = NULL;
}

static void test_a_place_that_calms_down_at_the_eighth_try_is_performed(void)
{
	gate_init(&gate, GATE_ALLOW_ALL);
	opens = 0;
	fake_target.on_step = flicker_once;
	CHECK_INT(made(&gate, "create").kind, FAKE_FD);
	CHECK_INT(opens, 8);
	gate_done(&gate);
}

int main(void)
{
	RUN(test_what_is_asked_for_waits_until_the_answer);
	RUN(test_an_approval_is_for_the_object_that_was_shown);
	RUN(test_an_approved_name_that_means_another_thing_is_asked_again);
	RUN(test_an_approved_new_file_does_not_replace_what_came_meanwhile);
	RUN(test_memory_is_read_once_however_long_the_person_takes);
	RUN(test_the_answer_for_a_dead_target_does_nothing);
	RUN(test_a_question_is_withdrawn_when_its_target_dies);
	RUN(test_a_signal_ends_the_wait);
	RUN(test_a_call_that_is_restarted_is_the_same_question);
	RUN(test_more_calls_than_may_wait_are_denied);
	RUN(test_a_grant_covers_what_its_rule_asks_and_no_more);
	RUN(test_question_answer_and_grant_are_on_record);
	RUN(test_nobody_there_is_no);
	RUN(test_a_place_that_keeps_changing_is_denied_after_eight_tries);
	RUN(test_a_place_that_calms_down_at_the_eighth_try_is_performed);
	return check_summary();
}
