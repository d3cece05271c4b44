/* SPDX-License-Identifier: Apache-2.0 */
/* What runs came to in numbers. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "enforcer/audit/record-event.h"
#include "enforcer/base/buffer.h"
#include "enforcer/policy/policy.h"
#include "enforcer/records/recorded-policy.h"
#include "enforcer/records/stats.h"

#define RULES_MAX     100000
#define QUESTIONS_MAX 100000
#define ANSWERS_MAX   1000000

/* A question of the run that is being read. */
struct pending_question {
	uint64_t at_ns;
	struct stats_question *question; /* borrowed; NULL: there was no room for it */
	struct stats_rule *rule;
	bool answered;
};

struct stats {
	struct stats_counts counts;
	void (*tell)(void *userdata, const struct stats_prompt *prompt);
	void *tell_userdata;
	struct recorded_policy *recorded;
	struct policy *policy;
	struct table rules, questions;
	uint64_t *waits; /* of people's answers; owned */
	size_t n_waits;
	/* Of the run that is being read: */
	uint64_t first_ns, last_ns;
	bool begun, ended;
	uint64_t run_questions, run_persons;
	struct table pending; /* by number, of struct pending_question */
	struct table seen;    /* what was asked: key of questions */
	struct table grants;  /* by number, of bool: used */
	struct table ids;     /* by the rule's id, of struct stats_rule *: saves describing it */
};

int stats_new(struct stats **ret_stats)
{
	struct stats *stats = calloc(1, sizeof(*stats));

	if (!stats)
		return -ENOMEM;
	table_init(&stats->rules, sizeof(struct stats_rule), RULES_MAX);
	table_init(&stats->questions, sizeof(struct stats_question), QUESTIONS_MAX);
	table_init(&stats->pending, sizeof(struct pending_question), ANSWERS_MAX);
	table_init(&stats->seen, 1, QUESTIONS_MAX);
	table_init(&stats->grants, sizeof(bool), ANSWERS_MAX);
	table_init(&stats->ids, sizeof(struct stats_rule *), RULES_MAX);
	stats->recorded = recorded_policy_new();
	if (!stats->recorded) {
		free(stats);
		return -ENOMEM;
	}
	*ret_stats = stats;
	return 0;
}

struct stats *stats_free(struct stats *stats)
{
	if (!stats)
		return NULL;
	for (size_t i = 0; i < stats->rules.n; i++) {
		struct stats_rule *rule = stats->rules.rows[i].value;

		free(rule->id);
		free(rule->text);
	}
	for (size_t i = 0; i < stats->questions.n; i++) {
		struct stats_question *question = stats->questions.rows[i].value;

		free(question->program);
		free(question->name);
	}
	table_done(&stats->rules);
	table_done(&stats->questions);
	table_done(&stats->pending);
	table_done(&stats->seen);
	table_done(&stats->grants);
	table_done(&stats->ids);
	policy_free(stats->policy);
	recorded_policy_free(stats->recorded);
	free(stats->waits);
	free(stats);
	return NULL;
}

/* ---- rules ---- */

/* The rule's words, where the record has the policy. */
static void describe_rule(const struct stats *stats, const char *id, struct buffer *ret_text)
{
	size_t n = stats->policy ? policy_rule_count(stats->policy) : 0;

	for (size_t i = 0; i < n; i++)
		if (strcmp(policy_rule_info(stats->policy, i)->id, id) == 0) {
			policy_rule_describe(stats->policy, i, ret_text);
			return;
		}
}

/* Ids of two runs may mean different rules: the words tell them apart. */
static struct stats_rule *find_rule(struct stats *stats, const struct entry *entry, const char *id)
{
	_cleanup_(buffer_done) struct buffer text = {}, key = {};
	struct stats_rule *rule;

	if (entry->rule)
		describe_rule(stats, id, &text);
	else if (entry->verb)
		buffer_append_string(&text, verb_name(entry->verb));
	buffer_printf(&key, "%s ", id);
	if (text.data)
		buffer_append(&key, text.data, text.len);
	rule = key.error ? NULL : table_get(&stats->rules, key.data, key.len);
	if (rule && !rule->id) {
		rule->id = strdup(id);
		rule->text = text.data ? strdup(text.data) : NULL;
	}
	return rule;
}

static struct stats_rule *stats_rule(struct stats *stats, const struct entry *entry)
{
	const char *id = entry->rule ?: decided_by_name(entry->by);
	struct stats_rule **known;
	char key[128];

	/* Whoever answered: nothing spoke of it but the policy's last word. */
	if (!entry->rule && (entry->by == BY_PERSON || entry->by == BY_GRANT ||
			     entry->by == BY_UNATTENDED || entry->by == BY_HOOK))
		id = "otherwise";
	snprintf(key, sizeof(key), "%d %.100s", entry->rule ? 0 : (int)entry->verb, id);
	known = table_get(&stats->ids, key, strlen(key));
	if (!known)
		return NULL;
	if (!*known)
		*known = find_rule(stats, entry, id);
	return *known;
}

