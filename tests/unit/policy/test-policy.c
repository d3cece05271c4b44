/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "enforcer/base/buffer.h"
#include "tests/unit/policy/policy-fixture.h"

#define RULES(rules) "{\"version\": 1, \"rules\": [" rules "]}"

static void check_verdicts(const struct policy *policy, enum verb verb, const char *const *cases)
{
	/* path, rule (or "otherwise"), path, rule, ..., NULL */
	for (; *cases; cases += 2) {
		struct decision decision = fixture_judge(policy, verb, cases[0]);
		const char *by = decision.rule ? decision.rule->id : decided_by_name(decision.by);

		if (strcmp(by, cases[1]) != 0)
			fprintf(stderr, "%s: ", cases[0]);
		CHECK_STRING(by, cases[1]);
	}
}

static void test_the_first_rule_that_matches_wins(void)
{
	struct policy *policy = fixture_user_policy(
		RULES("{\"deny\": \"read\", \"path\": \"~/.ssh\", \"reason\": \"keys\"},"
		      "{\"allow\": [\"read\", \"write\"], \"path\": \"~\"},"
		      "{\"deny\": \"write\", \"path\": \"~/x\"},"
		      "{\"ask\": \"read\"}"));
	static const char *const reads[] = {"/home/u/.ssh/id", "user:1",    "/home/u/.sshx",
					    "user:2",          "/home/u/x", "user:2",
					    "/etc/passwd",     "user:4",    NULL};
	static const char *const writes[] = {
		"/home/u/.ssh/id", "user:2", "/home/u/x/y", "user:2", "/etc", "otherwise", NULL};
	struct decision decision;

	check_verdicts(policy, VERB_READ, reads);
	check_verdicts(policy, VERB_WRITE, writes);
	decision = fixture_judge(policy, VERB_READ, "/home/u/.ssh");
	CHECK_INT(decision.verdict, VERDICT_DENY);
	CHECK_INT(decision.by, BY_RULE);
	CHECK_STRING(decision.reason, "keys");
	CHECK_STRING(decision.rule->file, "test.json");
	decision = fixture_judge(policy, VERB_WRITE, "/etc");
	CHECK_INT(decision.verdict, VERDICT_DENY);
	policy_free(policy);
}

static void test_layers_are_searched_in_order(void)
{
	const char *const texts[LAYER_COUNT] = {
		[LAYER_MANAGED] = RULES("{\"deny\": \"read\", \"path\": \"/m\"}"),
		[LAYER_COMMAND_LINE] =
			RULES("{\"allow\": \"read\", \"path\": [\"/m\", \"/g\", \"/c\"]}"),
		[LAYER_PROJECT] = RULES("{\"ask\": \"read\", \"path\": [\"/c\", \"/p\"]}"),
		[LAYER_USER] = RULES("{\"deny\": \"read\", \"path\": [\"/c\", \"/p\", \"/u\"]}"),
		[LAYER_BUILTIN] = "{\"version\": 1,"
				  "\"guards\": [{\"deny\": \"read\", \"path\": [\"/m\", \"/g\"]}],"
				  "\"rules\": [{\"allow\": \"read\"}]}",
	};
	static const char *const reads[] = {
		"/m", "managed:1", "/g", "guards:1",  "/c", "command-line:1", "/p", "project:1",
		"/u", "user:1",    "/x", "builtin:1", NULL};
	struct policy *policy = fixture_policy(texts);

	check_verdicts(policy, VERB_READ, reads);
	CHECK_INT(policy_rule_count(policy), 6);
	CHECK_STRING(policy_rule_info(policy, 1)->id, "guards:1");
	CHECK_INT(policy_rule_info(policy, 1)->layer, LAYER_GUARDS);
	CHECK(!policy_rule_info(policy, 6));
	policy_free(policy);
}

