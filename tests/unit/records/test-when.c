/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdlib.h>
#include <time.h>

#include "enforcer/base/cleanup.h"
#include "enforcer/records/when.h"
#include "tests/support/check.h"

#define SECOND 1000000000ull
/* 2026-01-02 03:04:05 UTC. */
#define NOW (1767323045 * SECOND)

static void test_times_of_the_record_are_read_to_the_nanosecond(void)
{
	uint64_t ns = 0;

	CHECK_INT(when_parse_record("2026-01-02T03:04:05.678901234Z", &ns), 0);
	CHECK(ns == NOW + 678901234);
	CHECK_INT(when_parse_record("2026-01-02T03:04:05Z", &ns), 0);
	CHECK(ns == NOW);
	CHECK_INT(when_parse_record("2000-02-29T00:00:00.5Z", &ns), 0);
	CHECK(ns == 951782400 * SECOND + SECOND / 2);
	CHECK_INT(when_parse_record("2026-01-02", &ns), -EINVAL);
	CHECK_INT(when_parse_record("2026-13-02T03:04:05Z", &ns), -EINVAL);
	CHECK_INT(when_parse_record("", &ns), -EINVAL);
	CHECK_INT(when_parse_record("2026-01-02T03:04:05.678901234", &ns), -EINVAL);
}

static void test_what_a_person_writes_is_understood(void)
{
	static const struct {
		const char *text;
		uint64_t ns;
	} good[] = {
		{"now", NOW},
		{"90s", NOW - 90 * SECOND},
		{"30m", NOW - 1800 * SECOND},
		{"2h ago", NOW - 7200 * SECOND},
		{"3d", NOW - 3 * 86400 * SECOND},
		{"1w", NOW - 7 * 86400 * SECOND},
		{"2026-01-01", NOW - (86400 + 11045) * SECOND},
		{"2026-01-02 03:04", NOW - 5 * SECOND},
		{"2026-01-02T03:04:05", NOW},
		{"2026-01-02 03:04:05Z", NOW},
		{"03:00", NOW - 245 * SECOND},
		{"today", NOW - 11045 * SECOND},
		{"yesterday", NOW - (86400 + 11045) * SECOND},
		{"2026-01-02T03:04:05.000000000Z", NOW},
	};
	static const char *const bad[] = {
		"",      "soon",       "2x",       "2h later",
		"25:00", "2026-13-01", "2026-1-1", "12345678901234567890d",
		"03:00x"};

	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		uint64_t ns = 0;

		CHECK_INT(when_parse(good[i].text, NOW, &ns), 0);
		CHECK_INT(ns, good[i].ns);
	}
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		uint64_t ns = 0;

		if (when_parse(bad[i], NOW, &ns) == 0)
			fprintf(stderr, "taken: %s\n", bad[i]);
		CHECK_INT(when_parse(bad[i], NOW, &ns), -EINVAL);
	}
}

static void test_durations_have_the_unit_of_their_size(void)
{
	static const struct {
		uint64_t ns;
		const char *text;
	} cases[] = {{14250, "14us"},      {1840113, "2ms"},      {1840113250, "1.8s"},
		     {61 * SECOND, "61s"}, {720 * SECOND, "12m"}, {12000 * SECOND, "3h 20m"}};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		char text[WHEN_SIZE];

		when_print_duration(cases[i].ns, text);
		CHECK_STRING(text, cases[i].text);
	}
}

int main(void)
{
	setenv("TZ", "UTC", 1);
	tzset();
	RUN(test_times_of_the_record_are_read_to_the_nanosecond);
	RUN(test_what_a_person_writes_is_understood);
	RUN(test_durations_have_the_unit_of_their_size);
	return check_summary();
}