/* ---- prompts ---- */

static struct stats_question *stats_question(struct stats *stats, const struct entry *entry,
					     bool *ret_repeated)
{
	const struct object *object = entry_object(entry);
	const char *program = entry->request.program ?: "?", *name;
	char text[ENTRY_NAME_SIZE];
	_cleanup_(buffer_done) struct buffer key = {};
	struct stats_question *question;
	size_t seen = stats->seen.n;

	name = object ? entry_object_name(object, text) : NULL;
	name = name ?: "?";
	buffer_append(&key, &entry->verb, sizeof(entry->verb));
	buffer_append(&key, program, strlen(program) + 1);
	buffer_append(&key, name, strlen(name));
	if (key.error)
		return NULL;
	*ret_repeated = table_get(&stats->seen, key.data, key.len) && stats->seen.n == seen;
	question = table_get(&stats->questions, key.data, key.len);
	if (question && !question->program) {
		question->verb = entry->verb;
		question->program = strdup(program);
		question->name = strdup(name);
	}
	return question;
}

static void count_prompt(struct stats *stats, const struct entry *entry,
			 struct pending_question *pending)
{
	bool repeated = false;

	pending->question = stats_question(stats, entry, &repeated);
	pending->rule = stats_rule(stats, entry);
	pending->at_ns = entry->time_ns;
	stats->counts.prompts++;
	stats->counts.repeated += repeated;
	if (pending->question)
		pending->question->prompts++;
	if (pending->rule)
		pending->rule->prompts++;
}

static int keep_wait(struct stats *stats, uint64_t ns)
{
	uint64_t *waits;

	/* Doubled where a power of two is reached. */
	if ((stats->n_waits & (stats->n_waits - 1)) == 0) {
		waits = reallocarray(stats->waits, stats->n_waits ? stats->n_waits * 2 : 1,
				     sizeof(*waits));
		if (!waits)
			return -ENOMEM;
		stats->waits = waits;
	}
	stats->waits[stats->n_waits++] = ns;
	return 0;
}

static void tell_prompt(const struct stats *stats, const struct stats_prompt *prompt)
{
	if (stats->tell)
		stats->tell(stats->tell_userdata, prompt);
}

static int count_answer(struct stats *stats, const struct pending_question *pending,
			enum answered_by by, enum verdict verdict, uint64_t after_ns)
{
	struct stats_counts *counts = &stats->counts;
	bool allowed = verdict == VERDICT_ALLOW && by != ANSWERED_BY_WITHDRAWN;

	tell_prompt(stats, &(struct stats_prompt){
				   .at_ns = pending ? pending->at_ns : stats->last_ns,
				   .after_ns = after_ns,
				   .answered = true,
				   .by = by,
				   .verdict = verdict,
				   .question = pending ? pending->question : NULL,
			   });
	counts->answered_by[by]++;
	counts->prompts_withdrawn += by == ANSWERED_BY_WITHDRAWN;
	counts->prompts_allowed += allowed;
	counts->prompts_denied += !allowed && by != ANSWERED_BY_WITHDRAWN;
	if (pending && pending->question)
		pending->question->allowed += allowed;
	if (pending && pending->rule) {
		pending->rule->allowed += allowed;
		pending->rule->waited_ns += after_ns;
	}
	if (by != ANSWERED_BY_PERSON)
		return 0;
	counts->waited_ns += after_ns;
	counts->person_allowed += allowed;
	counts->habit += allowed && after_ns < STATS_HABIT_NS;
	return keep_wait(stats, after_ns);
}

static enum answered_by answered_by_named(const char *name)
{
	for (unsigned i = 0; name && i <= ANSWERED_BY_WITHDRAWN; i++)
		if (strcmp(answered_by_name((enum answered_by)i), name) == 0)
			return (enum answered_by)i;
	return ANSWERED_BY_TIMEOUT;
}

static int add_answer(struct stats *stats, const struct entry *entry)
{
	struct pending_question *pending =
		table_find(&stats->pending, &entry->question, sizeof(entry->question));

	if (pending)
		pending->answered = true;
	return count_answer(stats, pending, answered_by_named(entry_string(entry, "by")),
			    entry->verdict, entry_microseconds(entry, "after_us"));
}

static int add_question(struct stats *stats, const struct entry *entry)
{
	struct pending_question unkept = {}, *pending;

	pending = table_get(&stats->pending, &entry->question, sizeof(entry->question));
	stats->run_questions++;
	count_prompt(stats, entry, pending ? pending : &unkept);
	return 0;
}

/* ---- calls ---- */

/* In a record without questions the calls are all there is; merged ones count each. */
static int add_person(struct stats *stats, const struct entry *entry)
{
	struct pending_question pending = {};

	if (stats->run_questions > 0 || entry->question)
		return 0;
	if (stats->run_persons++ == 0)
		stats->counts.estimated++;
	count_prompt(stats, entry, &pending);
	return count_answer(stats, &pending, ANSWERED_BY_PERSON, entry->verdict,
			    entry->duration_ns);
}

