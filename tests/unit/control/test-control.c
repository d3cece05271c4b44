/* SPDX-License-Identifier: Apache-2.0 */
/* What may be asked at the control socket, and who hears of what. */
#include "enforcer/control/rpc.h"
#include "tests/unit/control/control-stage.h"

static struct stage stage;
static struct stage_client client, other;
static struct stage_asker asker, second;

static void setup(enum attendance attendance)
{
	stage_init(&stage, attendance);
	stage_connect(&stage, &client);
}

static void teardown(void)
{
	fd_close(client.fd);
	stage_done(&stage);
}

static json_t *call(const char *method, const char *params)
{
	return stage_call(&stage, &client, method, params);
}

static void expect_code(const char *method, const char *params, int code)
{
	json_t *error = call(method, params);

	if (stage_number(error, "code") != code)
		fprintf(stderr, "%s %s\n", method, params);
	CHECK_INT(stage_number(error, "code"), code);
	json_decref(error);
}

static void test_it_says_what_it_is(void)
{
	json_t *said;

	setup(ATTENDED_ALWAYS);
	said = call("hello", "{}");
	CHECK_INT(stage_number(said, "protocol"), CONTROL_PROTOCOL);
	CHECK_STRING(stage_word(said, "run"), STAGE_RUN);
	CHECK(json_array_size(json_object_get(said, "methods")) >= 9);
	json_decref(said);
	said = call("status", "{}");
	CHECK_STRING(stage_word(said, "directory"), "/work");
	CHECK(json_is_true(json_object_get(said, "attended")));
	CHECK_INT(stage_number(said, "questions"), 0);
	json_decref(said);
	teardown();
}

static void test_a_question_is_listed_and_answered(void)
{
	json_t *said, *question;

	setup(ATTENDED_ALWAYS);
	stage_ask(&stage, &asker, "/home/a/\x1b[2Jfile");
	said = call("list", "{}");
	question = json_array_get(json_object_get(said, "questions"), 0);
	CHECK_INT(stage_number(question, "id"), 1);
	CHECK_STRING(stage_word(question, "program"), "/usr/bin/cat");
	CHECK_STRING(stage_word(question, "call"), "openat");
	CHECK(stage_number(question, "left_ms") > 0 && stage_number(question, "left_ms") <= 60000);
	CHECK_STRING(stage_word(json_object_get(question, "rule"), "reason"), "esc \\x1b[2J");
	CHECK(strstr(stage_word(question, "text"), "\\x1b[2Jfile") != NULL);
	CHECK(strchr(stage_word(question, "text"), '\x1b') == NULL);
	CHECK_INT(json_array_size(json_object_get(question, "offers")), 4);
	json_decref(said);
	CHECK_INT(asker.answers, 0);
	said = call("answer", "{\"id\":1,\"verdict\":\"allow\"}");
	CHECK_STRING(stage_word(said, "lasts"), "once");
	json_decref(said);
	CHECK_INT(asker.answers, 1);
	CHECK_INT(asker.answer.verdict, VERDICT_ALLOW);
	CHECK_INT(asker.answer.by, BY_PERSON);
	/* Once only. */
	expect_code("answer", "{\"id\":1,\"verdict\":\"deny\"}", RPC_NOT_FOUND);
	CHECK_INT(asker.answers, 1);
	teardown();
}

