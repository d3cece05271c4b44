/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "enforcer/approval/grants.h"
#include "tests/support/check.h"

static const struct request nothing;

static int add_key(struct grants *grants, const void *key, size_t len, enum verdict verdict)
{
	struct grant *grant = calloc(1, sizeof(*grant));

	grant->verdict = verdict;
	buffer_append(&grant->key, key, len);
	return grants_add(grants, grant);
}

static const struct grant *find_key(struct grants *grants, const void *key, size_t len)
{
	_cleanup_(buffer_done) struct buffer buffer = {};

	buffer_append(&buffer, key, len);
	return grants_match(grants, &buffer, &nothing, NULL, 0);
}

static void test_a_grant_is_found_by_its_exact_key(void)
{
	_cleanup_(grants_freep) struct grants *grants = grants_new();

	CHECK(!find_key(grants, "abc", 3));
	CHECK_INT(add_key(grants, "abc", 3, VERDICT_ALLOW), 0);
	CHECK_INT(find_key(grants, "abc", 3)->verdict, VERDICT_ALLOW);
	CHECK(!find_key(grants, "abcd", 4));
	CHECK(!find_key(grants, "ab", 2));
	CHECK(!find_key(grants, "abd", 3));
}

static void test_no_key_is_never_granted(void)
{
	_cleanup_(grants_freep) struct grants *grants = grants_new();

	CHECK_INT(add_key(grants, "", 0, VERDICT_ALLOW), -EINVAL);
	CHECK_INT(add_key(grants, "abc", 3, VERDICT_ASK), -EINVAL);
	CHECK(!find_key(grants, "", 0));
}

static void test_grants_are_bounded(void)
{
	_cleanup_(grants_freep) struct grants *grants = grants_new();
	int i;

	for (i = 0; i < GRANTS_MAX; i++)
		CHECK_INT(add_key(grants, &i, sizeof(i), VERDICT_ALLOW), 0);
	CHECK_INT(add_key(grants, &i, sizeof(i), VERDICT_ALLOW), -ENOSPC);
	CHECK(!find_key(grants, &i, sizeof(i)));
}

int main(void)
{
	RUN(test_a_grant_is_found_by_its_exact_key);
	RUN(test_no_key_is_never_granted);
	RUN(test_grants_are_bounded);
	return check_summary();
}
