/* SPDX-License-Identifier: Apache-2.0 */
/* What a reader wants first: how much there was, what stands out, which runs, and whether to
 * believe it. */
#include <stdio.h>
#include <string.h>

#include "enforcer/base/cleanup.h"
#include "enforcer/records/show.h"
#include "enforcer/report/chart.h"
#include "enforcer/report/html.h"
#include "enforcer/report/page-parts.h"

#define FINDINGS_OF_A_KIND 3

/* ---- tiles ---- */

static void tile_begin(struct buffer *to, const char *name, const char *target)
{
	buffer_printf(to, "<li><a href=\"#%s\"><span>%s</span><strong>", target, name);
}

static void tile_more(struct buffer *to)
{
	buffer_append_string(to, "</strong><small>");
}

static void tile_end(struct buffer *to)
{
	buffer_append_string(to, "</small></a></li>\n");
}

static void tile_runs(const struct stats_counts *counts, struct buffer *to)
{
	tile_begin(to, "Runs", "runs");
	html_number(to, counts->runs);
	tile_more(to);
	html_duration(to, counts->agent_ns);
	buffer_append_string(to, " in all");
	if (counts->unfinished) {
		buffer_append_string(to, ", ");
		html_number(to, counts->unfinished);
		buffer_append_string(to, " without an end");
	}
	tile_end(to);
}

static void tile_calls(const struct stats_counts *counts, struct buffer *to)
{
	tile_begin(to, "Calls", "decisions");
	html_number(to, counts->calls);
	tile_more(to);
	html_share(to, counts->allowed, counts->calls);
	buffer_append_string(to, " allowed");
	tile_end(to);
}

static void tile_denied(const struct page *page, struct buffer *to)
{
	const struct report *report = page->report;
	uint64_t protected = 0;

	for (size_t i = 0; i < report->denials.n; i++) {
		const struct report_denial *denial = report->denials.rows[i].value;

		protected += denial->protected ? denial->n : 0;
	}
	tile_begin(to, "Denied", "denials");
	html_number(to, stats_counts(report->stats)->denied);
	tile_more(to);
	html_number(to, report->denials.n);
	buffer_append_string(to, " different");
	if (protected) {
		buffer_append_string(to, ", ");
		html_number(to, protected);
		buffer_append_string(to, " on what is protected");
	}
	tile_end(to);
}

static void tile_prompts(const struct stats_counts *counts, struct buffer *to)
{
	tile_begin(to, "Prompts", "prompts");
	html_number(to, counts->prompts);
	tile_more(to);
	buffer_printf(to, "%.1f an hour", stats_an_hour(counts));
	if (counts->prompts) {
		buffer_append_string(to, "; ");
		html_number(to, counts->prompts_allowed);
		buffer_append_string(to, " allowed, ");
		html_number(to, counts->prompts_denied);
		buffer_append_string(to, " denied");
	}
	tile_end(to);
}

static void tile_hasty(struct stats *stats, struct buffer *to)
{
	const struct stats_counts *counts = stats_counts(stats);

	tile_begin(to, "Hasty approvals", "habit");
	html_number(to, counts->habit);
	tile_more(to);
	buffer_append_string(to, "within 2 s, of ");
	html_number(to, counts->person_allowed);
	if (stats_percentile(stats, 50)) {
		buffer_append_string(to, "; median ");
		html_duration(to, stats_percentile(stats, 50));
	}
	tile_end(to);
}

static void tile_record(const struct page *page, struct buffer *to)
{
	uint64_t good, all;

	page_proofs(page, &good, &all);
	tile_begin(to, "Record", "record");
	if (page->unverified && good == 0) {
		buffer_append_string(to, "?");
		tile_more(to);
		buffer_append_string(to, "not verified");
	} else {
		html_number(to, good);
		tile_more(to);
		buffer_append_string(to, "of ");
		html_count(to, all, "run");
		buffer_append_string(to, " whole and signed");
	}
	tile_end(to);
}

