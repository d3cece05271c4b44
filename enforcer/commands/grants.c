/* SPDX-License-Identifier: Apache-2.0 */
/* callgate grants: the answers that runs remember. */
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

static void print_grant(const struct user_runs *runs, const struct user_thing *thing)
{
	const json_t *left = json_object_get(thing->object, "left_ms");
	json_int_t used = json_integer_value(json_object_get(thing->object, "used"));
	char name[USER_NAME_MAX], time[USER_DURATION_MAX] = "";

	user_thing_name(runs, thing, name);
	printf("%s\t%s %s\t", name,
	       strcmp(text_of(thing->object, "verdict"), "allow") == 0 ? "allowed" : "denied",
	       strcmp(text_of(thing->object, "lasts"), "always") == 0 ? "always" : "for this run");
	printf("%s (", text_of(thing->object, "text"));
	if (json_is_integer(left)) {
		user_duration_show(json_integer_value(left), time);
		printf("%s left, ", time);
	}
	printf("used %" JSON_INTEGER_FORMAT "x)\n", used);
	if (json_is_string(json_object_get(thing->object, "reason")))
		printf("\treason: %s\n", text_of(thing->object, "reason"));
}

static int print_json(const struct user_things *things)
{
	json_t *array = json_array();
	json_t *root = json_pack("{s:i, s:o}", "version", 1, "grants", array);
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

int command_grants(int argc, char **argv)
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
		return command_print_help("grants");
	if (r == 0 && rest < argc)
		r = failure_set(&failure, -EINVAL, "takes no arguments");
	if (r < 0)
		return command_usage_error("grants", &failure);
	r = user_runs_open(&runs, run, &failure);
	if (r == 0)
		r = user_runs_list(&runs, "grants", "grants", &things, &failure);
	if (r < 0)
		failure_print(&failure);
	else if (json)
		r = print_json(&things);
	for (size_t i = 0; r == 0 && !json && i < things.n; i++)
		print_grant(&runs, &things.things[i]);
	if (r == 0 && !json && things.n == 0 && isatty(1))
		printf("no run remembers an answer\n");
	user_things_done(&things);
	user_runs_done(&runs);
	return r < 0 ? 1 : 0;
}