static void test_unprotect_lifts_guards_and_nothing_above(void)
{
	const char *const texts[LAYER_COUNT] = {
		[LAYER_MANAGED] = RULES("{\"deny\": \"write\", \"path\": \"/w/managed\"}"),
		[LAYER_COMMAND_LINE] = RULES("{\"deny\": \"write\", \"path\": \"/w/denied\"},"
					     "{\"ask\": \"write\", \"path\": \"/w/asked\"},"
					     "{\"allow\": \"write\", \"path\": \"/w/open\"},"
					     "{\"deny\": \"write\", \"path\": \"/w/open\"}"),
		[LAYER_PROJECT] =
			RULES("{\"deny\": \"write\", \"path\": \"/w/p\"},"
			      "{\"allow\": \"write\", \"path\": \"/w\", \"unprotect\": true},"
			      "{\"deny\": \"write\", \"path\": \"/w/late\"}"),
		[LAYER_BUILTIN] = "{\"version\": 1, \"guards\": [{\"deny\": \"write\","
				  " \"path\": [\"/w/guarded\", \"/w/denied\", \"/w/asked\", "
				  "\"/w/open\", \"/v\"]}]}",
	};
	static const char *const writes[] = {"/w/managed", "managed:1", "/w/denied",  "guards:1",
					     "/w/p",       "project:1", "/w/guarded", "project:2",
					     "/w/late",    "project:2", "/v",         "guards:1",
					     NULL};
	struct policy *policy = fixture_policy(texts);

	check_verdicts(policy, VERB_WRITE, writes);
	CHECK_INT(policy_rule_count(policy), 9);
	policy_free(policy);
}

static void test_paths_stand_for_every_root(void)
{
	struct policy *policy = fixture_user_policy(
		RULES("{\"deny\": \"read\", \"path\": \"*.env\"},"
		      "{\"ask\": \"read\", \"path\": \"./deploy/**/*.key\"},"
		      "{\"allow\": \"read\", \"path\": [\"${workspace}\", \"${tmp}/a\"]},"
		      "{\"allow\": \"read\", \"path\": \"~\", \"exact\": true}"));
	static const char *const reads[] = {"/home/u/w/x.env",
					    "user:1",
					    "/srv/more[1]/x.env",
					    "user:1",
					    "/home/u/w/d/x.env",
					    "user:3",
					    "/home/u/w/deploy/a/b.key",
					    "user:2",
					    "/home/u/w/deploy/b.key/c",
					    "user:2",
					    "/srv/more[1]",
					    "user:3",
					    "/srv/more1",
					    "otherwise",
					    "/tmp/a/b",
					    "user:3",
					    "/var/tmp/a",
					    "user:3",
					    "/tmp/b",
					    "otherwise",
					    "/home/u",
					    "user:4",
					    "/home/u/x",
					    "otherwise",
					    "/",
					    "otherwise",
					    NULL};

	check_verdicts(policy, VERB_READ, reads);
	policy_free(policy);
}

static void test_a_rule_holds_for_the_link_and_what_it_leads_to(void)
{
	struct policy *policy =
		fixture_user_policy(RULES("{\"deny\": \"write\", \"path\": \"/link\"},"
					  "{\"ask\": \"write\", \"path\": \"/link/a/**/x\"},"
					  "{\"allow\": \"write\"}"));
	static const char *const writes[] = {"/link",  "user:1", "/link/x", "user:1",
					     "/real",  "user:1", "/real/x", "user:1",
					     "/linkx", "user:3", NULL};
	const char *const *paths;

	check_verdicts(policy, VERB_WRITE, writes);
	CHECK_INT(policy_literal_paths(policy, VERB_WRITE, &paths), 0);
	CHECK_STRING(paths[0], "/");
	CHECK_STRING(paths[1], "/real");
	CHECK(!paths[2]);
	free((void *)paths);
	CHECK_INT(policy_glob_prefixes(policy, VERB_WRITE, &paths), 0);
	CHECK_STRING(paths[0], "/real/a");
	CHECK(!paths[1]);
	free((void *)paths);
	policy_free(policy);
}

static void test_a_path_that_cannot_be_resolved_is_an_error(void)
{
	static const char text[] = RULES("{\"deny\": \"read\", \"path\": \"/loop\"}");
	struct policy_context context = fixture_context();
	struct policy_part *part;
	struct policy_error error;
	struct policy *policy;

	CHECK_INT(policy_parse(text, strlen(text), "f.json", LAYER_USER, &part, &error), 0);
	CHECK_INT(policy_new(&part, 1, &context, &policy, &error), -EINVAL);
	CHECK_STRING(error.file, "f.json");
	CHECK_STRING(error.rule, "user:1");
	CHECK_INT(error.line, 1);
	CHECK_INT(error.column, 26);
	CHECK(strstr(error.text, "/loop"));
}

