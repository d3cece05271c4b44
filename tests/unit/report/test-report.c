/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "enforcer/report/page.h"
#include "tests/support/check.h"

static const char start[] =
	"{\"v\":1,\"event\":\"run-start\",\"time\":\"2026-01-02T03:04:05Z\",\"run\":\"r%d\","
	"\"seq\":1,\"command\":[\"make\"],\"directory\":\"/w\"}";
static const char denied[] =
	"{\"v\":1,\"event\":\"call\",\"time\":\"2026-01-02T03:04:06Z\",\"run\":\"r1\",\"seq\":2,"
	"\"pid\":%d,\"program\":\"/bin/cat\",\"call\":\"openat\",\"objects\":[{\"kind\":\"path\","
	"\"path\":\"/k%d\",\"verbs\":[\"read\"]}],\"verb\":\"read\",\"object\":0,"
	"\"decision\":\"deny\",\"by\":\"rule\",\"rule\":\"user:1\",\"layer\":\"user\"}";

static int add(struct report *report, const char *line)
{
	static struct entry entry;
	int r = entry_parse(&entry, line, strlen(line));

	if (r < 0)
		return r;
	r = report_add(report, &entry);
	entry_done(&entry);
	return r;
}

static void add_denied(struct report *report, int pid, int name)
{
	char line[1024];

	snprintf(line, sizeof(line), denied, pid, name);
	CHECK_INT(add(report, line), 0);
}

static void add_start(struct report *report, int run)
{
	char line[512];

	snprintf(line, sizeof(line), start, run);
	CHECK_INT(add(report, line), 0);
}

static void test_equal_denials_are_one_and_what_is_beyond_is_counted(void)
{
	struct report *report = NULL;

	CHECK_INT(report_new(0, &report), 0);
	add_start(report, 1);
	for (int i = 0; i < REPORT_DENIALS_MAX + 2; i++)
		add_denied(report, 1, i);
	for (int i = 0; i < 3; i++)
		add_denied(report, 2, 7);
	CHECK_INT(report_end_run(report), 0);
	CHECK_INT(report->denials.n, REPORT_DENIALS_MAX);
	CHECK_INT(report->denials_beyond, 2);
	CHECK_INT(((const struct report_denial *)report->denials.rows[7].value)->n, 4);
	CHECK_INT(stats_counts(report->stats)->denied, REPORT_DENIALS_MAX + 5);
	CHECK_INT(report->verbs[0][REPORT_DENIED], REPORT_DENIALS_MAX + 5);
	report = report_free(report);
}

static void test_the_runs_with_most_to_tell_are_kept(void)
{
	static const uint64_t weights[] = {5, 1, 9, 2, 8, 3, 7, 4, 1};
	struct report *report = NULL;
	uint64_t sum = 0;

	CHECK_INT(report_new(0, &report), 0);
	for (size_t i = 0; i < sizeof(weights) / sizeof(weights[0]); i++)
		report_keep_tree(report, strdup("x"), weights[i]);
	for (size_t i = 0; i < REPORT_TREES_MAX; i++)
		sum += report->trees[i].weight;
	CHECK_INT(sum, 9 + 8 + 7 + 5 + 4 + 3);
	CHECK_INT(report->n_trees, 9);
	report = report_free(report);
}

static void test_every_section_of_the_page_is_written(void)
{
	struct report *report = NULL;
	struct buffer html = {};
	struct page page = {.version = "1", .top = 20};

	CHECK(strncmp(page_template, PAGE_MARK, strlen(PAGE_MARK)) == 0);
	CHECK_INT(report_new(0, &report), 0);
	page.report = report;
	CHECK_INT(page_write(&page, &html), 0);
	CHECK(!strstr(html.data, "{{"));
	CHECK(strstr(html.data, "There is no run on record"));
	CHECK(strstr(html.data, "No process made a call"));
	CHECK(strstr(html.data, "Nothing was denied"));
	buffer_done(&html);
	report = report_free(report);
}

static void test_a_record_that_is_wrong_once_stays_wrong(void)
{
	const struct report_proof good = {.run = "r1", .words = "", .good = true};
	const struct report_proof bad = {.run = "r1", .words = "was changed", .line = 7};
	const struct report_run *run;
	struct report *report = NULL;

	CHECK_INT(report_new(0, &report), 0);
	add_start(report, 1);
	report_verified(report, &bad);
	report_verified(report, &good);
	report_verified(report, &(struct report_proof){.run = "of nobody", .words = ""});
	run = report->runs.rows[0].value;
	CHECK(run->verified && !run->good);
	CHECK_STRING(run->words, "line 7: was changed");
	report = report_free(report);
}

int main(void)
{
	RUN(test_equal_denials_are_one_and_what_is_beyond_is_counted);
	RUN(test_the_runs_with_most_to_tell_are_kept);
	RUN(test_every_section_of_the_page_is_written);
	RUN(test_a_record_that_is_wrong_once_stays_wrong);
	return check_summary();
}
