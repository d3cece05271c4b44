/* SPDX-License-Identifier: Apache-2.0 */
/* When somebody was asked, what other policies would have asked, and how fast the answers came. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "enforcer/base/cleanup.h"
#include "enforcer/records/when.h"
#include "enforcer/report/chart.h"
#include "enforcer/report/html.h"
#include "enforcer/report/page-parts.h"

#define BUSIEST 8

/* ---- over time ---- */

static const char *const answer_words[] = {
	[REPORT_YES] = "allowed", [REPORT_NO] = "denied", [REPORT_NOBODY] = "not answered"};
_Static_assert(ARRAY_LEN(answer_words) == TIMELINE_KINDS, "a word for each kind");

static void interval_label(void *userdata, size_t interval, struct buffer *to)
{
	const struct timeline *timeline = userdata;
	uint64_t width = timeline_width_s(timeline);
	time_t at = (time_t)(timeline_begin_ns(timeline, interval) / 1000000000u);
	bool days = width * timeline->n > 86400;
	char text[40] = "";
	struct tm tm;

	if (!localtime_r(&at, &tm))
		return;
	if (width >= 86400)
		strftime(text, sizeof(text), "%e %b %Y", &tm);
	else if (days)
		strftime(text, sizeof(text), "%e %b %H:%M", &tm);
	else if (width < 60)
		strftime(text, sizeof(text), "%H:%M:%S", &tm);
	else
		strftime(text, sizeof(text), "%H:%M", &tm);
	buffer_append_string(to, text[0] == ' ' ? text + 1 : text);
}

static void interval_tell(void *userdata, size_t interval, struct buffer *to)
{
	const struct timeline *timeline = userdata;
	const char *separator = ": ";

	interval_label(userdata, interval, to);
	for (size_t k = 0; k < TIMELINE_KINDS; k++) {
		if (timeline->counts[interval][k] == 0)
			continue;
		buffer_append_string(to, separator);
		html_number(to, timeline->counts[interval][k]);
		buffer_printf(to, " %s", answer_words[k]);
		separator = ", ";
	}
}

/* "30 s", "6 hours", "7 days". */
static void interval_length(const struct timeline *timeline, struct buffer *to)
{
	uint64_t s = timeline_width_s(timeline);

	if (s < 60)
		html_count(to, s, "second");
	else if (s < 3600)
		html_count(to, s / 60, "minute");
	else if (s < 86400)
		html_count(to, s / 3600, "hour");
	else
		html_count(to, s / 86400, "day");
}

static uint64_t interval_sum(const struct timeline *timeline, size_t interval)
{
	uint64_t sum = 0;

	for (size_t k = 0; k < TIMELINE_KINDS; k++)
		sum += timeline->counts[interval][k];
	return sum;
}

/* The intervals with the most prompts, in the order of time. */
static void busiest(const struct timeline *timeline, struct buffer *to)
{
	static const char *const heads[] = {"from",    "#prompts",      "#allowed",
					    "#denied", "#not answered", NULL};
	bool chosen[TIMELINE_MAX] = {};

	for (size_t n = 0; n < BUSIEST; n++) {
		size_t best = timeline->n;

		for (size_t i = 0; i < timeline->n; i++)
			if (!chosen[i] && interval_sum(timeline, i) &&
			    (best == timeline->n ||
			     interval_sum(timeline, i) > interval_sum(timeline, best)))
				best = i;
		if (best < timeline->n)
			chosen[best] = true;
	}
	page_table_begin(to, "Prompts, in the intervals with the most of them", heads);
	for (size_t i = 0; i < timeline->n; i++) {
		if (!chosen[i])
			continue;
		buffer_append_string(to, "<tr><th scope=\"row\">");
		interval_label((void *)timeline, i, to);
		buffer_append_string(to, "</th>");
		html_number_cell(to, interval_sum(timeline, i));
		for (size_t k = 0; k < TIMELINE_KINDS; k++)
			html_number_cell(to, timeline->counts[i][k]);
		buffer_append_string(to, "</tr>\n");
	}
	page_table_end(to);
}

