/* SPDX-License-Identifier: Apache-2.0 */
/* A report as one page of HTML. */
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "enforcer/base/cleanup.h"
#include "enforcer/records/show.h"
#include "enforcer/records/when.h"
#include "enforcer/report/html.h"
#include "enforcer/report/page-parts.h"

static const struct {
	const char *name;
	void (*write)(const struct page *page, struct buffer *to);
} sections[] = {
	{"title", page_title},       {"period", page_period},   {"tiles", page_tiles},
	{"findings", page_findings}, {"runs", page_runs},       {"timeline", page_timeline},
	{"policies", page_policies}, {"waits", page_waits},     {"hasty", page_hasty},
	{"verbs", page_verbs},       {"denials", page_denials}, {"rules", page_rules},
	{"asked", page_asked},       {"grants", page_grants},   {"hosts", page_hosts},
	{"trees", page_trees},       {"record", page_record},   {"numbers", page_numbers},
	{"made", page_made},
};

/* ---- in common ---- */

void page_table_begin(struct buffer *to, const char *caption, const char *const *heads)
{
	/* What is wider than a phone is moved by a finger or by the keys. */
	buffer_printf(to,
		      "<div class=\"scroll\" role=\"region\" aria-label=\"%s\" tabindex=\"0\">"
		      "<table><caption>%s</caption><thead><tr>",
		      caption, caption);
	for (; *heads; heads++) {
		bool number = (*heads)[0] == '#';

		buffer_printf(to, "<th scope=\"col\"%s>%s</th>", number ? " class=\"n\"" : "",
			      *heads + number);
	}
	buffer_append_string(to, "</tr></thead><tbody>\n");
}

void page_table_end(struct buffer *to)
{
	buffer_append_string(to, "</tbody></table></div>\n");
}

void page_more(struct buffer *to, size_t shown, uint64_t all, const char *what)
{
	if (all <= shown)
		return;
	buffer_append_string(to, "<p class=\"more\">and ");
	html_number(to, all - shown);
	buffer_printf(to, " more %s</p>\n", what);
}

void page_nothing(struct buffer *to, const char *words)
{
	buffer_printf(to, "<p class=\"nothing\">%s</p>\n", words);
}

void page_legend(struct buffer *to, const enum chart_fill *fills, const char *const *words,
		 size_t n)
{
	buffer_append_string(to, "<p class=\"legend\">");
	for (size_t i = 0; i < n; i++)
		buffer_printf(to,
			      "<span><svg width=\"14\" height=\"14\" aria-hidden=\"true\" "
			      "focusable=\"false\"><rect class=\"%s\" width=\"14\" height=\"14\"/>"
			      "</svg> %s</span> ",
			      chart_class(fills[i]), words[i]);
	buffer_append_string(to, "</p>\n");
}

void page_what_cell(const struct page *page, struct buffer *to, enum verb verb, const char *name,
		    const char *program)
{
	buffer_printf(to, "<td class=\"what\">%s <code>", verb ? verb_name(verb) : "call");
	html_path(to, page->home, name);
	buffer_append_string(to, "</code>");
	if (program) {
		buffer_append_string(to, "<small>by ");
		html_path(to, page->home, program);
		buffer_append_string(to, "</small>");
	}
	buffer_append_string(to, "</td>");
}

void page_when(struct buffer *to, uint64_t ns)
{
	char text[WHEN_SIZE];

	when_print(ns, text);
	buffer_printf(to, "%.16s", text);
}

void page_proofs(const struct page *page, uint64_t *ret_good, uint64_t *ret_all)
{
	const struct table *runs = &page->report->runs;

	*ret_good = 0;
	for (size_t i = 0; i < runs->n; i++)
		*ret_good += ((const struct report_run *)runs->rows[i].value)->good;
	*ret_all = stats_counts(page->report->stats)->runs;
}

/* ---- its head and its end ---- */

void page_title(const struct page *page, struct buffer *to)
{
	html_text(to, page->title ?: "callgate report", 200);
}

void page_period(const struct page *page, struct buffer *to)
{
	const struct report *report = page->report;

	html_count(to, stats_counts(report->stats)->runs, "run");
	if (!report->first_ns)
		return;
	buffer_append_string(to, ", ");
	page_when(to, report->first_ns);
	buffer_append_string(to, " to ");
	page_when(to, report->last_ns);
}

void page_made(const struct page *page, struct buffer *to)
{
	buffer_append_string(to, "Written ");
	page_when(to, page->now_ns);
	buffer_append_string(to, " by callgate ");
	html_text(to, page->version, 40);
	buffer_append_string(to, ". Times are those of the machine that it was written on.");
}

/* ---- all numbers ---- */

static void number_row(struct buffer *to, const char *key, json_t *value)
{
	buffer_append_string(to, "<tr><th scope=\"row\"><code>");
	html_text(to, key, 80);
	buffer_append_string(to, "</code></th><td class=\"n\"><data id=\"n-");
	html_text(to, key, 80);
	if (json_is_integer(value)) {
		buffer_printf(to, "\" value=\"%lld\">", (long long)json_integer_value(value));
		html_number(to, (uint64_t)json_integer_value(value));
	} else {
		buffer_printf(to, "\" value=\"%.17g\">%.1f", json_number_value(value),
			      json_number_value(value));
	}
	buffer_append_string(to, "</data></td></tr>\n");
}

static void number_rows(struct buffer *to, const char *within, json_t *object)
{
	const char *name;
	json_t *value;

	json_object_foreach(object, name, value)
	{
		char key[128];

		snprintf(key, sizeof(key), "%s%s%s", within, within[0] ? "." : "", name);
		/* Two deep: "answers.by.person". */
		if (json_is_object(value))
			number_rows(to, key, value);
		else if (json_is_number(value) && strcmp(key, "v") != 0)
			number_row(to, key, value);
	}
}

void page_numbers(const struct page *page, struct buffer *to)
{
	static const char *const heads[] = {"number", "#value", NULL};
	json_t *all = stats_json(page->report->stats);

	if (!all) {
		to->error = -ENOMEM;
		return;
	}
	page_table_begin(to, "All numbers", heads);
	number_rows(to, "", all);
	page_table_end(to);
	json_decref(all);
}

/* ---- the page ---- */

static void write_section(const struct page *page, const char *name, size_t len, struct buffer *to)
{
	for (size_t i = 0; i < ARRAY_LEN(sections); i++)
		if (strlen(sections[i].name) == len && memcmp(sections[i].name, name, len) == 0) {
			sections[i].write(page, to);
			return;
		}
	to->error = -EINVAL; /* page.html and the table differ */
}

int page_write(const struct page *page, struct buffer *to)
{
	const char *at = page_template, *open, *close;

	while ((open = strstr(at, "{{")) && (close = strstr(open, "}}"))) {
		buffer_append(to, at, (size_t)(open - at));
		write_section(page, open + 2, (size_t)(close - open - 2), to);
		at = close + 2;
	}
	buffer_append_string(to, at);
	return to->error;
}