static void test_the_strictest_of_all_objects_stands(void)
{
	struct policy *policy =
		fixture_user_policy(RULES("{\"allow\": \"read\"}, {\"ask\": \"write\", \"path\": "
					  "\"/a\"}, {\"allow\": \"write\"}"));
	struct request request = {
		.n_objects = 3,
		.objects = {{.kind = OBJECT_PATH, .path = (char *)"/p"},
			    {.kind = OBJECT_PATH, .verbs = VERB_READ, .path = (char *)"/b"},
			    {.kind = OBJECT_PATH,
			     .verbs = VERB_READ | VERB_WRITE,
			     .path = (char *)"/a"}},
	};
	struct decision decision;

	policy_judge(policy, &request, &decision);
	CHECK_INT(decision.verdict, VERDICT_ASK);
	CHECK_INT(decision.object, 2);
	CHECK_INT(decision.verb, VERB_WRITE);
	CHECK_STRING(decision.rule->id, "user:2");
	request.objects[2].verbs = VERB_READ;
	policy_judge(policy, &request, &decision);
	CHECK_INT(decision.verdict, VERDICT_ALLOW);
	CHECK_INT(decision.by, BY_RULE);
	CHECK_INT(decision.object, 1);
	request.n_objects = 1;
	policy_judge(policy, &request, &decision);
	CHECK_INT(decision.verdict, VERDICT_ALLOW);
	CHECK_INT(decision.by, BY_NO_VERB);
	policy_free(policy);
}

static void test_what_cannot_be_judged_is_denied(void)
{
	struct policy *policy = fixture_user_policy(
		RULES("{\"allow\": [\"read\", \"write\", \"exec\", \"connect\", \"listen\"]}"));
	static const struct object objects[] = {
		{.kind = OBJECT_UNKNOWN, .verbs = VERB_READ},
		{.kind = OBJECT_UNKNOWN},
		{.kind = OBJECT_PATH, .verbs = VERB_READ},
		{.kind = OBJECT_PATH, .verbs = VERB_READ, .path = (char *)"relative"},
		{.kind = OBJECT_PATH, .verbs = 1u << VERB_COUNT, .path = (char *)"/x"},
		{.kind = OBJECT_INET, .verbs = VERB_CONNECT},
		{.kind = OBJECT_ABSTRACT, .verbs = VERB_CONNECT},
	};
	struct request request = {.n_objects = 1};
	struct decision decision;

	for (size_t i = 0; i < ARRAY_LEN(objects); i++) {
		request.objects[0] = objects[i];
		policy_judge(policy, &request, &decision);
		CHECK_INT(decision.verdict, VERDICT_DENY);
		CHECK_INT(decision.by, BY_NOTHING);
	}
	request.n_objects = 0;
	policy_judge(policy, &request, &decision);
	CHECK_INT(decision.verdict, VERDICT_DENY);
	request.n_objects = REQUEST_OBJECTS_MAX + 1;
	policy_judge(policy, &request, &decision);
	CHECK_INT(decision.verdict, VERDICT_DENY);
	request.n_objects = 1;
	request.objects[0] = (struct object){.kind = OBJECT_ANONYMOUS, .verbs = VERB_READ};
	policy_judge(policy, &request, &decision);
	CHECK_INT(decision.verdict, VERDICT_ALLOW);
	policy_judge_one(policy, &request, 1, VERB_READ, &decision);
	CHECK_INT(decision.verdict, VERDICT_DENY);
	policy_judge_one(policy, &request, 0, VERB_READ | VERB_WRITE, &decision);
	CHECK_INT(decision.verdict, VERDICT_DENY);
	policy_free(policy);
}

static enum verdict judge_memory(const char *rules)
{
	struct policy *policy = fixture_user_policy(rules);
	struct request request = {.n_objects = 1,
				  .objects = {{.kind = OBJECT_MEMORY, .verbs = VERB_EXEC}}};
	struct decision decision;

