/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whole policies against whole requests: each folder given holds policy.json (and files of other
 * layers), request.json with a list of requests, expected.json with as many decisions. The
 * machine is that of policy-fixture.h.
 */
#include <stdlib.h>

#include "enforcer/base/cleanup.h"
#include "tests/policy/policy-case.h"
#include "tests/support/check.h"

static json_t *load(const char *dir, const char *name)
{
	_cleanup_free_ char *text = case_read(dir, name);
	json_error_t error;
	json_t *json;

	json = text ? json_loads(text, JSON_REJECT_DUPLICATES, &error) : NULL;
	if (!json_is_array(json)) {
		fprintf(stderr, "%s/%s: no list: %s\n", dir, name,
			text ? error.text : "unreadable");
		json_decref(json);
		return NULL;
	}
	return json;
}

static bool member_is(const json_t *expected, const char *key, const char *value)
{
	const char *wanted = json_string_value(json_object_get(expected, key));

	return !wanted || strcmp(wanted, value) == 0;
}

static void check_one(const struct policy *policy, const json_t *request_json,
		      const json_t *expected)
{
	struct request request = {};
	struct decision decision;
	const char *rule;

	if (case_request(request_json, &request) < 0) {
		CHECK(!"a request that can be read");
		return;
	}
	policy_judge(policy, &request, &decision);
	rule = decision.rule ? decision.rule->id : "";
	if (!json_object_get(expected, "verdict") ||
	    !member_is(expected, "verdict", verdict_name(decision.verdict)) ||
	    !member_is(expected, "by", decided_by_name(decision.by)) ||
	    !member_is(expected, "rule", rule) ||
	    !member_is(expected, "verb", decision.verb ? verb_name(decision.verb) : "")) {
		_cleanup_free_ char *asked = json_dumps(request_json, 0),
				    *wanted = json_dumps(expected, 0);

		fprintf(stderr, "%s: %s by %s %s, not %s\n", asked, verdict_name(decision.verdict),
			decided_by_name(decision.by), rule, wanted);
		CHECK(!"as expected");
	}
	free(request.argv);
}

static void check_case(const char *dir)
{
	json_t *requests = load(dir, "request.json"), *expected = load(dir, "expected.json");
	struct policy *policy = case_policy(dir);

	CHECK(policy && requests && expected);
	CHECK_INT(json_array_size(requests), json_array_size(expected));
	for (size_t i = 0; policy && i < json_array_size(requests); i++)
		check_one(policy, json_array_get(requests, i), json_array_get(expected, i));
	policy_free(policy);
	json_decref(requests);
	json_decref(expected);
}

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		int before = check_failures;

		check_case(argv[i]);
		check_tests++;
		check_failed_tests += check_failures != before;
		printf("%s %s\n", check_failures == before ? "ok" : "FAILED", argv[i]);
	}
	return check_summary();
}
