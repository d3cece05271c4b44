/* SPDX-License-Identifier: Apache-2.0 */
/* The numbers for programs. */
#include "enforcer/base/text.h"
#include "enforcer/records/show.h"
#include "enforcer/records/stats.h"

double stats_an_hour(const struct stats_counts *counts)
{
	return counts->agent_ns ? (double)counts->prompts * 3.6e12 / (double)counts->agent_ns : 0;
}

static json_t *milliseconds(uint64_t ns)
{
	return json_real((double)(ns / 1000) / 1000);
}

static json_t *rules_json(const struct stats *stats)
{
	const struct table *rules = stats_rules(stats);
	_cleanup_free_ const struct table_row **rows = table_sorted(rules, stats_rules_by_calls);
	json_t *list = json_array();

	for (size_t i = 0; rows && i < rules->n; i++) {
		const struct stats_rule *rule = rows[i]->value;

		json_array_append_new(
			list, json_pack("{s:o, s:o, s:I, s:I, s:I, s:I, s:o}", "rule",
					show_json(rule->id), "text", show_json(rule->text), "calls",
					(json_int_t)rule->calls, "denied", (json_int_t)rule->denied,
					"prompts", (json_int_t)rule->prompts, "allowed",
					(json_int_t)rule->allowed, "waited_ms",
					milliseconds(rule->waited_ns)));
	}
	return list;
}

static json_t *questions_json(const struct stats *stats)
{
	const struct table *questions = stats_questions(stats);
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
						"object", show_json(question->name), "program",
						show_json(question->program), "prompts",
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

json_t *stats_json(struct stats *stats)
{
	const struct stats_counts *counts = stats_counts(stats);
	json_t *by = json_object();

	for (unsigned i = 0; i <= BY_FAULT; i++)
		json_object_set_new(by, decided_by_name((enum decided_by)i),
				    json_integer((json_int_t)counts->by[i]));
	return json_pack("{s:i, s:I, s:I, s:o, s:I, s:I, s:I, s:I, s:o, s:I, s:f, s:I, s:I, s:I, "
			 "s:o, s:I, s:I, s:o, s:o}",
			 "v", 1, "runs", (json_int_t)counts->runs, "unfinished",
			 (json_int_t)counts->unfinished, "agent_ms", milliseconds(counts->agent_ns),
			 "calls", (json_int_t)counts->calls, "allowed", (json_int_t)counts->allowed,
			 "denied", (json_int_t)counts->denied, "failed_by_itself",
			 (json_int_t)counts->failed_by_itself, "by", by, "prompts",
			 (json_int_t)counts->prompts, "prompts_an_hour", stats_an_hour(counts),
			 "repeated", (json_int_t)counts->repeated, "unattended",
			 (json_int_t)counts->unattended, "estimated", (json_int_t)counts->estimated,
			 "answers", answers_json(stats), "grants", (json_int_t)counts->grants,
			 "grants_unused", (json_int_t)counts->grants_unused, "rules",
			 rules_json(stats), "asked_more_than_once", questions_json(stats));
}
