/* SPDX-License-Identifier: Apache-2.0 */
/* What was decided of calls, who was refused what, which rules asked, what was remembered, and
 * where bytes went. */
#include <string.h>

#include "enforcer/base/cleanup.h"
#include "enforcer/report/chart.h"
#include "enforcer/report/html.h"
#include "enforcer/report/page-parts.h"

/* ---- decisions ---- */

static uint64_t verb_sum(const uint64_t *outcomes)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < REPORT_OUTCOMES; i++)
		sum += outcomes[i];
	return sum;
}

static const enum chart_fill fills[REPORT_OUTCOMES] = {
	[REPORT_ALLOWED] = CHART_ALLOWED,
	[REPORT_APPROVED] = CHART_APPROVED,
	[REPORT_REFUSED] = CHART_REFUSED,
	[REPORT_DENIED] = CHART_DENIED,
};

static void verb_row(struct buffer *to, const char *name, const uint64_t *outcomes, uint64_t whole)
{
	struct chart_bar bar = {.whole = whole, .n = REPORT_OUTCOMES};

	memcpy(bar.fills, fills, sizeof(fills));
	memcpy(bar.values, outcomes, sizeof(*outcomes) * REPORT_OUTCOMES);
	buffer_printf(to, "<tr><th scope=\"row\">%s</th><td class=\"wide\">", name);
	chart_bar(to, &bar);
	buffer_append_string(to, "</td>");
	for (size_t i = 0; i < REPORT_OUTCOMES; i++)
		html_number_cell(to, outcomes[i]);
	buffer_append_string(to, "</tr>\n");
}

void page_verbs(const struct page *page, struct buffer *to)
{
	static const char *const heads[] = {"verb",     "",        "#allowed", "#approved",
					    "#refused", "#denied", NULL};
	static const char *const words[REPORT_OUTCOMES] = {
		[REPORT_ALLOWED] = "allowed by a rule",
		[REPORT_APPROVED] = "approved when asked",
		[REPORT_REFUSED] = "refused when asked, or nobody there",
		[REPORT_DENIED] = "denied by a rule",
	};
	const struct report *report = page->report;
	uint64_t whole = 0;

	for (size_t i = 0; i <= VERB_COUNT; i++)
		whole = verb_sum(report->verbs[i]) > whole ? verb_sum(report->verbs[i]) : whole;
	if (whole == 0) {
		page_nothing(to, "No call is on record.");
		return;
	}
	page_legend(to, fills, words, REPORT_OUTCOMES);
	page_table_begin(to, "Decisions by verb, calls", heads);
	for (size_t i = 0; i <= VERB_COUNT; i++)
		if (verb_sum(report->verbs[i]))
			verb_row(to, i < VERB_COUNT ? verb_name((enum verb)(1u << i)) : "no verb",
				 report->verbs[i], whole);
	page_table_end(to);
}

/* ---- denials ---- */

void page_decided(struct buffer *to, const struct report_denial *denial)
{
	const char *by = decided_by_name(denial->by);

	buffer_append_string(to, "<code>");
	html_text(to, denial->rule, 64);
	buffer_append_string(to, "</code>");
	if (denial->by != BY_RULE && strcmp(denial->rule ?: "", by) != 0)
		buffer_printf(to, ", %s", by);
}

static void denial_row(const struct page *page, const struct report_denial *denial,
		       struct buffer *to)
{
	buffer_append_string(to, "<tr>");
	html_number_cell(to, denial->n);
	page_what_cell(page, to, denial->verb, denial->name, denial->program);
	buffer_append_string(to, "<td>");
	page_decided(to, denial);
	if (denial->protected)
		buffer_append_string(to, " <span class=\"badge b-bad\">protected</span>");
	if (denial->reason) {
		buffer_append_string(to, "<small>");
		html_text(to, denial->reason, 200);
		buffer_append_string(to, "</small>");
	}
	buffer_append_string(to, "</td><td class=\"t\">");
	page_when(to, denial->first_ns);
	if (denial->last_ns / 60000000000u > denial->first_ns / 60000000000u) {
		buffer_append_string(to, "<small>to ");
		page_when(to, denial->last_ns);
		buffer_append_string(to, "</small>");
	}
	buffer_append_string(to, "</td></tr>\n");
}

