/* SPDX-License-Identifier: Apache-2.0 */
/* `callgate stats`: what runs came to in numbers, for a person and for a program. */
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "enforcer/audit/record-event.h"
#include "enforcer/base/text.h"
#include "enforcer/commands/commands.h"
#include "enforcer/commands/record-options.h"
#include "enforcer/records/show.h"
#include "enforcer/records/stats.h"
#include "enforcer/records/when.h"

const char stats_help[] =
	"How many calls, what was decided and by which rules, how often somebody was asked, what\n"
	"they answered and how fast, and which rules cost the most prompts; of all\n"
	"runs where none is named.\n" RUN_HELP "\n" RECORD_OPTIONS_HELP
	"  --top N            so many rows of each list (10)\n"
	"  --json             all of it, for a program\n"
	"\n"
	"docs/research.md says what each number means.\n"
	"\n"
	"Exit status: 0 done; 1 it could not be read; 2 called wrongly.\n";

#define TOP_DEFAULT 10

struct stats_options {
	struct record_options records;
	const char *top;
	size_t n_top;
	bool json;
};

struct counting {
	const struct stats_options *options;
	struct stats *stats;
};

static unsigned long long number(uint64_t n)
{
	return (unsigned long long)n;
}

static double share(uint64_t part, uint64_t all)
{
	return all ? 100.0 * (double)part / (double)all : 0;
}

/* ---- lists ---- */

static void print_rule(const struct stats_rule *rule)
{
	const struct show show = {};
	struct buffer text = {};

	show_text(&show, &text, SHOW_PLAIN, rule->id ?: "?", 64);
	buffer_append_string(&text, "  ");
	show_text(&show, &text, SHOW_PLAIN, rule->text ?: "", 80);
	printf("%s\n", text.data ?: "");
	buffer_done(&text);
}

static void print_expensive(const struct counting *counting)
{
	const struct table *rules = stats_rules(counting->stats);
	_cleanup_free_ const struct table_row **rows = table_sorted(rules, stats_rules_by_prompts);
	char waited[WHEN_SIZE];

	if (!rows || rules->n == 0 || ((const struct stats_rule *)rows[0]->value)->prompts == 0)
		return;
	printf("\nmost expensive rules\n     asked   allowed    waited\n");
	for (size_t i = 0; i < rules->n && i < counting->options->n_top; i++) {
		const struct stats_rule *rule = rows[i]->value;

		if (rule->prompts == 0)
			break;
		when_print_duration(rule->waited_ns, waited);
		printf("%10llu%10llu%10s  ", number(rule->prompts), number(rule->allowed), waited);
		print_rule(rule);
	}
}

static void print_shares(const struct counting *counting)
{
	const struct stats_counts *counts = stats_counts(counting->stats);
	const struct table *rules = stats_rules(counting->stats);
	_cleanup_free_ const struct table_row **rows = table_sorted(rules, stats_rules_by_calls);

	if (!rows || rules->n == 0)
		return;
	printf("\ncalls by rule\n     calls     share    denied\n");
	for (size_t i = 0; i < rules->n && i < counting->options->n_top; i++) {
		const struct stats_rule *rule = rows[i]->value;

		printf("%10llu%9.1f%%%10llu  ", number(rule->calls),
		       share(rule->calls, counts->calls), number(rule->denied));
		print_rule(rule);
	}
}

static void print_repeated(const struct counting *counting)
{
	const struct table *questions = stats_questions(counting->stats);
	_cleanup_free_ const struct table_row **rows =
		table_sorted(questions, stats_questions_by_prompts);
	const struct show show = {.home = counting->options->records.home};

	if (!rows || questions->n == 0 ||
	    ((const struct stats_question *)rows[0]->value)->prompts < 2)
		return;
	printf("\nasked more than once\n     asked   allowed\n");
	for (size_t i = 0; i < questions->n && i < counting->options->n_top; i++) {
		const struct stats_question *question = rows[i]->value;
		struct buffer text = {};

		if (question->prompts < 2)
			break;
		buffer_printf(&text, "%10llu%10llu  %s ", number(question->prompts),
			      number(question->allowed),
			      question->verb ? verb_name(question->verb) : "-");
		show_path(&show, &text, question->name ?: "?");
		buffer_append_string(&text, " by ");
		show_text(&show, &text, SHOW_PLAIN, show_program_name(question->program), 64);
		printf("%s\n", text.data ?: "");
		buffer_done(&text);
	}
}

/* ---- the head ---- */

