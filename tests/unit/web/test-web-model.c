/* SPDX-License-Identifier: Apache-2.0 */
/* What callgate web knows and tells: runs, questions, grants, calls; bounded, and told anew. */
#include <errno.h>
#include <stdlib.h>

#include "enforcer/web/web-model.h"
#include "tests/support/check.h"

static struct buffer told;
static struct web_model *model;

static void on_tell(void *userdata, const char *line, size_t len)
{
	buffer_append(&told, line, len);
}

static json_t *json(const char *text)
{
	json_t *made = json_loads(text, 0, NULL);

	if (!made)
		abort();
	return made;
}

static void setup(void)
{
	json_t *status = json("{\"directory\":\"/w\",\"command\":[\"agent\"],\"started\":7}");

	told = (struct buffer){};
	if (web_model_new(on_tell, NULL, &model) < 0 ||
	    web_model_opened(model, "x-one", &told, status) < 0 ||
	    web_model_opened(model, "x-two", NULL, status) < 0)
		abort();
	json_decref(status);
}

static void teardown(void)
{
	model = web_model_free(model);
	buffer_done(&told);
}

static void event(const char *run, const char *method, const char *text, int64_t now)
{
	json_t *params = json(text);

	web_model_event(model, run, method, params, now);
	json_decref(params);
}

/* How often word stands in what was told. */
static int count(const struct buffer *buffer, const char *word)
{
	int n = 0;

	for (const char *at = buffer->len ? buffer->data : ""; (at = strstr(at, word)); at++)
		n++;
	return n;
}

static struct buffer all(int64_t now)
{
	struct buffer to = {};

	web_model_all(model, now, &to);
	return to;
}

#define QUESTION                                                                                   \
	"{\"id\":1,\"left_ms\":60000,\"waiters\":1,\"program\":\"/usr/bin/cat\",\"objects\":"      \
	"[{\"text\":\"/secret\"}]}"

static void test_who_comes_later_is_told_all_of_it(void)
{
	struct buffer later;

	setup();
	event("x-one", "question.opened", QUESTION, 1000);
	event("x-one", "question.changed", "{\"id\":1,\"waiters\":3}", 1000);
	event("x-two", "grant.made", "{\"id\":4,\"verdict\":\"allow\",\"left_ms\":null}", 1000);
	CHECK_INT(count(&told, "\"event\":\"run\""), 2);
	CHECK_INT(count(&told, "\"event\":\"question\""), 1);
	later = all(21000);
	CHECK_INT(count(&later, "\"event\":\"run\""), 2);
	CHECK_INT(count(&later, "\"waiters\":3"), 1);
	CHECK_INT(count(&later, "\"left_ms\":40000"), 1);
	CHECK_INT(count(&later, "\"event\":\"grant\""), 1);
	buffer_done(&later);
	later = all(99000);
	CHECK_INT(count(&later, "\"left_ms\":0"), 1);
	buffer_done(&later);
	teardown();
}

static void test_what_is_over_is_told_once_and_gone(void)
{
	struct buffer later;

	setup();
	event("x-one", "question.opened", QUESTION, 0);
	event("x-one", "question.opened", QUESTION, 0);
	CHECK_INT(count(&told, "\"event\":\"question\""), 1);
	event("x-two", "question.closed", "{\"id\":1}", 0); /* another's */
	CHECK_INT(count(&told, "\"event\":\"closed\""), 0);
	event("x-one", "question.closed", "{\"id\":1,\"how\":\"answered\",\"via\":\"terminal\"}",
	      0);
	event("x-one", "question.closed", "{\"id\":1,\"how\":\"answered\"}", 0);
	CHECK_INT(count(&told, "\"event\":\"closed\""), 1);
	CHECK_INT(count(&told, "\"via\":\"terminal\""), 1);
	event("x-one", "grant.made", "{\"id\":2}", 0);
	event("x-one", "grant.ended", "{\"id\":2,\"how\":\"revoked\"}", 0);
	CHECK_INT(count(&told, "\"event\":\"grant-ended\""), 1);
	web_model_closed(model, "x-two", "the run has ended");
	web_model_closed(model, "x-two", "the run has ended");
	CHECK_INT(count(&told, "\"event\":\"run-ended\""), 1);
	later = all(0);
	CHECK_INT(count(&later, "\n"), 1);
	CHECK(web_model_link(model, "x-two") == NULL);
	CHECK(web_model_link(model, "x-one") == &told);
	buffer_done(&later);
	teardown();
}

