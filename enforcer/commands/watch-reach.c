/* SPDX-License-Identifier: Apache-2.0 */
/* How far and how long an answer reaches. */
#include <stdlib.h>
#include <string.h>

#include "enforcer/base/cleanup.h"
#include "enforcer/commands/watch-model.h"
#include "enforcer/commands/watch-reach.h"

static const struct {
	const char *words;
	json_int_t ms; /* 0: with the run */
} times[] = {
	{"for the run", 0},
	{"for 10 min", 10 * 60000},
	{"for 1 h", 60 * 60000},
	{"for 1 day", 24 * 60 * 60000},
};

static const struct {
	const char *verdict, *lasts;
	enum watch_answer answer;
} lasting[] = {
	{"deny", "run", WATCH_DENY_RUN},
	{"allow", "run", WATCH_ALLOW_RUN},
	{"allow", "always", WATCH_ALLOW_ALWAYS},
};

static const char *text_of(const json_t *object, const char *name)
{
	const char *text = json_string_value(json_object_get(object, name));

	return text ? text : "";
}

static struct watch_scope *get_scope(struct watch_reach *reach, const char *name,
				     const json_t *covers)
{
	struct watch_scope *scope = reach->scopes;

	for (size_t i = 0; i < reach->n; i++, scope++)
		if (strcmp(scope->name, name) == 0)
			return scope;
	if (reach->n == WATCH_SCOPES_MAX)
		return NULL;
	scope->name = strdup(name);
	scope->covers = strdup(text_of(covers, name));
	reach->n++;
	return scope;
}

static void take_offer(struct watch_reach *reach, const json_t *offer, const json_t *covers)
{
	json_t *name;
	size_t i;

	for (size_t k = 0; k < ARRAY_LEN(lasting); k++) {
		if (strcmp(text_of(offer, "verdict"), lasting[k].verdict) != 0 ||
		    strcmp(text_of(offer, "lasts"), lasting[k].lasts) != 0)
			continue;
		json_array_foreach(json_object_get(offer, "scopes"), i, name)
		{
			struct watch_scope *scope =
				json_is_string(name)
					? get_scope(reach, json_string_value(name), covers)
					: NULL;

			if (scope)
				scope->offers |= 1u << lasting[k].answer;
		}
	}
}

bool watch_reach_init(struct watch_reach *reach, const json_t *params)
{
	json_t *offer;
	size_t i;

	*reach = (struct watch_reach){};
	json_array_foreach(json_object_get(params, "offers"), i, offer)
		take_offer(reach, offer, json_object_get(params, "scopes"));
	for (i = 0; i < reach->n; i++)
		if (!reach->scopes[i].name || !reach->scopes[i].covers)
			return false;
	return true;
}

void watch_reach_done(struct watch_reach *reach)
{
	for (size_t i = 0; i < reach->n; i++) {
		free(reach->scopes[i].name);
		free(reach->scopes[i].covers);
	}
	*reach = (struct watch_reach){};
}

void watch_reach_next_scope(struct watch_reach *reach)
{
	if (reach->n > 0)
		reach->scope = (reach->scope + 1) % reach->n;
}

void watch_reach_next_time(struct watch_reach *reach)
{
	reach->time = (reach->time + 1) % ARRAY_LEN(times);
}

const struct watch_scope *watch_reach_scope(const struct watch_reach *reach,
					    enum watch_answer answer)
{
	if (reach->scope < reach->n && reach->scopes[reach->scope].offers & 1u << answer)
		return &reach->scopes[reach->scope];
	for (size_t i = 0; answer == WATCH_ALLOW_ALWAYS && i < reach->n; i++)
		if (reach->scopes[i].offers & 1u << answer)
			return &reach->scopes[i];
	return NULL;
}

const char *watch_reach_time(const struct watch_reach *reach)
{
	return times[reach->time].words;
}

bool watch_reach_set(const struct watch_reach *reach, enum watch_answer answer, json_t *params)
{
	const struct watch_scope *scope = watch_reach_scope(reach, answer);

	if (answer == WATCH_ALLOW_ONCE || answer == WATCH_DENY_ONCE)
		return true;
	if (!scope)
		return false;
	/* A time goes with the run, and whoever means always means no time. */
	if (answer != WATCH_ALLOW_ALWAYS && times[reach->time].ms)
		json_object_set_new(params, "for_ms", json_integer(times[reach->time].ms));
	return json_object_set_new(params, "scope", json_string(scope->name)) == 0;
}
