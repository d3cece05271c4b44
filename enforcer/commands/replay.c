/* SPDX-License-Identifier: Apache-2.0 */
/* `callgate replay`: recorded calls judged again, by another policy or by their own. */
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "enforcer/audit/record.h"
#include "enforcer/base/text.h"
#include "enforcer/commands/commands.h"
#include "enforcer/commands/record-options.h"
#include "enforcer/commands/replay-print.h"
#include "enforcer/config/config.h"
#include "enforcer/config/facts.h"
#include "enforcer/config/profile.h"
#include "enforcer/config/workspace.h"
#include "enforcer/records/recorded-policy.h"
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

#define THINK_DEFAULT_NS 5000000000u
#define EXAMPLES_DEFAULT 5

struct replay_options {
	struct record_options records;
	const char *policy_file, *profile, *think, *examples;
	bool json;
	uint64_t think_ns;
	size_t n_examples;
	char *text; /* of policy_file */
	size_t len;
};

struct replaying {
	const struct replay_options *options;
	struct failure *reterr;
	struct replay *replay;
	struct recorded_policy *recorded;
	struct policy *policy;
	uint64_t n_runs;
};

static int parse_numbers(struct replay_options *options, struct failure *reterr)
{
	const uint64_t base = 1000000000ull << 30;
	uint64_t before = 0;
	char *end = NULL;

	options->think_ns = THINK_DEFAULT_NS;
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
	struct option_spec specs[RECORD_OPTIONS + 5];
	const struct option_spec own[] = {
		{"--policy", OPTION_VALUE, &options->policy_file},
		{"--profile", OPTION_VALUE, &options->profile},
		{"--think", OPTION_VALUE, &options->think},
		{"--examples", OPTION_VALUE, &options->examples},
		{"--json", OPTION_FLAG, &options->json},
	};
	int r;

	record_options_specs(&options->records, specs);
	memcpy(specs + RECORD_OPTIONS, own, sizeof(own));
	r = record_options_parse(&options->records,
				 &(struct record_arguments){specs, ARRAY_LEN(specs), argc, argv},
				 reterr);
	return r == 0 ? parse_numbers(options, reterr) : r;
}

/* ---- the policy of a run ---- */

static int machine_canonical(void *userdata, const char *path, char *ret)
{
	return facts_canonical(path, ret);
}

static int machine_program(void *userdata, const char *name, char *ret_path, uint64_t *ret_dev,
			   uint64_t *ret_ino)
{
	const struct replaying *replaying = userdata;

	return facts_program(recorded_policy_search(replaying->recorded), name, ret_path, ret_dev,
			     ret_ino);
}

/* What the new policy extends, where it says so. */
static int extended(const struct replay_options *options, const char **ret_name,
		    struct policy_part **ret_part, struct failure *reterr)
{
	struct policy_error error = {};
	int r;

	*ret_name = options->profile;
	if (!options->text)
		return 0;
	r = policy_parse(options->text, options->len, options->policy_file, LAYER_USER, ret_part,
			 &error);
	if (r == -EINVAL)
		return failure_set(reterr, r, "%s:%d:%d: %s%s%s", error.file, error.line,
				   error.column, error.rule, error.rule[0] ? ": " : "", error.text);
	if (r == 0 && !*ret_name)
		*ret_name = policy_part_extends(*ret_part);
	return r;
}

static int build_instead(struct replaying *replaying)
{
	const struct replay_options *options = replaying->options;
	_cleanup_(policy_part_freep) struct policy_part *part = NULL;
	_cleanup_free_ char *text = NULL;
	struct recorded_instead instead = {
		.replaced = RECORDED_PERSONS_LAYERS,
		.policy = {.file = options->policy_file,
			   .text = options->text,
			   .len = options->len,
			   .layer = LAYER_USER},
		.canonical = machine_canonical,
		.program = machine_program,
		.userdata = replaying,
	};
	const struct profile *profile;
	const char *name;
	char shown[SHOWN_MAX];
	int r = extended(options, &name, &part, replaying->reterr);

	if (r < 0)
		return r;
	if (name) {
		profile = profile_find(name);
		if (!profile)
			return failure_set(replaying->reterr, -EINVAL,
					   "no built-in profile is called \"%s\"",
					   facts_show(name, shown));
		r = profile_render(profile, recorded_policy_search(replaying->recorded), &text,
				   &instead.profile.len);
		instead.profile.text = text;
		instead.profile.file = "profile";
		instead.profile.layer = LAYER_BUILTIN;
	}
	return r < 0 ? r
		     : recorded_policy_build(replaying->recorded, &instead, &replaying->policy,
					     replaying->reterr);
}