void page_timeline(const struct page *page, struct buffer *to)
{
	static const enum chart_fill fills[] = {CHART_ALLOWED, CHART_DENIED, CHART_NOBODY};
	const struct timeline *timeline = &page->report->prompts;
	_cleanup_(buffer_done) struct buffer about = {};
	struct chart_columns columns = {
		.id = "timeline",
		.title = "Prompts over time",
		.n = timeline->n,
		.kinds = TIMELINE_KINDS,
		.fills = {CHART_ALLOWED, CHART_DENIED, CHART_NOBODY},
		.values = &timeline->counts[0][0],
		.stride = TIMELINE_KINDS,
		.label = interval_label,
		.tell = interval_tell,
		.userdata = (void *)timeline,
		.labels = timeline->n < 3 ? 1 : 3,
	};

	if (stats_counts(page->report->stats)->prompts == 0 || timeline->n == 0) {
		page_nothing(to, "Nobody was asked anything.");
		return;
	}
	buffer_append_string(&about, "A column for each ");
	interval_length(timeline, &about);
	buffer_append_string(&about, ", stacked by what was answered; the table has the numbers");
	columns.about = about.data ?: "";
	buffer_append_string(to, "<div class=\"pair\"><div>");
	page_legend(to, fills, answer_words, ARRAY_LEN(fills));
	chart_columns(to, &columns);
	buffer_append_string(to, "<p class=\"more\">A column is ");
	interval_length(timeline, to);
	buffer_append_string(to, ".</p></div>\n");
	busiest(timeline, to);
	buffer_append_string(to, "</div>\n");
}

/* ---- by policy ---- */

static void policy_row(const struct page *page, const struct page_policy *policy, uint64_t whole,
		       struct buffer *to)
{
	const struct replay_counts *counts = replay_counts(policy->replay);
	uint64_t prompts = policy->name ? counts->now.prompts : counts->prompts_then;
	uint64_t to_deny = counts->matrix[VERDICT_ALLOW][VERDICT_DENY] +
			   counts->matrix[VERDICT_ASK][VERDICT_DENY];
	uint64_t to_allow = counts->matrix[VERDICT_DENY][VERDICT_ALLOW] +
			    counts->matrix[VERDICT_ASK][VERDICT_ALLOW];
	uint64_t to_ask = counts->matrix[VERDICT_DENY][VERDICT_ASK] +
			  counts->matrix[VERDICT_ALLOW][VERDICT_ASK];

	buffer_append_string(to, "<tr><th scope=\"row\">");
	if (policy->name) {
		buffer_append_string(to, "<code>");
		html_path(to, page->home, policy->name);
		buffer_append_string(to, "</code>");
	} else {
		buffer_append_string(to, "the runs&#39; own");
	}
	if (policy->unknown_runs) {
		buffer_append_string(to, "<small>");
		html_count(to, policy->unknown_runs, "run");
		buffer_append_string(to, " left out: no policy on record</small>");
	}
	buffer_append_string(to, "</th><td class=\"wide\">");
	chart_bar(to, &(struct chart_bar){.whole = whole,
					  .n = 1,
					  .fills = {policy->name ? CHART_APPROVED : CHART_ALLOWED},
					  .values = {prompts}});
	buffer_append_string(to, "</td>");
	html_number_cell(to, prompts);
	html_number_cell(to, to_ask);
	html_number_cell(to, to_deny);
	html_number_cell(to, to_allow);
	html_number_cell(to, policy->name ? counts->newly_through : 0);
	html_number_cell(to, counts->calls - counts->judged);
	buffer_append_string(to, "</tr>\n");
}

void page_policies(const struct page *page, struct buffer *to)
{
	static const char *const heads[] = {"policy",
					    "",
					    "#prompts",
					    "#newly asked",
					    "#newly denied",
					    "#newly allowed",
					    "#let through",
					    "#undecidable",
					    NULL};
	uint64_t whole = 1;

	for (size_t i = 0; i < page->n_policies; i++) {
		const struct replay_counts *counts = replay_counts(page->policies[i].replay);

		whole = counts->now.prompts > whole ? counts->now.prompts : whole;
		whole = counts->prompts_then > whole ? counts->prompts_then : whole;
	}
	page_table_begin(to, "Prompts by policy", heads);
	for (size_t i = 0; i < page->n_policies; i++)
		policy_row(page, &page->policies[i], whole, to);
	page_table_end(to);
	if (page->n_policies < 2)
		buffer_append_string(to, "<p class=\"more\">Other policies stand beside it with "
					 "<code>--policy FILE</code>.</p>\n");
}

