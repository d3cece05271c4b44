/* SPDX-License-Identifier: Apache-2.0 */
#include "enforcer/policy/policy-hooks.h"
#include "tests/unit/policy/policy-fixture.h"

#define HOOKS(hooks) "{\"version\": 1, \"hooks\": [" hooks "]}"

static bool wants(const struct policy *policy, size_t hook, enum verb verb, const char *path)
{
	const struct request request = {
		.n_objects = 1,
		.objects = {{.kind = OBJECT_PATH,
			     .verbs = verb,
			     .path = (char *)path,
			     .exists = true,
			     .dev = 9,
			     .ino = 9}},
	};

	return policy_hook_wants(policy, hook, &request);
}

static void test_hooks_of_all_layers_add_up(void)
{
	const char *const texts[LAYER_COUNT] = {
		[LAYER_MANAGED] = HOOKS("{\"on\": \"exec\", \"command\": [\"/m\"]}"),
		[LAYER_PROJECT] = HOOKS("{\"on\": \"exec\", \"command\": [\"/p\"]}"),
		[LAYER_USER] = "{\"version\": 1, \"hooks\": []}",
		[LAYER_BUILTIN] = HOOKS("{\"on\": \"exec\", \"command\": [\"/b\"]}"),
	};
	struct policy *policy = fixture_policy(texts);

	CHECK_INT(policy_hook_count(policy), 3);
	CHECK_STRING(policy_hook(policy, 0)->command[0], "/m");
	CHECK_STRING(policy_hook(policy, 1)->command[0], "/p");
	CHECK_STRING(policy_hook(policy, 2)->command[0], "/b");
	CHECK_INT(policy_hook(policy, 1)->layer, LAYER_PROJECT);
	CHECK(!policy_hook(policy, 3));
	policy_free(policy);
}

static void test_what_is_not_set_is_the_safe_value(void)
{
	struct policy *policy =
		fixture_user_policy(HOOKS("{\"on\": \"exec\", \"command\": [\"/x\", \"a\"]}"));
	const struct policy_hook *hook = policy_hook(policy, 0);

	CHECK_INT(hook->when, HOOK_BEFORE);
	CHECK(!hook->stream);
	CHECK_INT(hook->on_failure, HOOK_FAILURE_DENY);
	CHECK_INT(hook->timeout_ns, 5000000000LL);
	CHECK_STRING(hook->command[1], "a");
	CHECK(!hook->command[2]);
	CHECK_INT(hook->line, 1);
	policy_free(policy);
}

static void test_a_hook_sees_its_verbs_and_matches_only(void)
{
	static const struct {
		const char *hook;
		enum verb verb;
		const char *path;
		bool wanted;
	} cases[] = {
		{"\"on\": \"exec\"", VERB_EXEC, "/usr/bin/git", true},
		{"\"on\": \"exec\"", VERB_READ, "/usr/bin/git", false},
		{"\"on\": [\"exec\", \"write\"]", VERB_WRITE, "/usr/bin/git", true},
		{"\"on\": \"write\", \"path\": \"**/*.sql\"", VERB_WRITE, "/home/u/w/a/b.sql",
		 true},
		{"\"on\": \"write\", \"path\": \"**/*.sql\"", VERB_WRITE, "/home/u/w/a/b.c", false},
		{"\"on\": \"write\", \"path\": \"/etc\"", VERB_WRITE, "/etc/a/b", true},
		{"\"on\": \"exec\", \"program\": \"git\"", VERB_EXEC, "/usr/bin/git", true},
		{"\"on\": \"exec\", \"program\": \"git\"", VERB_EXEC, "/usr/bin/gcc", false},
		{"\"on\": \"connect\", \"host\": \"*.example\"", VERB_READ, "/a", false},
	};
	char text[512];

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct policy *policy;

		snprintf(text, sizeof(text), HOOKS("{%s, \"command\": [\"/x\"]}"), cases[i].hook);
		policy = fixture_user_policy(text);
		CHECK_INT(wants(policy, 0, cases[i].verb, cases[i].path), cases[i].wanted);
		CHECK(!wants(policy, 1, cases[i].verb, cases[i].path));
		policy_free(policy);
	}
}

static void test_hosts_are_matched(void)
{
	struct policy *policy = fixture_user_policy(
		HOOKS("{\"on\": \"connect\", \"host\": \"*.example\", \"command\": [\"/x\"]}"));
	struct request request = {
		.n_objects = 1,
		.objects = {{.kind = OBJECT_INET,
			     .verbs = VERB_CONNECT,
			     .endpoint = {.family = 2, .port = 443, .host = (char *)"a.example"}}},
	};

	CHECK(policy_hook_wants(policy, 0, &request));
	request.objects[0].endpoint.host = (char *)"a.example.net";
	CHECK(!policy_hook_wants(policy, 0, &request));
	policy_free(policy);
}

int main(void)
{
	RUN(test_hooks_of_all_layers_add_up);
	RUN(test_what_is_not_set_is_the_safe_value);
	RUN(test_a_hook_sees_its_verbs_and_matches_only);
	RUN(test_hosts_are_matched);
	return check_summary();
}
