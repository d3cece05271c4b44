/* SPDX-License-Identifier: Apache-2.0 */
/* What callgate watch knows. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "enforcer/base/buffer.h"
#include "enforcer/base/cleanup.h"
#include "enforcer/commands/watch-model.h"
#include "enforcer/control/client-runs.h"

static const struct {
	const char *verdict, *lasts, *words;
} answers[] = {
	[WATCH_DENY_ONCE] = {"deny", "once", "denied"},
	[WATCH_DENY_RUN] = {"deny", "run", "denied for the run"},
	[WATCH_ALLOW_ONCE] = {"allow", "once", "allowed once"},
	[WATCH_ALLOW_RUN] = {"allow", "run", "allowed for the run"},
	[WATCH_ALLOW_ALWAYS] = {"allow", "always", "allowed always"},
};
_Static_assert(ARRAY_LEN(answers) == WATCH_ANSWERS, "name every answer");

static const char *text_of(const json_t *object, const char *name)
{
	const char *text = json_string_value(json_object_get(object, name));

	return text ? text : "";
}

static json_int_t number_of(const json_t *object, const char *name)
{
	return json_integer_value(json_object_get(object, name));
}

static char *take(struct buffer *text)
{
	char *made = text->error ? NULL : strdup(text->len ? text->data : "");

	buffer_done(text);
	return made;
}

int watch_model_new(struct watch_model **ret_model)
{
	struct watch_model *model = calloc(1, sizeof(*model));

	if (!model || watch_calls_new(&model->calls) < 0) {
		free(model);
		return -ENOMEM;
	}
	*ret_model = model;
	return 0;
}

void watch_model_say(struct watch_model *model, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(model->message, sizeof(model->message), format, arguments);
	va_end(arguments);
}

void watch_model_name(const struct watch_model *model, const struct watch_run *run, json_int_t id,
		      char ret_name[static WATCH_NAME_MAX])
{
	if (model->runs && model->runs->next)
		snprintf(ret_name, WATCH_NAME_MAX, "%s/%" JSON_INTEGER_FORMAT,
			 control_run_short(run->id), id);
	else
		snprintf(ret_name, WATCH_NAME_MAX, "%" JSON_INTEGER_FORMAT, id);
}

/* ---- questions */

static struct watch_question *question_free(struct watch_question *question)
{
	if (!question)
		return NULL;
	free(question->summary);
	free(question->text);
	watch_reach_done(&question->reach);
	free(question);
	return NULL;
}
DEFINE_CLEANUP(struct watch_question *, question_free)

static unsigned offers_of(const json_t *params)
{
	unsigned offers = 0;
	json_t *offer;
	size_t i;

	json_array_foreach(json_object_get(params, "offers"), i, offer)
	{
		for (unsigned k = 0; k < WATCH_ANSWERS; k++)
			if (strcmp(text_of(offer, "verdict"), answers[k].verdict) == 0 &&
			    strcmp(text_of(offer, "lasts"), answers[k].lasts) == 0)
				offers |= 1u << k;
	}
	return offers;
}

static char *summary_of(const json_t *params)
{
	const json_t *objects = json_object_get(params, "objects");
	const json_t *object = json_array_get(objects, 0), *verb;
	const char *program = text_of(params, "program");
	const char *slash = strrchr(program, '/');
	struct buffer text = {};
	size_t i;

	buffer_append_string(&text, slash ? slash + 1 : program);
	buffer_append_string(&text, " wants to ");
	json_array_foreach(json_object_get(object, "verbs"), i, verb)
		buffer_printf(&text, "%s%s", i ? ", " : "", json_string_value(verb));
	buffer_printf(&text, " %s", text_of(object, "text"));
	if (json_array_size(objects) > 1)
		buffer_printf(&text, " (+%zu)", json_array_size(objects) - 1);
	return take(&text);
}

/* The question, and how it came about: agent > bash > cat. */
static char *whole_of(const json_t *params)
{
	const json_t *ancestry = json_object_get(params, "ancestry");
	struct buffer text = {};
	size_t n = json_array_size(ancestry);

	buffer_append_string(&text, text_of(params, "text"));
	if (text.len > 0 && text.data[text.len - 1] != '\n')
		buffer_append_string(&text, "\n");
	for (size_t i = n; i > 0; i--)
		buffer_printf(&text, "%s%s", i == n ? "  from " : " > ",
			      text_of(json_array_get(ancestry, i - 1), "name"));
	return take(&text);
}

static struct watch_question **find_question(struct watch_model *model, const struct watch_run *run,
					     json_int_t id)
{
	struct watch_question **place = &model->questions;

	while (*place && ((*place)->run != run || (*place)->id != id))
		place = &(*place)->next;
	return place;
}

static void select_question(struct watch_model *model, struct watch_question *question)
{
	if (question == model->selected)
		return;
	model->selected = question;
	model->shown = 0;
}

