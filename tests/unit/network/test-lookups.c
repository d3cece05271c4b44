/* SPDX-License-Identifier: Apache-2.0 */
/* What names resolved to a moment ago. */
#include <errno.h>
#include <stdio.h>

#include "enforcer/network/lookups.h"
#include "tests/support/check.h"

static const struct lookup known = {.n = 1, .addresses = {{.family = AF_INET, .bytes = {192}}}};
static const struct lookup unknown = {.error = -ENOENT};

static void test_an_answer_holds_for_its_time(void)
{
	_cleanup_(lookups_freep) struct lookups *lookups = lookups_new();

	CHECK(!lookups_find(lookups, "a.example", 1));
	lookups_add(lookups, "a.example", &known, 1);
	CHECK(lookups_find(lookups, "a.example", LOOKUPS_KNOWN_NS));
	CHECK_INT(lookups_find(lookups, "a.example", 2)->addresses[0].bytes[0], 192);
	CHECK(!lookups_find(lookups, "a.example", 1 + LOOKUPS_KNOWN_NS));
	CHECK(!lookups_find(lookups, "b.example", 2));
	lookups_add(lookups, "b.example", &unknown, 1);
	CHECK_INT(lookups_find(lookups, "b.example", LOOKUPS_UNKNOWN_NS)->error, -ENOENT);
	CHECK(!lookups_find(lookups, "b.example", 1 + LOOKUPS_UNKNOWN_NS));
}

static void test_a_failure_is_not_kept(void)
{
	_cleanup_(lookups_freep) struct lookups *lookups = lookups_new();
	const struct lookup failed = {.error = -EHOSTUNREACH};

	lookups_add(lookups, "a.example", &failed, 1);
	CHECK(!lookups_find(lookups, "a.example", 1));
	lookups_add(lookups, "a.example", &known, 1);
	lookups_add(lookups, "a.example", &failed, 1);
	CHECK(!lookups_find(lookups, "a.example", 2));
}

static void test_the_oldest_makes_room(void)
{
	_cleanup_(lookups_freep) struct lookups *lookups = lookups_new();
	char name[32];

	for (int i = 0; i <= LOOKUPS_MAX; i++) {
		snprintf(name, sizeof(name), "n%d.example", i);
		lookups_add(lookups, name, &known, (uint64_t)i);
		CHECK(lookups_find(lookups, "n0.example", 1) != NULL || i == LOOKUPS_MAX);
	}
	CHECK(!lookups_find(lookups, "n0.example", 1));
	CHECK(lookups_find(lookups, "n1.example", 1) && lookups_find(lookups, name, 1));
}

int main(void)
{
	RUN(test_an_answer_holds_for_its_time);
	RUN(test_a_failure_is_not_kept);
	RUN(test_the_oldest_makes_room);
	return check_summary();
}
