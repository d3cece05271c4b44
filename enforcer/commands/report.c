/* SPDX-License-Identifier: Apache-2.0 */
/* `callgate report`: a page about runs, for people who were not there. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "enforcer/base/text.h"
#include "enforcer/commands/commands.h"
#include "enforcer/commands/record-options.h"
#include "enforcer/commands/rejudge.h"
#include "enforcer/commands/replace-file.h"
#include "enforcer/commands/user-key.h"
#include "enforcer/config/facts.h"
#include "enforcer/records/verify.h"
#include "enforcer/report/page.h"

const char report_help[] =
	"Writes a page of HTML about the runs, with pictures in it: what stands out, prompts over\n"
	"time and by policy, decisions, denials, rules, hosts, processes, and whether the record "
	"can\n"
	"be trusted; of all runs where none is named. It needs nothing else, runs no script, and "
	"is\n"
	"fit to be printed. It tells what the record tells: it is as private.\n" RUN_HELP "\n"
	"  -o FILE            where to; \"-\": standard output. A report that stands there is\n"
	"                     replaced, another file is not\n"
	"  --force            write over FILE, whatever it is\n"
	"  --policy FILE      what this policy would have asked and decided, beside the runs' "
	"own;\n"
	"                     may be given again\n"
	"  --profile NAME     the same for a built-in profile\n"
	"  --top N            so many rows of each list (20)\n"
	"  --title TEXT       instead of \"callgate report\"\n"
	"  --key FILE         the public key that should have signed the records, as for\n"
	"                     callgate audit verify\n"
	"\n"
	"and, for only some of the calls and questions:\n" RECORD_OPTIONS_HELP "\n"
	"Exit status: 0 done; 1 it could not be read or written; 2 called wrongly.\n";

#define TOP_DEFAULT    20
#define POLICIES_MAX   12
#define TREE_PROCESSES 1000
#define TREE_NAMES     64
#define THROUGH_PIPE   "The record came through a pipe: it was not verified"

struct report_options {
	struct record_options records;
	const char *output, *top, *title, *key;
	const char **policies, **profiles;
	bool force;
	size_t n_top;
};

/* One policy that the runs are judged by. */
struct other {
	struct rejudge *rejudge;
	const char *name;
	uint64_t unknown_runs;
	bool unknown; /* the run that is being read is one of them */
};

struct reporting {
	const struct report_options *options;
	struct failure *reterr;
	struct report *report;
	struct tree *tree;
	struct other others[POLICIES_MAX + 1]; /* the runs' own first */
	size_t n_others;
	uint8_t public[AUDIT_KEY_PUBLIC];
	bool has_key;
	const char *file;
	const char *unverified;
};

/* ---- reading ---- */

/* Behind the last line of a run. */
static int keep_tree(struct reporting *reporting)
{
	const struct report_options *options = reporting->options;
	uint64_t weight = 0;
	char *html = NULL;

	if (reporting->tree)
		html = page_tree(reporting->tree, reporting->report->run, options->records.home,
				 &weight);
	if (html)
		report_keep_tree(reporting->report, html, weight);
	tree_free(reporting->tree);
	reporting->tree = tree_new_limited(TREE_PROCESSES, TREE_NAMES);
	return reporting->tree ? 0 : -ENOMEM;
}

static int judge_by(struct reporting *reporting, struct other *other, const struct entry *entry)
{
	struct failure unheard = {};
	int r;

	if (entry->event == ENTRY_RUN_START)
		other->unknown = false;
	if (other->unknown)
		return 0;
	r = rejudge_take(other->rejudge, entry, &unheard);
	if (r == -ENODATA) {
		/* A run from before records held their policy is left out, not all the rest. */
		other->unknown = true;
		other->unknown_runs++;
		return 0;
	}
	return r < 0 ? failure_set(reporting->reterr, r, "%s", unheard.text) : r;
}

static int take(void *userdata, struct entry *entry, const char *line, size_t len)
{
	struct reporting *reporting = userdata;
	int r = 0;

	if (!record_options_pass(&reporting->options->records, entry))
		return 0;
	if (entry->event == ENTRY_RUN_START)
		r = keep_tree(reporting);
	if (r == 0)
		r = report_add(reporting->report, entry);
	if (r == 0)
		r = tree_add(reporting->tree, entry);
	for (size_t i = 0; r == 0 && i < reporting->n_others; i++)
		r = judge_by(reporting, &reporting->others[i], entry);
	return r;
}

static int begun(void *userdata, const char *file)
{
	struct reporting *reporting = userdata;

	reporting->file = file;
	return 0;
}

static void tell(void *userdata, const struct verified *run)
{
	struct reporting *reporting = userdata;
	const struct report_proof proof = {run->run, run->words, run->good, run->wrong.line};

	report_verified(reporting->report, &proof);
}

static int ended(void *userdata)
{
	struct reporting *reporting = userdata;
	const struct verify verify = {
		.public = reporting->has_key ? reporting->public : NULL,
		.tell = tell,
		.userdata = reporting,
	};
	struct stat st;
	int r = keep_tree(reporting);

	if (r == 0)
		r = report_end_run(reporting->report);
	if (r < 0)
		return r;
	/* What is read twice must be a file: a pipe is empty by now. */
	if (strcmp(reporting->file, "-") == 0 ||
	    (stat(reporting->file, &st) == 0 && !S_ISREG(st.st_mode))) {
		reporting->unverified = THROUGH_PIPE;
		return 0;
	}
	r = verify_record(reporting->file, &verify, reporting->reterr);
	return r < 0 ? r : 0;
}

