/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <string.h>

#include "enforcer/policy/policy-edit.h"
#include "tests/support/check.h"

#define NEW "{\"allow\": \"read\", \"path\": \"/new\"}"

static int insert(const char *text, const char *before, unsigned ordinal, struct buffer *ret_text)
{
	const struct policy_insertion insertion = {.text = text,
						   .len = text ? strlen(text) : 0,
						   .rules = NEW,
						   .ordinal = ordinal,
						   .before = before,
						   .before_len = before ? strlen(before) : 0};
	struct policy_error error = {};
	int r = policy_insert_rules(&insertion, ret_text, &error);

	CHECK_INT(error.text[0] != '\0', r < 0);
	return r;
}

/* Everything but the new rule is as it was, to the byte. */
static void test_what_stands_there_is_kept(void)
{
	static const struct {
		const char *text;
		unsigned ordinal;
		const char *wanted;
	} cases[] = {
		{NULL, 0, "{\n  \"version\": 1,\n  \"rules\": [\n    " NEW "\n  ]\n}\n"},
		{"{\"version\": 1}", 0, "{\"version\": 1,\n  \"rules\": [\n    " NEW "\n  ]}"},
		{"{\"rules\": [ ], \"version\":1 }", 0,
		 "{\"rules\": [\n    " NEW "\n  ], \"version\":1 }"},
		{"{ \"version\": 1,\n\t\"rules\": [\n\t\t{\"ask\":\"read\"  },\n\t\t{\"deny\":"
		 "\"write\"}\n\t]}\n",
		 0,
		 "{ \"version\": 1,\n\t\"rules\": [\n\t\t{\"ask\":\"read\"  },\n\t\t{\"deny\":"
		 "\"write\"},\n\t\t" NEW "\n\t]}\n"},
		{"{ \"version\": 1,\n\t\"rules\": [\n\t\t{\"ask\":\"read\"  },\n\t\t{\"deny\":"
		 "\"write\"}\n\t]}\n",
		 2,
		 "{ \"version\": 1,\n\t\"rules\": [\n\t\t{\"ask\":\"read\"  },\n\t\t" NEW
		 ",\n\t\t{\"deny\":\"write\"}\n\t]}\n"},
		{"{\"version\":1,\"rules\":[{\"ask\":\"read\"},{\"ask\":\"write\"}]}", 1,
		 "{\"version\":1,\"rules\":[" NEW ", {\"ask\":\"read\"},{\"ask\":\"write\"}]}"},
		{"{\"version\":1,\"rules\":[{\"ask\":\"read\"}]}", 0,
		 "{\"version\":1,\"rules\":[{\"ask\":\"read\"}, " NEW "]}"},
		{"{\"version\":1,\"rules\":[{\"ask\":\"read\",\"reason\":\"a ] } \\\" [ trap\"}]}",
		 1,
		 "{\"version\":1,\"rules\":[" NEW
		 ", {\"ask\":\"read\",\"reason\":\"a ] } \\\" [ trap\"}]}"},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		_cleanup_(buffer_done) struct buffer text = {};

		CHECK_INT(insert(cases[i].text, cases[i].text, cases[i].ordinal, &text), 0);
		CHECK_STRING(text.data ? text.data : "", cases[i].wanted);
	}
}

static void test_the_rule_that_asked_is_found_where_it_stands_now(void)
{
	static const char then[] =
		"{\"version\":1,\"rules\":[{\"ask\":\"read\",\"path\":\"/a\"},{\"ask\":\"read\"}]}";
	static const char now[] = "{\"version\":1,\"rules\":[{\"deny\":\"read\",\"path\":\"/x\"},"
				  "{ \"path\":\"/a\",\"ask\":\"read\"}]}";
	_cleanup_(buffer_done) struct buffer text = {};

	CHECK_INT(insert(now, then, 1, &text), 0);
	CHECK_STRING(text.data, "{\"version\":1,\"rules\":[{\"deny\":\"read\",\"path\":\"/x\"}," NEW
				", { \"path\":\"/a\",\"ask\":\"read\"}]}");
	/* Taken out meanwhile. */
	CHECK_INT(insert(now, then, 2, &text), -ESTALE);
	CHECK_INT(insert(now, then, 3, &text), -ESTALE);
}

static void test_what_is_no_policy_is_left_alone(void)
{
	static const char *const texts[] = {"", "{", "[]", "{\"version\": 2}",
					    "{\"version\": 1, \"rulez\": []}"};

	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		_cleanup_(buffer_done) struct buffer text = {};

		CHECK_INT(insert(texts[i], NULL, 0, &text), -EINVAL);
		CHECK_INT(text.len, 0);
	}
}

static void test_a_rule_that_is_none_is_not_written(void)
{
	const struct policy_insertion insertion = {.rules = "{\"allow\": \"everything\"}"};
	_cleanup_(buffer_done) struct buffer text = {};
	struct policy_error error = {};

	CHECK_INT(policy_insert_rules(&insertion, &text, &error), -EINVAL);
	CHECK_INT(text.len, 0);
}

static void test_several_rules_stand_in_their_order(void)
{
	const struct policy_insertion insertion = {.rules = NEW
						   "\n{\"deny\": \"write\", \"path\": \"/b\"}"};
	_cleanup_(buffer_done) struct buffer text = {};
	struct policy_error error = {};

	CHECK_INT(policy_insert_rules(&insertion, &text, &error), 0);
	CHECK_STRING(text.data, "{\n  \"version\": 1,\n  \"rules\": [\n    " NEW
				",\n    {\"deny\": \"write\", \"path\": \"/b\"}\n  ]\n}\n");
}

int main(void)
{
	RUN(test_what_stands_there_is_kept);
	RUN(test_the_rule_that_asked_is_found_where_it_stands_now);
	RUN(test_what_is_no_policy_is_left_alone);
	RUN(test_a_rule_that_is_none_is_not_written);
	RUN(test_several_rules_stand_in_their_order);
	return check_summary();
}