void page_denials(const struct page *page, struct buffer *to)
{
	static const char *const heads[] = {"#calls", "what", "by which rule", "when", NULL};
	const struct report *report = page->report;
	_cleanup_free_ const struct table_row **rows =
		table_sorted(&report->denials, report_denials_by_weight);
	size_t n = report->denials.n, shown = n < page->top ? n : page->top;
	uint64_t left = report->denials_beyond;

	if (!rows || n == 0) {
		page_nothing(to, "Nothing was denied.");
		return;
	}
	page_table_begin(to, "Denials, what is protected first", heads);
	for (size_t i = 0; i < shown; i++)
		denial_row(page, rows[i]->value, to);
	page_table_end(to);
	for (size_t i = shown; i < n; i++)
		left += ((const struct report_denial *)rows[i]->value)->n;
	if (left == 0)
		return;
	buffer_append_string(to, "<p class=\"more\">and ");
	html_number(to, n - shown);
	buffer_append_string(to, " more, ");
	html_count(to, left, "call");
	buffer_append_string(to, report->denials_beyond ? ", not all of them told apart</p>\n"
							: "</p>\n");
}

/* ---- rules ---- */

static void rule_row(const struct stats_rule *rule, uint64_t calls, uint64_t whole,
		     struct buffer *to)
{
	/* A record that is forged may answer a question twice. */
	uint64_t refused = rule->prompts > rule->allowed ? rule->prompts - rule->allowed : 0;

	buffer_printf(to, "<tr><th scope=\"row\" class=\"what\"%s><code>",
		      rule->prompts ? "" : " colspan=\"2\"");
	html_text(to, rule->id, 64);
	buffer_append_string(to, "</code>");
	if (rule->text) {
		buffer_append_string(to, "<small>");
		html_text(to, rule->text, 120);
		buffer_append_string(to, "</small>");
	}
	buffer_append_string(to, "</th>");
	if (rule->prompts) {
		buffer_append_string(to, "<td class=\"wide\">");
		chart_bar(to, &(struct chart_bar){
				      .whole = whole,
				      .n = 2,
				      .fills = {CHART_APPROVED, CHART_REFUSED},
				      .values = {rule->allowed, refused},
			      });
		buffer_append_string(to, "</td>");
	}
	html_number_cell(to, rule->prompts);
	html_number_cell(to, rule->allowed);
	if (rule->waited_ns) {
		buffer_append_string(to, "<td class=\"n\">");
		html_duration(to, rule->waited_ns);
		buffer_append_string(to, "</td>");
	} else {
		html_number_cell(to, 0);
	}
	html_number_cell(to, rule->calls);
	buffer_append_string(to, "<td class=\"n\">");
	html_share(to, rule->calls, calls);
	buffer_append_string(to, "</td>");
	html_number_cell(to, rule->denied);
	buffer_append_string(to, "</tr>\n");
}

/* The most prompts first, and among those without, the most calls. */
static int by_prompts_then_calls(const void *a, const void *b)
{
	const struct stats_rule *x = (*(const struct table_row *const *)a)->value,
				*y = (*(const struct table_row *const *)b)->value;

	return x->prompts != y->prompts ? stats_rules_by_prompts(a, b) : stats_rules_by_calls(a, b);
}

void page_rules(const struct page *page, struct buffer *to)
{
	static const char *const heads[] = {"rule",   "",       "#asked",  "#allowed", "#waited",
					    "#calls", "#share", "#denied", NULL};
	const struct table *rules = stats_rules(page->report->stats);
	const struct stats_counts *counts = stats_counts(page->report->stats);
	_cleanup_free_ const struct table_row **rows = table_sorted(rules, by_prompts_then_calls);
	size_t shown = rules->n < page->top ? rules->n : page->top;

	if (!rows || rules->n == 0) {
		page_nothing(to, "No rule decided anything.");
		return;
	}
	page_table_begin(to, "Rules, by the prompts that they cost", heads);
	for (size_t i = 0; i < shown; i++)
		rule_row(rows[i]->value, counts->calls,
			 ((const struct stats_rule *)rows[0]->value)->prompts, to);
	page_table_end(to);
	page_more(to, shown, rules->n, "rules");
}

