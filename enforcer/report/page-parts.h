/* SPDX-License-Identifier: Apache-2.0 */
/* The sections of a page, and what they have in common. */
#pragma once

#include "enforcer/report/chart.h"
#include "enforcer/report/page.h"

void page_title(const struct page *page, struct buffer *to);
void page_period(const struct page *page, struct buffer *to);
void page_numbers(const struct page *page, struct buffer *to);
void page_made(const struct page *page, struct buffer *to);
/* page-summary.c */
void page_tiles(const struct page *page, struct buffer *to);
void page_findings(const struct page *page, struct buffer *to);
void page_runs(const struct page *page, struct buffer *to);
void page_record(const struct page *page, struct buffer *to);
/* page-prompts.c */
void page_timeline(const struct page *page, struct buffer *to);
void page_policies(const struct page *page, struct buffer *to);
void page_waits(const struct page *page, struct buffer *to);
void page_hasty(const struct page *page, struct buffer *to);
/* page-lists.c */
void page_verbs(const struct page *page, struct buffer *to);
void page_denials(const struct page *page, struct buffer *to);
void page_rules(const struct page *page, struct buffer *to);
void page_asked(const struct page *page, struct buffer *to);
void page_grants(const struct page *page, struct buffer *to);
void page_hosts(const struct page *page, struct buffer *to);
void page_trees(const struct page *page, struct buffer *to); /* page-tree.c */

/* heads: NULL-ended; one of numbers begins with "#". caption: for those who do not see it. */
void page_table_begin(struct buffer *to, const char *caption, const char *const *heads);
void page_table_end(struct buffer *to);
/* "and 1,234 more", where more are there than were shown. */
void page_more(struct buffer *to, size_t shown, uint64_t all, const char *what);
/* A line that says that there is nothing. */
void page_nothing(struct buffer *to, const char *words);
/* "read /etc/passwd", "by cat" below it: a cell. */
void page_what_cell(const struct page *page, struct buffer *to, enum verb verb, const char *name,
		    const char *program);
/* "user:2, person": the rule, and who said no where it is not the rule. */
void page_decided(struct buffer *to, const struct report_denial *denial);
/* "2026-01-02 03:04", local. */
void page_when(struct buffer *to, uint64_t ns);
/* How many runs' records are whole, ended and signed; how many were looked at. */
void page_proofs(const struct page *page, uint64_t *ret_good, uint64_t *ret_all);
/* What the fills of a picture mean. */
void page_legend(struct buffer *to, const enum chart_fill *fills, const char *const *words,
		 size_t n);
