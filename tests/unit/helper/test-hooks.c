/* SPDX-License-Identifier: Apache-2.0 */
/* The runner with real programs: /bin/sh, fed by what the policy says. */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "enforcer/helper/hooks.h"
#include "tests/unit/policy/policy-fixture.h"

#define PATIENCE_MS 20000

static struct hooks *run_first(const struct policy *policy)
{
	const struct policy_hook *hook = policy_hook(policy, 0);
	const struct hook_list list = {&hook, 1};
	struct hooks *hooks = NULL;

	CHECK_INT(hooks_new(&list, &hooks), 0);
	return hooks;
}

/* One hook: sh -c script. more: members of its own. */
static struct hooks *start(const char *script, const char *more, struct policy **ret_policy)
{
	struct hooks *hooks = NULL;
	char text[2048];

	snprintf(text, sizeof(text),
		 "{\"version\": 1, \"hooks\": [{\"on\": \"exec\", \"command\": "
		 "[\"/bin/sh\", \"-c\", \"%s\"] %s}]}",
		 script, more);
	*ret_policy = fixture_user_policy(text);
	if (*ret_policy)
		hooks = run_first(*ret_policy);
	return hooks;
}

static void stop(struct hooks *hooks, struct policy *policy)
{
	hooks_free(hooks);
	policy_free(policy);
}

static bool next_answer(struct hooks *hooks, struct hook_answer *ret_answer)
{
	struct pollfd ready = {.fd = hooks_fd(hooks), .events = POLLIN};

	return poll(&ready, 1, PATIENCE_MS) == 1 && hooks_receive(hooks, ret_answer) == 1;
}

static void call(struct hooks *hooks, uint64_t id, const char *line)
{
	CHECK_INT(hooks_call(hooks, id, 0, line, strlen(line)), 0);
}

static void test_each_way_to_answer(void)
{
	static const struct {
		const char *script, *more;
		enum hook_opinion opinion;
		const char *reason;
	} cases[] = {
		{"exit 0", "", HOOK_OPINION_NONE, ""},
		{"cat >/dev/null; echo '{\\\"decision\\\": \\\"allow\\\"}'", "", HOOK_OPINION_ALLOW,
		 ""},
		{"read x; echo because $x >&2; exit 2", "", HOOK_OPINION_DENY, "because line"},
		{"exit 1", "", HOOK_OPINION_FAILED, "exit status 1"},
		{"kill -9 $$", "", HOOK_OPINION_FAILED, "signal 9"},
		{"echo yes", "", HOOK_OPINION_FAILED, "JSON"},
		{"sleep 30 & sleep 30", ", \"timeout\": \"50ms\"", HOOK_OPINION_FAILED, "in time"},
		{"yes", "", HOOK_OPINION_FAILED, "too much"},
		{"head -c 300000 /dev/zero >&2; exit 2", "", HOOK_OPINION_DENY, ""},
		/* What it leaves running does not hold the answer back. */
		{"sleep 30 & exit 0", "", HOOK_OPINION_NONE, ""},
		{"test $PWD = / && exit 2", "", HOOK_OPINION_DENY, ""},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct hook_answer answer = {};
		struct policy *policy = NULL;
		struct hooks *hooks = start(cases[i].script, cases[i].more, &policy);

		if (!hooks)
			continue;
		call(hooks, 7, "line");
		CHECK(next_answer(hooks, &answer));
		CHECK_INT(answer.id, 7);
		CHECK_INT(answer.hook, 0);
		if (answer.opinion != cases[i].opinion)
			fprintf(stderr, "%s: %s\n", cases[i].script, answer.reason);
		CHECK_INT(answer.opinion, cases[i].opinion);
		if (!strstr(answer.reason, cases[i].reason))
			CHECK_STRING(answer.reason, cases[i].reason);
		stop(hooks, policy);
	}
}

static void test_a_missing_program_is_a_failure(void)
{
	struct policy *policy = fixture_user_policy(
		"{\"version\": 1, \"hooks\": [{\"on\": \"exec\", \"command\": [\"/no/such\"]}]}");
	struct hook_answer answer = {};
	struct hooks *hooks = run_first(policy);

	call(hooks, 1, "{}");
	CHECK(next_answer(hooks, &answer));
	CHECK_INT(answer.opinion, HOOK_OPINION_FAILED);
	CHECK(strstr(answer.reason, "No such file"));
	stop(hooks, policy);
}

