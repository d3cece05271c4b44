/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/policy/policy-fixture.h"

static void test_nothing_set_is_the_safe_value(void)
{
	struct policy *policy = fixture_user_policy("{\"version\": 1}");
	const struct policy_settings *settings = policy_settings(policy);

	for (unsigned v = 0; v < VERB_COUNT; v++)
		CHECK_INT(settings->otherwise[v], VERDICT_DENY);
	CHECK_INT(settings->view, POLICY_VIEW_HOST);
	CHECK_INT(settings->approval_timeout_ns, 60000000000LL);
	CHECK_INT(settings->approval_unattended, VERDICT_DENY);
	CHECK_INT(settings->audit_detail, AUDIT_DETAIL_ALL);
	CHECK(!settings->audit_verbatim && settings->audit_redact && !settings->audit_redact[0]);
	CHECK(!settings->audit_perform_all && !settings->memory_exec && !settings->linux_aio);
	CHECK_INT(settings->audit_to, AUDIT_TO_FILE);
	CHECK_INT(settings->audit_part_size, 64 << 20);
	/* Nothing is deleted unless somebody says so. */
	CHECK(!settings->audit_keep.age_s && !settings->audit_keep.size &&
	      !settings->audit_keep.runs);
	CHECK(!settings->environment_pass);
	CHECK(settings->environment_drop && !settings->environment_drop[0]);
	CHECK(settings->environment_set && !settings->environment_set[0]);
	CHECK(policy_environment_passes(settings, "HOME"));
	policy_free(policy);
}

static void test_each_key_comes_from_the_first_layer_that_sets_it(void)
{
	const char *const texts[LAYER_COUNT] = {
		[LAYER_MANAGED] = "{\"version\": 1, \"otherwise\": {\"read\": \"deny\"},"
				  " \"approval\": {\"unattended\": \"deny\"}}",
		[LAYER_PROJECT] =
			"{\"version\": 1, \"otherwise\": {\"read\": \"allow\", \"write\": \"ask\"},"
			" \"aio\": true, \"view\": \"hidden\"}",
		[LAYER_USER] =
			"{\"version\": 1, \"otherwise\": {\"write\": \"allow\", \"exec\": \"ask\"},"
			" \"approval\": {\"unattended\": \"allow\", \"timeout\": \"5m\"},"
			" \"view\": \"host\", \"audit\": {\"perform_all\": true}}",
		[LAYER_BUILTIN] =
			"{\"version\": 1, \"otherwise\": {\"connect\": \"ask\"}, \"aio\": false,"
			" \"audit\": {\"detail\": \"changes\", \"perform_all\": false}}",
	};
	struct policy *policy = fixture_policy(texts);
	const struct policy_settings *settings = policy_settings(policy);

	CHECK_INT(settings->otherwise[0], VERDICT_DENY);
	CHECK_INT(settings->otherwise[1], VERDICT_ASK);
	CHECK_INT(settings->otherwise[2], VERDICT_ASK);
	CHECK_INT(settings->otherwise[3], VERDICT_ASK);
	CHECK_INT(settings->otherwise[4], VERDICT_DENY);
	CHECK_INT(settings->approval_unattended, VERDICT_DENY);
	CHECK_INT(settings->approval_timeout_ns, 300000000000LL);
	CHECK_INT(settings->view, POLICY_VIEW_HIDDEN);
	CHECK(settings->linux_aio);
	CHECK(settings->audit_perform_all);
	CHECK_INT(settings->audit_detail, AUDIT_DETAIL_CHANGES);
	policy_free(policy);
}

/* The records are the user's: no project sends them elsewhere or has them deleted. */
static void test_where_the_record_goes_is_no_projects_to_say(void)
{
	static const char *const keys[] = {"\"to\": \"syslog\"", "\"part_size\": \"1MiB\"",
					   "\"keep\": {\"runs\": 1}"};

	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		struct policy_part *part = NULL;
		struct policy_error error;
		char text[128];
		int len =
			snprintf(text, sizeof(text), "{\"version\": 1, \"audit\": {%s}}", keys[i]);

		CHECK_INT(policy_parse(text, (size_t)len, "f", LAYER_PROJECT, &part, &error),
			  -EINVAL);
		CHECK(strstr(error.text, "the records are yours") != NULL);
		CHECK_INT(policy_parse(text, (size_t)len, "f", LAYER_COMMAND_LINE, &part, &error),
			  0);
		policy_part_free(part);
	}
}

static void test_what_managed_keeps_is_not_deleted_by_another_limit(void)
{
	const char *const texts[LAYER_COUNT] = {
		[LAYER_MANAGED] = "{\"version\": 1, \"audit\": {\"to\": \"journald\","
				  " \"keep\": {\"age\": \"52w\"}}}",
		[LAYER_USER] = "{\"version\": 1, \"audit\": {\"to\": [\"file\", \"syslog\"],"
			       " \"part_size\": \"2MiB\", \"keep\": {\"runs\": 3}}}",
	};
	struct policy *policy = fixture_policy(texts);
	const struct policy_settings *settings = policy_settings(policy);

	CHECK_INT(settings->audit_to, AUDIT_TO_JOURNALD);
	CHECK_INT(settings->audit_to_managed, AUDIT_TO_JOURNALD);
	CHECK_INT(settings->audit_part_size, 2 << 20);
	CHECK_INT(settings->audit_keep.age_s, 364 * 86400);
	CHECK_INT(settings->audit_keep.runs, 0);
	policy_free(policy);
}