static void question_opened(struct watch_model *model, const struct watch_run *run,
			    const json_t *params, int64_t now)
{
	_cleanup_(question_freep) struct watch_question *question = calloc(1, sizeof(*question));
	struct watch_question **place = find_question(model, run, number_of(params, "id"));

	if (!question || *place)
		return;
	question->run = run;
	question->id = number_of(params, "id");
	question->waiters = number_of(params, "waiters");
	question->offers = offers_of(params);
	question->summary = summary_of(params);
	question->text = whole_of(params);
	if (json_is_integer(json_object_get(params, "left_ms")))
		question->deadline = now + number_of(params, "left_ms");
	if (!watch_reach_init(&question->reach, params) || !question->summary || !question->text)
		return;
	if (!model->questions)
		model->news = true;
	*place = steal_pointer(question);
	if (!model->selected)
		select_question(model, *place);
}

/* The one that follows is selected, and has to be read first. */
static void question_remove(struct watch_model *model, struct watch_question **place)
{
	struct watch_question *question = *place;
	struct watch_question *before = model->questions;

	while (before != question && before->next != question)
		before = before->next;
	*place = question->next;
	if (model->selected == question)
		select_question(model, question->next       ? question->next
				       : before != question ? before
							    : NULL);
	question_free(question);
}

static void question_closed(struct watch_model *model, const struct watch_run *run,
			    const json_t *params)
{
	struct watch_question **place = find_question(model, run, number_of(params, "id"));

	if (!*place)
		return;
	watch_model_say(model, "%s: %s", text_of(params, "text"), (*place)->summary);
	question_remove(model, place);
}

/* ---- grants */

static void grant_remove(struct watch_model *model, struct watch_grant **place)
{
	struct watch_grant *grant = *place;

	*place = grant->next;
	if (model->selected_grant == grant)
		model->selected_grant = grant->next ? grant->next : model->grants;
	free(grant->text);
	free(grant);
}

static struct watch_grant **find_grant(struct watch_model *model, const struct watch_run *run,
				       json_int_t id)
{
	struct watch_grant **place = &model->grants;

	while (*place && ((*place)->run != run || (*place)->id != id))
		place = &(*place)->next;
	return place;
}

static void grant_made(struct watch_model *model, const struct watch_run *run, const json_t *params)
{
	struct watch_grant **place = find_grant(model, run, number_of(params, "id"));
	struct watch_grant *grant = *place ? NULL : calloc(1, sizeof(*grant));
	/* "Just this" is in the question, which is closed only now. */
	const struct watch_question *asked =
		*find_question(model, run, number_of(params, "question"));

	if (!grant)
		return;
	grant->run = run;
	grant->id = number_of(params, "id");
	if (asprintf(&grant->text, "%s %s  %s%s%s",
		     strcmp(text_of(params, "verdict"), "allow") == 0 ? "allowed" : "denied",
		     strcmp(text_of(params, "lasts"), "always") == 0 ? "always" : "for the run",
		     text_of(params, "text"), asked ? ": " : "", asked ? asked->summary : "") < 0) {
		free(grant);
		return;
	}
	*place = grant;
	if (!model->selected_grant)
		model->selected_grant = grant;
}

/* ---- runs */

static struct watch_run **find_run(struct watch_model *model, const char *id)
{
	struct watch_run **place = &model->runs;

	while (*place && strcmp((*place)->id, id) != 0)
		place = &(*place)->next;
	return place;
}

static struct watch_run *run_free(struct watch_run *run)
{
	if (!run)
		return NULL;
	free(run->id);
	free(run->directory);
	free(run->command);
	free(run);
	return NULL;
}
DEFINE_CLEANUP(struct watch_run *, run_free)

int watch_model_opened(struct watch_model *model, const char *id, void *link, const json_t *status)
{
	_cleanup_(run_freep) struct watch_run *run = calloc(1, sizeof(*run));
	const json_t *command = json_object_get(status, "command"), *word;
	struct watch_run **place = find_run(model, id);
	struct buffer text = {};
	size_t i;

	json_array_foreach(command, i, word)
		buffer_printf(&text, "%s%s", i ? " " : "", json_string_value(word));
	if (!run || *place) {
		buffer_done(&text);
		return run ? 0 : -ENOMEM;
	}
	run->link = link;
	run->id = strdup(id);
	run->directory = strdup(text_of(status, "directory"));
	run->command = take(&text);
	if (!run->id || !run->directory || !run->command)
		return -ENOMEM;
	*place = steal_pointer(run);
	model->runs_seen++;
	return 0;
}

void watch_model_closed(struct watch_model *model, const char *id)
{
	struct watch_run **place = find_run(model, id), *run = *place;

	if (!run)
		return;
	for (struct watch_question **q = &model->questions; *q;) {
		if ((*q)->run == run)
			question_remove(model, q);
		else
			q = &(*q)->next;
	}
	for (struct watch_grant **g = &model->grants; *g;) {
		if ((*g)->run == run)
			grant_remove(model, g);
		else
			g = &(*g)->next;
	}
	*place = run->next;
	run_free(run);
}

