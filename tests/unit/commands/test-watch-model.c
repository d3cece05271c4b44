/* SPDX-License-Identifier: Apache-2.0 */
/* What callgate watch selects, and which question a key answers. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "enforcer/base/cleanup.h"
#include "enforcer/commands/watch-model.h"
#include "tests/support/check.h"

#define ONE "20261121-231917-1fdd7951"
#define TWO "20261121-231918-ab12cd34"

static struct watch_model *model;
static int link_one, link_two;

static void event(const char *run, const char *method, int64_t now, json_t *params)
{
	watch_model_event(model, run, method, params, now);
	json_decref(params);
}

static json_t *offer(const char *verdict, const char *lasts)
{
	return json_pack("{s:s, s:s, s:[s]}", "verdict", verdict, "lasts", lasts, "scopes", "same");
}

static void ask(const char *run, int id, int64_t now)
{
	event(run, "question.opened", now,
	      json_pack("{s:i, s:s, s:s, s:i, s:i, s:[{s:[s], s:s}], s:[o, o, o], s:{s:s}, "
			"s:[{s:s}]}",
			"id", id, "program", "/usr/bin/cat", "text", "/usr/bin/cat wants to\n",
			"left_ms", 60000, "waiters", 1, "objects", "verbs", "read", "text",
			"/n/private", "offers", offer("allow", "once"), offer("allow", "run"),
			offer("deny", "once"), "scopes", "same", "just this", "ancestry", "name",
			"dash"));
}

static void close_question(const char *run, int id)
{
	event(run, "question.closed", 0, json_pack("{s:i, s:s}", "id", id, "text", "denied"));
}

static void begin(void)
{
	json_t *status = json_pack("{s:[s, s], s:s}", "command", "cat", "a", "directory", "/work");

	if (watch_model_new(&model) < 0)
		abort();
	CHECK_INT(watch_model_opened(model, ONE, &link_one, status), 0);
	CHECK_INT(watch_model_opened(model, TWO, &link_two, status), 0);
	json_decref(status);
}

static void end(void)
{
	model = watch_model_free(model);
}

/* The answer's result; whom it went to and about what, where it was 0. */
static int answer(enum watch_answer which, int64_t now, void **ret_link, json_int_t *ret_id)
{
	struct watch_request request = {};
	int r = watch_model_answer(model, which, now, &request);

	*ret_link = request.link;
	*ret_id = json_integer_value(json_object_get(request.params, "id"));
	json_decref(request.params);
	return r;
}

static int try_answer(enum watch_answer which, int64_t now)
{
	json_int_t id;
	void *link;

	return answer(which, now, &link, &id);
}

static void test_a_question_is_told_in_words(void)
{
	char name[WATCH_NAME_MAX];

	begin();
	ask(ONE, 3, 1000);
	CHECK_STRING(model->selected->summary, "cat wants to read /n/private");
	CHECK_STRING(model->selected->text, "/usr/bin/cat wants to\n  from dash");
	CHECK_STRING(watch_reach_scope(&model->selected->reach, WATCH_ALLOW_RUN)->covers,
		     "just this");
	CHECK_INT(model->selected->deadline, 61000);
	watch_model_name(model, model->selected->run, 3, name);
	CHECK_STRING(name, "1fdd7951/3");
	watch_model_closed(model, TWO);
	watch_model_name(model, model->selected->run, 3, name);
	CHECK_STRING(name, "3");
	end();
}