static void test_published_ports_add_up_below_the_managed_layer(void)
{
	const char *texts[LAYER_COUNT] = {
		[LAYER_COMMAND_LINE] =
			"{\"version\": 1, \"publish\": [{\"port\": 3000, \"on\": 80}]}",
		[LAYER_USER] =
			"{\"version\": 1, \"publish\": [5000, {\"on\": 80, \"port\": 3000}]}",
	};
	struct policy *policy = fixture_policy(texts);
	const struct publish_settings *publish = &policy_settings(policy)->publish;

	CHECK_INT(publish->n, 2);
	CHECK_INT(publish->items[0].port, 3000);
	CHECK_INT(publish->items[0].on, 80);
	CHECK_INT(publish->items[1].port, 5000);
	CHECK_INT(publish->items[1].on, 5000);
	policy_free(policy);
	texts[LAYER_MANAGED] = "{\"version\": 1, \"publish\": []}";
	policy = fixture_policy(texts);
	CHECK_INT(policy_settings(policy)->publish.n, 0);
	policy_free(policy);
}

static void test_pass_wins_over_drop(void)
{
	const char *const texts[LAYER_COUNT] = {
		[LAYER_USER] =
			"{\"version\": 1, \"environment\": {\"pass\": [\"PATH\", \"AWS_REGION\"]}}",
		[LAYER_BUILTIN] = "{\"version\": 1, \"environment\": {\"drop\": [\"AWS_*\"]}}",
	};
	struct policy *policy = fixture_policy(texts);

	CHECK(policy_environment_passes(policy_settings(policy), "AWS_REGION"));
	CHECK(!policy_environment_passes(policy_settings(policy), "AWS_SECRET"));
	CHECK(policy_environment_passes(policy_settings(policy), "HOME"));
	policy_free(policy);
}

static void test_one_more_name_to_drop_lets_no_secret_through(void)
{
	const char *const texts[LAYER_COUNT] = {
		[LAYER_USER] = "{\"version\": 1, \"environment\": {\"drop\": [\"MINE\"]}}",
		[LAYER_BUILTIN] = "{\"version\": 1, \"environment\": {\"drop\": [\"AWS_*\"]}}",
	};
	struct policy *policy = fixture_policy(texts);

	CHECK(!policy_environment_passes(policy_settings(policy), "MINE"));
	CHECK(!policy_environment_passes(policy_settings(policy), "AWS_SECRET"));
	CHECK(policy_environment_passes(policy_settings(policy), "PATH"));
	policy_free(policy);
}

static void test_what_the_managed_layer_drops_stays_dropped(void)
{
	const char *const texts[LAYER_COUNT] = {
		[LAYER_MANAGED] = "{\"version\": 1, \"environment\": {\"drop\": [\"LD_*\"],"
				  " \"set\": {\"PROXY\": \"a=b\"}}}",
		[LAYER_USER] = "{\"version\": 1, \"environment\": {\"pass\": [\"*\"],"
			       " \"set\": {\"LD_PRELOAD\": \"/x.so\", \"PROXY\": \"c\", \"MINE\": "
			       "\"d\"}}}",
	};
	struct policy *policy = fixture_policy(texts);
	const struct policy_settings *settings = policy_settings(policy);

	CHECK(!policy_environment_passes(settings, "LD_PRELOAD"));
	CHECK(policy_environment_passes(settings, "HOME"));
	CHECK_STRING(settings->environment_set[0], "PROXY=a=b");
	CHECK_STRING(settings->environment_set[1], "MINE=d");
	CHECK(!settings->environment_set[2]);
	policy_free(policy);
}

static void test_a_list_of_what_passes_needs_all_else_dropped(void)
{
	struct policy *policy = fixture_user_policy(
		"{\"version\": 1, \"environment\": {\"pass\": [\"PATH\"], \"drop\": [\"*\"]}}");

	CHECK(policy_environment_passes(policy_settings(policy), "PATH"));
	CHECK(!policy_environment_passes(policy_settings(policy), "HOME"));
	policy_free(policy);
}

static void test_the_managed_layer_may_pass_what_it_drops(void)
{
	const char *const texts[LAYER_COUNT] = {
		[LAYER_MANAGED] = "{\"version\": 1, \"environment\": {\"drop\": [\"A*\"],"
				  " \"pass\": [\"AB\"], \"set\": {\"AC\": \"1\"}}}",
		[LAYER_USER] = "{\"version\": 1, \"environment\": {\"pass\": [\"*\"]}}",
	};
	struct policy *policy = fixture_policy(texts);

	CHECK(policy_environment_passes(policy_settings(policy), "AB"));
	CHECK(!policy_environment_passes(policy_settings(policy), "AD"));
	CHECK_STRING(policy_settings(policy)->environment_set[0], "AC=1");
	policy_free(policy);
}

int main(void)
{
	RUN(test_nothing_set_is_the_safe_value);
	RUN(test_each_key_comes_from_the_first_layer_that_sets_it);
	RUN(test_where_the_record_goes_is_no_projects_to_say);
	RUN(test_what_managed_keeps_is_not_deleted_by_another_limit);
	RUN(test_published_ports_add_up_below_the_managed_layer);
	RUN(test_pass_wins_over_drop);
	RUN(test_one_more_name_to_drop_lets_no_secret_through);
	RUN(test_what_the_managed_layer_drops_stays_dropped);
	RUN(test_a_list_of_what_passes_needs_all_else_dropped);
	RUN(test_the_managed_layer_may_pass_what_it_drops);
	return check_summary();
}
