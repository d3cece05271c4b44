/* SPDX-License-Identifier: Apache-2.0 */
/* callgate runs: what runs now. What is left of runs that are gone is removed on the way. */
#include <errno.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "enforcer/base/cleanup.h"
#include "enforcer/commands/commands.h"
#include "enforcer/commands/options.h"
#include "enforcer/commands/user-runs.h"
#include "enforcer/control/client-runs.h"

#define WORDS_SHOWN 6

static void print_run(const char *run, const json_t *status)
{
	json_int_t questions = json_integer_value(json_object_get(status, "questions"));
	time_t started = (time_t)json_integer_value(json_object_get(status, "started"));
	const json_t *command = json_object_get(status, "command");
	char time[64] = "?";
	struct tm tm;

	if (localtime_r(&started, &tm))
		strftime(time, sizeof(time), "%Y-%m-%d %H:%M", &tm);
	printf("%s\t%s\t", control_run_short(run), time);
	if (questions == 1)
		printf("1 question waits\t");
	else if (questions > 1)
		printf("%" JSON_INTEGER_FORMAT " questions wait\t", questions);
	else
		printf("-\t");
	printf("%s\t", json_string_value(json_object_get(status, "directory")));
	for (size_t i = 0; i < json_array_size(command) && i < WORDS_SHOWN; i++)
		printf("%s%s", i ? " " : "", json_string_value(json_array_get(command, i)));
	printf("%s\n", json_array_size(command) > WORDS_SHOWN ? " ..." : "");
}

static int show(const struct user_runs *runs, bool json)
{
	json_t *array = json_array();
	int r = array ? 0 : -ENOMEM;

	for (int i = 0; r == 0 && i < runs->n; i++) {
		json_t *status = NULL;

		/* One that ends meanwhile is none any more. */
		if (user_runs_ask(runs->links[i], "status", NULL, &status, NULL) < 0)
			continue;
		if (!json)
			print_run(control_link_run(runs->links[i]), status);
		json_array_append_new(array, status);
	}
	if (r == 0 && json) {
		json_t *root = json_pack("{s:i, s:O}", "version", 1, "runs", array);

		r = root ? json_dumpf(root, stdout, JSON_INDENT(2)) : -ENOMEM;
		json_decref(root);
		putchar('\n');
	}
	if (!json && json_array_size(array) == 0 && isatty(1))
		printf("nothing runs\n");
	json_decref(array);
	return r;
}

int command_runs(int argc, char **argv)
{
	bool json = false;
	const struct option_spec specs[] = {{"--json", OPTION_FLAG, &json}};
	struct user_runs runs = {};
	struct failure failure = {};
	int rest = 0, r;

	r = options_parse(specs, ARRAY_LEN(specs), argc, argv, &rest, &failure);
	if (r > 0)
		return command_print_help("runs");
	if (r == 0 && rest < argc)
		r = failure_set(&failure, -EINVAL, "takes no arguments");
	if (r < 0)
		return command_usage_error("runs", &failure);
	r = user_runs_open(&runs, NULL, &failure);
	if (r < 0)
		failure_print(&failure);
	else
		r = show(&runs, json);
	user_runs_done(&runs);
	return r < 0 ? 1 : 0;
}
