/* SPDX-License-Identifier: Apache-2.0 */
/* What a policy says of redaction, and which verdicts hang on what is redacted. */
#include "tests/unit/policy/policy-fixture.h"

#define AUDIT(members) "{\"version\": 1, \"audit\": {" members "}}"
#define LONG_16        "aaaaaaaaaaaaaaaa"
#define RULES(rules)   "{\"version\": 1, \"rules\": [" rules "]}"

static void test_what_is_wrong_is_told(void)
{
	static const struct {
		const char *text, *words;
		enum layer layer;
	} cases[] = {
		{AUDIT("\"redact\": 1"), "true or false", LAYER_USER},
		{AUDIT("\"redact\": false"), "a project does not turn redaction off",
		 LAYER_PROJECT},
		{AUDIT("\"redact_patterns\": [\"a[\"]"), "no ']'", LAYER_USER},
		{AUDIT("\"redact_patterns\": [\"\"]"), "1 to 64 bytes", LAYER_USER},
		{AUDIT("\"redact_patterns\": [\"" LONG_16 LONG_16 LONG_16 LONG_16 "a\"]"),
		 "1 to 64 bytes", LAYER_USER},
		{AUDIT("\"redact_patterns\": [\"a\",\"b\",\"c\",\"d\",\"e\",\"f\",\"g\",\"h\","
		       "\"i\",\"j\",\"k\",\"l\",\"m\",\"n\",\"o\",\"p\",\"q\"]"),
		 "at most 16", LAYER_USER},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct policy_part *part = NULL;
		struct policy_error error;

		CHECK_INT(policy_parse(cases[i].text, strlen(cases[i].text), "f", cases[i].layer,
				       &part, &error),
			  -EINVAL);
		CHECK(strstr(error.text, cases[i].words) != NULL);
		policy_part_free(part);
	}
}

static void test_patterns_of_secrets_add_up(void)
{
	const char *texts[LAYER_COUNT] = {
		[LAYER_PROJECT] = "{\"version\": 1, \"audit\": {\"redact_patterns\": [\"a-*\"]}}",
		[LAYER_USER] = "{\"version\": 1, \"audit\": {\"redact\": false,"
			       " \"redact_patterns\": [\"b-*\", \"c\"]}}",
	};
	struct policy *policy = fixture_policy(texts);
	const struct policy_settings *settings = policy_settings(policy);

	CHECK(settings->audit_verbatim);
	CHECK_STRING(settings->audit_redact[0], "a-*");
	CHECK_STRING(settings->audit_redact[2], "c");
	CHECK(!settings->audit_redact[3]);
	policy_free(policy);
	texts[LAYER_MANAGED] = "{\"version\": 1, \"audit\": {\"redact\": true}}";
	policy = fixture_policy(texts);
	CHECK(!policy_settings(policy)->audit_verbatim);
	policy_free(policy);
}

static bool arguments_matter(const char *text, const char *program)
{
	struct policy *policy = fixture_user_policy(text);
	struct request request = {.n_objects = 1,
				  .objects = {{.kind = OBJECT_PATH,
					       .verbs = VERB_EXEC,
					       .path = (char *)program,
					       .exists = true}}};
	bool matter = policy_looks_at_arguments(policy, &request);

	policy_free(policy);
	return matter;
}

static void test_arguments_matter_where_a_rule_asks_about_them(void)
{
	const char *rules = RULES("{\"deny\": \"exec\", \"program\": \"/b/a\"},"
				  "{\"ask\": \"exec\", \"program\": [\"/b/a\", \"/b/git\"],"
				  " \"args\": [\"push\", \"**\"]},"
				  "{\"allow\": \"exec\", \"path\": \"/b\"},"
				  "{\"deny\": \"exec\", \"program\": \"/b/c\", \"args\": [\"x\"]}");

	CHECK(arguments_matter(rules, "/b/git"));
	CHECK(!arguments_matter(rules, "/b/a"));
	CHECK(!arguments_matter(rules, "/b/c"));
	CHECK(!arguments_matter(rules, "/d"));
	CHECK(!arguments_matter("{\"version\": 1}", "/b/git"));
}

int main(void)
{
	RUN(test_what_is_wrong_is_told);
	RUN(test_patterns_of_secrets_add_up);
	RUN(test_arguments_matter_where_a_rule_asks_about_them);
	return check_summary();
}