static void test_an_answer_that_is_not_clear_answers_nothing(void)
{
	static const struct {
		const char *params;
		int code;
	} cases[] = {
		{"{}", RPC_INVALID_PARAMS},
		{"{\"id\":1}", RPC_INVALID_PARAMS},
		{"{\"verdict\":\"allow\"}", RPC_NOT_FOUND},
		{"{\"id\":1,\"verdict\":\"ask\"}", RPC_INVALID_PARAMS},
		{"{\"id\":1,\"verdict\":true}", RPC_INVALID_PARAMS},
		{"{\"id\":\"1\",\"verdict\":\"allow\"}", RPC_INVALID_PARAMS},
		{"{\"id\":0,\"verdict\":\"allow\"}", RPC_INVALID_PARAMS},
		{"{\"id\":-1,\"verdict\":\"allow\"}", RPC_INVALID_PARAMS},
		{"{\"id\":1,\"verdict\":\"allow\",\"last\":\"run\"}", RPC_INVALID_PARAMS},
		{"{\"id\":1,\"verdict\":\"allow\",\"lasts\":\"ever\"}", RPC_INVALID_PARAMS},
		{"{\"id\":1,\"verdict\":\"allow\",\"scope\":\"all\"}", RPC_INVALID_PARAMS},
		{"{\"id\":1,\"verdict\":\"allow\",\"via\":\"terminal\"}", RPC_INVALID_PARAMS},
		{"{\"id\":1,\"verdict\":\"allow\",\"lasts\":\"once\",\"scope\":\"file\"}",
		 RPC_INVALID_PARAMS},
		{"{\"id\":1,\"verdict\":\"allow\",\"lasts\":\"once\",\"for_ms\":1}",
		 RPC_INVALID_PARAMS},
		{"{\"id\":1,\"verdict\":\"allow\",\"lasts\":\"always\",\"for_ms\":1}",
		 RPC_INVALID_PARAMS},
		{"{\"id\":1,\"verdict\":\"allow\",\"lasts\":\"run\",\"for_ms\":31536000001}",
		 RPC_INVALID_PARAMS},
		{"{\"id\":1,\"verdict\":\"allow\",\"scope\":\"host\"}", RPC_NOT_OFFERED},
		{"{\"id\":1,\"verdict\":\"allow\",\"lasts\":\"always\"}", RPC_NOT_OFFERED},
		{"{\"id\":2,\"verdict\":\"allow\"}", RPC_NOT_FOUND},
	};

	setup(ATTENDED_ALWAYS);
	stage_ask(&stage, &asker, "/home/a/file");
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		expect_code("answer", cases[i].params, cases[i].code);
	expect_code("no such", "{}", RPC_METHOD_NOT_FOUND);
	CHECK_INT(asker.answers, 0);
	CHECK_INT(approvals_count(stage.approvals), 1);
	teardown();
	CHECK_INT(asker.answers, 1);
	CHECK_INT(asker.answer.verdict, VERDICT_DENY);
}

static void test_a_scope_or_a_time_is_remembered(void)
{
	json_t *said, *grant;

	setup(ATTENDED_ALWAYS);
	stage_ask(&stage, &asker, "/home/a/file");
	said = call("answer", "{\"id\":1,\"verdict\":\"allow\",\"scope\":\"dir\",\"for_ms\":60000,"
			      "\"via\":\"web\",\"reason\":\"so \\u001b it is\"}");
	CHECK_STRING(stage_word(said, "lasts"), "run");
	CHECK_STRING(stage_word(said, "scope"), "dir");
	CHECK_INT(stage_number(said, "grant"), 1);
	json_decref(said);
	said = call("grants", "{}");
	grant = json_array_get(json_object_get(said, "grants"), 0);
	CHECK_STRING(stage_word(grant, "via"), "web");
	CHECK_STRING(stage_word(grant, "reason"), "so \\x1b it is");
	CHECK(stage_number(grant, "left_ms") > 50000);
	CHECK_INT(stage_number(grant, "question"), 1);
	json_decref(said);
	stage_ask(&stage, &second, "/home/a/another");
	CHECK_INT(second.answers, 1);
	CHECK_INT(second.answer.by, BY_GRANT);
	said = call("grants", "{\"after\":1}");
	CHECK_INT(json_array_size(json_object_get(said, "grants")), 0);
	json_decref(said);
	json_decref(call("revoke", "{\"id\":1}"));
	expect_code("revoke", "{\"id\":1}", RPC_NOT_FOUND);
	stage_ask(&stage, &second, "/home/a/another");
	CHECK_INT(second.answers, 0);
	teardown();
}

static void test_a_grant_needs_no_question(void)
{
	setup(ATTENDED_ALWAYS);
	expect_code("grant",
		    "{\"verdict\":\"allow\",\"scope\":\"tree\",\"verbs\":[\"read\"],"
		    "\"path\":\"home\"}",
		    RPC_INVALID_PARAMS);
	expect_code("grant",
		    "{\"verdict\":\"allow\",\"scope\":\"tree\",\"verbs\":[\"red\"],"
		    "\"path\":\"/home\"}",
		    RPC_INVALID_PARAMS);
	expect_code("grant", "{\"verdict\":\"allow\",\"verbs\":[\"read\"],\"path\":\"/home\"}",
		    RPC_INVALID_PARAMS);
	json_decref(call("grant", "{\"verdict\":\"allow\",\"scope\":\"tree\",\"verbs\":[\"read\"],"
				  "\"path\":\"/home\"}"));
	stage_ask(&stage, &asker, "/home/a/file");
	CHECK_INT(asker.answers, 1);
	CHECK_INT(asker.answer.verdict, VERDICT_ALLOW);
	teardown();
}

