/* SPDX-License-Identifier: Apache-2.0 */
/* What a report tells of runs. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "enforcer/base/buffer.h"
#include "enforcer/records/runs.h"
#include "enforcer/report/report.h"

const uint64_t report_waits[REPORT_WAITS] = {
	500000000u,   1000000000u,  STATS_HABIT_NS, 5000000000u,
	10000000000u, 30000000000u, 60000000000u,   UINT64_MAX,
};

static char *kept(const char *text)
{
	return strndup(text ?: "?", REPORT_TEXT_MAX);
}

/* ---- prompts ---- */

static void count_hasty(struct report *report, const struct stats_question *question)
{
	const void *key = &question;
	struct report_hasty *hasty =
		question ? table_get(&report->hasty, key, sizeof(question)) : NULL;

	if (!hasty) {
		report->hasty_beyond++;
		return;
	}
	if (hasty->n++ > 0)
		return;
	hasty->verb = question->verb;
	hasty->program = kept(question->program);
	hasty->name = kept(question->name);
}

static enum report_answer answer_of(const struct stats_prompt *prompt)
{
	if (!prompt->answered)
		return REPORT_NOBODY;
	switch (prompt->by) {
	case ANSWERED_BY_PERSON:
	case ANSWERED_BY_HOOK:
	case ANSWERED_BY_PROGRAM:
		return prompt->verdict == VERDICT_ALLOW ? REPORT_YES : REPORT_NO;
	case ANSWERED_BY_TIMEOUT:
	case ANSWERED_BY_UNATTENDED:
	case ANSWERED_BY_WITHDRAWN:
		return REPORT_NOBODY;
	}
	return REPORT_NOBODY;
}

static void take_prompt(void *userdata, const struct stats_prompt *prompt)
{
	struct report *report = userdata;
	bool person = prompt->answered && prompt->by == ANSWERED_BY_PERSON;
	bool allowed = prompt->verdict == VERDICT_ALLOW;
	size_t i = 0;

	timeline_add(&report->prompts, prompt->at_ns, answer_of(prompt), 1);
	if (report->run)
		report->run->prompts++;
	if (!person)
		return;
	while (i + 1 < REPORT_WAITS && prompt->after_ns >= report_waits[i])
		i++;
	report->waits[i][allowed ? 0 : 1]++;
	if (allowed && prompt->after_ns < STATS_HABIT_NS)
		count_hasty(report, prompt->question);
}

/* ---- one's life ---- */

int report_new(int64_t offset_s, struct report **ret_report)
{
	struct report *report = calloc(1, sizeof(*report));
	int r = report ? stats_new(&report->stats) : -ENOMEM;

	if (r < 0) {
		free(report);
		return r;
	}
	report->prompts.offset_s = offset_s;
	table_init(&report->runs, sizeof(struct report_run), REPORT_RUNS_MAX);
	table_init(&report->denials, sizeof(struct report_denial), REPORT_DENIALS_MAX);
	table_init(&report->hosts, sizeof(struct report_host), REPORT_HOSTS_MAX);
	table_init(&report->grants, sizeof(struct report_grant), REPORT_GRANTS_MAX);
	table_init(&report->hasty, sizeof(struct report_hasty), REPORT_HASTY_MAX);
	stats_watch(report->stats, take_prompt, report);
	*ret_report = report;
	return 0;
}

static void free_strings(struct report *report)
{
	for (size_t i = 0; i < report->runs.n; i++) {
		struct report_run *run = report->runs.rows[i].value;

		free(run->id);
		free(run->command);
		free(run->directory);
	}
	for (size_t i = 0; i < report->denials.n; i++) {
		struct report_denial *denial = report->denials.rows[i].value;

		free(denial->program);
		free(denial->name);
		free(denial->rule);
		free(denial->reason);
	}
	for (size_t i = 0; i < report->grants.n; i++) {
		struct report_grant *grant = report->grants.rows[i].value;

		free(grant->run);
		free(grant->covers);
		free(grant->scope);
		free(grant->lasts);
	}
	for (size_t i = 0; i < report->hasty.n; i++) {
		struct report_hasty *hasty = report->hasty.rows[i].value;

		free(hasty->program);
		free(hasty->name);
	}
}

struct report *report_free(struct report *report)
{
	if (!report)
		return NULL;
	free_strings(report);
	table_done(&report->runs);
	table_done(&report->denials);
	table_done(&report->hosts);
	table_done(&report->grants);
	table_done(&report->hasty);
	for (size_t i = 0; i < REPORT_FAULTS_MAX; i++)
		free(report->faults[i]);
	for (size_t i = 0; i < REPORT_TREES_MAX; i++)
		free(report->trees[i].html);
	stats_free(report->stats);
	free(report);
	return NULL;
}

/* ---- lines ---- */

