/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "enforcer/audit/record-event.h"
#include "enforcer/audit/record-policy.h"
#include "tests/support/check.h"
#include "tests/unit/audit/document.h"

static const struct record_context context = {
	.run = "20260102-030405-7f3a",
	.sequence = 17,
	.time_ns = 1767323045678901234,
	.duration_ns = 14250,
};

static void test_start_end_and_fault_are_the_lines_of_the_document(void)
{
	char *command[] = {(char *)"make", (char *)"-j2", NULL};
	char *workspaces[] = {(char *)"/home/ada/project", NULL};
	char *wall[] = {(char *)"bubblewrap", (char *)"seccomp wait-killable", (char *)"landlock 7",
			(char *)"view host",  (char *)"record preallocated",   NULL};
	struct record_start start = {.version = "0.1.0",
				     .kernel = "6.18.44",
				     .user = "ada",
				     .uid = 1000,
				     .policy_hash = "sha256:2c26b46b68ffc68ff99b453c1d304134",
				     .directory = "/home/ada/project",
				     .command = command,
				     .workspaces = workspaces,
				     .wall = wall};
	struct record_end end = {
		.status = 2, .allowed = 5120, .denied = 3, .asked = 1, .refused = 0};
	struct record_context first = context, last = context;

	first.sequence = 1;
	last.sequence = 5125;
	last.duration_ns = 61000250000;
	struct record_guest guest = {.port = 3000, .on = 8080, .from = "127.0.0.1:40612"};
	struct record_guest ended = {.port = 3000,
				     .on = 8080,
				     .from = "127.0.0.1:40612",
				     .sent = 52110,
				     .received = 431,
				     .how = "closed"};

	for (int i = 0; i < 5; i++) {
		_cleanup_(buffer_done) struct buffer line = {};
		json_t *object;

		if (i == 0)
			CHECK_INT(record_run_start(&first, &start, &line), 0);
		else if (i == 1)
			CHECK_INT(record_run_end(&last, &end, &line), 0);
		else if (i == 2)
			CHECK_INT(record_guest(&context, &guest, &line), 0);
		else if (i == 3)
			CHECK_INT(record_guest(&context, &ended, &line), 0);
		else
			CHECK_INT(record_fault(&context,
					       "no room for the record: calls are refused", -ENOSPC,
					       &line),
				  0);
		object = load(&line);
		CHECK(object != NULL);
		json_decref(object);
		CHECK(is_in_the_document(line.data));
	}
}

static void test_the_end_of_a_part_is_the_line_of_the_document(void)
{
	struct buffer line = {};

	CHECK_INT(record_part(&context, 2, &line), 0);
	CHECK(is_in_the_document(line.data));
	buffer_done(&line);
}

static void test_datagrams_are_the_lines_of_the_document(void)
{
	static const struct rule_info rule = {
		.id = "user:2", .layer = LAYER_USER, .effect = VERDICT_ALLOW};
	struct request request = {.pid = 9, .program = (char *)"/usr/sbin/ntpdate", .n_objects = 1};
	struct decision decision = {
		.verdict = VERDICT_ALLOW, .by = BY_RULE, .rule = &rule, .verb = VERB_CONNECT};
	struct record_connection end = {.host = "time.example",
					.family = AF_INET,
					.address = {192, 0, 2, 9},
					.port = 123,
					.sent = 48,
					.received = 48,
					.how = "idle",
					.pid = 9,
					.datagrams = true,
					.datagrams_sent = 1,
					.datagrams_received = 1};
	_cleanup_(buffer_done) struct buffer first = {}, last = {};

	request.objects[0] = (struct object){.kind = OBJECT_INET,
					     .verbs = VERB_CONNECT,
					     .endpoint = {.family = AF_INET,
							  .protocol = IPPROTO_UDP,
							  .port = 123,
							  .address = {198, 18, 1, 7},
							  .host = (char *)"time.example"}};
	CHECK_INT(record_datagrams(&context, &request, &decision, &first), 0);
	CHECK(is_in_the_document(first.data));
	CHECK_INT(record_connection_end(&context, &end, &last), 0);
	CHECK(is_in_the_document(last.data));
}

