/* SPDX-License-Identifier: Apache-2.0 */
/* What callgate web knows. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "enforcer/control/client-runs.h"
#include "enforcer/web/web-calls.h"
#include "enforcer/web/web-model.h"

/* Of what a run sends: it is ours, and still nothing grows without an end. */
#define THINGS_MAX 2048

/* A question or a grant. */
struct thing {
	json_int_t id;
	json_t *json;     /* as the run told it */
	int64_t since;    /* ms */
	int64_t deadline; /* ms; 0: none */
	struct thing *next;
};

struct things {
	struct thing *first;
	size_t n;
};

struct web_run {
	char *id;
	void *link;
	json_t *shown; /* its line */
	struct things questions, grants;
	struct web_run *next;
};

struct web_model {
	web_tell tell;
	void *userdata;
	struct web_run *runs; /* in the order in which they came */
	struct web_calls calls;
};

static const char *text_of(const json_t *object, const char *name)
{
	const char *text = json_string_value(json_object_get(object, name));

	return text ? text : "";
}

static json_int_t number_of(const json_t *object, const char *name)
{
	return json_integer_value(json_object_get(object, name));
}

/* ---- lines */

static void append_line(struct buffer *to, const json_t *line)
{
	char *text = line ? json_dumps(line, JSON_COMPACT) : NULL;

	if (text) {
		buffer_append_string(to, text);
		buffer_append(to, "\n", 1);
	}
	free(text);
}

/* line: taken. */
static void tell(struct web_model *model, json_t *line)
{
	struct buffer text = {};

	append_line(&text, line);
	if (text.len && !text.error)
		model->tell(model->userdata, text.data, text.len);
	buffer_done(&text);
	json_decref(line);
}

static json_t *thing_line(const struct web_run *run, const char *event, const struct thing *thing,
			  int64_t now)
{
	json_t *shown = json_copy(thing->json);

	if (shown && thing->deadline)
		json_object_set_new(
			shown, "left_ms",
			json_integer(thing->deadline > now ? thing->deadline - now : 0));
	return json_pack("{s:s, s:s, s:o}", "event", event, "run", run->id, event, shown);
}

/* ---- things */

static struct thing **find_thing(struct things *things, json_int_t id)
{
	struct thing **place = &things->first;

	while (*place && (*place)->id != id)
		place = &(*place)->next;
	return place;
}

static void thing_remove(struct things *things, struct thing **place)
{
	struct thing *thing = *place;

	*place = thing->next;
	things->n--;
	json_decref(thing->json);
	free(thing);
}

/* NULL: it is there already, or there is no room. params: borrowed. */
static struct thing *thing_add(struct things *things, const json_t *params, int64_t now)
{
	json_int_t id = number_of(params, "id");
	struct thing **place = find_thing(things, id), *thing;
	json_t *left = json_object_get(params, "left_ms");

	if (*place || things->n == THINGS_MAX)
		return NULL;
	thing = calloc(1, sizeof(*thing));
	if (!thing)
		return NULL;
	thing->json = json_copy((json_t *)params);
	if (!thing->json) {
		free(thing);
		return NULL;
	}
	thing->id = id;
	thing->since = now;
	if (json_is_integer(left))
		thing->deadline = now + json_integer_value(left);
	*place = thing;
	things->n++;
	return thing;
}

/* ---- runs */

static struct web_run **find_run(const struct web_model *model, const char *id)
{
	struct web_run **place = (struct web_run **)&model->runs;

	while (*place && strcmp((*place)->id, id) != 0)
		place = &(*place)->next;
	return place;
}

static struct web_run *run_free(struct web_run *run)
{
	if (!run)
		return NULL;
	while (run->questions.first)
		thing_remove(&run->questions, &run->questions.first);
	while (run->grants.first)
		thing_remove(&run->grants, &run->grants.first);
	json_decref(run->shown);
	free(run->id);
	free(run);
	return NULL;
}

int web_model_new(web_tell tell_all, void *userdata, struct web_model **ret_model)
{
	struct web_model *model = calloc(1, sizeof(*model));

	if (!model)
		return -ENOMEM;
	model->tell = tell_all;
	model->userdata = userdata;
	*ret_model = model;
	return 0;
}

struct web_model *web_model_free(struct web_model *model)
{
	if (!model)
		return NULL;
	while (model->runs) {
		struct web_run *run = model->runs;

		model->runs = run->next;
		run_free(run);
	}
	web_calls_done(&model->calls);
	free(model);
	return NULL;
}

int web_model_opened(struct web_model *model, const char *id, void *link, const json_t *status)
{
	struct web_run **place = find_run(model, id), *run;
	json_t *command = json_object_get(status, "command");

	if (*place)
		return 0;
	run = calloc(1, sizeof(*run));
	if (!run)
		return -ENOMEM;
	run->link = link;
	run->id = strdup(id);
	run->shown =
		json_pack("{s:s, s:s, s:s, s:s, s:o, s:I, s:b}", "event", "run", "run", id, "name",
			  control_run_short(id), "directory", text_of(status, "directory"),
			  "command", json_is_array(command) ? json_incref(command) : json_array(),
			  "started", number_of(status, "started"), "terminal",
			  json_is_true(json_object_get(status, "terminal")));
	if (!run->id || !run->shown) {
		run_free(run);
		return -ENOMEM;
	}
	*place = run;
	tell(model, json_incref(run->shown));
	return 0;
}