struct watch_model *watch_model_free(struct watch_model *model)
{
	if (!model)
		return NULL;
	while (model->runs)
		watch_model_closed(model, model->runs->id);
	watch_calls_free(model->calls);
	free(model);
	return NULL;
}

void watch_model_event(struct watch_model *model, const char *id, const char *method,
		       const json_t *params, int64_t now)
{
	const struct watch_run *run = *find_run(model, id);
	struct watch_question **question;
	struct watch_grant **grant;

	if (!run)
		return;
	question = find_question(model, run, number_of(params, "id"));
	grant = find_grant(model, run, number_of(params, "id"));
	if (strcmp(method, "call") == 0)
		watch_calls_add(model->calls, control_run_short(id), params);
	else if (strcmp(method, "calls.dropped") == 0)
		watch_calls_add_gap(model->calls, control_run_short(id),
				    number_of(params, "count"));
	else if (strcmp(method, "question.opened") == 0)
		question_opened(model, run, params, now);
	else if (strcmp(method, "question.changed") == 0 && *question)
		(*question)->waiters = number_of(params, "waiters");
	else if (strcmp(method, "question.closed") == 0)
		question_closed(model, run, params);
	else if (strcmp(method, "grant.made") == 0)
		grant_made(model, run, params);
	else if (strcmp(method, "grant.ended") == 0 && *grant)
		grant_remove(model, grant);
	else if (strcmp(method, "policy.failed") == 0)
		watch_model_say(model, "run %s: the policy stays as it was: %s",
				control_run_short(id), text_of(params, "text"));
	else if (strcmp(method, "grant.kept") == 0)
		watch_model_say(model, "%s%s",
				json_is_true(json_object_get(params, "kept"))
					? ""
					: "it holds for this run only: ",
				text_of(params, "text"));
}

void watch_model_granted(struct watch_model *model, const char *id, const json_t *grants)
{
	const struct watch_run *run = *find_run(model, id);
	const json_t *grant;
	size_t i;

	if (!run)
		return;
	json_array_foreach(grants, i, grant) grant_made(model, run, grant);
}

/* ---- the person */

void watch_model_select(struct watch_model *model, int by)
{
	struct watch_question *question = model->selected, *before;

	for (; question && by > 0 && question->next; by--)
		question = question->next;
	for (; question && by < 0 && question != model->questions; by++) {
		before = model->questions;
		while (before->next != question)
			before = before->next;
		question = before;
	}
	select_question(model, question);
}

void watch_model_select_grant(struct watch_model *model, int by)
{
	struct watch_grant *grant = model->selected_grant, *before;

	for (; grant && by > 0 && grant->next; by--)
		grant = grant->next;
	for (; grant && by < 0 && grant != model->grants; by++) {
		before = model->grants;
		while (before->next != grant)
			before = before->next;
		grant = before;
	}
	model->selected_grant = grant;
}

void watch_model_shown(struct watch_model *model, bool whole, int64_t now)
{
	model->whole = whole;
	if (model->selected && model->shown == 0)
		model->shown = now;
}

void watch_model_hidden(struct watch_model *model)
{
	model->shown = 0;
}

bool watch_model_settled(const struct watch_model *model, int64_t now)
{
	const struct watch_question *question = model->selected;

	return question && model->shown != 0 && now - model->shown >= WATCH_SETTLE_MS &&
	       (question->sent == 0 || now - question->sent >= WATCH_SENT_MS);
}

int watch_model_answer(struct watch_model *model, enum watch_answer answer, int64_t now,
		       struct watch_request *ret_request)
{
	struct watch_question *question = model->selected;
	json_t *params;

	if (!question)
		return -ENOENT;
	if (!watch_model_settled(model, now))
		return -EAGAIN;
	if (!(question->offers & 1u << answer)) {
		watch_model_say(model, "this question cannot be %s", answers[answer].words);
		return -EOPNOTSUPP;
	}
	if (!model->whole && answer >= WATCH_ALLOW_ONCE) {
		watch_model_say(model, "it does not fit here, so it cannot be allowed: make the "
				       "window larger, or use callgate pending");
		return -EOPNOTSUPP;
	}
	params = json_pack("{s:I, s:s, s:s, s:s}", "id", question->id, "verdict",
			   answers[answer].verdict, "lasts", answers[answer].lasts, "via", "watch");
	if (!params)
		return -ENOMEM;
	if (!watch_reach_set(&question->reach, answer, params)) {
		json_decref(params);
		watch_model_say(model, "with that scope it cannot be %s: s chooses another",
				answers[answer].words);
		return -EOPNOTSUPP;
	}
	question->sent = now;
	*ret_request = (struct watch_request){question->run->link, "answer", params};
	return 0;
}

int watch_model_revoke(struct watch_model *model, struct watch_request *ret_request)
{
	const struct watch_grant *grant = model->selected_grant;
	json_t *params = grant ? json_pack("{s:I}", "id", grant->id) : NULL;

	if (!params)
		return grant ? -ENOMEM : -ENOENT;
	*ret_request = (struct watch_request){grant->run->link, "revoke", params};
	return 0;
}