static void begin_run(struct report *report, struct entry *entry)
{
	struct report_run *run = table_get(&report->runs, entry->run, strlen(entry->run));

	report->run = run;
	if (!run) {
		report->runs_beyond++;
		return;
	}
	if (run->id)
		return;
	run->id = kept(entry->run);
	run->command = run_command_text(json_object_get(entry->root, "command"));
	run->directory = kept(entry_name(entry, entry->root, "directory"));
	run->started_ns = run->ended_ns = entry->time_ns;
}

static enum report_outcome outcome_of(const struct entry *entry)
{
	bool allowed = entry->verdict == VERDICT_ALLOW;

	switch (entry->by) {
	case BY_PERSON:
	case BY_GRANT:
	case BY_HOOK:
	case BY_UNATTENDED:
	case BY_FLOOD:
	case BY_COOL_DOWN:
		return allowed ? REPORT_APPROVED : REPORT_REFUSED;
	case BY_NOTHING:
	case BY_RULE_ZERO:
	case BY_RULE:
	case BY_OTHERWISE:
	case BY_NO_VERB:
	case BY_WALL:
	case BY_FAULT:
		break;
	}
	if (entry->question)
		return allowed ? REPORT_APPROVED : REPORT_REFUSED;
	return allowed ? REPORT_ALLOWED : REPORT_DENIED;
}

static size_t verb_index(enum verb verb)
{
	for (size_t i = 0; i < VERB_COUNT; i++)
		if (verb == 1u << i)
			return i;
	return VERB_COUNT;
}

static bool is_protected(const struct entry *entry)
{
	return entry->by == BY_RULE_ZERO ||
	       (entry->layer && (strcmp(entry->layer, layer_name(LAYER_GUARDS)) == 0 ||
				 strcmp(entry->layer, layer_name(LAYER_MANAGED)) == 0));
}

static void add_denial(struct report *report, const struct entry *entry)
{
	const struct object *object = entry_object(entry);
	char text[ENTRY_NAME_SIZE];
	const char *name = object ? entry_object_name(object, text) : NULL;
	const char *rule = entry->rule ?: decided_by_name(entry->by);
	const char *program = entry->request.program ?: "?";
	_cleanup_(buffer_done) struct buffer key = {};
	struct report_denial *denial;

	name = name ?: mediated_name(entry->request.call);
	buffer_printf(&key, "%d %d %s", (int)entry->verb, (int)entry->by, rule);
	buffer_append(&key, "", 1);
	buffer_append(&key, program, strlen(program) + 1);
	buffer_append(&key, name, strnlen(name, REPORT_TEXT_MAX));
	denial = key.error ? NULL : table_get(&report->denials, key.data, key.len);
	if (!denial) {
		report->denials_beyond++;
		return;
	}
	denial->last_ns = entry->time_ns;
	if (denial->n++ > 0)
		return;
	denial->first_ns = entry->time_ns;
	denial->program = kept(program);
	denial->name = kept(name);
	denial->rule = kept(rule);
	denial->reason = entry->reason ? kept(entry->reason) : NULL;
	denial->verb = entry->verb;
	denial->by = entry->by;
	denial->protected = is_protected(entry);
}

static struct report_host *host_of(struct report *report, const char *name)
{
	struct report_host *host = table_get(&report->hosts, name, strlen(name));

	report->hosts_beyond += !host;
	return host;
}

static void add_hosts(struct report *report, const struct entry *entry)
{
	for (size_t i = 0; i < entry->request.n_objects; i++) {
		const struct object *object = &entry->request.objects[i];
		char text[ENTRY_NAME_SIZE];
		struct report_host *host;

		if (object->kind != OBJECT_INET || !(object->verbs & VERB_CONNECT))
			continue;
		host = host_of(report, entry_object_name(object, text));
		if (!host)
			continue;
		host->allowed += entry->verdict == VERDICT_ALLOW;
		host->denied += entry->verdict != VERDICT_ALLOW;
	}
}

static void add_connection(struct report *report, struct entry *entry)
{
	const char *host = entry_name(entry, entry->root, "host");
	const char *address = entry_string(entry, "address");
	bool brackets = !host && address && strchr(address, ':');
	char name[ENTRY_NAME_SIZE];
	struct report_host *row;

	snprintf(name, sizeof(name), "%s%.400s%s:%u", brackets ? "[" : "", host ?: address ?: "?",
		 brackets ? "]" : "", (unsigned)entry_number(entry, "port"));
	row = host_of(report, name);
	if (!row)
		return;
	row->connections++;
	row->sent += entry_number(entry, "sent");
	row->received += entry_number(entry, "received");
}

static void use_grant(struct report *report, const struct entry *entry, struct buffer *key)
{
	struct report_grant *grant;

	buffer_printf(key, "%s/%llu", entry->run, (unsigned long long)entry->grant);
	if (key->error)
		return;
	grant = table_find(&report->grants, key->data, key->len);
	if (grant)
		grant->used++;
}

