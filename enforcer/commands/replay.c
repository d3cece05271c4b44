/* SPDX-License-Identifier: Apache-2.0 */
/* `callgate replay`: recorded calls judged again, by another policy or by their own. */
#include <errno.h>
#include <stdio.h>

#include "enforcer/commands/commands.h"
#include "enforcer/commands/record-options.h"
#include "enforcer/commands/rejudge.h"
#include "enforcer/commands/replay-print.h"
#include "enforcer/records/when.h"

const char replay_help[] =
	"Judges the calls of recorded runs again, without running anything: what FILE would have\n"
	"decided otherwise, how many prompts it would have cost, what it would have let through.\n"
	"FILE stands in the place of the run's command line, project and user layers; the managed\n"
	"layer stays. Without --policy and --profile a run is judged by its own policy, which "
	"must\n"
	"reproduce every decision. Without RUN it is the last.\n" RUN_HELP "\n"
	"  --policy FILE      a policy file, as in ~/.config/callgate/policy.json\n"
	"  --profile NAME     a built-in profile instead of the one that FILE or the run names\n"
	"  --think TIME       how long a person takes to answer where the record does not say:\n"
	"                     the same question meanwhile is no second prompt (5s)\n"
	"  --examples N       so many of each change (5)\n"
	"  --json             all of it, for a program\n"
	"\n"
	"and, to judge only some calls:\n" RECORD_OPTIONS_HELP "\n"
	"Exit status: 0 done; 1 it could not be read, or its own policy decides otherwise;\n"
	"2 called wrongly.\n";

#define EXAMPLES_DEFAULT 5

struct replay_options {
	struct record_options records;
	struct rejudge_by by;
	const char *think, *examples;
	bool json;
	uint64_t think_ns;
	size_t n_examples;
};

struct replaying {
	const struct replay_options *options;
	struct failure *reterr;
	struct rejudge *rejudge;
};

static int parse_numbers(struct replay_options *options, struct failure *reterr)
{
	const uint64_t base = 1000000000ull << 30;
	uint64_t before = 0;
	char *end = NULL;

	options->think_ns = REJUDGE_THINK_NS;
	options->n_examples = EXAMPLES_DEFAULT;
	if (options->think) {
		if (when_parse(options->think, base, &before) < 0 || before > base)
			return failure_set(reterr, -EINVAL, "--think: for example 5s or 1m");
		options->think_ns = base - before;
	}
	if (options->examples) {
		options->n_examples = strtoul(options->examples, &end, 10);
		if (*end || options->examples[0] == '-')
			return failure_set(reterr, -EINVAL, "--examples: a number is wanted");
	}
	return 0;
}

static int parse(int argc, char **argv, struct replay_options *options, struct failure *reterr)
{
	const struct option_spec own[] = {
		{"--policy", OPTION_VALUE, &options->by.policy_file},
		{"--profile", OPTION_VALUE, &options->by.profile},
		{"--think", OPTION_VALUE, &options->think},
		{"--examples", OPTION_VALUE, &options->examples},
		{"--json", OPTION_FLAG, &options->json},
	};
	const struct record_arguments arguments = {own, ARRAY_LEN(own), argc, argv};
	int r = record_options_parse(&options->records, &arguments, reterr);

	return r == 0 ? parse_numbers(options, reterr) : r;
}

static int take(void *userdata, struct entry *entry, const char *line, size_t len)
{
	struct replaying *replaying = userdata;

	if (!record_options_pass(&replaying->options->records, entry))
		return 0;
	return rejudge_take(replaying->rejudge, entry, replaying->reterr);
}

static int print(const struct replay_options *options, const struct rejudge *rejudge)
{
	const struct replay *replay = rejudge_replay(rejudge);
	const struct replay_print print = {
		.replay = replay,
		.n_runs = rejudge_runs(rejudge),
		.own = rejudge_is_own(rejudge),
		.examples = options->n_examples,
		.show = {.home = options->records.home},
	};
	int r = 0;

	if (options->json)
		r = replay_print_json(&print, stdout);
	else
		replay_print_text(&print, stdout);
	if (r == 0 && print.own)
		r = replay_changes(replay)->n + replay_counts(replay)->changes_beyond +
				    replay_counts(replay)->now.grants_differ
			    ? 1
			    : 0;
	return r;
}

static int run_replay(void *userdata, struct failure *reterr)
{
	const struct replay_options *options = userdata;
	struct replaying replaying = {.options = options, .reterr = reterr};
	const struct record_taking taking = {.take = take, .userdata = &replaying};
	int r = rejudge_new(&options->by, options->think_ns, &replaying.rejudge, reterr);

	if (r == 0)
		r = record_read_all(&options->records, &taking, reterr);
	if (r == 0)
		r = print(options, replaying.rejudge);
	rejudge_free(replaying.rejudge);
	return r;
}

int command_replay(int argc, char **argv)
{
	struct replay_options options = {};
	const struct record_command command = {"replay", &options.records, false, run_replay,
					       &options};
	struct failure failure = {};
	int r = parse(argc, argv, &options, &failure);

	return record_command_run(&command, r, &failure);
}