/* ---- how fast ---- */

static void wait_label(void *userdata, size_t column, struct buffer *to)
{
	static const char *const words[REPORT_WAITS] = {"&lt;0.5s", "&lt;1s",  "&lt;2s", "&lt;5s",
							"&lt;10s",  "&lt;30s", "&lt;1m", "longer"};

	buffer_append_string(to, words[column]);
}

static void wait_tell(void *userdata, size_t column, struct buffer *to)
{
	const struct report *report = userdata;

	wait_label(userdata, column, to);
	buffer_append_string(to, ": ");
	html_number(to, report->waits[column][0]);
	buffer_append_string(to, " allowed, ");
	html_number(to, report->waits[column][1]);
	buffer_append_string(to, " denied");
}

static void wait_table(const struct report *report, struct buffer *to)
{
	static const char *const heads[] = {"within", "#allowed", "#denied", NULL};

	page_table_begin(to, "People's answers by the time that they took", heads);
	for (size_t i = 0; i < REPORT_WAITS; i++) {
		if (report->waits[i][0] + report->waits[i][1] == 0)
			continue;
		buffer_append_string(to, "<tr><th scope=\"row\">");
		wait_label(NULL, i, to);
		buffer_append_string(to, "</th>");
		html_number_cell(to, report->waits[i][0]);
		html_number_cell(to, report->waits[i][1]);
		buffer_append_string(to, "</tr>\n");
	}
	page_table_end(to);
}

void page_waits(const struct page *page, struct buffer *to)
{
	static const enum chart_fill fills[] = {CHART_ALLOWED, CHART_DENIED};
	const struct report *report = page->report;
	uint64_t median = stats_percentile(report->stats, 50);
	const struct chart_columns columns = {
		.id = "waits",
		.title = "How fast people answered",
		.about = "A column for each span of time, allowed and denied on top of each other; "
			 "the table has the numbers",
		.n = REPORT_WAITS,
		.kinds = 2,
		.fills = {CHART_ALLOWED, CHART_DENIED},
		.values = &report->waits[0][0],
		.stride = 2,
		.label = wait_label,
		.tell = wait_tell,
		.userdata = (void *)report,
	};

	if (median == 0) {
		page_nothing(to, "No person answered anything.");
		return;
	}
	buffer_append_string(to, "<div class=\"pair\"><div>");
	page_legend(to, fills, answer_words, ARRAY_LEN(fills));
	chart_columns(to, &columns);
	buffer_append_string(to, "<p class=\"more\">A person took ");
	html_duration(to, median);
	buffer_append_string(to, " (median), ");
	html_duration(to, stats_percentile(report->stats, 90));
	buffer_append_string(to, " (90 of 100), at most ");
	html_duration(to, stats_percentile(report->stats, 100));
	buffer_append_string(to, ".</p></div>\n");
	wait_table(report, to);
	buffer_append_string(to, "</div>\n");
}

void page_hasty(const struct page *page, struct buffer *to)
{
	static const char *const heads[] = {"#times", "approved within two seconds", NULL};
	const struct report *report = page->report;
	_cleanup_free_ const struct table_row **rows =
		table_sorted(&report->hasty, report_hasty_by_number);
	size_t n = report->hasty.n, shown = n < page->top ? n : page->top;

	if (!rows || n == 0)
		return;
	page_table_begin(to, "Approved within two seconds", heads);
	for (size_t i = 0; i < shown; i++) {
		const struct report_hasty *hasty = rows[i]->value;

		buffer_append_string(to, "<tr>");
		html_number_cell(to, hasty->n);
		page_what_cell(page, to, hasty->verb, hasty->name, hasty->program);
		buffer_append_string(to, "</tr>\n");
	}
	page_table_end(to);
	page_more(to, shown, n + report->hasty_beyond, "different ones");
}