/* ---- the command ---- */

static int add_other(struct reporting *reporting, const char *policy, const char *profile)
{
	const struct rejudge_by by = {.policy_file = policy, .profile = profile};
	struct other *other = &reporting->others[reporting->n_others];
	int r;

	if (reporting->n_others > POLICIES_MAX)
		return failure_set(reporting->reterr, -E2BIG,
				   "--policy and --profile: at most %d of them", POLICIES_MAX);
	r = rejudge_new(&by, REJUDGE_THINK_NS, &other->rejudge, reporting->reterr);
	if (r < 0)
		return r;
	other->name = policy ?: profile;
	reporting->n_others++;
	return 0;
}

static int prepare(struct reporting *reporting)
{
	const struct report_options *options = reporting->options;
	time_t now = time(NULL);
	struct tm tm = {};
	int r;

	localtime_r(&now, &tm);
	r = report_new(tm.tm_gmtoff, &reporting->report);
	if (r == 0)
		r = keep_tree(reporting);
	if (r == 0)
		r = add_other(reporting, NULL, NULL);
	for (size_t i = 0; r == 0 && options->policies && options->policies[i]; i++)
		r = add_other(reporting, options->policies[i], NULL);
	for (size_t i = 0; r == 0 && options->profiles && options->profiles[i]; i++)
		r = add_other(reporting, NULL, options->profiles[i]);
	if (r < 0)
		return r;
	r = user_key_load(options->key, options->records.home, reporting->public,
			  reporting->reterr);
	reporting->has_key = r == 0;
	return r == -ENOENT && !options->key ? 0 : r;
}

static int write_page(const struct reporting *reporting, struct failure *reterr)
{
	const struct report_options *options = reporting->options;
	struct page_policy policies[POLICIES_MAX + 1];
	struct page page = {
		.report = reporting->report,
		.policies = policies,
		.n_policies = reporting->n_others,
		.title = options->title,
		.home = options->records.home,
		.version = CALLGATE_VERSION,
		.unverified = reporting->unverified,
		.top = options->n_top,
		.now_ns = (uint64_t)time(NULL) * 1000000000u,
	};
	_cleanup_(buffer_done) struct buffer html = {};
	int r;

	for (size_t i = 0; i < reporting->n_others; i++)
		policies[i] = (struct page_policy){
			.name = reporting->others[i].name,
			.replay = rejudge_replay(reporting->others[i].rejudge),
			.unknown_runs = reporting->others[i].unknown_runs,
		};
	r = page_write(&page, &html);
	return r == 0 ? replace_file(options->output, html.data, html.len, reterr) : r;
}

static int run_report(void *userdata, struct failure *reterr)
{
	const struct report_options *options = userdata;
	struct reporting reporting = {.options = options, .reterr = reterr};
	const struct record_taking taking = {begun, take, ended, &reporting};
	int r = 0;

	if (!options->force)
		r = replace_file_allowed(options->output, PAGE_MARK, reterr);
	if (r == 0)
		r = prepare(&reporting);
	if (r == 0)
		r = record_read_all(&options->records, &taking, reterr);
	if (r == 0)
		r = write_page(&reporting, reterr);
	for (size_t i = 0; i < reporting.n_others; i++)
		rejudge_free(reporting.others[i].rejudge);
	tree_free(reporting.tree);
	report_free(reporting.report);
	return r;
}

static int parse(int argc, char **argv, struct report_options *options, struct failure *reterr)
{
	const struct option_spec own[] = {
		{"-o", OPTION_VALUE, &options->output},
		{"--output", OPTION_VALUE, &options->output},
		{"--force", OPTION_FLAG, &options->force},
		{"--policy", OPTION_LIST, &options->policies},
		{"--profile", OPTION_LIST, &options->profiles},
		{"--top", OPTION_VALUE, &options->top},
		{"--title", OPTION_VALUE, &options->title},
		{"--key", OPTION_VALUE, &options->key},
	};
	const struct record_arguments arguments = {own, ARRAY_LEN(own), argc, argv};
	int r = record_options_parse(&options->records, &arguments, reterr);
	char *end = NULL;

	if (r == 0 && !options->output) {
		failure_hint(reterr, "for example: callgate report -o report.html");
		return failure_set(reterr, -EINVAL, "-o FILE is wanted");
	}
	options->n_top = options->top ? strtoul(options->top, &end, 10) : TOP_DEFAULT;
	if (r == 0 && options->top && (*end || options->top[0] == '-'))
		return failure_set(reterr, -EINVAL, "--top: a number is wanted");
	return r;
}

int command_report(int argc, char **argv)
{
	struct report_options options = {};
	const struct record_command command = {"report", &options.records, true, run_report,
					       &options};
	struct failure failure = {};
	int r = parse(argc, argv, &options, &failure);

	r = record_command_run(&command, r, &failure);
	free((void *)options.policies);
	free((void *)options.profiles);
	return r;
}