	policy_judge(policy, &request, &decision);
	CHECK_INT(policy_settings(policy)->memory_exec, decision.verdict == VERDICT_ALLOW);
	policy_free(policy);
	return decision.verdict;
}

static void test_running_from_memory_is_allowed_by_name_only(void)
{
	CHECK_INT(judge_memory(RULES("")), VERDICT_DENY);
	CHECK_INT(judge_memory(RULES("{\"allow\": \"exec\"}")), VERDICT_DENY);
	CHECK_INT(judge_memory("{\"version\": 1, \"otherwise\": {\"exec\": \"allow\"}}"),
		  VERDICT_DENY);
	CHECK_INT(judge_memory(RULES("{\"allow\": \"exec\", \"memory\": true}")), VERDICT_ALLOW);
	CHECK_INT(judge_memory(RULES("{\"ask\": \"exec\", \"memory\": true}")), VERDICT_ASK);
	CHECK_INT(judge_memory(
			  RULES("{\"deny\": \"exec\"}, {\"allow\": \"exec\", \"memory\": true}")),
		  VERDICT_DENY);
}

static enum verdict judge_exec(const struct policy *policy, const char *path, uint64_t ino,
			       bool exists)
{
	struct request request = {
		.n_objects = 1,
		.objects = {{.kind = OBJECT_PATH,
			     .verbs = VERB_EXEC,
			     .path = (char *)path,
			     .exists = exists,
			     .dev = 1,
			     .ino = ino}},
	};
	struct decision decision;

	policy_judge(policy, &request, &decision);
	return decision.verdict;
}

static void test_a_bare_name_means_the_inode(void)
{
	struct policy *allow =
		fixture_user_policy(RULES("{\"allow\": \"exec\", \"program\": \"a\"}"));
	struct policy *ask = fixture_user_policy(RULES(
		"{\"ask\": \"exec\", \"program\": [\"a\", \"absent\"]}, {\"allow\": \"exec\"}"));

	CHECK_INT(judge_exec(allow, "/usr/bin/a", 'a', true), VERDICT_ALLOW);
	CHECK_INT(judge_exec(allow, "/other/name", 'a', true), VERDICT_ALLOW);
	CHECK_INT(judge_exec(allow, "/usr/bin/a", 'x', true), VERDICT_DENY);
	CHECK_INT(judge_exec(allow, "/usr/bin/a", 0, false), VERDICT_ALLOW);
	CHECK_INT(judge_exec(allow, "/other/name", 'a', false), VERDICT_DENY);
	CHECK_INT(judge_exec(ask, "/other/name", 'a', true), VERDICT_ASK);
	CHECK_INT(judge_exec(ask, "/usr/bin/a", 'x', true), VERDICT_ASK);
	CHECK_INT(judge_exec(ask, "/usr/bin/absent", 'x', true), VERDICT_ALLOW);
	policy_free(allow);
	policy_free(ask);
}

static void test_a_program_by_path_is_the_file_itself(void)
{
	struct policy *policy =
		fixture_user_policy(RULES("{\"allow\": \"exec\", \"program\": [\"/opt/*/bin/x\", "
					  "\"bin/tool\", \"/link/y\"]}"));

	CHECK_INT(judge_exec(policy, "/opt/1/bin/x", 5, true), VERDICT_ALLOW);
	CHECK_INT(judge_exec(policy, "/opt/1/bin/x/y", 5, true), VERDICT_DENY);
	CHECK_INT(judge_exec(policy, "/home/u/w/bin/tool", 5, true), VERDICT_ALLOW);
	CHECK_INT(judge_exec(policy, "/real/y", 5, true), VERDICT_ALLOW);
	policy_free(policy);
}

static void test_existed_leaves_new_repositories_alone(void)
{
	struct policy *policy = fixture_user_policy(
		RULES("{\"deny\": \"write\", \"path\": \"**/.git/hooks\", \"existed\": true},"
		      "{\"allow\": \"write\", \"path\": \"${workspace}\"}"));
	struct request request = {
		.n_objects = 1,
		.objects = {{.kind = OBJECT_PATH,
			     .verbs = VERB_WRITE,
			     .path = (char *)"/home/u/w/a/.git/hooks/pre-commit"}},
	};
	struct decision decision;

	policy_judge(policy, &request, &decision);
	CHECK_INT(decision.verdict, VERDICT_DENY);
	request.objects[0].made_here = true;
	policy_judge(policy, &request, &decision);
	CHECK_INT(decision.verdict, VERDICT_ALLOW);
	policy_free(policy);
}

