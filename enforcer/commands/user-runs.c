/* SPDX-License-Identifier: Apache-2.0 */
/* All runs of the user, and the names of the things in them. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "enforcer/base/buffer.h"
#include "enforcer/commands/user-runs.h"
#include "enforcer/config/facts.h"
#include "enforcer/control/client-runs.h"
#include "enforcer/launch/plan.h"

#define CHOICES_MAX 8

/* Said plainly, because a program inside that is told so can tell its person. */
static int refuse_inside(struct failure *reterr)
{
	if (access(PLAN_SHIM_PATH, F_OK) < 0)
		return 0;
	failure_hint(reterr, "ask the person who started the run: they can answer, from a "
			     "terminal outside of it");
	return failure_set(reterr, -EPERM,
			   "this is inside of a run, where nothing can be answered or looked at");
}

static void keep_matching(struct user_runs *runs, const char *run)
{
	int kept = 0;

	for (int i = 0; i < runs->n; i++) {
		if (control_run_matches(control_link_run(runs->links[i]), run))
			runs->links[kept++] = runs->links[i];
		else
			control_link_free(runs->links[i]);
	}
	runs->n = kept;
}

/* Where this process has no XDG_RUNTIME_DIR but the login has one. */
static void hint_at_runtime(struct failure *reterr)
{
	char path[64];

	snprintf(path, sizeof(path), "/run/user/%u/callgate", (unsigned)getuid());
	if (!getenv("XDG_RUNTIME_DIR") && access(path, F_OK) == 0)
		failure_hint(reterr,
			     "runs of your login may be found with "
			     "XDG_RUNTIME_DIR=/run/user/%u",
			     (unsigned)getuid());
	else
		failure_hint(reterr, "callgate runs lists them");
}

int user_runs_open(struct user_runs *runs, const char *run, struct failure *reterr)
{
	struct control_places places;
	char shown[SHOWN_MAX];
	int r = refuse_inside(reterr);

	runs->n = 0;
	if (r == 0)
		r = control_places_find(&places, reterr);
	if (r < 0)
		return r;
	r = control_links_open(&places, runs->links, USER_RUNS_MAX);
	if (r < 0)
		return failure_set(reterr, r, "cannot look for runs: %s", strerror(-r));
	runs->n = r;
	if (!run)
		return 0;
	keep_matching(runs, run);
	if (runs->n > 0)
		return 0;
	hint_at_runtime(reterr);
	return failure_set(reterr, -ENOENT, "there is no run %s", facts_show(run, shown));
}

void user_runs_done(struct user_runs *runs)
{
	for (int i = 0; i < runs->n; i++)
		control_link_free(runs->links[i]);
	runs->n = 0;
}

int user_runs_ask(struct control_link *link, const char *method, json_t *params,
		  json_t **ret_result, struct failure *reterr)
{
	return control_link_ask(link, method, params, USER_RUNS_PATIENCE_MS, ret_result, reterr);
}

/* ---- things */

static int add_thing(struct user_things *things, struct control_link *link, json_t *object)
{
	struct user_thing *more = reallocarray(things->things, things->n + 1, sizeof(*more));

	if (!more)
		return -ENOMEM;
	things->things = more;
	more[things->n++] = (struct user_thing){.link = link, .object = json_incref(object)};
	return 0;
}

/* A page; *ret_after: of the last, where there are more. */
static int list_page(struct control_link *link, const char *method, const char *member,
		     struct user_things *things, json_int_t *ret_after)
{
	json_t *params = *ret_after ? json_pack("{s:I}", "after", *ret_after) : NULL;
	json_t *result = NULL, *object;
	size_t i;
	int r = user_runs_ask(link, method, params, &result, NULL);

	*ret_after = 0;
	if (r < 0)
		return r == -ENOMEM ? r : 0;
	json_array_foreach(json_object_get(result, member), i, object)
	{
		if (r == 0)
			r = add_thing(things, link, object);
		if (json_is_true(json_object_get(result, "more")))
			*ret_after = json_integer_value(json_object_get(object, "id"));
	}
	json_decref(result);
	return r;
}

int user_runs_list(const struct user_runs *runs, const char *method, const char *member,
		   struct user_things *ret_things, struct failure *reterr)
{
	int r = 0;

	*ret_things = (struct user_things){};
	for (int i = 0; r == 0 && i < runs->n; i++) {
		json_int_t after = 0;

		do {
			r = list_page(runs->links[i], method, member, ret_things, &after);
		} while (r == 0 && after > 0);
	}
	if (r < 0) {
		user_things_done(ret_things);
		return failure_set(reterr, r, "cannot ask the runs: %s", strerror(-r));
	}
	return 0;
}

void user_things_done(struct user_things *things)
{
	for (size_t i = 0; i < things->n; i++)
		json_decref(things->things[i].object);
	free(things->things);
	*things = (struct user_things){};
}

static json_int_t id_of(const struct user_thing *thing)
{
	return json_integer_value(json_object_get(thing->object, "id"));
}