static int add_call(struct stats *stats, const struct entry *entry)
{
	struct stats_counts *counts = &stats->counts;
	struct stats_rule *rule;
	bool *used;

	counts->calls++;
	counts->by[entry->by]++;
	counts->allowed += entry->verdict == VERDICT_ALLOW;
	counts->denied += entry->verdict != VERDICT_ALLOW;
	counts->prompt_calls += entry->question != 0;
	counts->unattended += entry->by == BY_UNATTENDED && !entry->question;
	if (entry_failed_by_itself(entry)) {
		counts->failed_by_itself++;
		return 0;
	}
	rule = stats_rule(stats, entry);
	if (rule) {
		rule->calls++;
		rule->denied += entry->verdict != VERDICT_ALLOW;
	}
	used = entry->grant ? table_find(&stats->grants, &entry->grant, sizeof(entry->grant))
			    : NULL;
	if (used)
		*used = true;
	return entry->by == BY_PERSON ? add_person(stats, entry) : 0;
}

static void tell_unanswered(const struct stats *stats)
{
	for (size_t i = 0; i < stats->pending.n; i++) {
		const struct pending_question *pending = stats->pending.rows[i].value;

		if (!pending->answered)
			tell_prompt(stats, &(struct stats_prompt){.at_ns = pending->at_ns,
								  .question = pending->question});
	}
}

int stats_end_run(struct stats *stats)
{
	if (!stats->begun)
		return 0;
	tell_unanswered(stats);
	for (size_t i = 0; i < stats->grants.n; i++)
		stats->counts.grants_unused += !*(const bool *)stats->grants.rows[i].value;
	stats->counts.grants += stats->grants.n;
	stats->counts.unfinished += !stats->ended;
	if (stats->last_ns > stats->first_ns)
		stats->counts.agent_ns += stats->last_ns - stats->first_ns;
	table_done(&stats->pending);
	table_done(&stats->seen);
	table_done(&stats->grants);
	table_done(&stats->ids);
	stats->begun = stats->ended = false;
	stats->run_questions = stats->run_persons = 0;
	stats->policy = policy_free(stats->policy);
	return 0;
}

static int begin_run(struct stats *stats, const struct entry *entry)
{
	int r = stats_end_run(stats);

	stats->begun = true;
	stats->first_ns = stats->last_ns = entry->time_ns;
	stats->counts.runs++;
	return r;
}

int stats_add(struct stats *stats, const struct entry *entry)
{
	struct failure unheard = {};
	int r = 0;

	if (entry->event == ENTRY_RUN_START)
		r = begin_run(stats, entry);
	if (entry->time_ns > stats->last_ns)
		stats->last_ns = entry->time_ns;
	if (r == 0)
		r = recorded_policy_take(stats->recorded, entry);
	if (r < 0)
		return r;
	switch (entry->event) {
	case ENTRY_FACTS:
		stats->policy = policy_free(stats->policy);
		table_done(&stats->ids);
		/* Without it rules are named by their ids. */
		if (recorded_policy_build(stats->recorded, NULL, &stats->policy, &unheard) < 0)
			stats->policy = NULL;
		return 0;
	case ENTRY_CALL:
		return add_call(stats, entry);
	case ENTRY_QUESTION:
		return add_question(stats, entry);
	case ENTRY_ANSWER:
		return add_answer(stats, entry);
	case ENTRY_GRANT:
		table_get(&stats->grants, &entry->grant, sizeof(entry->grant));
		return 0;
	case ENTRY_RUN_END:
		stats->ended = true;
		return 0;
	case ENTRY_RUN_START:
	case ENTRY_POLICY:
	case ENTRY_REVOKE:
	case ENTRY_CONNECTION_END:
	case ENTRY_FAULT:
	case ENTRY_UNKNOWN:
		return 0;
	}
	return 0;
}

const struct stats_counts *stats_counts(const struct stats *stats)
{
	return &stats->counts;
}

const struct table *stats_rules(const struct stats *stats)
{
	return &stats->rules;
}

const struct table *stats_questions(const struct stats *stats)
{
	return &stats->questions;
}

static int compare_waits(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

uint64_t stats_percentile(struct stats *stats, unsigned percent)
{
	if (stats->n_waits == 0)
		return 0;
	qsort(stats->waits, stats->n_waits, sizeof(*stats->waits), compare_waits);
	/* The smallest that is no less than so many of them (nearest rank). */
	return stats->waits[(stats->n_waits * percent + 99) / 100 - 1];
}

void stats_watch(struct stats *stats,
		 void (*tell)(void *userdata, const struct stats_prompt *prompt), void *userdata)
{
	stats->tell = tell;
	stats->tell_userdata = userdata;
}
