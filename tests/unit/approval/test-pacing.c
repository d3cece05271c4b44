/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "enforcer/approval/pacing.h"
#include "tests/support/check.h"

static void test_a_bucket_gives_its_burst_and_then_one_at_a_time(void)
{
	struct token_bucket bucket = {.token_ns = 10, .most = 3};

	for (int i = 0; i < 3; i++)
		CHECK(token_bucket_take(&bucket, 1000));
	CHECK(!token_bucket_take(&bucket, 1000));
	CHECK(!token_bucket_take(&bucket, 1009));
	CHECK(token_bucket_take(&bucket, 1010));
	CHECK(!token_bucket_take(&bucket, 1010));
	CHECK(!token_bucket_take(&bucket, 1019));
	CHECK(token_bucket_take(&bucket, 1020));
}

static void test_a_bucket_that_rested_is_full_and_no_fuller(void)
{
	struct token_bucket bucket = {.token_ns = 10, .most = 3};

	for (int i = 0; i < 3; i++)
		CHECK(token_bucket_take(&bucket, 0));
	for (int i = 0; i < 3; i++)
		CHECK(token_bucket_take(&bucket, 1000000));
	CHECK(!token_bucket_take(&bucket, 1000000));
}

static void test_what_cools_is_held_until_its_time(void)
{
	struct cooling cooling = {};

	cooling_add(&cooling, "abc", 3, 100);
	CHECK(cooling_holds(&cooling, "abc", 3, 0));
	CHECK(cooling_holds(&cooling, "abc", 3, 99));
	CHECK(!cooling_holds(&cooling, "abc", 3, 100));
	CHECK(!cooling_holds(&cooling, "abd", 3, 0));
	CHECK(!cooling_holds(&cooling, "ab", 2, 0));
}

static void test_what_has_no_key_never_cools(void)
{
	struct cooling cooling = {};

	cooling_add(&cooling, "", 0, 100);
	CHECK(!cooling_holds(&cooling, "", 0, 0));
}

static void test_the_newest_are_kept(void)
{
	struct cooling cooling = {};

	for (unsigned i = 0; i <= COOLING_MAX; i++)
		cooling_add(&cooling, &i, sizeof(i), 100);
	CHECK(!cooling_holds(&cooling, &(unsigned){0}, sizeof(unsigned), 0));
	for (unsigned i = 1; i <= COOLING_MAX; i++)
		CHECK(cooling_holds(&cooling, &i, sizeof(i), 0));
}

int main(void)
{
	RUN(test_a_bucket_gives_its_burst_and_then_one_at_a_time);
	RUN(test_a_bucket_that_rested_is_full_and_no_fuller);
	RUN(test_what_cools_is_held_until_its_time);
	RUN(test_what_has_no_key_never_cools);
	RUN(test_the_newest_are_kept);
	return check_summary();
}