void page_tiles(const struct page *page, struct buffer *to)
{
	const struct stats_counts *counts = stats_counts(page->report->stats);

	tile_runs(counts, to);
	tile_calls(counts, to);
	tile_denied(page, to);
	tile_prompts(counts, to);
	tile_hasty(page->report->stats, to);
	tile_record(page, to);
}

/* ---- what stands out ---- */

static void finding_begin(struct buffer *to, const char *class, const char *word)
{
	buffer_printf(to, "<li><b class=\"badge %s\">%s</b> <span>", class, word);
}

static void finding_end(struct buffer *to)
{
	buffer_append_string(to, "</span></li>\n");
}

/* A line of its record is not what was written: more than an end that is missing. */
static bool is_changed(const struct report_run *run)
{
	return run->verified && !run->good && strncmp(run->words, "line ", 5) == 0;
}

static void find_records(const struct page *page, struct buffer *to)
{
	const struct table *runs = &page->report->runs;
	uint64_t n = 0, open = 0;

	for (size_t i = 0; i < runs->n; i++) {
		const struct report_run *run = runs->rows[i].value;

		open += run->verified && !run->good && !is_changed(run);
		if (!is_changed(run) || n++ >= FINDINGS_OF_A_KIND)
			continue;
		finding_begin(to, "b-bad", "record");
		buffer_append_string(to, "The record of run <code>");
		html_text(to, run->id, 64);
		buffer_append_string(to, "</code> is not as it was written: ");
		html_text(to, run->words, 0);
		finding_end(to);
	}
	if (n > FINDINGS_OF_A_KIND) {
		finding_begin(to, "b-bad", "record");
		html_number(to, n - FINDINGS_OF_A_KIND);
		buffer_append_string(to, " more records are not as they were written");
		finding_end(to);
	}
	if (open) {
		finding_begin(to, "b-note", "record");
		html_count(to, open, "run");
		buffer_append_string(to, " cannot be shown to be whole and signed: <a "
					 "href=\"#runs\">why</a>");
		finding_end(to);
	}
}

/* A decision that its own policy does not make: the record was changed, or the policy on it. */
static void find_own(const struct page *page, struct buffer *to)
{
	for (size_t i = 0; i < page->n_policies; i++) {
		const struct page_policy *policy = &page->policies[i];

		if (policy->name || (replay_changes(policy->replay)->n == 0 &&
				     replay_counts(policy->replay)->changes_beyond == 0))
			continue;
		finding_begin(to, "b-bad", "record");
		buffer_append_string(to, "Judged again by its own policy, the record does not come "
					 "out as it stands: it was changed, or another callgate "
					 "wrote it");
		finding_end(to);
	}
}

static const char *gerund(enum verb verb)
{
	switch (verb) {
	case VERB_READ:
		return "reading";
	case VERB_WRITE:
		return "writing";
	case VERB_EXEC:
		return "executing";
	case VERB_CONNECT:
		return "connecting to";
	case VERB_LISTEN:
		return "listening on";
	}
	return "calling";
}

static void find_denial(const struct page *page, const struct report_denial *denial,
			struct buffer *to)
{
	finding_begin(to, denial->protected ? "b-bad" : "b-denied",
		      denial->protected ? "protected" : "denied");
	buffer_append_string(to, "<code>");
	html_text(to, show_program_name(denial->program), 64);
	buffer_printf(to, "</code> was kept from %s <code>", gerund(denial->verb));
	html_path(to, page->home, denial->name);
	buffer_append_string(to, "</code>");
	if (denial->n > 1) {
		buffer_append_string(to, ", ");
		html_count(to, denial->n, "time");
	}
	buffer_append_string(to, " (");
	page_decided(to, denial);
	if (denial->reason) {
		buffer_append_string(to, ": ");
		html_text(to, denial->reason, 120);
	}
	buffer_append_string(to, ")");
	finding_end(to);
}

static void find_denials(const struct page *page, struct buffer *to)
{
	const struct table *denials = &page->report->denials;
	_cleanup_free_ const struct table_row **rows =
		table_sorted(denials, report_denials_by_weight);

	size_t protected = 0, others = 0;

	for (size_t i = 0; rows && i < denials->n && others < FINDINGS_OF_A_KIND; i++) {
		const struct report_denial *denial = rows[i]->value;

		if (denial->by == BY_UNATTENDED && denial->verb != VERB_CONNECT)
			break;
		if (denial->protected && protected ++ >= 2 * FINDINGS_OF_A_KIND)
			continue;
		others += !denial->protected;
		find_denial(page, denial, to);
	}
}

