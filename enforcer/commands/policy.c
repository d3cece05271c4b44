/* SPDX-License-Identifier: Apache-2.0 */
/* callgate policy reload: a run reads its policy again. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "enforcer/base/cleanup.h"
#include "enforcer/commands/commands.h"
#include "enforcer/commands/options.h"
#include "enforcer/commands/user-runs.h"
#include "enforcer/control/client-runs.h"

static int reload(const char *word, struct failure *reterr)
{
	struct user_runs runs = {};
	json_t *result = NULL;
	int r = user_runs_open(&runs, word, reterr);

	if (r == 0 && runs.n != 1) {
		failure_hint(reterr, "callgate runs lists them");
		r = failure_set(reterr, -ENOTUNIQ, "%s",
				runs.n ? "more than one run: say which" : "nothing runs");
	}
	if (r == 0)
		r = user_runs_ask(runs.links[0], "policy.reload", NULL, &result, reterr);
	if (r == 0)
		printf("run %s reads its policy again: what comes of it is on record\n",
		       control_run_short(control_link_run(runs.links[0])));
	json_decref(result);
	user_runs_done(&runs);
	return r;
}

int command_policy(int argc, char **argv)
{
	struct failure failure = {};
	int rest = 0, r;

	r = options_parse(NULL, 0, argc, argv, &rest, &failure);
	if (r > 0)
		return command_print_help("policy");
	if (r == 0 && (rest == argc || strcmp(argv[rest], "reload") != 0))
		r = failure_set(&failure, -EINVAL, "what is to be done? It can be: reload");
	if (r == 0 && argc - rest > 2)
		r = failure_set(&failure, -EINVAL, "one run at a time");
	if (r < 0)
		return command_usage_error("policy", &failure);
	r = reload(argc - rest == 2 ? argv[rest + 1] : NULL, &failure);
	if (r < 0)
		failure_print(&failure);
	return r < 0 ? 1 : 0;
}
