/* SPDX-License-Identifier: Apache-2.0 */
#include "enforcer/base/cleanup.h"
#include "enforcer/launch/plan-path.h"
#include "tests/support/check.h"

static void test_a_tree_holds_itself_and_what_is_below(void)
{
	CHECK(path_is_in("/a", "/a") && path_is_in("/a/b", "/a") && path_is_in("/a", "/"));
	CHECK(!path_is_in("/ab", "/a") && !path_is_in("/", "/a") && !path_is_in("/a", "/a/b"));
	CHECK(path_is_below("/a/b", "/a") && path_is_below("/a", "/"));
	CHECK(!path_is_below("/a", "/a") && !path_is_below("/", "/"));
}

static void test_parents_stand_before_children_and_trees_together(void)
{
	static const char *const sorted[] = {"/", "/a", "/a/b", "/a/b/c", "/a b", "/a.b", "/ab"};

	for (size_t i = 0; i < ARRAY_LEN(sorted); i++)
		for (size_t j = 0; j < ARRAY_LEN(sorted); j++) {
			int order = path_order(sorted[i], sorted[j]);

			CHECK_INT((order > 0) - (order < 0), (i > j) - (i < j));
		}
}

int main(void)
{
	RUN(test_a_tree_holds_itself_and_what_is_below);
	RUN(test_parents_stand_before_children_and_trees_together);
	return check_summary();
}