static struct request env_request(void)
{
	return (struct request){
		.pid = 4711,
		.tid = 4712,
		.ppid = 4700,
		.program = (char *)"/usr/bin/cat",
		.call = MEDIATED_openat,
		.flags = O_RDONLY | O_CLOEXEC,
		.n_objects = 1,
		.objects = {{.kind = OBJECT_PATH,
			     .verbs = VERB_READ,
			     .path = (char *)"/home/ada/project/deploy/prod.env",
			     .exists = true,
			     .dev = 65024,
			     .ino = 1311}},
	};
}

static void test_a_question_is_the_line_of_the_document(void)
{
	_cleanup_(buffer_done) struct buffer line = {};
	const struct rule_info rule = {.id = "user:2", .layer = LAYER_USER, .reason = "secrets"};
	const struct request request = env_request();
	const struct decision decision = {
		.verdict = VERDICT_ASK, .by = BY_RULE, .rule = &rule, .verb = VERB_READ};
	const struct record_question question = {
		.id = 3, .request = &request, .decision = &decision, .timeout_ns = 60000000000};
	json_t *object;

	CHECK_INT(record_question(&context, &question, &line), 0);
	CHECK(line.len <= record_size_bound(&request));
	object = load(&line);
	CHECK(object != NULL);
	json_decref(object);
	CHECK(is_in_the_document(line.data));
}

static void test_answer_grant_and_revoke_are_the_lines_of_the_document(void)
{
	const struct record_answer answer = {.question = 3,
					     .verdict = VERDICT_ALLOW,
					     .by = ANSWERED_BY_PERSON,
					     .via = ANSWERED_VIA_TERMINAL,
					     .lasts = "run",
					     .calls = 2,
					     .after_ns = 1840113250};
	const struct record_grant grant = {
		.id = 1,
		.question = 3,
		.verdict = VERDICT_ALLOW,
		.via = ANSWERED_VIA_TERMINAL,
		.scope = "tree",
		.lasts = "run",
		.covers = "each read below /home/ada/project/deploy",
		.rule = "{\"allow\": \"read\", \"path\": \"/home/ada/project/deploy\"}",
		.until_ns = 1767323045678901234 + 600000000000};
	const struct record_revoke revoke = {.grant = 1, .via = ANSWERED_VIA_SOCKET};
	struct record_context numbered = context;

	for (int i = 0; i < 3; i++) {
		_cleanup_(buffer_done) struct buffer line = {};
		json_t *object;

		numbered.sequence = 18 + (uint64_t)i;
		if (i == 0)
			CHECK_INT(record_answer(&numbered, &answer, &line), 0);
		else if (i == 1)
			CHECK_INT(record_grant(&numbered, &grant, &line), 0);
		else
			CHECK_INT(record_revoke(&numbered, &revoke, &line), 0);
		object = load(&line);
		CHECK(object != NULL);
		json_decref(object);
		CHECK(is_in_the_document(line.data));
	}
}

static void test_a_withdrawn_question_has_no_decision(void)
{
	_cleanup_(buffer_done) struct buffer line = {};
	const struct record_answer answer = {.question = 3, .by = ANSWERED_BY_WITHDRAWN};

	CHECK_INT(record_answer(&context, &answer, &line), 0);
	CHECK(strstr(line.data, "\"question\":3,\"by\":\"withdrawn\",\"calls\":0,") != NULL);
	CHECK(strstr(line.data, "decision") == NULL);
}

static void test_the_longest_answer_and_grant_fit(void)
{
	_cleanup_(buffer_done) struct buffer line = {};
	_cleanup_free_ char *text = calloc(1, 100000);
	struct record_grant grant = {.id = UINT64_MAX, .question = UINT64_MAX, .until_ns = 1};

	CHECK(text != NULL);
	memset(text, 1, 99999);
	grant.scope = grant.lasts = grant.covers = grant.rule = text;
	CHECK_INT(record_grant(&context, &grant, &line), 0);
	CHECK(line.len <= RECORD_ANSWER_MAX);
}