static void test_many_calls_are_all_answered(void)
{
	struct policy *policy = NULL;
	struct hooks *hooks = start("read x; echo $x >&2; exit 2", "", &policy);
	bool seen[100] = {};

	for (uint64_t i = 0; i < ARRAY_LEN(seen); i++)
		call(hooks, i, "a");
	for (size_t i = 0; i < ARRAY_LEN(seen); i++) {
		struct hook_answer answer = {};

		if (!next_answer(hooks, &answer) || answer.id >= ARRAY_LEN(seen)) {
			CHECK(false);
			break;
		}
		CHECK(!seen[answer.id]);
		seen[answer.id] = true;
		CHECK_INT(answer.opinion, HOOK_OPINION_DENY);
	}
	stop(hooks, policy);
}

static void test_a_stream_answers_line_by_line(void)
{
	struct policy *policy = NULL;
	struct hooks *hooks =
		start("n=0; while read x; do n=$((n+1)); if [ $x = no ]; then echo "
		      "'{\\\"decision\\\": \\\"deny\\\", \\\"reason\\\": \\\"'$n'\\\"}'; "
		      "else echo; fi; done",
		      ", \"mode\": \"stream\"", &policy);
	struct hook_answer answer = {};

	call(hooks, 1, "yes");
	call(hooks, 2, "no");
	call(hooks, 3, "yes");
	for (uint64_t id = 1; id <= 3; id++) {
		CHECK(next_answer(hooks, &answer));
		CHECK_INT(answer.id, id);
		CHECK_INT(answer.opinion, id == 2 ? HOOK_OPINION_DENY : HOOK_OPINION_NONE);
		/* One process: it has counted. */
		if (id == 2)
			CHECK_STRING(answer.reason, "2");
	}
	stop(hooks, policy);
}

/* A line too many is no answer to the next call, wherever it comes. */
static void test_a_stream_that_says_too_much_answers_nothing(void)
{
	static const struct {
		const char *script;
		enum hook_opinion first;
		const char *reason;
	} cases[] = {
		/* Both at once: found while the second waits. */
		{"while read x; do printf '{}\\n{}\\n'; done", HOOK_OPINION_NONE,
		 "what nobody asked"},
		{"while read x; do printf '{}\\n{'; done", HOOK_OPINION_NONE, "what nobody asked"},
		/* By names: the second line is to the first call again. */
		{"read x; printf '{\\\"id\\\": 1}\\n'; read x; printf '{\\\"id\\\": 1}\\n'; read x",
		 HOOK_OPINION_NONE, "another call"},
		{"read x; printf '{\\\"id\\\": 1}\\n'; read x; printf '{}\\n'; read x",
		 HOOK_OPINION_NONE, "does not name"},
		{"read x; printf '{\\\"id\\\": \\\"1\\\"}\\n'; read x", HOOK_OPINION_FAILED,
		 "another call"},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct hook_answer answer = {};
		struct policy *policy = NULL;
		struct hooks *hooks = start(cases[i].script, ", \"mode\": \"stream\"", &policy);

		if (!hooks)
			continue;
		call(hooks, 1, "a");
		call(hooks, 2, "b");
		CHECK(next_answer(hooks, &answer));
		CHECK_INT(answer.id, 1);
		CHECK_INT(answer.opinion, cases[i].first);
		if (cases[i].first != HOOK_OPINION_FAILED) {
			CHECK(next_answer(hooks, &answer));
			/* Or of none, where the runner has not taken the second yet. */
			CHECK(answer.id == 2 || answer.id == 0);
		}
		CHECK_INT(answer.opinion, HOOK_OPINION_FAILED);
		if (!strstr(answer.reason, cases[i].reason))
			CHECK_STRING(answer.reason, cases[i].reason);
		stop(hooks, policy);
	}
}

/* Where no call waits: who looks on is told, and the next call has a fresh process. */
static void test_a_line_that_nobody_asked_for_is_told(void)
{
	struct policy *policy = NULL;
	struct hooks *hooks = start("read x; printf '{}\\n'; [ $x = a ] && printf '{}\\n'; read x",
				    ", \"mode\": \"stream\"", &policy);
	struct hook_answer answer = {};

	call(hooks, 1, "a");
	CHECK(next_answer(hooks, &answer));
	CHECK_INT(answer.id, 1);
	CHECK(next_answer(hooks, &answer));
	CHECK_INT(answer.id, 0);
	CHECK_INT(answer.opinion, HOOK_OPINION_FAILED);
	call(hooks, 2, "b");
	CHECK(next_answer(hooks, &answer));
	CHECK_INT(answer.id, 2);
	CHECK_INT(answer.opinion, HOOK_OPINION_NONE);
	stop(hooks, policy);
}

