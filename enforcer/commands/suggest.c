/* SPDX-License-Identifier: Apache-2.0 */
/* `callgate suggest`: rules that would have saved prompts, learned from what was allowed. */
#include <errno.h>
#include <libpsl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "enforcer/commands/commands.h"
#include "enforcer/commands/rejudge.h"
#include "enforcer/commands/suggest.h"
#include "enforcer/config/facts.h"
#include "enforcer/config/policy-file.h"
#include "enforcer/config/profile.h"
#include "enforcer/config/workspace.h"
#include "enforcer/records/asked.h"

const char suggest_help[] =
	"Looks at what was allowed in recorded runs, and suggests rules that would have saved "
	"most\n"
	"prompts: for the very thing, or, where enough different ones were allowed, for its\n"
	"directory, its domain, its program with that first argument. Each is proved by judging "
	"the\n"
	"runs again under your policy with it. Never suggested is what was ever denied by a "
	"person,\n"
	"what holds keys and secrets, and what stands under a rule that is not yours. Without RUN\n"
	"it looks at all of them.\n" RUN_HELP "\n"
	"  --apply LIST       write these into your policy: numbers (1,3), all, or ask: one by "
	"one\n"
	"  --least N          what a rule must save at least: prompts in these runs (2)\n"
	"  -o FILE            into FILE, a policy for run --policy, instead of your own\n"
	"  --think TIME       how long a person takes to answer where the record does not say "
	"(5s)\n"
	"  --json             all of it, for a program\n"
	"\n"
	"and, to learn from some calls only:\n" RECORD_OPTIONS_HELP "\n"
	"Exit status: 0 done, also where there is nothing to suggest; 1 it failed; 2 called "
	"wrongly.\n";

#define LOOKUPS_MAX 100000
/* A rule for what is asked once saves nothing: it is written once, too. */
#define LEAST_DEFAULT 2

static int parse_numbers(struct suggest_options *options, struct failure *reterr)
{
	const uint64_t base = 1000000000ull << 30;
	uint64_t before = 0;
	char *end = NULL;

	options->think_ns = REJUDGE_THINK_NS;
	options->least = LEAST_DEFAULT;
	if (options->think) {
		if (when_parse(options->think, base, &before) < 0 || before > base)
			return failure_set(reterr, -EINVAL, "--think: for example 5s or 1m");
		options->think_ns = base - before;
	}
	if (options->least_text) {
		options->least = strtoul(options->least_text, &end, 10);
		if (*end || options->least_text[0] == '-' || options->least == 0)
			return failure_set(reterr, -EINVAL, "--least: a number from 1 is wanted");
	}
	return 0;
}

static int parse(int argc, char **argv, struct suggest_options *options, struct failure *reterr)
{
	const struct option_spec own[] = {
		{"--apply", OPTION_VALUE, &options->apply},
		{"--least", OPTION_VALUE, &options->least_text},
		{"-o", OPTION_VALUE, &options->output},
		{"--think", OPTION_VALUE, &options->think},
		{"--json", OPTION_FLAG, &options->json},
	};
	const struct record_arguments arguments = {own, ARRAY_LEN(own), argc, argv};
	int r = record_options_parse(&options->records, &arguments, reterr);

	return r == 0 ? parse_numbers(options, reterr) : r;
}

/* ---- the policy that rules would go to ---- */

static int read_own(struct suggesting *suggesting)
{
	const char *output = suggesting->options.output;
	int r;

	if (!output && !suggesting->options.records.home)
		return failure_set(suggesting->reterr, -ENOENT,
				   "there is no home: HOME is not set");
	suggesting->file = output ? workspace_absolute(output)
				  : facts_user_file(suggesting->options.records.home);
	if (!suggesting->file)
		return -ENOMEM;
	r = policy_file_read(suggesting->file, output ? POLICY_FILE_ANY : POLICY_FILE_PERSON,
			     &suggesting->text, &suggesting->text_len, suggesting->reterr);
	if (r < 0 && r != -ENOENT)
		return r;
	suggesting->place = (struct trial_place){
		.layer = output ? LAYER_COMMAND_LINE : LAYER_USER,
		/* A new file for the command line stands before what is recorded of it. */
		.replaces = !output || suggesting->text,
		.file = suggesting->file,
		.think_ns = suggesting->options.think_ns,
		.canonical = suggest_canonical,
		.program = suggest_program,
		.userdata = suggesting,
	};
	return trial_new(&suggesting->place, &suggesting->trial);
}