static void test_a_call_names_its_question_and_grant(void)
{
	_cleanup_(buffer_done) struct buffer line = {};
	const struct request request = env_request();
	const struct decision decision = {.verdict = VERDICT_ALLOW, .by = BY_GRANT};
	const struct outcome outcome = {OUTCOME_FD, 3};
	struct record_context asked = context;

	asked.question = UINT64_MAX;
	asked.grant = UINT64_MAX;
	CHECK_INT(record_call(&asked, &request, &decision, &outcome, &line), 0);
	CHECK(strstr(line.data, "\"by\":\"grant\",\"question\":18446744073709551615,"
				"\"grant\":18446744073709551615,\"outcome\":\"fd\"") != NULL);
	CHECK(strstr(line.data, "\"ppid\":4700,") != NULL);
	CHECK(line.len <= record_size_bound(&request));
}

static void test_policy_and_facts_are_the_lines_of_the_document(void)
{
	static const char text[] = "{\"version\": 1, \"rules\": [{\"ask\": \"read\", \"path\": "
				   "\"deploy/**/*.env\"}]}";
	char *read[] = {(char *)"/srv/data", NULL}, *tmp[] = {(char *)"/tmp", NULL};
	char *state[] = {(char *)"/home/ada/.claude", NULL};
	char *path[] = {(char *)"/usr/bin", NULL};
	const struct record_policy policies[] = {
		{.layer = LAYER_USER,
		 .file = "/home/ada/.config/callgate/policy.json",
		 .text = text,
		 .len = sizeof(text) - 1},
		{.layer = LAYER_COMMAND_LINE, .file = "--read", .read = read},
	};
	const struct record_name names[] = {
		{.from = "/bin", .to = "/usr/bin"},
		{.from = "git", .to = "/usr/bin/git", .program = true, .dev = 65024, .ino = 901},
		{.from = "doas", .program = true},
	};
	const struct record_facts facts = {.home = "/home/ada",
					   .tmp = tmp,
					   .state = state,
					   .path = path,
					   .names = names,
					   .n_names = ARRAY_LEN(names)};
	struct record_context numbered = context;

	for (size_t i = 0; i < 3; i++) {
		_cleanup_(buffer_done) struct buffer line = {};
		json_t *object;

		numbered.sequence = 2 + i;
		if (i < 2)
			CHECK_INT(record_policy(&numbered, &policies[i], &line), 0);
		else
			CHECK_INT(record_facts(&numbered, &facts, &line), 0);
		object = load(&line);
		CHECK(object != NULL);
		json_decref(object);
		CHECK(is_in_the_document(line.data));
	}
}

static void test_a_long_policy_is_cut_and_many_names_are_left_out(void)
{
	_cleanup_(buffer_done) struct buffer policy_line = {}, facts_line = {};
	_cleanup_free_ char *text = calloc(1, RECORD_POLICY_MAX + 2);
	_cleanup_free_ struct record_name *names = calloc(RECORD_NAMES_MAX + 1, sizeof(*names));
	struct record_policy policy = {.file = "x", .text = text, .len = RECORD_POLICY_MAX + 1};
	struct record_facts facts = {.home = "/", .names = names, .n_names = RECORD_NAMES_MAX + 1};

	CHECK(text && names);
	memset(text, 1, RECORD_POLICY_MAX + 1);
	CHECK_INT(record_policy(&context, &policy, &policy_line), 0);
	CHECK(strstr(policy_line.data, "\"text_length\":131073}") != NULL);
	CHECK(policy_line.len <= RECORD_EVENT_MAX);
	for (size_t i = 0; i <= RECORD_NAMES_MAX; i++)
		names[i].from = names[i].to = "/a";
	CHECK_INT(record_facts(&context, &facts, &facts_line), 0);
	CHECK(strstr(facts_line.data, "\"names_truncated\":true") != NULL);
	facts_line.len = 0;
	facts.n_names = RECORD_NAMES_MAX;
	CHECK_INT(record_facts(&context, &facts, &facts_line), 0);
	CHECK(strstr(facts_line.data, "names_truncated") == NULL);
}

