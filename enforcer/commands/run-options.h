/* SPDX-License-Identifier: Apache-2.0 */
/* The options of `callgate run`, and those of them that say which policy: explain takes them
 * too. */
#pragma once

#include <stdbool.h>

#include "enforcer/base/cleanup.h"
#include "enforcer/commands/options.h"
#include "enforcer/config/config.h"

#define POLICY_OPTIONS_HELP                                                                        \
	"  --policy FILE    rules of this file before the project's and your own\n"                \
	"  --profile NAME   the built-in profile: agent (if nothing says otherwise), offline,\n"   \
	"                   observe\n"                                                             \
	"  --add-dir DIR    as the workspace: read, write, execute; absolute; may be repeated\n"   \
	"  --read DIR       read what is in DIR; absolute; may be repeated\n"                      \
	"  --allow-host NAME[:PORT]\n"                                                             \
	"                   connect to that host; may be repeated\n"                               \
	"  --allow-loopback PORT\n"                                                                \
	"                   connect to that port of this machine's loopback; may be repeated\n"    \
	"  --publish PORT[:ON]\n"                                                                  \
	"                   what listens on PORT inside is reached by ON (or PORT) of this\n"      \
	"                   machine's loopback; may be repeated\n"                                 \
	"  --offline        no connection that leaves the sandbox by network\n"

struct run_options {
	struct config_options config; /* its lists are owned here; free by run_options_done() */
	const char *audit;            /* where the record goes: recording.h */
	const char *json_file;
	const char *approver; /* a shell's command; NULL: none */
	bool attended;
	bool follow;
	bool verbose;
	bool print_plan;
	char **command; /* NULL-ended; borrowed from argv; NULL where none was given (a plan) */
};

/* As options_parse(): 0, 1 for --help, or a negative errno with words. argv stays borrowed. */
int run_options_parse(int argc, char **argv, struct run_options *ret_options,
		      struct failure *reterr);
void run_options_done(struct run_options *options);

/* The rows of the options that say which policy, written to specs[POLICY_OPTIONS]. */
#define POLICY_OPTIONS 8
void run_options_policy_specs(struct config_options *config, struct option_spec *specs);