/* ---- reading ---- */

/* Of the run at whose facts the record stands. */
static struct policy_context context_of(struct suggesting *suggesting)
{
	static const char *const none[] = {NULL};

	return (struct policy_context){
		.home = recorded_policy_home(suggesting->recorded),
		.workspaces = recorded_policy_workspaces(suggesting->recorded),
		.tmp = none,
		.canonical = suggest_canonical,
		.userdata = suggesting,
	};
}

static int judge_by(struct suggesting *suggesting)
{
	struct recorded_policy *recorded = suggesting->recorded;
	const struct trial_text text = {suggesting->text, suggesting->text_len};
	const struct policy_context context = context_of(suggesting);
	int r;

	suggesting->policy = policy_free(suggesting->policy);
	suggesting->stores = stores_free(suggesting->stores);
	r = trial_build(suggesting->trial, recorded, &text, &suggesting->policy,
			suggesting->reterr);
	if (r == 0)
		r = stores_new(profile_find(PROFILE_DEFAULT)->text, &context, &suggesting->stores);
	return r;
}

static bool is_kept_safe(void *userdata, const struct request *request,
			 const struct asked_part *part)
{
	const struct suggesting *suggesting = userdata;

	return stores_hold(suggesting->stores, request, part->object, part->verb);
}

/* A rule that keeps names of secrets asked about could ask where nobody was asked. */
static bool could_be_asked(const struct suggesting *suggesting, const struct request *request)
{
	for (size_t i = 0; i < request->n_objects; i++)
		for (unsigned k = 0; k < VERB_COUNT; k++)
			if (request->objects[i].verbs & 1u << k &&
			    stores_hold(suggesting->stores, request, i, (enum verb)(1u << k)))
				return true;
	return false;
}

static int take_call(struct suggesting *suggesting, struct trial_line *line)
{
	const struct entry *entry = line->entry;
	struct asked_part parts[QUESTION_PARTS_MAX];
	struct evidence_of of = {
		.entry = entry,
		.parts = parts,
		.layer = suggesting->place.layer,
		.before = !suggesting->place.replaces,
		.home = recorded_policy_home(suggesting->recorded),
		.is_kept_safe = is_kept_safe,
		.userdata = suggesting,
	};
	struct decision decision;
	int r;

	policy_judge(suggesting->policy, &entry->request, &decision);
	of.n_parts = decision.verdict == VERDICT_ASK
			     ? asked_parts(suggesting->policy, &entry->request, parts)
			     : 0;
	line->refused =
		evidence_was_answered(entry, VERDICT_DENY) && decision.verdict != VERDICT_ALLOW;
	line->relevant = decision.verdict == VERDICT_ASK || line->refused ||
			 could_be_asked(suggesting, &entry->request);
	suggesting->prompts_then += entry->event == ENTRY_QUESTION;
	r = trial_keep(suggesting->trial, line, suggesting->reterr);
	return r < 0 ? r : evidences_add(&suggesting->evidences, &of);
}

static int take_answer(struct suggesting *suggesting, struct trial_line *line)
{
	line->relevant = true;
	evidences_answer(&suggesting->evidences, line->entry);
	if (evidence_was_answered(line->entry, VERDICT_DENY))
		trial_refuse_question(suggesting->trial, line->entry->question);
	return trial_keep(suggesting->trial, line, suggesting->reterr);
}

static int take_head(struct suggesting *suggesting, const struct trial_line *line)
{
	int r = trial_keep(suggesting->trial, line, suggesting->reterr);

	if (r == 0)
		r = recorded_policy_take(suggesting->recorded, line->entry);
	if (r < 0 || line->entry->event == ENTRY_POLICY)
		return r;
	if (line->entry->event == ENTRY_FACTS)
		return judge_by(suggesting);
	suggesting->policy = policy_free(suggesting->policy);
	suggesting->n_runs++;
	evidences_begin(&suggesting->evidences);
	return 0;
}