static void print_answers(struct stats *stats)
{
	const struct stats_counts *counts = stats_counts(stats);
	char median[WHEN_SIZE], most[WHEN_SIZE], longest[WHEN_SIZE];
	const char *separator = "; by ";

	printf("answers    %9llu allowed, %llu denied", number(counts->prompts_allowed),
	       number(counts->prompts_denied));
	if (counts->prompts_withdrawn)
		printf(", %llu withdrawn", number(counts->prompts_withdrawn));
	for (unsigned i = 0; i < ANSWERED_BY_WITHDRAWN; i++) {
		if (counts->answered_by[i] == 0)
			continue;
		printf("%s%s %llu", separator, answered_by_name((enum answered_by)i),
		       number(counts->answered_by[i]));
		separator = ", ";
	}
	printf("\n");
	if (stats_percentile(stats, 50) == 0)
		return;
	when_print_duration(stats_percentile(stats, 50), median);
	when_print_duration(stats_percentile(stats, 90), most);
	when_print_duration(stats_percentile(stats, 100), longest);
	printf("           a person took %s (median), %s (90 of 100), at most %s\n", median, most,
	       longest);
	printf("habit      %9llu of %llu approvals by a person came within 2s\n",
	       number(counts->habit), number(counts->person_allowed));
}

static void print_head(struct stats *stats)
{
	const struct stats_counts *counts = stats_counts(stats);
	char time[WHEN_SIZE];

	when_print_duration(counts->agent_ns, time);
	printf("runs       %9llu, %s of agent time", number(counts->runs), time);
	if (counts->unfinished)
		printf(", %llu under way or killed", number(counts->unfinished));
	printf("\ncalls      %9llu: %llu allowed (%llu failed by themselves), %llu denied\n",
	       number(counts->calls), number(counts->allowed), number(counts->failed_by_itself),
	       number(counts->denied));
	printf("prompts    %9llu: %.1f an hour of agent time", number(counts->prompts),
	       stats_an_hour(counts));
	if (counts->repeated)
		printf(", %llu repeated within their run", number(counts->repeated));
	printf("\n");
	if (counts->estimated)
		printf("           %llu run%s without questions on record: each call that a person "
		       "answered counts as one\n",
		       number(counts->estimated), counts->estimated == 1 ? "" : "s");
	if (counts->prompts)
		print_answers(stats);
	if (counts->unattended)
		printf("unattended %9llu calls fell under ask, and nobody was there\n",
		       number(counts->unattended));
	if (counts->grants)
		printf("grants     %9llu, %llu never used\n", number(counts->grants),
		       number(counts->grants_unused));
}

static int print_json(const struct counting *counting)
{
	json_t *root = stats_json(counting->stats);
	int r = 0;

	if (!root || json_dumpf(root, stdout, JSON_INDENT(2) | JSON_ENSURE_ASCII) < 0)
		r = -ENOMEM;
	printf("\n");
	json_decref(root);
	return r;
}

/* ---- the command ---- */

static int take(void *userdata, struct entry *entry, const char *line, size_t len)
{
	struct counting *counting = userdata;

	if (!record_options_pass(&counting->options->records, entry))
		return 0;
	return stats_add(counting->stats, entry);
}

static int ended(void *userdata)
{
	struct counting *counting = userdata;

	return stats_end_run(counting->stats);
}

static int run_stats(void *userdata, struct failure *reterr)
{
	const struct stats_options *options = userdata;
	struct counting counting = {.options = options};
	const struct record_taking taking = {.take = take, .ended = ended, .userdata = &counting};
	int r = stats_new(&counting.stats);

	if (r == 0)
		r = record_read_all(&options->records, &taking, reterr);
	if (r == 0 && options->json) {
		r = print_json(&counting);
	} else if (r == 0) {
		print_head(counting.stats);
		print_expensive(&counting);
		print_repeated(&counting);
		print_shares(&counting);
	}
	stats_free(counting.stats);
	return r;
}

static int parse(int argc, char **argv, struct stats_options *options, struct failure *reterr)
{
	const struct option_spec own[] = {
		{"--top", OPTION_VALUE, &options->top},
		{"--json", OPTION_FLAG, &options->json},
	};
	const struct record_arguments arguments = {own, ARRAY_LEN(own), argc, argv};
	int r = record_options_parse(&options->records, &arguments, reterr);
	char *end = NULL;

	options->n_top = options->top ? strtoul(options->top, &end, 10) : TOP_DEFAULT;
	if (r == 0 && options->top && (*end || options->top[0] == '-'))
		return failure_set(reterr, -EINVAL, "--top: a number is wanted");
	return r;
}

int command_stats(int argc, char **argv)
{
	struct stats_options options = {};
	const struct record_command command = {"stats", &options.records, true, run_stats,
					       &options};
	struct failure failure = {};
	int r = parse(argc, argv, &options, &failure);

	return record_command_run(&command, r, &failure);
}