void page_asked(const struct page *page, struct buffer *to)
{
	static const char *const heads[] = {"#asked", "#allowed", "asked more than once", NULL};
	const struct table *questions = stats_questions(page->report->stats);
	_cleanup_free_ const struct table_row **rows =
		table_sorted(questions, stats_questions_by_prompts);
	size_t n = 0, shown;

	while (rows && n < questions->n &&
	       ((const struct stats_question *)rows[n]->value)->prompts > 1)
		n++;
	if (n == 0)
		return;
	shown = n < page->top ? n : page->top;
	page_table_begin(to, "Asked more than once", heads);
	for (size_t i = 0; i < shown; i++) {
		const struct stats_question *question = rows[i]->value;

		buffer_append_string(to, "<tr>");
		html_number_cell(to, question->prompts);
		html_number_cell(to, question->allowed);
		page_what_cell(page, to, question->verb, question->name, question->program);
		buffer_append_string(to, "</tr>\n");
	}
	page_table_end(to);
	page_more(to, shown, n, "questions");
}

/* ---- grants ---- */

static void grant_row(const struct report_grant *grant, struct buffer *to)
{
	buffer_append_string(to, "<tr>");
	html_number_cell(to, grant->used);
	buffer_printf(to, "<td class=\"what\">%s ", verdict_name(grant->verdict));
	html_text(to, grant->covers, 200);
	buffer_append_string(to, "<small>grant ");
	html_number(to, grant->id);
	buffer_append_string(to, " of run ");
	html_text(to, grant->run, 64);
	buffer_append_string(to, "</small></td><td>");
	html_text(to, grant->scope, 24);
	buffer_append_string(to, ", ");
	html_text(to, grant->lasts, 24);
	buffer_append_string(to, grant->used ? "</td></tr>\n"
					     : " <span class=\"badge b-cost\">never used</span>"
					       "</td></tr>\n");
}

void page_grants(const struct page *page, struct buffer *to)
{
	static const char *const heads[] = {"#calls answered", "remembered answer", "how far",
					    NULL};
	const struct report *report = page->report;
	_cleanup_free_ const struct table_row **rows =
		table_sorted(&report->grants, report_grants_by_use);
	size_t n = report->grants.n, shown = n < page->top ? n : page->top;

	if (!rows || n == 0) {
		page_nothing(to, "No answer was remembered.");
		return;
	}
	page_table_begin(to, "Remembered answers, those never used first", heads);
	for (size_t i = 0; i < shown; i++)
		grant_row(rows[i]->value, to);
	page_table_end(to);
	page_more(to, shown, n + report->grants_beyond, "remembered answers");
}

/* ---- hosts ---- */

static void host_row(const struct table_row *row, uint64_t whole, struct buffer *to)
{
	const struct report_host *host = row->value;

	buffer_append_string(to, "<tr><th scope=\"row\" class=\"what\"><code>");
	html_text(to, row->key, 200);
	buffer_append_string(to, "</code></th><td class=\"wide\">");
	chart_bar(to, &(struct chart_bar){
			      .whole = whole,
			      .n = 2,
			      .fills = {CHART_SENT, CHART_RECEIVED},
			      .values = {host->sent, host->received},
		      });
	buffer_append_string(to, "</td><td class=\"n\">");
	html_bytes(to, host->sent);
	buffer_append_string(to, "</td><td class=\"n\">");
	html_bytes(to, host->received);
	buffer_append_string(to, "</td>");
	html_number_cell(to, host->connections);
	html_number_cell(to, host->allowed);
	html_number_cell(to, host->denied);
	buffer_append_string(to, "</tr>\n");
}

void page_hosts(const struct page *page, struct buffer *to)
{
	static const char *const heads[] = {
		"host",           "",        "#sent", "#received", "#connections",
		"#calls allowed", "#denied", NULL};
	const struct report *report = page->report;
	_cleanup_free_ const struct table_row **rows =
		table_sorted(&report->hosts, report_hosts_by_bytes);
	size_t n = report->hosts.n, shown = n < page->top ? n : page->top;
	const struct report_host *first;

	if (!rows || n == 0) {
		page_nothing(to, "No program connected to anything, or tried to.");
		return;
	}
	first = rows[0]->value;
	page_legend(to, (const enum chart_fill[]){CHART_SENT, CHART_RECEIVED},
		    (const char *const[]){"sent", "received"}, 2);
	page_table_begin(to, "Hosts, by bytes", heads);
	for (size_t i = 0; i < shown; i++)
		host_row(rows[i], first->sent + first->received, to);
	page_table_end(to);
	page_more(to, shown, n, "hosts");
	if (report->hosts_beyond)
		page_nothing(to, "There were more hosts than are told apart here.");
}