static void test_the_document_names_every_word(void)
{
	char word[64];

	for (unsigned i = 0; i <= BY_FAULT; i++) {
		snprintf(word, sizeof(word), "`%s`", decided_by_name((enum decided_by)i));
		CHECK(is_in_the_document(word));
	}
	for (unsigned i = 0; i <= OBJECT_ANONYMOUS; i++) {
		snprintf(word, sizeof(word), "`%s`", object_kind_name((enum object_kind)i));
		CHECK(is_in_the_document(word));
	}
	for (unsigned i = 0; i <= ANSWERED_BY_WITHDRAWN; i++) {
		snprintf(word, sizeof(word), "`%s`", answered_by_name((enum answered_by)i));
		CHECK(is_in_the_document(word));
	}
	for (unsigned i = 1; i <= ANSWERED_VIA_HOOK; i++) {
		snprintf(word, sizeof(word), "`%s`", answered_via_name((enum answered_via)i));
		CHECK(is_in_the_document(word));
	}
	for (unsigned i = 0; i < LAYER_COUNT; i++) {
		snprintf(word, sizeof(word), "`%s`", layer_name((enum layer)i));
		CHECK(is_in_the_document(word));
	}
}

static void test_the_end_of_a_connection_is_the_line_of_the_document(void)
{
	_cleanup_(buffer_done) struct buffer line = {};
	const struct record_connection connection = {.host = "registry.example",
						     .family = AF_INET,
						     .address = {192, 0, 2, 7},
						     .port = 443,
						     .sent = 517,
						     .received = 41872,
						     .how = "closed",
						     .pid = 9};
	struct record_context last = context;

	last.sequence = 18;
	last.duration_ns = 182031250;
	CHECK_INT(record_connection_end(&last, &connection, &line), 0);
	CHECK(is_in_the_document(line.data));
	CHECK(line.len <= record_connection_bound(connection.host));
}

static void test_the_longest_end_of_a_connection_fits(void)
{
	_cleanup_(buffer_done) struct buffer line = {};
	char host[RECORD_NAME_MAX + 100], run[RECORD_ID_MAX + 1];
	struct record_connection connection = {.family = AF_INET6,
					       .port = 65535,
					       .sent = UINT64_MAX,
					       .received = UINT64_MAX,
					       .how = "reset by the program",
					       .pid = INT32_MAX,
					       .datagrams = true,
					       .datagrams_sent = UINT64_MAX,
					       .datagrams_received = UINT64_MAX};
	const struct record_context last = {.run = run,
					    .sequence = UINT64_MAX,
					    .time_ns = UINT64_MAX,
					    .duration_ns = UINT64_MAX};

	memset(host, '\1', sizeof(host) - 1);
	host[sizeof(host) - 1] = '\0';
	memset(run, '-', sizeof(run) - 1);
	run[sizeof(run) - 1] = '\0';
	memset(connection.address, 0xfe, sizeof(connection.address));
	CHECK_INT(record_connection_end(&last, &connection, &line), 0);
	CHECK(line.len <= record_connection_bound(NULL));
	line.len = 0;
	connection.host = host;
	CHECK_INT(record_connection_end(&last, &connection, &line), 0);
	CHECK(line.len <= record_connection_bound(host));
}

int main(void)
{
	RUN(test_start_end_and_fault_are_the_lines_of_the_document);
	RUN(test_the_end_of_a_part_is_the_line_of_the_document);
	RUN(test_datagrams_are_the_lines_of_the_document);
	RUN(test_a_question_is_the_line_of_the_document);
	RUN(test_answer_grant_and_revoke_are_the_lines_of_the_document);
	RUN(test_a_withdrawn_question_has_no_decision);
	RUN(test_the_longest_answer_and_grant_fit);
	RUN(test_a_call_names_its_question_and_grant);
	RUN(test_policy_and_facts_are_the_lines_of_the_document);
	RUN(test_a_long_policy_is_cut_and_many_names_are_left_out);
	RUN(test_the_document_names_every_word);
	RUN(test_the_end_of_a_connection_is_the_line_of_the_document);
	RUN(test_the_longest_end_of_a_connection_fits);
	return check_summary();
}
