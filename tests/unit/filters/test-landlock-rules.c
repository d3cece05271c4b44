/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "filters/kernel-newer.h"
#include "filters/landlock-rules.h"
#include "tests/support/check.h"

#define READ LANDLOCK_ACCESS_FS_READ_FILE
#define LIST LANDLOCK_ACCESS_FS_READ_DIR
#define EXEC LANDLOCK_ACCESS_FS_EXECUTE

static void test_only_what_the_abi_knows_is_handled(void)
{
	static const struct {
		int abi;
		uint64_t handled, scoped;
	} cases[] = {
		{0, 0, 0},
		{1, READ | LIST | EXEC, 0},
		{4, READ | LIST | EXEC, 0},
		{5, READ | LIST | EXEC | LANDLOCK_ACCESS_FS_IOCTL_DEV, 0},
		{6, READ | LIST | EXEC | LANDLOCK_ACCESS_FS_IOCTL_DEV,
		 LANDLOCK_SCOPE_ABSTRACT_UNIX_SOCKET | LANDLOCK_SCOPE_SIGNAL},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct landlock_rules rules;

		landlock_rules_init(&rules, cases[i].abi);
		CHECK_INT(rules.handled, cases[i].handled);
		CHECK_INT(rules.scoped, cases[i].scoped);
		landlock_rules_done(&rules);
	}
}

static void add(struct landlock_rules *rules, const char *path, uint64_t access, bool file)
{
	struct landlock_rule rule = {(char *)path, access, strcmp(path, "/b") == 0, true};

	CHECK_INT(landlock_rules_add(rules, &rule, file), 0);
}

static void test_rules_are_sorted_and_joined(void)
{
	struct landlock_rule required = {(char *)"/b", EXEC, false, false};
	struct landlock_rules rules;

	landlock_rules_init(&rules, 7);
	add(&rules, "/b", READ, false);
	add(&rules, "/a", READ | LIST, false);
	add(&rules, "/c", READ, false);
	CHECK_INT(rules.count, 3);
	CHECK_STRING(rules.rules[0].path, "/a");
	CHECK_STRING(rules.rules[1].path, "/b");
	CHECK(rules.rules[1].optional && rules.rules[1].exact);
	CHECK_INT(landlock_rules_add(&rules, &required, false), 0);
	CHECK_INT(rules.count, 3);
	CHECK_INT(rules.rules[1].access, READ | EXEC);
	CHECK(!rules.rules[1].optional && !rules.rules[1].exact);
	landlock_rules_done(&rules);
}

static void test_what_the_kernel_refuses_is_left_out(void)
{
	struct landlock_rules rules;

	landlock_rules_init(&rules, 1);
	add(&rules, "/file", READ | LIST | LANDLOCK_ACCESS_FS_IOCTL_DEV, true);
	CHECK_INT(rules.rules[0].access, READ);
	add(&rules, "/list", LIST, true);
	add(&rules, "/device", LANDLOCK_ACCESS_FS_IOCTL_DEV, false);
	CHECK_INT(rules.count, 1);
	landlock_rules_done(&rules);
}

int main(void)
{
	RUN(test_only_what_the_abi_knows_is_handled);
	RUN(test_rules_are_sorted_and_joined);
	RUN(test_what_the_kernel_refuses_is_left_out);
	return check_summary();
}