static void test_sockets_are_judged_by_their_own_matchers(void)
{
	struct policy *policy =
		fixture_user_policy(RULES("{\"deny\": \"connect\", \"unix\": \"/run/docker.sock\"},"
					  "{\"allow\": [\"read\", \"listen\"], \"path\": \"/srv\"},"
					  "{\"allow\": \"connect\", \"unix\": \"/run\"},"
					  "{\"allow\": \"connect\", \"abstract\": \"dbus-*\"},"
					  "{\"allow\": \"connect\", \"loopback\": true}"));
	static const char *const connects[] = {"/run/docker.sock", "user:1",    "/run/x", "user:3",
					       "/srv/x",           "otherwise", NULL};
	struct request request = {
		.n_objects = 1,
		.objects = {{.kind = OBJECT_UNIX, .verbs = VERB_LISTEN, .path = (char *)"/srv/s"}},
	};
	struct decision decision;

	check_verdicts(policy, VERB_CONNECT, connects);
	policy_judge(policy, &request, &decision);
	CHECK_STRING(decision.rule->id, "user:2");
	request.objects[0] = (struct object){
		.kind = OBJECT_ABSTRACT, .verbs = VERB_CONNECT, .path = (char *)"dbus-/x"};
	policy_judge(policy, &request, &decision);
	CHECK_STRING(decision.rule->id, "user:4");
	request.objects[0] = (struct object){.kind = OBJECT_INET,
					     .verbs = VERB_CONNECT,
					     .endpoint = {.family = AF_INET, .loopback = true}};
	policy_judge(policy, &request, &decision);
	CHECK_STRING(decision.rule->id, "user:5");
	request.objects[0].endpoint.loopback = false;
	policy_judge(policy, &request, &decision);
	CHECK_INT(decision.verdict, VERDICT_DENY);
	policy_free(policy);
}

static void test_names_may_hold_any_byte(void)
{
	struct policy *policy =
		fixture_user_policy(RULES("{\"deny\": \"read\", \"path\": \"**/*.key\"}, "
					  "{\"allow\": \"read\", \"path\": \"/a\\nb\"}"));
	static const char *const reads[] = {"/home/u/w/a\nb.key",
					    "user:1",
					    "/home/u/w/\xff\xfe.key",
					    "user:1",
					    "/a\nb/c",
					    "user:2",
					    "/a",
					    "otherwise",
					    NULL};

	check_verdicts(policy, VERB_READ, reads);
	policy_free(policy);
}

static void test_state_comes_from_the_context_or_the_profile(void)
{
	static const char text[] = "{\"version\": 1, \"state\": [\"~/.claude\", \"/opt/state\"],"
				   " \"rules\": [{\"allow\": \"write\", \"path\": \"${state}\"}]}";
	const char *const texts[LAYER_COUNT] = {[LAYER_BUILTIN] = text};
	static const char *const writes[] = {
		"/home/u/.claude/x", "builtin:1", "/opt/state", "builtin:1", "/given",
		"otherwise",         NULL};
	static const char *const given[] = {"/given", NULL};
	struct policy *policy = fixture_policy(texts);
	struct policy_context context = fixture_context();
	struct policy_part *part;
	struct policy_error error;

	check_verdicts(policy, VERB_WRITE, writes);
	policy_free(policy);
	context.state = given;
	CHECK_INT(policy_parse(text, strlen(text), "f", LAYER_BUILTIN, &part, &error), 0);
	CHECK_INT(policy_new(&part, 1, &context, &policy, &error), 0);
	CHECK_INT(fixture_judge(policy, VERB_WRITE, "/given/x").verdict, VERDICT_ALLOW);
	CHECK_INT(fixture_judge(policy, VERB_WRITE, "/opt/state").verdict, VERDICT_DENY);
	policy_free(policy);
}