static void test_an_answer_counts_for_what_has_stood_for_a_while(void)
{
	setup();
	CHECK_INT(web_model_question(model, "x-one", 1, 0), -ENOENT);
	event("x-one", "question.opened", QUESTION, 1000);
	CHECK_INT(web_model_question(model, "x-one", 1, 1000), -EAGAIN);
	CHECK_INT(web_model_question(model, "x-one", 1, 1000 + WEB_SETTLE_MS - 1), -EAGAIN);
	CHECK_INT(web_model_question(model, "x-one", 1, 1000 + WEB_SETTLE_MS), 0);
	CHECK_INT(web_model_question(model, "x-two", 1, 9000), -ENOENT);
	CHECK_INT(web_model_question(model, "none", 1, 9000), -ENOENT);
	teardown();
}

static void test_just_this_says_what(void)
{
	setup();
	event("x-one", "question.opened", QUESTION, 0);
	event("x-one", "grant.made", "{\"id\":9,\"question\":1,\"scope\":\"same\"}", 0);
	CHECK_INT(count(&told, "\"about\":{\"program\":\"/usr/bin/cat\",\"object\":\"/secret\"}"),
		  1);
	teardown();
}

static void call(const char *decision, int i)
{
	char text[256];

	snprintf(text, sizeof(text),
		 "{\"time\":\"2026-01-02T03:04:05Z\",\"decision\":\"%s\",\"call\":\"openat\","
		 "\"program\":\"/bin/cat\",\"objects\":[{\"path\":\"/f%d\\u202e\\n\"}]}",
		 decision, i);
	event("x-one", "call", text, 0);
}

static void test_calls_are_told_from_where_one_was(void)
{
	uint64_t cursor = 0;
	struct buffer to = {};

	setup();
	CHECK(!web_model_has_calls(model, cursor));
	call("allow", 1);
	CHECK(web_model_has_calls(model, cursor));
	web_model_calls(model, &cursor, 60, &to);
	CHECK_INT(count(&to, "\"event\":\"call\""), 1);
	/* As the agent chose it, and still no more than letters. */
	CHECK_INT(count(&to, "/f1\\\\xe2\\\\x80\\\\xae\\\\n"), 1);
	CHECK(!web_model_has_calls(model, cursor));
	call("allow", 2);
	event("x-one", "calls.dropped", "{\"count\":17}", 0);
	web_model_calls(model, &cursor, 60, &to);
	CHECK_INT(count(&to, "\"event\":\"call\""), 2);
	CHECK_INT(count(&to, "\"event\":\"dropped\""), 1);
	buffer_done(&to);
	teardown();
}

static void test_a_flood_leaves_the_newest_and_what_was_denied(void)
{
	uint64_t cursor = 0, slow = 0;
	struct buffer to = {};

	setup();
	call("deny", 0);
	for (int i = 1; i < 3 * WEB_CALLS_MAX; i++)
		call("allow", i);
	web_model_calls(model, &cursor, 60, &to);
	CHECK_INT(count(&to, "\"decision\":\"allow\""), 60);
	CHECK_INT(count(&to, "\"decision\":\"deny\""), 1);
	CHECK_INT(count(&to, "\"event\":\"skipped\",\"count\":1139}"), 1);
	buffer_done(&to);
	/* Denials are bounded too. */
	for (int i = 0; i < 2 * WEB_CALLS_MAX; i++)
		call("deny", i);
	web_model_calls(model, &slow, 100000, &to);
	CHECK_INT(count(&to, "\"decision\":\"deny\""), WEB_CALLS_MAX);
	buffer_done(&to);
	teardown();
}

static void test_what_cannot_be_understood_is_passed_over(void)
{
	struct buffer later;

	setup();
	event("x-one", "question.opened", "{}", 0);
	event("x-one", "question.closed", "{}", 0);
	event("x-one", "question.closed", "{\"id\":\"x\"}", 0);
	event("x-one", "question.changed", "{\"id\":5}", 0);
	event("x-one", "grant.made", "{}", 0);
	event("x-one", "grant.ended", "{}", 0);
	event("x-one", "grant.kept", "{}", 0);
	event("x-one", "call", "{\"objects\":3,\"argv\":[{}]}", 0);
	event("x-one", "calls.dropped", "{}", 0);
	event("x-one", "of.later", "{}", 0);
	event("nobody", "question.opened", QUESTION, 0);
	later = all(0);
	CHECK_INT(count(&later, "\n"), 2);
	buffer_done(&later);
	teardown();
}

int main(void)
{
	RUN(test_who_comes_later_is_told_all_of_it);
	RUN(test_what_is_over_is_told_once_and_gone);
	RUN(test_an_answer_counts_for_what_has_stood_for_a_while);
	RUN(test_just_this_says_what);
	RUN(test_calls_are_told_from_where_one_was);
	RUN(test_a_flood_leaves_the_newest_and_what_was_denied);
	RUN(test_what_cannot_be_understood_is_passed_over);
	return check_summary();
}