static void test_a_key_counts_once_the_question_has_stood_there(void)
{
	json_int_t id = 0;
	void *link = NULL;

	begin();
	CHECK_INT(try_answer(WATCH_ALLOW_ONCE, 1000), -ENOENT);
	ask(ONE, 3, 1000);
	/* It was never drawn. */
	CHECK_INT(try_answer(WATCH_ALLOW_ONCE, 9000), -EAGAIN);
	watch_model_shown(model, true, 9000);
	CHECK_INT(try_answer(WATCH_ALLOW_ONCE, 9000 + WATCH_SETTLE_MS - 1), -EAGAIN);
	CHECK_INT(answer(WATCH_ALLOW_ONCE, 9000 + WATCH_SETTLE_MS, &link, &id), 0);
	CHECK(link == &link_one);
	CHECK_INT(id, 3);
	/* It is under way. */
	CHECK_INT(try_answer(WATCH_ALLOW_ONCE, 9001 + WATCH_SETTLE_MS), -EAGAIN);
	end();
}

static void test_a_question_takes_no_key_that_was_meant_for_another(void)
{
	begin();
	ask(ONE, 1, 0);
	ask(TWO, 1, 0);
	watch_model_shown(model, true, 1000);
	CHECK(watch_model_settled(model, 2000));
	close_question(ONE, 1);
	CHECK(model->selected && model->selected->run->link == &link_two);
	CHECK_INT(try_answer(WATCH_ALLOW_ONCE, 2000), -EAGAIN);
	watch_model_shown(model, true, 2000);
	CHECK_INT(try_answer(WATCH_ALLOW_ONCE, 2000 + WATCH_SETTLE_MS - 1), -EAGAIN);
	/* Behind a page of help it is not seen. */
	watch_model_hidden(model);
	CHECK_INT(try_answer(WATCH_ALLOW_ONCE, 9000), -EAGAIN);
	end();
}

static void test_the_selection_does_not_jump(void)
{
	const struct watch_question *selected;

	begin();
	ask(ONE, 1, 0);
	ask(ONE, 2, 0);
	ask(ONE, 3, 0);
	watch_model_select(model, 1);
	selected = model->selected;
	CHECK_INT(selected->id, 2);
	watch_model_shown(model, true, 1000);
	ask(TWO, 1, 1000);
	close_question(ONE, 1);
	close_question(ONE, 3);
	CHECK(model->selected == selected);
	CHECK(watch_model_settled(model, 1000 + WATCH_SETTLE_MS));
	watch_model_select(model, 1);
	CHECK(!watch_model_settled(model, 9000));
	watch_model_select(model, 5);
	watch_model_closed(model, TWO);
	CHECK(model->selected == selected);
	watch_model_select(model, -5);
	close_question(ONE, 2);
	CHECK(!model->selected && !model->questions);
	end();
}

static void test_only_what_is_offered_and_shown_can_be_answered(void)
{
	begin();
	ask(ONE, 1, 0);
	watch_model_shown(model, true, 1);
	CHECK_INT(try_answer(WATCH_ALLOW_ALWAYS, 1000), -EOPNOTSUPP);
	CHECK_STRING(model->message, "this question cannot be allowed always");
	CHECK_INT(try_answer(WATCH_DENY_RUN, 1000), -EOPNOTSUPP);
	watch_model_shown(model, false, 1000);
	CHECK_INT(try_answer(WATCH_ALLOW_ONCE, 1000), -EOPNOTSUPP);
	CHECK_INT(try_answer(WATCH_ALLOW_RUN, 1000), -EOPNOTSUPP);
	CHECK_INT(try_answer(WATCH_DENY_ONCE, 1000), 0);
	end();
}

static void test_grants_come_and_go(void)
{
	struct watch_request request = {};
	json_t *list = json_pack("[{s:i, s:s, s:s, s:s}]", "id", 1, "verdict", "allow", "lasts",
				 "run", "text", "just this");

	begin();
	CHECK_INT(watch_model_revoke(model, &request), -ENOENT);
	watch_model_granted(model, ONE, list);
	/* The event and the list may tell the same. */
	event(ONE, "grant.made", 0, json_incref(json_array_get(list, 0)));
	CHECK(model->grants && !model->grants->next);
	CHECK_STRING(model->grants->text, "allowed for the run  just this");
	event(TWO, "grant.made", 0, json_incref(json_array_get(list, 0)));
	watch_model_select_grant(model, 1);
	CHECK_INT(watch_model_revoke(model, &request), 0);
	CHECK(request.link == &link_two);
	json_decref(request.params);
	event(TWO, "grant.ended", 0, json_pack("{s:i}", "id", 1));
	CHECK(model->selected_grant == model->grants && !model->grants->next);
	watch_model_closed(model, ONE);
	CHECK(!model->grants && !model->selected_grant);
	json_decref(list);
	end();
}