static int take(void *userdata, struct entry *entry, const char *text, size_t len)
{
	struct suggesting *suggesting = userdata;
	struct trial_line line = {.entry = entry, .line = text, .len = len};
	int r;

	if (entry->event == ENTRY_RUN_START || entry->event == ENTRY_POLICY ||
	    entry->event == ENTRY_FACTS)
		return take_head(suggesting, &line);
	if (!record_options_pass(&suggesting->options.records, entry))
		return 0;
	if (entry->event == ENTRY_CALL || entry->event == ENTRY_QUESTION) {
		if (suggesting->policy)
			return take_call(suggesting, &line);
		failure_hint(suggesting->reterr,
			     "runs are learned from that this version of callgate recorded");
		return failure_set(suggesting->reterr, -ENODATA,
				   "the record does not hold the policy that run %.64s was judged "
				   "by",
				   entry->run);
	}
	if (entry->event == ENTRY_ANSWER && suggesting->policy)
		return take_answer(suggesting, &line);
	line.relevant = entry->event == ENTRY_GRANT || entry->event == ENTRY_REVOKE;
	if (!suggesting->policy || !line.relevant)
		return 0;
	if (entry->event == ENTRY_GRANT) {
		r = refusals_take(suggesting->refusals, entry);
		if (r < 0)
			return r;
	}
	return trial_keep(suggesting->trial, &line, suggesting->reterr);
}

/* ---- the command ---- */

static bool is_shared_domain(const char *domain)
{
	const psl_ctx_t *list = psl_builtin();

	/* Without the list: as if each were. */
	return !list || psl_is_public_suffix(list, domain);
}

struct suggestions_config suggest_config(struct suggesting *suggesting)
{
	return (struct suggestions_config){
		.trial = suggesting->trial,
		.place = &suggesting->place,
		.text = {suggesting->text, suggesting->text_len},
		.candidates = &suggesting->candidates,
		.stores = suggesting->stores,
		.refusals = suggesting->refusals,
		.home = recorded_policy_home(suggesting->recorded),
		.workspaces = recorded_policy_workspaces(suggesting->recorded),
		.least = suggesting->options.least,
		.reach = suggest_reach,
		.userdata = suggesting,
	};
}

static int find(struct suggesting *suggesting)
{
	struct suggestions_config config;
	struct policy_context context = context_of(suggesting);
	int r = refusals_finish(suggesting->refusals, &context);

	if (r == 0)
		r = generalise(&suggesting->evidences, is_shared_domain, &suggesting->candidates);

	if (r < 0)
		return r;
	config = suggest_config(suggesting);
	return suggestions_find(&config, &suggesting->suggestions, suggesting->reterr);
}

static int tell(struct suggesting *suggesting)
{
	char shown[SHOWN_MAX];

	if (suggesting->options.json)
		return suggest_print_json(suggesting, stdout);
	if (!suggesting->options.apply || strcmp(suggesting->options.apply, "ask") != 0)
		suggest_print_text(suggesting, stdout);
	if (suggesting->options.apply)
		printf("\n%zu written into %s\n", suggesting->n_applied,
		       facts_show(suggesting->file, shown));
	return 0;
}

static int run_suggest(void *userdata, struct failure *reterr)
{
	struct suggesting *suggesting = userdata;
	const struct record_taking taking = {.take = take, .userdata = suggesting};
	int r;

	suggesting->reterr = reterr;
	evidences_init(&suggesting->evidences);
	table_init(&suggesting->lookups, sizeof(struct suggest_lookup), LOOKUPS_MAX);
	r = read_own(suggesting);
	suggesting->recorded = recorded_policy_new();
	suggesting->refusals = refusals_new();
	if (r == 0)
		r = suggesting->recorded && suggesting->refusals
			    ? record_read_all(&suggesting->options.records, &taking, reterr)
			    : -ENOMEM;
	if (r == 0)
		r = find(suggesting);
	if (r == 0)
		r = suggest_choose(suggesting);
	if (r == 0)
		r = suggest_apply(suggesting);
	return r < 0 ? r : tell(suggesting);
}

static void done(struct suggesting *suggesting)
{
	suggestions_done(&suggesting->suggestions);
	candidates_done(&suggesting->candidates);
	evidences_done(&suggesting->evidences);
	trial_free(suggesting->trial);
	policy_free(suggesting->policy);
	stores_free(suggesting->stores);
	refusals_free(suggesting->refusals);
	recorded_policy_free(suggesting->recorded);
	suggest_lookups_done(&suggesting->lookups);
	free(suggesting->file);
	free(suggesting->text);
	free(suggesting->chosen);
}

int command_suggest(int argc, char **argv)
{
	struct failure failure = {};
	struct suggesting suggesting = {.reterr = &failure};
	const struct record_command command = {
		.name = "suggest",
		.records = &suggesting.options.records,
		.all = true,
		.run = run_suggest,
		.userdata = &suggesting,
	};
	int r = record_command_run(&command, parse(argc, argv, &suggesting.options, &failure),
				   &failure);

	done(&suggesting);
	return r;
}
