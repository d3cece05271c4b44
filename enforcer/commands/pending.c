/* SPDX-License-Identifier: Apache-2.0 */
/* callgate pending: the questions that wait. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "enforcer/base/cleanup.h"
#include "enforcer/commands/commands.h"
#include "enforcer/commands/options.h"
#include "enforcer/commands/user-runs.h"

static const char *text_of(const json_t *object, const char *name)
{
	const char *text = json_string_value(json_object_get(object, name));

	return text ? text : "";
}

/* "once", or "for the run (file, dir)". */
static void print_offers(const json_t *question)
{
	json_t *offer, *scope;
	bool any = false;
	size_t i, k;

	json_array_foreach(json_object_get(question, "offers"), i, offer)
	{
		if (strcmp(text_of(offer, "verdict"), "allow") != 0)
			continue;
		printf("%s%s", any ? "; " : "  allow: ", text_of(offer, "lasts"));
		any = true;
		json_array_foreach(json_object_get(offer, "scopes"), k, scope)
			printf("%s%s", k ? ", " : " (", json_string_value(scope));
		if (json_array_size(json_object_get(offer, "scopes")) > 0)
			putchar(')');
	}
	if (any)
		putchar('\n');
}

static void print_question(const struct user_runs *runs, const struct user_thing *thing)
{
	const json_t *left = json_object_get(thing->object, "left_ms");
	char name[USER_NAME_MAX], time[USER_DURATION_MAX];

	user_thing_name(runs, thing, name);
	printf("question %s", name);
	if (json_is_integer(left)) {
		user_duration_show(json_integer_value(left), time);
		printf(", %s left", time);
	}
	printf("\n%s", text_of(thing->object, "text"));
	print_offers(thing->object);
}

static int print_json(const struct user_things *things)
{
	json_t *array = json_array();
	json_t *root = json_pack("{s:i, s:o}", "version", 1, "questions", array);
	int r = root ? 0 : -ENOMEM;

	for (size_t i = 0; r == 0 && i < things->n; i++) {
		const struct user_thing *thing = &things->things[i];

		json_object_set_new(thing->object, "run",
				    json_string(control_link_run(thing->link)));
		json_array_append(array, thing->object);
	}
	if (r == 0)
		r = json_dumpf(root, stdout, JSON_INDENT(2));
	json_decref(root);
	putchar('\n');
	return r;
}

static void print_text(const struct user_runs *runs, const struct user_things *things)
{
	for (size_t i = 0; i < things->n; i++) {
		if (i > 0)
			putchar('\n');
		print_question(runs, &things->things[i]);
	}
	/* To a person, not into a pipeline. */
	if (!isatty(1))
		return;
	if (things->n == 0)
		printf("no question waits\n");
	else
		printf("\nanswer with: callgate allow ID, callgate deny ID\n");
}

int command_pending(int argc, char **argv)
{
	bool json = false;
	const char *run = NULL;
	const struct option_spec specs[] = {{"--json", OPTION_FLAG, &json},
					    {"--run", OPTION_VALUE, &run}};
	struct user_runs runs = {};
	struct user_things things = {};
	struct failure failure = {};
	int rest = 0, r;

	r = options_parse(specs, ARRAY_LEN(specs), argc, argv, &rest, &failure);
	if (r > 0)
		return command_print_help("pending");
	if (r == 0 && rest < argc)
		r = failure_set(&failure, -EINVAL, "takes no arguments");
	if (r < 0)
		return command_usage_error("pending", &failure);
	r = user_runs_open(&runs, run, &failure);
	if (r == 0)
		r = user_runs_list(&runs, "list", "questions", &things, &failure);
	if (r < 0)
		failure_print(&failure);
	else if (json)
		r = print_json(&things);
	else
		print_text(&runs, &things);
	user_things_done(&things);
	user_runs_done(&runs);
	return r < 0 ? 1 : 0;
}