static void find_rule(const struct page *page, struct buffer *to)
{
	const struct table *rules = stats_rules(page->report->stats);
	_cleanup_free_ const struct table_row **rows = table_sorted(rules, stats_rules_by_prompts);
	const struct stats_rule *rule = rows && rules->n ? rows[0]->value : NULL;

	if (!rule || rule->prompts < 3)
		return;
	finding_begin(to, "b-cost", "cost");
	buffer_append_string(to, "<code>");
	html_text(to, rule->id, 64);
	buffer_append_string(to, "</code>");
	if (rule->text) {
		buffer_append_string(to, " (");
		html_text(to, rule->text, 80);
		buffer_append_string(to, ")");
	}
	buffer_append_string(to, " asked ");
	html_count(to, rule->prompts, "time");
	buffer_append_string(to, " and was allowed ");
	html_number(to, rule->allowed);
	buffer_append_string(to, "; people waited ");
	html_duration(to, rule->waited_ns);
	finding_end(to);
}

static void find_habit(const struct page *page, struct buffer *to)
{
	const struct stats_counts *counts = stats_counts(page->report->stats);

	if (counts->habit) {
		finding_begin(to, "b-cost", "habit");
		html_number(to, counts->habit);
		buffer_append_string(to, " of ");
		html_count(to, counts->person_allowed, "approval");
		buffer_append_string(
			to, " came within two seconds: hardly time to have read the question");
		finding_end(to);
	}
	if (counts->repeated) {
		finding_begin(to, "b-cost", "repeated");
		html_count(to, counts->repeated, "prompt");
		buffer_append_string(to, " asked what had been asked in the same run before");
		finding_end(to);
	}
	if (counts->grants_unused) {
		finding_begin(to, "b-cost", "grants");
		html_number(to, counts->grants_unused);
		buffer_append_string(to, " of ");
		html_count(to, counts->grants, "remembered answer");
		buffer_append_string(to, " answered nothing: wider than the need");
		finding_end(to);
	}
}

static void find_rest(const struct page *page, struct buffer *to)
{
	const struct stats_counts *counts = stats_counts(page->report->stats);

	if (counts->unattended) {
		finding_begin(to, "b-denied", "unattended");
		html_count(to, counts->unattended, "call");
		buffer_append_string(to, " would have been a question, and nobody was there");
		finding_end(to);
	}
	if (page->report->n_faults) {
		finding_begin(to, "b-bad", "faults");
		html_count(to, page->report->n_faults, "fault");
		buffer_append_string(to,
				     " of callgate's own on record: <a href=\"#record\">which</a>");
		finding_end(to);
	}
	if (counts->estimated) {
		finding_begin(to, "b-note", "note");
		html_count(to, counts->estimated, "run");
		buffer_append_string(to, " without questions on record: each call that a person "
					 "answered counts as a prompt");
		finding_end(to);
	}
}

static void find_policies(const struct page *page, struct buffer *to)
{
	for (size_t i = 0; i < page->n_policies && i <= FINDINGS_OF_A_KIND; i++) {
		const struct page_policy *policy = &page->policies[i];
		const struct replay_counts *counts = replay_counts(policy->replay);

		if (!policy->name)
			continue;
		finding_begin(to, "b-note", "policy");
		buffer_append_string(to, "<code>");
		html_path(to, page->home, policy->name);
		buffer_append_string(to, "</code> would have asked ");
		html_count(to, counts->now.prompts, "time");
		buffer_append_string(to, " instead of ");
		html_number(to, counts->prompts_then);
		buffer_append_string(to, ", and let through ");
		html_number(to, counts->newly_through);
		buffer_append_string(to, " of what was refused");
		finding_end(to);
	}
}

