/* SPDX-License-Identifier: Apache-2.0 */
/* callgate revoke: a remembered answer holds no longer. */
#include <errno.h>
#include <stdio.h>

#include "enforcer/base/cleanup.h"
#include "enforcer/commands/commands.h"
#include "enforcer/commands/options.h"
#include "enforcer/commands/user-runs.h"

static int revoke(const char *run, const char *word, struct failure *reterr)
{
	const struct user_thing *thing = NULL;
	struct user_runs runs = {};
	struct user_things things = {};
	json_t *result = NULL;
	int r = user_runs_open(&runs, run, reterr);

	if (r == 0)
		r = user_runs_list(&runs, "grants", "grants", &things, reterr);
	if (r == 0)
		r = user_things_find(&things, word, "grant", &thing, reterr);
	if (r == 0)
		r = user_runs_ask(thing->link, "revoke",
				  json_pack("{s:O}", "id", json_object_get(thing->object, "id")),
				  &result, reterr);
	if (r == 0)
		printf("revoked: %s\n", json_string_value(json_object_get(thing->object, "text")));
	json_decref(result);
	user_things_done(&things);
	user_runs_done(&runs);
	return r;
}

int command_revoke(int argc, char **argv)
{
	const char *run = NULL;
	const struct option_spec specs[] = {{"--run", OPTION_VALUE, &run}};
	struct failure failure = {};
	int rest = 0, r;

	r = options_parse(specs, ARRAY_LEN(specs), argc, argv, &rest, &failure);
	if (r > 0)
		return command_print_help("revoke");
	if (r == 0 && rest + 1 != argc) {
		failure_hint(&failure, "callgate grants lists them");
		r = failure_set(&failure, -EINVAL, rest == argc ? "which grant?" : "one at a time");
	}
	if (r < 0)
		return command_usage_error("revoke", &failure);
	r = revoke(run, argv[rest], &failure);
	if (r < 0)
		failure_print(&failure);
	return r < 0 ? 1 : 0;
}