static void name_fully(const struct user_thing *thing, char ret_name[static USER_NAME_MAX])
{
	snprintf(ret_name, USER_NAME_MAX, "%s/%" JSON_INTEGER_FORMAT,
		 control_run_short(control_link_run(thing->link)), id_of(thing));
}

void user_thing_name(const struct user_runs *runs, const struct user_thing *thing,
		     char ret_name[static USER_NAME_MAX])
{
	if (runs->n > 1)
		name_fully(thing, ret_name);
	else
		snprintf(ret_name, USER_NAME_MAX, "%" JSON_INTEGER_FORMAT, id_of(thing));
}

/* The names of those that match, or of all: what to write instead. */
static void hint_at_choices(struct failure *reterr, const struct user_things *things, json_int_t id,
			    const char *before)
{
	struct buffer text = {};
	char name[USER_NAME_MAX];
	size_t n = 0;

	for (size_t i = 0; i < things->n; i++) {
		if (id && id_of(&things->things[i]) != id)
			continue;
		if (n++ == CHOICES_MAX) {
			buffer_append_string(&text, ", ...");
			break;
		}
		name_fully(&things->things[i], name);
		buffer_printf(&text, "%s%s", n > 1 ? ", " : "", name);
	}
	if (!text.error && text.len > 0)
		failure_hint(reterr, "%s: %s", before, text.data);
	buffer_done(&text);
}

/* word: [RUN/]N. run: empty where it is left out. */
static int parse_name(const char *word, char run[static USER_NAME_MAX], json_int_t *ret_id)
{
	const char *slash = strrchr(word, '/');
	const char *digits = slash ? slash + 1 : word;
	size_t len = slash ? (size_t)(slash - word) : 0;
	char *end;

	if (len >= USER_NAME_MAX || (slash && len == 0) || digits[0] < '1' || digits[0] > '9')
		return -EINVAL;
	memcpy(run, word, len);
	run[len] = '\0';
	errno = 0;
	*ret_id = strtoll(digits, &end, 10);
	return *end || errno ? -EINVAL : 0;
}

int user_things_find(const struct user_things *things, const char *word, const char *what,
		     const struct user_thing **ret_thing, struct failure *reterr)
{
	const struct user_thing *found = NULL;
	char run[USER_NAME_MAX], shown[SHOWN_MAX];
	json_int_t id;
	bool many = false;

	if (parse_name(word, run, &id) < 0) {
		failure_hint(reterr, "it is a number, or with its run: 1fdd/3");
		return failure_set(reterr, -EINVAL, "%s is not the name of a %s",
				   facts_show(word, shown), what);
	}
	for (size_t i = 0; i < things->n; i++) {
		const struct user_thing *thing = &things->things[i];

		if (id_of(thing) != id ||
		    (run[0] && !control_run_matches(control_link_run(thing->link), run)))
			continue;
		many = found != NULL;
		if (many)
			break;
		found = thing;
	}
	if (many) {
		hint_at_choices(reterr, things, id, "say which");
		return failure_set(reterr, -ENOTUNIQ, "more than one run has a %s %s", what,
				   facts_show(word, shown));
	}
	if (!found) {
		hint_at_choices(reterr, things, 0, "there are");
		return failure_set(reterr, -ENOENT, "there is no %s %s%s", what,
				   facts_show(word, shown),
				   things->n ? "" : ", and no other one either");
	}
	*ret_thing = found;
	return 0;
}

/* ---- times */

static const struct {
	const char *unit;
	int64_t ms;
} units[] = {{"s", 1000}, {"m", 60000}, {"h", 3600000}, {"d", 86400000}};

int user_duration_parse(const char *text, int64_t *ret_ms, struct failure *reterr)
{
	char shown[SHOWN_MAX], *end;
	long number;

	errno = 0;
	number = strtol(text, &end, 10);
	for (size_t i = 0; i < ARRAY_LEN(units); i++) {
		if (text[0] < '1' || text[0] > '9' || errno || strcmp(end, units[i].unit) != 0)
			continue;
		if (number > 365 * units[3].ms / units[i].ms)
			break;
		*ret_ms = number * units[i].ms;
		return 0;
	}
	failure_hint(reterr, "for example 90s, 10m, 2h, 1d; at most 365d");
	return failure_set(reterr, -EINVAL, "%s is no time", facts_show(text, shown));
}

void user_duration_show(int64_t ms, char ret_text[static USER_DURATION_MAX])
{
	long long s = ms / 1000;

	if (s < 120)
		snprintf(ret_text, USER_DURATION_MAX, "%lld s", s);
	else if (s < 7200)
		snprintf(ret_text, USER_DURATION_MAX, "%lld min", s / 60);
	else if (s < 172800)
		snprintf(ret_text, USER_DURATION_MAX, "%lld h", s / 3600);
	else
		snprintf(ret_text, USER_DURATION_MAX, "%lld days", s / 86400);
}
