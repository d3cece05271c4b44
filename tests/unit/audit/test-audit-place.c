/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>

#include "enforcer/audit/audit-place.h"
#include "enforcer/base/buffer.h"
#include "enforcer/base/cleanup.h"
#include "tests/support/check.h"

static void test_a_path_inside_a_tree_is_told_from_one_beside_it(void)
{
	static const char *const roots[] = {"/home/a/work", "/tmp/", NULL};
	static const struct {
		const char *path;
		bool inside;
	} cases[] = {
		{"/home/a/work", true},
		{"/home/a/work/log", true},
		{"/home/a/work/d/log", true},
		{"/home/a/workshop", false},
		{"/home/a", false},
		{"/home/a/wor", false},
		{"/tmp/x", true},
		{"/tmp", true},
		{"/tmpx", false},
		{"/", false},
		{"/home/a/.../x", false},
		/* Cannot be told. */
		{"work/log", true},
		{"/home/b/../a/work", true},
		{"/home/./b", true},
		{"/home/b/..", true},
		{"//home/b", true},
		{"/home/b/", true},
		{"", true},
		{NULL, true},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		if (audit_path_inside(cases[i].path, roots) != cases[i].inside) {
			fprintf(stderr, "case %zu: %s\n", i, cases[i].path);
			CHECK(false);
		}
}

static void test_everything_is_inside_the_root(void)
{
	static const char *const roots[] = {"/", NULL};
	static const char *const none[] = {NULL};

	CHECK(audit_path_inside("/x", roots));
	CHECK(audit_path_inside("/", roots));
	CHECK(!audit_path_inside("/x", none));
}

static void test_the_default_place_follows_xdg(void)
{
	static const struct {
		const char *xdg, *home, *run, *path;
	} cases[] = {
		{"/s", "/h", "r-1", "/s/callgate/runs/r-1.jsonl"},
		{NULL, "/h", "r", "/h/.local/state/callgate/runs/r.jsonl"},
		{"", "/h", "r", "/h/.local/state/callgate/runs/r.jsonl"},
		{"rel", "/h", "r", "/h/.local/state/callgate/runs/r.jsonl"},
		{NULL, NULL, "r", NULL},
		{NULL, "rel", "r", NULL},
		{"/s", NULL, "../r", NULL},
		{"/s", NULL, "", NULL},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		_cleanup_(buffer_done) struct buffer path = {};
		int r = audit_default_path(cases[i].xdg, cases[i].home, cases[i].run, &path);

		CHECK_INT(r, cases[i].path ? 0 : -EINVAL);
		if (cases[i].path)
			CHECK_STRING(path.data, cases[i].path);
	}
}

int main(void)
{
	RUN(test_a_path_inside_a_tree_is_told_from_one_beside_it);
	RUN(test_everything_is_inside_the_root);
	RUN(test_the_default_place_follows_xdg);
	return check_summary();
}