static void add_grant(struct report *report, const struct entry *entry)
{
	_cleanup_(buffer_done) struct buffer key = {};
	struct report_grant *grant;

	buffer_printf(&key, "%s/%llu", entry->run, (unsigned long long)entry->grant);
	grant = key.error ? NULL : table_get(&report->grants, key.data, key.len);
	if (!grant) {
		report->grants_beyond++;
		return;
	}
	if (grant->run)
		return;
	grant->run = kept(entry->run);
	grant->id = entry->grant;
	grant->covers = kept(entry_string(entry, "covers") ?: "just what was asked");
	grant->scope = kept(entry_string(entry, "scope"));
	grant->lasts = kept(entry_string(entry, "lasts"));
	grant->verdict = entry->verdict;
	grant->at_ns = entry->time_ns;
}

static void add_call(struct report *report, const struct entry *entry)
{
	_cleanup_(buffer_done) struct buffer key = {};
	bool denied = entry->verdict != VERDICT_ALLOW;

	report->verbs[verb_index(entry->verb)][outcome_of(entry)]++;
	if (report->run) {
		report->run->calls++;
		report->run->denied += denied;
	}
	if (denied)
		add_denial(report, entry);
	add_hosts(report, entry);
	if (entry->grant)
		use_grant(report, entry, &key);
}

static void add_fault(struct report *report, struct entry *entry)
{
	if (report->n_faults < REPORT_FAULTS_MAX)
		report->faults[report->n_faults] = kept(entry_name(entry, entry->root, "what"));
	report->n_faults++;
}

static void see_time(struct report *report, const struct entry *entry)
{
	if (!entry->time_ns)
		return;
	if (!report->first_ns || entry->time_ns < report->first_ns)
		report->first_ns = entry->time_ns;
	if (entry->time_ns > report->last_ns)
		report->last_ns = entry->time_ns;
	if (report->run && entry->time_ns > report->run->ended_ns)
		report->run->ended_ns = entry->time_ns;
}

int report_add(struct report *report, struct entry *entry)
{
	int r = 0;

	if (entry->event == ENTRY_RUN_START) {
		r = report_end_run(report);
		if (r == 0)
			begin_run(report, entry);
	}
	if (r == 0)
		r = stats_add(report->stats, entry);
	if (r < 0)
		return r;
	see_time(report, entry);
	switch (entry->event) {
	case ENTRY_CALL:
		add_call(report, entry);
		return 0;
	case ENTRY_GRANT:
		add_grant(report, entry);
		return 0;
	case ENTRY_CONNECTION_END:
		add_connection(report, entry);
		return 0;
	case ENTRY_FAULT:
		add_fault(report, entry);
		return 0;
	case ENTRY_RUN_END:
		if (report->run) {
			report->run->ended = true;
			report->run->status = (int)entry_number(entry, "status");
		}
		return 0;
	case ENTRY_UNKNOWN:
	case ENTRY_RUN_START:
	case ENTRY_POLICY:
	case ENTRY_FACTS:
	case ENTRY_QUESTION:
	case ENTRY_ANSWER:
	case ENTRY_REVOKE:
		return 0;
	}
	return 0;
}

int report_end_run(struct report *report)
{
	int r = stats_end_run(report->stats);

	/* The picture reaches from the first run's start to the last one's end. */
	if (report->first_ns) {
		timeline_add(&report->prompts, report->first_ns, 0, 0);
		timeline_add(&report->prompts, report->last_ns, 0, 0);
	}
	report->run = NULL;
	return r;
}

void report_verified(struct report *report, const struct report_proof *proof)
{
	struct report_run *run = table_find(&report->runs, proof->run, strlen(proof->run));

	if (!run || (run->verified && !run->good))
		return;
	run->verified = true;
	run->good = proof->good;
	if (proof->line)
		snprintf(run->words, sizeof(run->words), "line %llu: %.200s",
			 (unsigned long long)proof->line, proof->words);
	else
		snprintf(run->words, sizeof(run->words), "%.255s", proof->words);
}

void report_keep_tree(struct report *report, char *html, uint64_t weight)
{
	struct report_tree *least = &report->trees[0];

	for (size_t i = 1; i < REPORT_TREES_MAX; i++) {
		struct report_tree *tree = &report->trees[i];

		if (!least->html)
			break;
		/* Of two alike the older goes. */
		if (!tree->html || tree->weight < least->weight ||
		    (tree->weight == least->weight && tree->order < least->order))
			least = tree;
	}
	report->n_trees++;
	if (least->html && weight < least->weight) {
		free(html);
		return;
	}
	free(least->html);
	*least = (struct report_tree){html, weight, report->n_trees};
}