static int judge_anew(struct replaying *replaying)
{
	const struct replay_options *options = replaying->options;
	bool own = !options->text && !options->profile;
	int r;

	replaying->policy = policy_free(replaying->policy);
	r = own ? recorded_policy_build(replaying->recorded, NULL, &replaying->policy,
					replaying->reterr)
		: build_instead(replaying);
	if (r == 0)
		replay_judge_by(replaying->replay, replaying->policy, own,
				recorded_policy_has_hooks(replaying->recorded));
	return r;
}

static int take(void *userdata, struct entry *entry, const char *line, size_t len)
{
	struct replaying *replaying = userdata;
	int r = recorded_policy_take(replaying->recorded, entry);

	if (r < 0)
		return r;
	/* The facts are the last of a run's head, and of a policy that was read again. */
	if (entry->event == ENTRY_RUN_START) {
		replaying->policy = policy_free(replaying->policy);
		replaying->n_runs++;
		return replay_begin(replaying->replay);
	}
	if (entry->event == ENTRY_FACTS)
		return judge_anew(replaying);
	if ((entry->event == ENTRY_CALL || entry->event == ENTRY_QUESTION) &&
	    !query_passes(&replaying->options->records.query, entry))
		return 0;
	if (entry->event == ENTRY_CALL && !replaying->policy) {
		failure_hint(replaying->reterr,
			     "runs are replayed that this version of callgate recorded");
		return failure_set(replaying->reterr, -ENODATA,
				   "the record does not hold the policy that run %.64s was judged "
				   "by",
				   entry->run);
	}
	return replaying->policy ? replay_add(replaying->replay, entry) : 0;
}

/* ---- the command ---- */

static int read_policy(struct replay_options *options, struct failure *reterr)
{
	_cleanup_free_ char *path = NULL;
	char shown[SHOWN_MAX];
	int r;

	if (!options->policy_file)
		return 0;
	path = workspace_absolute(options->policy_file);
	if (!path)
		return -ENOMEM;
	r = policy_file_read(path, POLICY_FILE_ANY, &options->text, &options->len, reterr);
	if (r == -ENOENT)
		failure_set(reterr, r, "--policy %s: no such file",
			    facts_show(options->policy_file, shown));
	return r;
}

static int replay_all(struct replaying *replaying)
{
	const struct record_options *records = &replaying->options->records;
	int r = 0;

	for (size_t i = 0; r == 0 && i < records->n_files; i++) {
		struct record_reading reading = {.take = take, .userdata = replaying};
		char shown[SHOWN_MAX];

		r = record_read(records->files[i], &reading, replaying->reterr);
		if (r < 0 && !replaying->reterr->text[0])
			failure_set(replaying->reterr, r, "%s: %s",
				    facts_show(records->files[i], shown), strerror(-r));
		record_reading_warn(records->files[i], &reading);
	}
	return r;
}

static int run_replay(const struct replay_options *options, struct failure *reterr)
{
	struct replaying replaying = {.options = options, .reterr = reterr};
	const struct replay_counts *counts;
	bool own = !options->text && !options->profile;
	int r = replay_new(options->think_ns, &replaying.replay);

	replaying.recorded = recorded_policy_new();
	if (r == 0)
		r = replaying.recorded ? replay_all(&replaying) : -ENOMEM;
	if (r == 0) {
		const struct replay_print print = {
			.replay = replaying.replay,
			.n_runs = replaying.n_runs,
			.own = own,
			.examples = options->n_examples,
			.show = {.home = options->records.home},
		};

		counts = replay_counts(replaying.replay);
		if (options->json)
			r = replay_print_json(&print, stdout);
		else
			replay_print_text(&print, stdout);
		if (r == 0 && own &&
		    replay_changes(replaying.replay)->n + counts->changes_beyond +
			    counts->now.grants_differ)
			r = 1;
	}
	policy_free(replaying.policy);
	replay_free(replaying.replay);
	recorded_policy_free(replaying.recorded);
	return r;
}

int command_replay(int argc, char **argv)
{
	struct replay_options options = {};
	struct failure failure = {};
	int r = parse(argc, argv, &options, &failure);

	if (r > 0) {
		r = command_print_help("replay");
		goto done;
	}
	if (r == 0)
		r = record_options_finish(&options.records, false, &failure);
	if (r == -EINVAL) {
		r = command_usage_error("replay", &failure);
		goto done;
	}
	if (r == 0)
		r = read_policy(&options, &failure);
	if (r == 0)
		r = run_replay(&options, &failure);
	if (r < 0) {
		failure_set(&failure, r, "%s", strerror(-r));
		failure_print(&failure);
		r = 1;
	}
done:
	free(options.text);
	record_options_done(&options.records);
	return r;
}