void web_model_closed(struct web_model *model, const char *id, const char *reason)
{
	struct web_run **place = find_run(model, id), *run = *place;

	if (!run)
		return;
	*place = run->next;
	tell(model,
	     json_pack("{s:s, s:s, s:s}", "event", "run-ended", "run", run->id, "reason", reason));
	run_free(run);
}

/* ---- events */

/* "Just this" is in the question, which is closed only now. */
static void say_about(const struct web_run *run, struct thing *grant)
{
	const struct thing *question =
		*find_thing((struct things *)&run->questions, number_of(grant->json, "question"));
	const json_t *objects = question ? json_object_get(question->json, "objects") : NULL;

	if (question)
		json_object_set_new(grant->json, "about",
				    json_pack("{s:O?, s:O?}", "program",
					      json_object_get(question->json, "program"), "object",
					      json_object_get(json_array_get(objects, 0), "text")));
}

static void add_grant(struct web_model *model, struct web_run *run, const json_t *params,
		      int64_t now)
{
	struct thing *grant = thing_add(&run->grants, params, now);

	if (!grant)
		return;
	say_about(run, grant);
	tell(model, thing_line(run, "grant", grant, now));
}

static void end_thing(struct web_model *model, struct web_run *run, const char *event,
		      const json_t *params)
{
	struct things *things = strcmp(event, "grant-ended") == 0 ? &run->grants : &run->questions;
	struct thing **place = find_thing(things, number_of(params, "id"));
	json_t *line;

	if (!*place)
		return;
	thing_remove(things, place);
	line = json_copy((json_t *)params);
	json_object_set_new(line, "event", json_string(event));
	json_object_set_new(line, "run", json_string(run->id));
	tell(model, line);
}

static void change_question(struct web_model *model, struct web_run *run, const json_t *params)
{
	struct thing *question = *find_thing(&run->questions, number_of(params, "id"));

	if (!question)
		return;
	json_object_set_new(question->json, "waiters", json_integer(number_of(params, "waiters")));
	tell(model, json_pack("{s:s, s:s, s:I, s:I}", "event", "waiters", "run", run->id, "id",
			      question->id, "waiters", number_of(params, "waiters")));
}

void web_model_event(struct web_model *model, const char *id, const char *method,
		     const json_t *params, int64_t now)
{
	struct web_run *run = *find_run(model, id);
	struct thing *question;

	if (!run)
		return;
	if (strcmp(method, "call") == 0) {
		web_calls_add(&model->calls, run->id, params);
	} else if (strcmp(method, "calls.dropped") == 0) {
		web_calls_add_gap(&model->calls, run->id, number_of(params, "count"));
	} else if (strcmp(method, "question.opened") == 0) {
		question = thing_add(&run->questions, params, now);
		if (question)
			tell(model, thing_line(run, "question", question, now));
	} else if (strcmp(method, "question.changed") == 0) {
		change_question(model, run, params);
	} else if (strcmp(method, "question.closed") == 0) {
		end_thing(model, run, "closed", params);
	} else if (strcmp(method, "grant.made") == 0) {
		add_grant(model, run, params, now);
	} else if (strcmp(method, "grant.ended") == 0) {
		end_thing(model, run, "grant-ended", params);
	} else if (strcmp(method, "grant.kept") == 0) {
		tell(model, json_pack("{s:s, s:s, s:I, s:b, s:s}", "event", "kept", "run", run->id,
				      "id", number_of(params, "id"), "kept",
				      json_is_true(json_object_get(params, "kept")), "text",
				      text_of(params, "text")));
	}
}

void web_model_granted(struct web_model *model, const char *id, const json_t *grants, int64_t now)
{
	struct web_run *run = *find_run(model, id);
	const json_t *grant;
	size_t i;

	if (!run)
		return;
	json_array_foreach(grants, i, grant) add_grant(model, run, grant, now);
}

void web_model_refused(struct web_model *model, const char *id, const char *text)
{
	tell(model, json_pack("{s:s, s:s, s:s}", "event", "refused", "run", id, "text", text));
}

/* ---- what is asked */

void *web_model_link(const struct web_model *model, const char *id)
{
	const struct web_run *run = *find_run(model, id);

	return run ? run->link : NULL;
}

int web_model_question(const struct web_model *model, const char *id, json_int_t question,
		       int64_t now)
{
	struct web_run *run = *find_run(model, id);
	const struct thing *thing = run ? *find_thing(&run->questions, question) : NULL;

	if (!thing)
		return -ENOENT;
	return now - thing->since < WEB_SETTLE_MS ? -EAGAIN : 0;
}

static void append_things(const struct web_run *run, const char *event, const struct things *things,
			  int64_t now, struct buffer *to)
{
	for (const struct thing *thing = things->first; thing; thing = thing->next) {
		json_t *line = thing_line(run, event, thing, now);

		append_line(to, line);
		json_decref(line);
	}
}

void web_model_all(const struct web_model *model, int64_t now, struct buffer *to)
{
	for (const struct web_run *run = model->runs; run; run = run->next) {
		append_line(to, run->shown);
		append_things(run, "question", &run->questions, now, to);
		append_things(run, "grant", &run->grants, now, to);
	}
}

void web_model_calls(const struct web_model *model, uint64_t *cursor, size_t max, struct buffer *to)
{
	web_calls_append(&model->calls, cursor, max, to);
}

bool web_model_has_calls(const struct web_model *model, uint64_t cursor)
{
	return model->calls.count > cursor;
}
