/* SPDX-License-Identifier: Apache-2.0 */
/* The table of commands, and the way into it. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "enforcer/base/cleanup.h"
#include "enforcer/commands/commands.h"
#include "enforcer/commands/doctor.h"
#include "enforcer/commands/run-options.h"
#include "enforcer/config/facts.h"
#include "enforcer/policy/nearest-name.h"

const struct command commands[] = {
	{"run", "[OPTION]... [--] COMMAND [ARGUMENT]...",
	 "run a command in the sandbox, under the policy",
	 "Runs COMMAND and all that it starts. The current directory is the workspace: what the\n"
	 "agent may read, write and execute. The rest is for the policy to say.\n"
	 "\n" POLICY_OPTIONS_HELP
	 "  --unattended     nobody is there to ask: what would be asked is answered by the\n"
	 "                   policy (\"approval\": {\"unattended\": ...}; else deny)\n"
	 "  --attended       somebody will answer, by callgate allow, though nobody is there\n"
	 "                   yet: questions wait for their time\n"
	 "  --approver COMMAND\n"
	 "                   a shell's command that is asked as well: it gets each question as\n"
	 "                   JSON, and answers as a hook does\n"
	 "  --follow         look at the files of the policy: what is changed in them holds from\n"
	 "                   the next call on; a file with an error in it changes nothing\n"
	 "  --audit FILE     write the record to FILE, else to a file of its own in\n"
	 "                   ~/.local/state/callgate/runs; journald or syslog hand it to these;\n"
	 "                   several, and file for the usual one, with \",\" between\n"
	 "  --no-redact      leave what looks like a secret in the record's arguments\n"
	 "  --json FILE      write a summary of the run to FILE at its end; - is stdout\n"
	 "  --verbose        say at the end what was denied, by which rule, what would allow\n"
	 "                   it, and where the record is\n"
	 "  --print-plan     print how the sandbox would be made, and start nothing\n"
	 "\n"
	 "Exit status: the command's; 128 + N where signal N ended it; 126 or 127 where it could\n"
	 "not be executed or was not found; 125 where callgate itself failed.\n",
	 command_run},
	{"check", "[--strict] FILE...", "check a policy file, and warn of rules that do nothing",
	 "Says what is wrong with FILE, with line and column; else warns of rules that can never\n"
	 "match, and of rules that the gate holds without the wall behind it.\n"
	 "\n"
	 "  --strict         a warning fails the check too\n"
	 "\n"
	 "Exit status: 0 the file is valid; 1 it is not; 2 called wrongly.\n",
	 command_check},
	{"explain", "[OPTION]... VERB OBJECT", "say what the policy decides, and by which rule",
	 "VERB OBJECT is one of\n"
	 "  read PATH, write PATH, exec PATH-OR-PROGRAM,\n"
	 "  connect and listen: HOST:PORT, unix:PATH, abstract:NAME\n"
	 "\n" POLICY_OPTIONS_HELP "  --verbose        list every rule that was looked at before\n"
	 "\n"
	 "The built-in profiles can be read in " CALLGATE_PROFILES ".\n"
	 "\n"
	 "Exit status: 0 allow or ask; 1 deny, or the policy cannot be loaded; 2 called wrongly.\n",
	 command_explain},
	{"trust", "[--show | --revoke] [--yes] [DIR]",
	 "trust the " PROJECT_FILE_NAME " of a project",
	 "A project's policy file comes from whoever wrote the project. It is read only once you\n"
	 "have looked at it and said yes; when it changes, you are asked anew. DIR is the current\n"
	 "directory where it is left out.\n"
	 "\n"
	 "  --show           print the file and whether it is trusted; change nothing\n"
	 "  --revoke         trust it no longer\n"
	 "  --yes            do not ask\n"
	 "\n"
	 "Exit status: 0 it is trusted (--revoke: no longer); 1 it is not; 2 called wrongly.\n",
	 command_trust},
	{"denials", "[--json] [FILE]", "inside a run: say what was denied, and what would allow it",
	 "For the agent: reads what callgate tells it of the calls that were denied, the newest\n"
	 "last. FILE is $CALLGATE_DENIALS where it is left out.\n"
	 "\n"
	 "  --json           the lines as they are\n"
	 "\n"
	 "Exit status: 0; 1 there is no such file; 2 called wrongly.\n",
	 command_denials},
	{"log", "[OPTION]... [RUN]...", "the runs on record, and what happened in them", log_help,
	 command_log},
	{"stats", "[OPTION]... [RUN]...", "what runs came to in numbers", stats_help,
	 command_stats},
	{"replay", "[OPTION]... [RUN]...",
	 "judge recorded runs again, by another policy or their own", replay_help, command_replay},
	{"suggest", "[OPTION]... [RUN]...",
	 "rules that would have saved prompts, learned from what was allowed", suggest_help,
	 command_suggest},
	{"export", "--sqlite FILE | --csv DIR [OPTION]... [RUN]...",
	 "records as tables, to ask in SQL", export_help, command_export},
	{"report", "-o FILE [OPTION]... [RUN]...", "a page about runs, with pictures", report_help,
	 command_report},
	{"audit", "verify [--key FILE] FILE|RUN... | tidy [--dry-run]",
	 "say whether records are as they were written; compress and remove old ones", audit_help,
	 command_audit},
	{"pending", "[--json] [--run RUN]", "list the questions that wait for an answer",
	 "Lists what the runs of this user ask, with the name of each question: a number, or with\n"
	 "its run before it where there are several (1fdd7951/3).\n"
	 "\n"
	 "  --run RUN        of that run alone: the beginning of its id, or of the id's last part\n"
	 "  --json           the same for a program\n"
	 "\n"
	 "Exit status: 0 done, also where nothing waits; 1 there is no such run; 2 called "
	 "wrongly.\n",
	 command_pending},
	{"allow", "ID [OPTION]...", "answer a question: yes",
	 "ID is the question's name, as callgate pending lists it: 3, or 1fdd/3.\n"
	 "\n"
	 "  --once           this one time (if nothing else is said)\n"
	 "  --for-run        and from now on in this run\n"
	 "  --for TIME       and from now on in this run, for so long: 90s, 10m, 2h, 1d\n"
	 "  --always         and from now on in every run: written into your policy\n"
	 "  --scope SCOPE    what a remembered answer covers: same (the very same again), file,\n"
	 "                   dir, tree, host, command, program; the narrowest, if not said.\n"
	 "                   With --scope alone, for this run\n"
	 "  --reason TEXT    why, for the record\n"
	 "  --run RUN        a question of that run\n"
	 "\n"
	 "Exit status: 0 it was answered; 1 it was not (there is none, or that answer is not\n"
	 "possible); 2 called wrongly.\n",
	 command_allow},
	{"deny", "ID [OPTION]...", "answer a question: no",
	 "ID is the question's name, as callgate pending lists it: 3, or 1fdd/3.\n"
	 "\n"
	 "  --for-run        and from now on in this run\n"
	 "  --for TIME       and from now on in this run, for so long: 90s, 10m, 2h, 1d\n"
	 "  --always         and from now on in every run: written into your policy\n"
	 "  --scope SCOPE    what a remembered answer covers: as with callgate allow\n"
	 "  --reason TEXT    why, for the record and for the agent\n"
	 "  --run RUN        a question of that run\n"
	 "\n"
	 "Exit status: 0 it was answered; 1 it was not; 2 called wrongly.\n",
	 command_deny},
	{"grant", "[RUN] VERB WHAT [OPTION]...", "allow something before a run asks for it",
	 grant_help, command_grant},
	{"grants", "[--json] [--run RUN]", "list the answers that runs remember",
	 "  --run RUN        of that run alone\n"
	 "  --json           the same for a program\n"
	 "\n"
	 "Exit status: 0 done; 1 there is no such run; 2 called wrongly.\n",
	 command_grants},
	{"revoke", "[--run RUN] ID", "let a run forget an answer: it asks again",
	 "ID is the answer's name, as callgate grants lists it: 3, or 1fdd/3. What was opened "
	 "stays\n"
	 "open; a rule that --always wrote stays in your policy.\n"
	 "\n"
	 "Exit status: 0 done; 1 there is no such answer; 2 called wrongly.\n",
	 command_revoke},
	{"runs", "[--json]", "list what runs now",
	 "  --json           the same for a program\n"
	 "\n"
	 "Exit status: 0 done, also where nothing runs; 1 it failed; 2 called wrongly.\n",
	 command_runs},
	{"watch", "", "look at all runs on a full screen, and answer what they ask",
	 "Shows the questions that wait in the runs of this user, and their calls as they come.\n"
	 "While it is there, questions wait for it, also those of runs without a terminal.\n"
	 "\n"
	 "  a r A            allow once, for the run, always     d D   deny once, for the run\n"
	 "  s t              what r, A and D cover, for how long r and D hold: the next choice\n"
	 "  j k, arrows      select a question; Tab, PgUp, PgDn, Home, End: move the calls\n"
	 "  space            pause the calls     / n N   search them     f   filter them\n"
	 "  g                what the runs remember, to revoke it\n"
	 "  ? q              all keys; quit\n"
	 "\n"
	 "Exit status: 0; 1 there is no terminal, or none that it knows; 2 called wrongly.\n",
	 command_watch},
	{"web", "[--port PORT]", "the same on a page for a browser, also on a phone", web_help,
	 command_web},
	{"policy", "reload|add|list|remove [RUN] [RULE|ID]",
	 "let a run read its policy again, or change it", policy_help, command_policy},
	{"doctor", "[--json]", "try what a sandbox needs of this machine, name what is missing",
	 "Tries each mechanism by using it, and prints a line each, with the remedy.\n"
	 "\n"
	 "  --json           the same for a program\n"
	 "\n"
	 "Exit status: 0 nothing that is needed is missing; 1 something is; 2 called wrongly.\n",
	 command_doctor},
	{"version", "", "print the version", "", command_version},
	{"help", "[COMMAND]", "print this, or the help of a command", "", command_help},
	{},
};

const struct command *command_find(const char *name)
{
	for (const struct command *c = commands; c->name; c++)
		if (strcmp(c->name, name) == 0)
			return c;
	return NULL;
}

int command_print_help(const char *name)
{
	const struct command *command = command_find(name);

	printf("usage: callgate %s%s%s\n", command->name, command->arguments[0] ? " " : "",
	       command->arguments);
	printf("  %s\n%s%s", command->summary, command->help[0] ? "\n" : "", command->help);
	return 0;
}

int command_usage_error(const char *name, const struct failure *failure)
{
	fprintf(stderr, "callgate %s: %s\n", name, failure->text);
	if (failure->hint[0])
		fprintf(stderr, "  %s\n", failure->hint);
	fprintf(stderr, "  all options: callgate help %s\n", name);
	return EXIT_USAGE;
}

static int usage_error(const char *name, const char *text)
{
	struct failure failure = {};

	failure_set(&failure, -EINVAL, "%s", text);
	return command_usage_error(name, &failure);
}

static void print_overview(FILE *to)
{
	fprintf(to, "usage: callgate COMMAND [ARGUMENT]...\n"
		    "\n"
		    "Runs programs that you do not quite trust in a sandbox, under a policy.\n"
		    "\n");
	for (const struct command *c = commands; c->name; c++)
		fprintf(to, "  %-9s %s\n", c->name, c->summary);
	fprintf(to, "\n"
		    "Start with: callgate run -- COMMAND\n"
		    "More on each: callgate help COMMAND\n");
}

static int unknown_command(const char *name)
{
	const char *names[32];
	const char *near;
	char shown[SHOWN_MAX];
	size_t n = 0;

	for (const struct command *c = commands; c->name && n < ARRAY_LEN(names); c++)
		names[n++] = c->name;
	near = nearest_name(name, names, n);
	fprintf(stderr, "callgate: there is no command \"%s\"\n", facts_show(name, shown));
	if (near)
		fprintf(stderr, "  perhaps: callgate %s\n", near);
	else
		fprintf(stderr,
			"  all commands: callgate help; to start a program: "
			"callgate run -- %s\n",
			shown);
	return EXIT_USAGE;
}

int command_help(int argc, char **argv)
{
	if (argc > 2)
		return usage_error("help", "one command at a time");
	if (argc < 2 || strcmp(argv[1], "--help") == 0) {
		print_overview(stdout);
		return 0;
	}
	if (!command_find(argv[1]))
		return unknown_command(argv[1]);
	return command_print_help(argv[1]);
}

int command_version(int argc, char **argv)
{
	if (argc > 1 && strcmp(argv[1], "--help") == 0)
		return command_print_help("version");
	if (argc > 1)
		return usage_error("version", "takes no arguments");
	printf("callgate %s\n", CALLGATE_VERSION);
	return 0;
}

int commands_dispatch(int argc, char **argv)
{
	const struct command *command;

	if (argc < 2) {
		print_overview(stderr);
		return EXIT_USAGE;
	}
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
		print_overview(stdout);
		return 0;
	}
	if (strcmp(argv[1], "--version") == 0 || strcmp(argv[1], "-V") == 0)
		return command_version(1, argv + 1);
	command = command_find(argv[1]);
	return command ? command->run(argc - 1, argv + 1) : unknown_command(argv[1]);
}