static void test_command_line_paths_are_no_globs(void)
{
	struct policy_part *part = policy_part_new_command_line();
	struct policy_context context = fixture_context();
	struct policy_error error;
	struct policy *policy;

	CHECK_INT(policy_part_add_path_rule(part, VERDICT_ALLOW, VERB_READ, "/a[1]/*", "--read"),
		  0);
	CHECK_INT(policy_part_add_path_rule(part, VERDICT_ALLOW, VERB_CONNECT, "/run/s", NULL), 0);
	CHECK_INT(policy_part_add_path_rule(part, VERDICT_ALLOW, VERB_READ, "a", NULL), -EINVAL);
	CHECK_INT(policy_part_add_path_rule(part, VERDICT_ALLOW, VERB_READ, "/a/..", NULL),
		  -EINVAL);
	CHECK_INT(policy_part_add_path_rule(part, VERDICT_ALLOW, 0, "/a", NULL), -EINVAL);
	CHECK_INT(policy_new(&part, 1, &context, &policy, &error), 0);
	CHECK_INT(fixture_judge(policy, VERB_READ, "/a[1]/*/b").verdict, VERDICT_ALLOW);
	CHECK_INT(fixture_judge(policy, VERB_READ, "/a1/x").verdict, VERDICT_DENY);
	CHECK_INT(fixture_judge(policy, VERB_CONNECT, "/run/s").verdict, VERDICT_ALLOW);
	policy_free(policy);
}

static void test_rules_are_described_on_one_line(void)
{
	struct policy *policy = fixture_user_policy(RULES(
		"{\"deny\": \"read\", \"path\": \"~/.ssh\"},"
		"{\"ask\": \"exec\", \"program\": \"git\", \"args\": [\"push\", \"**\"]},"
		"{\"allow\": \"connect\", \"host\": \"*.a.b\", \"port\": [443, \"1-2\"]},"
		"{\"allow\": \"connect\", \"address\": \"10.0.0.0/8\", \"protocol\": \"udp\"},"
		"{\"allow\": [\"connect\", \"listen\"], \"loopback\": 80},"
		"{\"allow\": [\"read\", \"write\"], \"path\": [\"a b\", \"x\\u001b\"], \"exact\": "
		"true},"
		"{\"ask\": \"connect\"}, {\"allow\": \"exec\", \"memory\": true}"));
	static const char *const lines[] = {
		"deny read ~/.ssh",
		"ask exec git args push **",
		"allow connect host *.a.b port 443 1-2",
		"allow connect address 10.0.0.0/8 udp",
		"allow connect,listen loopback 80",
		"allow read,write 'a b' x\\x1b (exact)",
		"ask connect anything",
		"allow exec memory",
	};
	struct buffer text = {};

	for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
		policy_rule_describe(policy, i, &text);
		CHECK_STRING(text.data, lines[i]);
		buffer_consume(&text, text.len);
	}
	policy_append_text(policy, &text);
	CHECK(strncmp(text.data, "user\n{\"version\": 1", 18) == 0);
	buffer_done(&text);
	policy_free(policy);
}

int main(void)
{
	RUN(test_the_first_rule_that_matches_wins);
	RUN(test_layers_are_searched_in_order);
	RUN(test_unprotect_lifts_guards_and_nothing_above);
	RUN(test_paths_stand_for_every_root);
	RUN(test_a_rule_holds_for_the_link_and_what_it_leads_to);
	RUN(test_a_path_that_cannot_be_resolved_is_an_error);
	RUN(test_the_strictest_of_all_objects_stands);
	RUN(test_what_cannot_be_judged_is_denied);
	RUN(test_running_from_memory_is_allowed_by_name_only);
	RUN(test_a_bare_name_means_the_inode);
	RUN(test_a_program_by_path_is_the_file_itself);
	RUN(test_existed_leaves_new_repositories_alone);
	RUN(test_sockets_are_judged_by_their_own_matchers);
	RUN(test_names_may_hold_any_byte);
	RUN(test_state_comes_from_the_context_or_the_profile);
	RUN(test_command_line_paths_are_no_globs);
	RUN(test_rules_are_described_on_one_line);
	return check_summary();
}
