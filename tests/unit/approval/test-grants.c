/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>

#include "enforcer/approval/grants.h"
#include "tests/support/check.h"

static void test_a_grant_is_found_by_its_exact_key(void)
{
	_cleanup_(grants_freep) struct grants *grants = grants_new();
	enum verdict verdict = VERDICT_ASK;

	CHECK(!grants_find(grants, "abc", 3, &verdict));
	CHECK_INT(grants_add(grants, "abc", 3, VERDICT_ALLOW), 0);
	CHECK(grants_find(grants, "abc", 3, &verdict));
	CHECK_INT(verdict, VERDICT_ALLOW);
	CHECK(!grants_find(grants, "abcd", 4, &verdict));
	CHECK(!grants_find(grants, "ab", 2, &verdict));
	CHECK(!grants_find(grants, "abd", 3, &verdict));
	CHECK_INT(grants_add(grants, "abc", 3, VERDICT_DENY), 0);
	CHECK(grants_find(grants, "abc", 3, &verdict));
	CHECK_INT(verdict, VERDICT_DENY);
}

static void test_no_key_is_never_granted(void)
{
	_cleanup_(grants_freep) struct grants *grants = grants_new();
	enum verdict verdict;

	CHECK_INT(grants_add(grants, "", 0, VERDICT_ALLOW), -EINVAL);
	CHECK(!grants_find(grants, NULL, 0, &verdict));
}

static void test_grants_are_bounded(void)
{
	_cleanup_(grants_freep) struct grants *grants = grants_new();
	enum verdict verdict;
	int i;

	for (i = 0; i < GRANTS_MAX; i++)
		CHECK_INT(grants_add(grants, &i, sizeof(i), VERDICT_ALLOW), 0);
	CHECK_INT(grants_add(grants, &i, sizeof(i), VERDICT_ALLOW), -ENOSPC);
	CHECK(!grants_find(grants, &i, sizeof(i), &verdict));
}

int main(void)
{
	RUN(test_a_grant_is_found_by_its_exact_key);
	RUN(test_no_key_is_never_granted);
	RUN(test_grants_are_bounded);
	return check_summary();
}