void page_findings(const struct page *page, struct buffer *to)
{
	size_t before = to->len;

	find_records(page, to);
	find_own(page, to);
	find_denials(page, to);
	find_rest(page, to);
	find_habit(page, to);
	find_rule(page, to);
	find_policies(page, to);
	if (to->len > before)
		return;
	finding_begin(to, "b-good", "quiet");
	buffer_append_string(to,
			     stats_counts(page->report->stats)->runs
				     ? "Nothing was denied that a rule protects, and nobody was "
				       "asked in haste or in vain"
				     : "There is no run on record");
	finding_end(to);
}

/* ---- runs ---- */

static void proof_cell(const struct page *page, const struct report_run *run, struct buffer *to)
{
	if (!run->verified) {
		buffer_append_string(to,
				     "<td><span class=\"badge b-note\">not verified</span></td>");
		return;
	}
	if (run->good) {
		buffer_append_string(to, "<td><span class=\"badge b-good\">signed</span></td>");
		return;
	}
	buffer_printf(to, "<td><span class=\"badge %s\">%s</span><small>",
		      is_changed(run) ? "b-bad" : "b-note",
		      is_changed(run) ? "changed" : "not signed");
	html_text(to, run->words, 160);
	buffer_append_string(to, "</small></td>");
}

static void run_row(const struct page *page, const struct report_run *run, struct buffer *to)
{
	buffer_append_string(to, "<tr><td class=\"what\"><code>");
	html_shown(to, run->command, 160);
	buffer_append_string(to, "</code><small>");
	html_text(to, run->id, 64);
	buffer_append_string(to, " in ");
	html_path(to, page->home, run->directory);
	buffer_append_string(to, "</small></td><td class=\"t\">");
	page_when(to, run->started_ns);
	buffer_append_string(to, "<small>");
	html_duration(to, run->ended_ns - run->started_ns);
	if (run->ended)
		buffer_printf(to, ", status %d", run->status);
	else
		buffer_append_string(to, ", no end");
	buffer_append_string(to, "</small></td>");
	html_number_cell(to, run->calls);
	html_number_cell(to, run->denied);
	html_number_cell(to, run->prompts);
	proof_cell(page, run, to);
	buffer_append_string(to, "</tr>\n");
}

void page_runs(const struct page *page, struct buffer *to)
{
	static const char *const heads[] = {"run",      "when",   "#calls", "#denied",
					    "#prompts", "record", NULL};
	const struct table *runs = &page->report->runs;
	_cleanup_free_ const struct table_row **rows = table_sorted(runs, report_runs_by_time);
	size_t shown = runs->n < page->top ? runs->n : page->top;

	if (!rows || runs->n == 0) {
		page_nothing(to, "No run is on record.");
		return;
	}
	page_table_begin(to, "Runs, the newest first", heads);
	for (size_t i = 0; i < shown; i++)
		run_row(page, rows[i]->value, to);
	page_table_end(to);
	page_more(to, shown, runs->n + page->report->runs_beyond, "runs");
}

/* ---- whether to believe it ---- */

void page_record(const struct page *page, struct buffer *to)
{
	const struct report *report = page->report;
	uint64_t good, all;

	page_proofs(page, &good, &all);
	buffer_append_string(to, "<p>");
	if (page->unverified) {
		html_text(to, page->unverified, 200);
		buffer_append_string(to, ".</p>\n");
	} else {
		buffer_append_string(to, "Whole, ended, and signed by this user's key: ");
		html_number(to, good);
		buffer_append_string(to, " of ");
		html_count(to, all, "run");
		buffer_append_string(to, ".</p>\n");
	}
	if (report->n_faults == 0)
		return;
	buffer_append_string(to, "<p>Faults of callgate's own:</p>\n<ul>");
	for (size_t i = 0; i < REPORT_FAULTS_MAX && i < page->top && report->faults[i]; i++) {
		buffer_append_string(to, "<li>");
		html_text(to, report->faults[i], 300);
		buffer_append_string(to, "</li>\n");
	}
	buffer_append_string(to, "</ul>\n");
	page_more(to, page->top < REPORT_FAULTS_MAX ? page->top : REPORT_FAULTS_MAX,
		  report->n_faults, "faults");
}
