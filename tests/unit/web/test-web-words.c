/* SPDX-License-Identifier: Apache-2.0 */
/* What the page sends: members that are known, and nothing else reaches a run. */
#include <errno.h>
#include <stdlib.h>

#include "enforcer/base/cleanup.h"
#include "enforcer/web/web-words.h"
#include "tests/support/check.h"

static int answer(const char *text, char **ret_params)
{
	struct web_words words = {};
	const char *why = NULL;
	int r = web_words_answer(text, strlen(text), &words, &why);

	CHECK((r == -EINVAL) == (why != NULL));
	*ret_params = r == 0 ? json_dumps(words.params, JSON_COMPACT | JSON_SORT_KEYS) : NULL;
	if (r == 0)
		CHECK_STRING(words.run, "20261122-1fdd");
	json_decref(words.params);
	return r;
}

static void test_an_answer_is_passed_on_with_what_it_is_by(void)
{
	static const struct {
		const char *text, *params;
	} cases[] = {
		{"{\"run\":\"20261122-1fdd\",\"id\":3,\"verdict\":\"allow\",\"lasts\":\"once\"}",
		 "{\"id\":3,\"lasts\":\"once\",\"verdict\":\"allow\",\"via\":\"web\"}"},
		{"{\"run\":\"20261122-1fdd\",\"id\":3,\"verdict\":\"deny\",\"lasts\":\"run\","
		 "\"scope\":\"dir\",\"for_ms\":600000,\"reason\":\"no\"}",
		 "{\"for_ms\":600000,\"id\":3,\"lasts\":\"run\",\"reason\":\"no\",\"scope\":"
		 "\"dir\",\"verdict\":\"deny\",\"via\":\"web\"}"},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		char *params = NULL;

		CHECK_INT(answer(cases[i].text, &params), 0);
		CHECK_STRING(params, cases[i].params);
		free(params);
	}
}

static void test_what_is_wrong_or_unknown_is_nothing(void)
{
#define HEAD "{\"run\":\"20261122-1fdd\",\"id\":3,"
	static const char *const cases[] = {
		"",
		"null",
		"[]",
		"{}",
		"\"run\"",
		HEAD "\"verdict\":\"allow\"}",
		HEAD "\"lasts\":\"once\"}",
		HEAD "\"verdict\":true,\"lasts\":\"once\"}",
		HEAD "\"verdict\":\"allow\",\"lasts\":\"once\",\"via\":\"terminal\"}",
		HEAD "\"verdict\":\"deny\",\"verdict\":\"allow\",\"lasts\":\"once\"}",
		HEAD "\"verdict\":\"allow\",\"lasts\":\"run\",\"for_ms\":0}",
		HEAD "\"verdict\":\"allow\",\"lasts\":\"run\",\"for_ms\":-1}",
		HEAD "\"verdict\":\"allow\",\"lasts\":\"run\",\"for_ms\":1.5}",
		HEAD "\"verdict\":\"allow\",\"lasts\":\"run\",\"for_ms\":\"1\"}",
		HEAD "\"verdict\":\"allow\",\"lasts\":\"once\"} {}",
		"{\"run\":\"20261122-1fdd\",\"verdict\":\"allow\",\"lasts\":\"once\"}",
		"{\"run\":\"20261122-1fdd\",\"id\":0,\"verdict\":\"allow\",\"lasts\":\"once\"}",
		"{\"run\":\"\",\"id\":3,\"verdict\":\"allow\",\"lasts\":\"once\"}",
		"{\"run\":3,\"id\":3,\"verdict\":\"allow\",\"lasts\":\"once\"}",
		("{\"run\":\"0123456789012345678901234567890123456789012345678901234567890123\","
		 "\"id\":3,\"verdict\":\"allow\",\"lasts\":\"once\"}"),
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		char *params = NULL;

		CHECK_INT(answer(cases[i], &params), -EINVAL);
		free(params);
	}
}

static void test_a_reason_is_no_novel(void)
{
	for (size_t len = 1000; len <= 1001; len++) {
		char text[1200], reason[1100], *params = NULL;

		memset(reason, 'a', len);
		reason[len] = '\0';
		snprintf(text, sizeof(text),
			 HEAD "\"verdict\":\"deny\",\"lasts\":\"once\",\"reason\":\"%s\"}", reason);
		CHECK_INT(answer(text, &params), len == 1000 ? 0 : -EINVAL);
		free(params);
	}
}

static void test_a_grant_is_revoked_by_its_number_alone(void)
{
	static const char good[] = "{\"run\":\"a\",\"id\":7}",
			  more[] = "{\"run\":\"a\",\"id\":7,\"scope\":\"dir\"}";
	struct web_words words = {};
	const char *why = NULL;

	CHECK_INT(web_words_revoke(more, strlen(more), &words, &why), -EINVAL);
	CHECK_INT(web_words_revoke(good, strlen(good), &words, &why), 0);
	CHECK_INT(json_object_size(words.params), 1);
	CHECK_INT(json_integer_value(json_object_get(words.params, "id")), 7);
	CHECK_STRING(words.run, "a");
	json_decref(words.params);
}

int main(void)
{
	RUN(test_an_answer_is_passed_on_with_what_it_is_by);
	RUN(test_what_is_wrong_or_unknown_is_nothing);
	RUN(test_a_reason_is_no_novel);
	RUN(test_a_grant_is_revoked_by_its_number_alone);
	return check_summary();
}