static void test_what_nobody_understands_is_passed_over(void)
{
	static const char *const methods[] = {"question.opened",
					      "question.changed",
					      "question.closed",
					      "grant.made",
					      "grant.ended",
					      "grant.kept",
					      "call",
					      "calls.dropped",
					      "closing",
					      "something new"};

	begin();
	for (size_t i = 0; i < ARRAY_LEN(methods); i++) {
		event(ONE, methods[i], 0, json_object());
		event(ONE, methods[i], 0,
		      json_pack("{s:s, s:i, s:[i]}", "id", "x", "objects", 1, "offers", 1));
		event("no such run", methods[i], 0, json_object());
	}
	watch_model_closed(model, "no such run");
	end();
}

/* What is sent says the scope and the time that stood there; what is not offered is not sent. */
static void test_an_answer_reaches_as_far_as_was_chosen(void)
{
	json_t *params = json_pack("{s:[{s:s, s:s}, {s:s, s:s, s:[s, s]}, {s:s, s:s, s:[s]}], "
				   "s:{s:s, s:s}}",
				   "offers", "verdict", "allow", "lasts", "once", "verdict",
				   "allow", "lasts", "run", "scopes", "same", "tree", "verdict",
				   "allow", "lasts", "always", "scopes", "tree", "scopes", "same",
				   "this", "tree", "all below");
	json_t *sent = json_object();
	struct watch_reach reach;

	CHECK(watch_reach_init(&reach, params));
	CHECK_INT(reach.n, 2);
	CHECK_STRING(watch_reach_scope(&reach, WATCH_ALLOW_RUN)->covers, "this");
	/* Always: the narrowest that can be kept. */
	CHECK_STRING(watch_reach_scope(&reach, WATCH_ALLOW_ALWAYS)->covers, "all below");
	CHECK(!watch_reach_set(&reach, WATCH_DENY_RUN, sent));
	CHECK(watch_reach_set(&reach, WATCH_ALLOW_ONCE, sent));
	CHECK_INT(json_object_size(sent), 0);
	watch_reach_next_scope(&reach);
	watch_reach_next_time(&reach);
	CHECK_STRING(watch_reach_time(&reach), "for 10 min");
	CHECK(watch_reach_set(&reach, WATCH_ALLOW_RUN, sent));
	CHECK_STRING(json_string_value(json_object_get(sent, "scope")), "tree");
	CHECK_INT(json_integer_value(json_object_get(sent, "for_ms")), 600000);
	json_object_clear(sent);
	CHECK(watch_reach_set(&reach, WATCH_ALLOW_ALWAYS, sent));
	CHECK(!json_object_get(sent, "for_ms"));
	watch_reach_next_scope(&reach);
	CHECK_INT(reach.scope, 0);
	watch_reach_done(&reach);
	json_decref(sent);
	json_decref(params);
}

int main(void)
{
	RUN(test_a_question_is_told_in_words);
	RUN(test_a_key_counts_once_the_question_has_stood_there);
	RUN(test_a_question_takes_no_key_that_was_meant_for_another);
	RUN(test_the_selection_does_not_jump);
	RUN(test_only_what_is_offered_and_shown_can_be_answered);
	RUN(test_grants_come_and_go);
	RUN(test_what_nobody_understands_is_passed_over);
	RUN(test_an_answer_reaches_as_far_as_was_chosen);
	return check_summary();
}