static void test_whoever_subscribes_hears_all_of_it_in_order(void)
{
	json_t *said;

	setup(ATTENDED_ALWAYS);
	stage_connect(&stage, &other);
	stage_ask(&stage, &asker, "/home/a/file");
	said = call("subscribe", "{}");
	CHECK_INT(json_array_size(json_object_get(said, "questions")), 1);
	json_decref(said);
	stage_ask(&stage, &second, "/home/a/file");
	said = stage_event(&stage, &client, "question.changed");
	CHECK_INT(stage_number(said, "waiters"), 2);
	json_decref(said);
	json_decref(stage_call(&stage, &other, "answer",
			       "{\"id\":1,\"verdict\":\"allow\",\"scope\":\"file\"}"));
	said = stage_event(&stage, &client, "grant.made");
	CHECK_STRING(stage_word(said, "scope"), "file");
	json_decref(said);
	said = stage_event(&stage, &client, "question.closed");
	CHECK_STRING(stage_word(said, "how"), "answered");
	CHECK_STRING(stage_word(said, "verdict"), "allow");
	CHECK_INT(stage_number(said, "grant"), 1);
	json_decref(said);
	json_decref(stage_call(&stage, &other, "revoke", "{\"id\":1}"));
	said = stage_event(&stage, &client, "grant.ended");
	CHECK_STRING(stage_word(said, "how"), "revoked");
	json_decref(said);
	stage_ask(&stage, &asker, "/home/a/third");
	said = stage_event(&stage, &client, "question.opened");
	CHECK_INT(stage_number(said, "id"), 2);
	json_decref(said);
	approval_withdraw(stage.approvals, &asker.waiter, loop_now());
	said = stage_event(&stage, &client, "question.closed");
	CHECK_STRING(stage_word(said, "how"), "withdrawn");
	CHECK(json_is_null(json_object_get(said, "verdict")));
	json_decref(said);
	json_decref(call("unsubscribe", "{}"));
	stage_ask(&stage, &asker, "/home/a/fourth");
	json_decref(call("hello", "{}"));
	CHECK_INT(client.len, 0);
	fd_close(other.fd);
	teardown();
}

static void test_questions_wait_while_somebody_attends(void)
{
	setup(ATTENDED_BY_WHOEVER_COMES);
	json_decref(call("subscribe", "{}"));
	stage_ask(&stage, &asker, "/home/a/file");
	CHECK_INT(asker.answers, 1);
	CHECK_INT(asker.answer.by, BY_UNATTENDED);
	json_decref(call("subscribe", "{\"answers\":true}"));
	stage_connect(&stage, &other);
	json_decref(stage_call(&stage, &other, "subscribe", "{\"answers\":true}"));
	stage_ask(&stage, &asker, "/home/a/file2");
	CHECK_INT(asker.answers, 0);
	/* One dies, in the middle of a word; the other is there still. */
	CHECK_INT(send(client.fd, "{\"jsonrpc\":\"2.0\",\"id\":1,", 23, 0), 23);
	client.fd = fd_close(client.fd);
	for (int i = 0; i < 50; i++)
		stage_turn(&stage);
	CHECK_INT(asker.answers, 0);
	/* With the last one the policy answers, and that is no. */
	fd_close(other.fd);
	for (int i = 0; i < STAGE_TURNS && !asker.answers; i++)
		stage_turn(&stage);
	CHECK_INT(asker.answers, 1);
	CHECK_INT(asker.answer.verdict, VERDICT_DENY);
	teardown();
}

#define ASKED_RELOAD "{\"jsonrpc\":\"2.0\",\"id\":\"later\",\"method\":\"policy.reload\"}"

