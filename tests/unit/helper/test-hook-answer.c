/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "enforcer/helper/hook-answer.h"
#include "tests/support/check.h"

static void test_only_a_clear_answer_is_one(void)
{
	static const struct {
		const char *text;
		enum hook_opinion opinion;
		const char *reason; /* a part of it */
	} cases[] = {
		{"", HOOK_OPINION_NONE, ""},
		{" \n", HOOK_OPINION_NONE, ""},
		{"{}", HOOK_OPINION_NONE, ""},
		{"{\"reason\": \"just so\"}", HOOK_OPINION_NONE, "just so"},
		{"{\"decision\": \"allow\"}", HOOK_OPINION_ALLOW, ""},
		{"{\"decision\": \"deny\", \"reason\": \" no\\npush \"}", HOOK_OPINION_DENY,
		 "no push"},
		{" {\"decision\": \"ask\", \"more\": [1]}\n", HOOK_OPINION_ASK, ""},
		{"allow", HOOK_OPINION_FAILED, "no JSON"},
		{"\"allow\"", HOOK_OPINION_FAILED, "no JSON"},
		{"[\"allow\"]", HOOK_OPINION_FAILED, "no JSON object"},
		{"{\"decision\": \"allow\"", HOOK_OPINION_FAILED, "no JSON"},
		{"{\"decision\": \"allow\"} {}", HOOK_OPINION_FAILED, "no JSON"},
		{"{\"decision\": \"deny\", \"decision\": \"allow\"}", HOOK_OPINION_FAILED,
		 "no JSON"},
		{"{\"decision\": \"Allow\"}", HOOK_OPINION_FAILED, "none of"},
		{"{\"decision\": true}", HOOK_OPINION_FAILED, "none of"},
		{"{\"decision\": null}", HOOK_OPINION_FAILED, "none of"},
		{"{\"decision\": \"allow\", \"reason\": 1}", HOOK_OPINION_FAILED, "no string"},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct hook_answer answer = {};

		hook_answer_parse(cases[i].text, strlen(cases[i].text), &answer, NULL);
		CHECK_INT(answer.opinion, cases[i].opinion);
		if (!strstr(answer.reason, cases[i].reason))
			CHECK_STRING(answer.reason, cases[i].reason);
	}
}

static void test_the_exit_status_has_the_first_word(void)
{
	static const struct {
		int status; /* as waitpid(2) has it */
		const char *said, *complaint;
		enum hook_opinion opinion;
		const char *reason;
	} cases[] = {
		{0, "", "noise", HOOK_OPINION_NONE, ""},
		{0, "{\"decision\": \"allow\"}", "", HOOK_OPINION_ALLOW, ""},
		{2 << 8, "{\"decision\": \"allow\"}", "not on Fridays\n", HOOK_OPINION_DENY,
		 "not on Fridays"},
		{2 << 8, "", "", HOOK_OPINION_DENY, ""},
		{1 << 8, "{\"decision\": \"allow\"}", "oops", HOOK_OPINION_FAILED,
		 "exit status 1: oops"},
		{127 << 8, "", "", HOOK_OPINION_FAILED, "exit status 127"},
		{9, "{\"decision\": \"allow\"}", "", HOOK_OPINION_FAILED, "signal 9"},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct buffer said = {}, complaint = {};
		struct hook_answer answer = {};

		buffer_append_string(&said, cases[i].said);
		buffer_append_string(&complaint, cases[i].complaint);
		hook_answer_of_exit(cases[i].status, &said, &complaint, &answer);
		CHECK_INT(answer.opinion, cases[i].opinion);
		if (!strstr(answer.reason, cases[i].reason))
			CHECK_STRING(answer.reason, cases[i].reason);
		buffer_done(&said);
		buffer_done(&complaint);
	}
}

static void test_a_long_reason_is_cut(void)
{
	struct hook_answer answer = {};
	struct buffer text = {};

	buffer_append_string(&text, "{\"decision\": \"deny\", \"reason\": \"");
	for (int i = 0; i < 2000; i++)
		buffer_append_string(&text, "x");
	buffer_append_string(&text, "\"}");
	hook_answer_parse(text.data, text.len, &answer, NULL);
	CHECK_INT(answer.opinion, HOOK_OPINION_DENY);
	CHECK_INT(strlen(answer.reason), HOOK_REASON_MAX - 1);
	buffer_done(&text);
}

int main(void)
{
	RUN(test_only_a_clear_answer_is_one);
	RUN(test_the_exit_status_has_the_first_word);
	RUN(test_a_long_reason_is_cut);
	return check_summary();
}
