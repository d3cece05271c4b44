/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The commands of callgate: one file a command, and a table.
 *
 * Exit status: 0 done; 1 the answer is no (check found an error, trust was declined) or the command
 * failed; 2 called wrongly. `run` is the exception: 125 for whatever is callgate's own failure, so
 * that every other status is the agent's.
 */
#pragma once

#include <stddef.h>

#define EXIT_USAGE    2
#define EXIT_CALLGATE 125

struct command {
	const char *name;
	const char *arguments; /* behind the name, in the usage line */
	const char *summary;   /* one line, no capital, no full stop */
	const char *help;      /* what `callgate NAME --help` says under the usage line */
	int (*run)(int argc,
		   char **argv); /* argv[0] is the command's name; returns the exit status */
};

extern const struct command commands[]; /* ended by one without a name */

/* argv[0] is callgate. Returns the exit status. */
int commands_dispatch(int argc, char **argv);
const struct command *command_find(const char *name);
/* The usage line and help of a command, to stdout; returns 0, for `--help`. */
int command_print_help(const char *name);
struct failure;
/* The failure, and where to read more, to stderr; returns EXIT_USAGE. */
int command_usage_error(const char *name, const struct failure *failure);

/* Help texts that stand beside their options. */
extern const char log_help[];
extern const char replay_help[];
extern const char stats_help[];
extern const char export_help[];
extern const char audit_help[];
extern const char grant_help[];
extern const char policy_help[];
extern const char report_help[];
extern const char web_help[];
extern const char suggest_help[];

int command_run(int argc, char **argv);
int command_check(int argc, char **argv);
int command_explain(int argc, char **argv);
int command_denials(int argc, char **argv);
int command_trust(int argc, char **argv);
int command_log(int argc, char **argv);
int command_replay(int argc, char **argv);
int command_suggest(int argc, char **argv);
int command_stats(int argc, char **argv);
int command_export(int argc, char **argv);
int command_report(int argc, char **argv);
int command_audit(int argc, char **argv);
int command_pending(int argc, char **argv);
int command_allow(int argc, char **argv);
int command_deny(int argc, char **argv);
int command_grant(int argc, char **argv);
int command_grants(int argc, char **argv);
int command_revoke(int argc, char **argv);
int command_runs(int argc, char **argv);
int command_watch(int argc, char **argv);
int command_web(int argc, char **argv);
int command_policy(int argc, char **argv);
int command_version(int argc, char **argv);
int command_help(int argc, char **argv);