/* From the first that names its call on they are told without waiting for each other. */
static void test_a_stream_that_names_calls_has_several(void)
{
	struct policy *policy = NULL;
	struct hooks *hooks = start("read x; printf '{\\\"id\\\": 1}\\n'; read x; read x; "
				    "printf '{\\\"id\\\": 2}\\n{\\\"id\\\": 3}\\n'; read x",
				    ", \"mode\": \"stream\"", &policy);
	struct hook_answer answer = {};

	for (uint64_t id = 1; id <= 3; id++)
		call(hooks, id, "a");
	for (uint64_t id = 1; id <= 3; id++) {
		CHECK(next_answer(hooks, &answer));
		CHECK_INT(answer.id, id);
		CHECK_INT(answer.opinion, HOOK_OPINION_NONE);
	}
	stop(hooks, policy);
}

static void test_a_stream_that_ends_fails_its_calls_and_is_started_again(void)
{
	struct policy *policy = NULL;
	struct hooks *hooks = start("read x; test $x = go && echo '{}'; exit 0",
				    ", \"mode\": \"stream\"", &policy);
	struct hook_answer answer = {};

	call(hooks, 1, "stop");
	CHECK(next_answer(hooks, &answer));
	CHECK_INT(answer.opinion, HOOK_OPINION_FAILED);
	call(hooks, 2, "go");
	CHECK(next_answer(hooks, &answer));
	CHECK_INT(answer.id, 2);
	CHECK_INT(answer.opinion, HOOK_OPINION_NONE);
	stop(hooks, policy);
}

static void test_a_stream_that_is_silent_fails_in_time(void)
{
	struct policy *policy = NULL;
	struct hooks *hooks = start("while read x; do :; done",
				    ", \"mode\": \"stream\", \"timeout\": \"50ms\"", &policy);
	struct hook_answer answer = {};

	call(hooks, 1, "a");
	call(hooks, 2, "b");
	for (uint64_t id = 1; id <= 2; id++) {
		CHECK(next_answer(hooks, &answer));
		CHECK_INT(answer.id, id);
		CHECK_INT(answer.opinion, HOOK_OPINION_FAILED);
	}
	stop(hooks, policy);
}

static void test_who_is_told_is_told_to_the_end(void)
{
	char name[] = "/tmp/callgate-test-hooks-XXXXXX", script[256], text[64] = "";
	int fd = mkstemp(name);
	struct policy *policy = NULL;
	struct hooks *hooks;

	CHECK(fd >= 0);
	snprintf(script, sizeof(script), "read x; sleep 0.2; echo $x >>%s; exit 2", name);
	hooks = start(script, ", \"when\": \"after\"", &policy);
	call(hooks, 1, "a");
	call(hooks, 2, "a");
	hooks_finish(hooks);
	CHECK_INT(read(fd, text, sizeof(text) - 1), 4);
	CHECK_STRING(text, "a\na\n");
	stop(hooks, policy);
	close(fd);
	unlink(name);
}

/* Gone, or dead and not buried. */
static bool has_ended(int pid)
{
	char path[32], state = 'Z';
	FILE *stat;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	stat = fopen(path, "re");
	if (!stat)
		return true;
	if (fscanf(stat, "%*d (%*[^)]) %c", &state) != 1)
		state = 'Z';
	fclose(stat);
	return state == 'Z';
}

static void test_the_end_ends_what_was_started(void)
{
	char name[] = "/tmp/callgate-test-hooks-XXXXXX", script[256], text[64] = "";
	int fd = mkstemp(name), pid, tries = 0;
	struct policy *policy = NULL;
	struct hooks *hooks;

	CHECK(fd >= 0);
	snprintf(script, sizeof(script), "sleep 60 & echo $! >>%s; sleep 60", name);
	hooks = start(script, "", &policy);
	call(hooks, 1, "a");
	while (!strchr(text, '\n') && tries++ < PATIENCE_MS) {
		poll(NULL, 0, 1);
		if (pread(fd, text, sizeof(text) - 1, 0) < 0)
			break;
	}
	stop(hooks, policy);
	pid = atoi(text);
	CHECK(pid > 1);
	for (tries = 0; !has_ended(pid) && tries < PATIENCE_MS; tries++)
		poll(NULL, 0, 1);
	CHECK(has_ended(pid));
	close(fd);
	unlink(name);
}

int main(void)
{
	RUN(test_each_way_to_answer);
	RUN(test_a_missing_program_is_a_failure);
	RUN(test_many_calls_are_all_answered);
	RUN(test_a_stream_answers_line_by_line);
	RUN(test_a_stream_that_says_too_much_answers_nothing);
	RUN(test_a_line_that_nobody_asked_for_is_told);
	RUN(test_a_stream_that_names_calls_has_several);
	RUN(test_a_stream_that_ends_fails_its_calls_and_is_started_again);
	RUN(test_a_stream_that_is_silent_fails_in_time);
	RUN(test_who_is_told_is_told_to_the_end);
	RUN(test_the_end_ends_what_was_started);
	return check_summary();
}
