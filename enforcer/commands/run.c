/* SPDX-License-Identifier: Apache-2.0 */
/* `callgate run`. To be replaced: so far it reads its options and the policy, and starts nothing. */
#include <stdio.h>

#include "enforcer/commands/commands.h"
#include "enforcer/commands/run-options.h"

int command_run(int argc, char **argv)
{
	_cleanup_(run_options_done) struct run_options options = {};
	_cleanup_(config_freep) struct config *config = NULL;
	struct failure failure = {};
	int r = run_options_parse(argc, argv, &options, &failure);

	if (r == 1)
		return command_print_help("run");
	if (r == 0)
		r = config_load(&options.config, &config, &failure);
	if (r < 0) {
		failure_print(&failure);
		return EXIT_CALLGATE;
	}
	config_print_notices(config);
	fprintf(stderr, "callgate: run is not built yet\n");
	return EXIT_CALLGATE;
}
