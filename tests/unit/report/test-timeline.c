/* SPDX-License-Identifier: Apache-2.0 */
#include "enforcer/report/timeline.h"
#include "tests/support/check.h"

#define SECOND 1000000000u
#define DAY    (86400ull * SECOND)
#define START  (1767323045ull * SECOND) /* 2026-01-02 03:04:05 UTC */

static uint64_t sum(const struct timeline *timeline, size_t kind)
{
	uint64_t n = 0;

	for (size_t i = 0; i < timeline->n; i++)
		n += timeline->counts[i][kind];
	return n;
}

static void test_what_is_near_is_told_by_the_second(void)
{
	struct timeline timeline = {};

	timeline_add(&timeline, START, 0, 1);
	timeline_add(&timeline, START + 2 * SECOND, 1, 3);
	CHECK_INT(timeline_width_s(&timeline), 1);
	CHECK_INT(timeline.n, 3);
	CHECK_INT(timeline.counts[0][0], 1);
	CHECK_INT(timeline.counts[1][0] + timeline.counts[1][1], 0);
	CHECK_INT(timeline.counts[2][1], 3);
	CHECK(timeline_begin_ns(&timeline, 0) == START);
}

/* Whatever the order in which they come: none is lost, and the intervals are the same. */
static void test_what_is_far_makes_the_intervals_longer(void)
{
	struct timeline forwards = {}, backwards = {};

	for (uint64_t i = 0; i < 1000; i++) {
		timeline_add(&forwards, START + i * DAY / 24, i % 3, 1);
		timeline_add(&backwards, START + (999 - i) * DAY / 24, (999 - i) % 3, 1);
	}
	CHECK_INT(timeline_width_s(&forwards), 43200);
	CHECK(forwards.n <= TIMELINE_MAX && forwards.n > TIMELINE_MAX / 7);
	for (size_t k = 0; k < TIMELINE_KINDS; k++)
		CHECK_INT(sum(&forwards, k), k == 0 ? 334 : 333);
	CHECK_INT(backwards.first, forwards.first);
	CHECK_INT(backwards.n, forwards.n);
	CHECK(memcmp(backwards.counts, forwards.counts, sizeof(forwards.counts)) == 0);
}

static void test_days_begin_at_local_midnight(void)
{
	struct timeline timeline = {.offset_s = 7200};

	timeline_add(&timeline, START, 0, 1);
	timeline_add(&timeline, START + 60 * DAY, 0, 1);
	CHECK_INT(timeline_width_s(&timeline), 86400);
	/* 2026-01-01 22:00 UTC */
	CHECK(timeline_begin_ns(&timeline, 0) == START - (5 * 3600 + 4 * 60 + 5) * 1ull * SECOND);
}

static void test_any_time_finds_a_place(void)
{
	struct timeline timeline = {};

	timeline_add(&timeline, UINT64_MAX, 0, 1);
	timeline_add(&timeline, 0, 1, 1);
	timeline_add(&timeline, START, 2, 1);
	timeline_add(&timeline, START, 2, 0);
	CHECK(timeline.n <= TIMELINE_MAX);
	CHECK_INT(sum(&timeline, 0), 1);
	CHECK_INT(sum(&timeline, 1), 1);
	CHECK_INT(sum(&timeline, 2), 1);
}

int main(void)
{
	RUN(test_what_is_near_is_told_by_the_second);
	RUN(test_what_is_far_makes_the_intervals_longer);
	RUN(test_days_begin_at_local_midnight);
	RUN(test_any_time_finds_a_place);
	return check_summary();
}
