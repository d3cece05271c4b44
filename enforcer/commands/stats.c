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

static double an_hour(const struct stats_counts *counts)
{
	return counts->agent_ns ? (double)counts->prompts * 3.6e12 / (double)counts->agent_ns : 0;
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
	       an_hour(counts));
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

/* ---- JSON ---- */

/* Text that is no UTF-8 is escaped as people see it. */
static json_t *text_json(const char *text)
{
	const struct show plain = {};
	struct buffer escaped = {};
	json_t *value = json_string(text ?: "");

	if (!value) {
		show_text(&plain, &escaped, SHOW_PLAIN, text, 0);
		value = json_string(escaped.data);
		buffer_done(&escaped);
	}
	return value;
}

static json_t *milliseconds(uint64_t ns)
{
	return json_real((double)(ns / 1000) / 1000);
}

static json_t *rules_json(const struct counting *counting)
{
	const struct table *rules = stats_rules(counting->stats);
	_cleanup_free_ const struct table_row **rows = table_sorted(rules, stats_rules_by_calls);
	json_t *list = json_array();

	for (size_t i = 0; rows && i < rules->n; i++) {
		const struct stats_rule *rule = rows[i]->value;

		json_array_append_new(
			list, json_pack("{s:o, s:o, s:I, s:I, s:I, s:I, s:o}", "rule",
					text_json(rule->id), "text", text_json(rule->text), "calls",
					(json_int_t)rule->calls, "denied", (json_int_t)rule->denied,
					"prompts", (json_int_t)rule->prompts, "allowed",
					(json_int_t)rule->allowed, "waited_ms",
					milliseconds(rule->waited_ns)));
	}
	return list;
}

static json_t *questions_json(const struct counting *counting)
{
	const struct table *questions = stats_questions(counting->stats);
	_cleanup_free_ const struct table_row **rows =
		table_sorted(questions, stats_questions_by_prompts);
	json_t *list = json_array();

	for (size_t i = 0; rows && i < questions->n; i++) {
		const struct stats_question *question = rows[i]->value;

		if (question->prompts < 2)
			break;
		json_array_append_new(list,
				      json_pack("{s:s, s:o, s:o, s:I, s:I}", "verb",
						question->verb ? verb_name(question->verb) : "",
						"object", text_json(question->name), "program",
						text_json(question->program), "prompts",
						(json_int_t)question->prompts, "allowed",
						(json_int_t)question->allowed));
	}
	return list;
}

static json_t *answers_json(struct stats *stats)
{
	const struct stats_counts *counts = stats_counts(stats);
	json_t *by = json_object();

	for (unsigned i = 0; i <= ANSWERED_BY_WITHDRAWN; i++)
		json_object_set_new(by, answered_by_name((enum answered_by)i),
				    json_integer((json_int_t)counts->answered_by[i]));
	return json_pack(
		"{s:I, s:I, s:I, s:o, s:o, s:o, s:o, s:I, s:I}", "allowed",
		(json_int_t)counts->prompts_allowed, "denied", (json_int_t)counts->prompts_denied,
		"withdrawn", (json_int_t)counts->prompts_withdrawn, "by", by, "median_ms",
		milliseconds(stats_percentile(stats, 50)), "p90_ms",
		milliseconds(stats_percentile(stats, 90)), "max_ms",
		milliseconds(stats_percentile(stats, 100)), "person_allowed",
		(json_int_t)counts->person_allowed, "within_2s", (json_int_t)counts->habit);
}

static int print_json(const struct counting *counting)
{
	const struct stats_counts *counts = stats_counts(counting->stats);
	json_t *by = json_object(), *root;
	int r = 0;

	for (unsigned i = 0; i <= BY_FAULT; i++)
		json_object_set_new(by, decided_by_name((enum decided_by)i),
				    json_integer((json_int_t)counts->by[i]));
	root = json_pack("{s:i, s:I, s:I, s:o, s:I, s:I, s:I, s:I, s:o, s:I, s:f, s:I, s:I, s:I, "
			 "s:o, s:I, s:I, s:o, s:o}",
			 "v", 1, "runs", (json_int_t)counts->runs, "unfinished",
			 (json_int_t)counts->unfinished, "agent_ms", milliseconds(counts->agent_ns),
			 "calls", (json_int_t)counts->calls, "allowed", (json_int_t)counts->allowed,
			 "denied", (json_int_t)counts->denied, "failed_by_itself",
			 (json_int_t)counts->failed_by_itself, "by", by, "prompts",
			 (json_int_t)counts->prompts, "prompts_an_hour", an_hour(counts),
			 "repeated", (json_int_t)counts->repeated, "unattended",
			 (json_int_t)counts->unattended, "estimated", (json_int_t)counts->estimated,
			 "answers", answers_json(counting->stats), "grants",
			 (json_int_t)counts->grants, "grants_unused",
			 (json_int_t)counts->grants_unused, "rules", rules_json(counting),
			 "asked_more_than_once", questions_json(counting));
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