/* The reply comes when it was read; what is asked meanwhile does not wait for it. */
static void test_the_policy_is_read_again(void)
{
	const struct failure wrong = {.text = "f:2:3: wrong", .hint = "mend it"};
	json_t *said, *outcome = json_pack("{s:b}", "changed", 1);

	setup(ATTENDED_ALWAYS);
	stage_say(&client, ASKED_RELOAD);
	json_decref(call("hello", "{}"));
	CHECK_INT(stage.reloads, 1);
	CHECK_INT(stage.wanted.kind, CONTROL_POLICY_RELOAD);
	control_policy_done(stage.reply, outcome, 0, NULL);
	said = stage_hear(&stage, &client, NULL);
	CHECK_STRING(stage_word(said, "id"), "later");
	CHECK(json_is_true(json_object_get(json_object_get(said, "result"), "changed")));
	json_decref(said);
	json_decref(outcome);
	/* It cannot even begin. */
	expect_code("policy.reload", "{}", RPC_INVALID_PARAMS);
	/* It began, and came to nothing. */
	stage.reloads = 0;
	stage_say(&client, ASKED_RELOAD);
	json_decref(call("hello", "{}"));
	control_policy_done(stage.reply, NULL, -EBUSY, &wrong);
	said = stage_hear(&stage, &client, NULL);
	CHECK_STRING(stage_word(json_object_get(said, "error"), "message"), "f:2:3: wrong");
	CHECK_INT(stage_number(json_object_get(said, "error"), "code"), RPC_FAILED);
	json_decref(said);
	teardown();
}

static void test_whoever_asked_may_be_gone_when_the_reply_comes(void)
{
	json_t *outcome = json_object();

	setup(ATTENDED_ALWAYS);
	stage_say(&client, ASKED_RELOAD);
	json_decref(call("hello", "{}"));
	fd_close(client.fd);
	for (int i = 0; i < 50; i++)
		stage_turn(&stage);
	control_policy_done(stage.reply, outcome, 0, NULL);
	/* And so may the socket. */
	stage.reloads = 0;
	stage_connect(&stage, &client);
	stage_say(&client, ASKED_RELOAD);
	json_decref(call("hello", "{}"));
	stage.control = control_free(stage.control);
	control_policy_done(stage.reply, outcome, 0, NULL);
	json_decref(outcome);
	teardown();
}

static void test_a_rule_is_added_by_its_text_and_removed_by_its_number(void)
{
	setup(ATTENDED_ALWAYS);
	stage.reloads = 1; /* each is refused: what counts is what came to the owner */
	expect_code("policy.add", "{}", RPC_INVALID_PARAMS);
	expect_code("policy.add", "{\"rule\": {\"deny\": \"read\"}}", RPC_INVALID_PARAMS);
	expect_code("policy.add", "{\"rule\": \"x\", \"layer\": \"managed\"}", RPC_INVALID_PARAMS);
	CHECK_INT(stage.reloads, 1);
	expect_code("policy.add", "{\"rule\": \"x\"}", RPC_INVALID_PARAMS);
	CHECK_INT(stage.wanted.kind, CONTROL_POLICY_ADD);
	expect_code("policy.remove", "{\"id\": 0}", RPC_INVALID_PARAMS);
	expect_code("policy.remove", "{}", RPC_NOT_FOUND);
	CHECK_INT(stage.reloads, 2);
	expect_code("policy.remove", "{\"id\": 3}", RPC_INVALID_PARAMS);
	CHECK_INT(stage.wanted.kind, CONTROL_POLICY_REMOVE);
	CHECK_INT(stage.wanted.id, 3);
	teardown();
}

static void test_the_end_is_told_and_leaves_no_socket(void)
{
	json_t *said;
	bool end = false;
	int fd = -1;

	setup(ATTENDED_ALWAYS);
	json_decref(call("hello", "{}"));
	stage.control = control_free(stage.control);
	said = stage_event(&stage, &client, "closing");
	CHECK_STRING(stage_word(said, "reason"), "the run has ended");
	json_decref(said);
	CHECK(stage_hear(&stage, &client, &end) == NULL && end);
	CHECK_INT(control_place_connect(stage.dirfd, STAGE_RUN, &fd), -ENOENT);
	teardown();
}

int main(void)
{
	scratch_make();
	RUN(test_it_says_what_it_is);
	RUN(test_a_question_is_listed_and_answered);
	RUN(test_an_answer_that_is_not_clear_answers_nothing);
	RUN(test_a_scope_or_a_time_is_remembered);
	RUN(test_a_grant_needs_no_question);
	RUN(test_whoever_subscribes_hears_all_of_it_in_order);
	RUN(test_questions_wait_while_somebody_attends);
	RUN(test_the_policy_is_read_again);
	RUN(test_whoever_asked_may_be_gone_when_the_reply_comes);
	RUN(test_a_rule_is_added_by_its_text_and_removed_by_its_number);
	RUN(test_the_end_is_told_and_leaves_no_socket);
	return check_summary();
}
