/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <limits.h>

#include "enforcer/base/cleanup.h"
#include "enforcer/policy/match-path.h"
#include "tests/support/check.h"

/* A pattern as a rule has it: absolute, with globs. */
static int pattern_make(struct pattern *pattern, const char *written, bool exact)
{
	char path[PATH_MAX] = "";
	const char *tail;
	int r;

	r = pattern_split(written, path, 0, &tail);
	return r < 0 ? r : pattern_init(pattern, path[0] ? path : "/", tail, exact);
}

static void test_patterns_match_trees(void)
{
	static const struct {
		const char *pattern, *path;
		bool matches, matches_exact;
	} cases[] = {
		{"/a", "/a", true, true},
		{"/a", "/a/b/c", true, false},
		{"/a", "/ab", false, false},
		{"/a", "/", false, false},
		{"/", "/", true, true},
		{"/", "/a/b", true, false},
		{"/a/", "/a", true, true},
		{"//a/./b", "/a/b", true, true},
		{"/a/*.env", "/a/x.env", true, true},
		{"/a/*.env", "/a/x.env/y", true, false},
		{"/a/*.env", "/a/b/x.env", false, false},
		{"/a/**/*.env", "/a/x.env", true, true},
		{"/a/**/*.env", "/a/b/c/x.env", true, true},
		{"/a/**/*.env", "/b/x.env", false, false},
		{"/a/**", "/a", false, false},
		{"/a/**", "/a/b", true, true},
		{"/a/**", "/a/b/c", true, true},
		{"/**", "/", false, false},
		{"/**", "/a", true, true},
		{"/**/b", "/b", true, true},
		{"/**/b", "/a/b/c", true, false},
		{"/a/**/**/b", "/a/b", true, true},
		{"/a/**/b/c", "/a/b/b/c", true, true},
		{"/a/**/b/c", "/a/b/x/c", false, false},
		{"/a/*/c", "/a/b/c", true, true},
		{"/a/*/c", "/a/c", false, false},
		{"/a/?/c", "/a/\n/c", true, true},
		{"/a/\\*", "/a/*", true, true},
		{"/a/\\*", "/a/b", false, false},
		{"/a/x**y", "/a/x1y", true, true},
		{"/a/x**y", "/a/x/y", false, false},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct pattern pattern = {};

		CHECK(!pattern_check(cases[i].pattern));
		CHECK_INT(pattern_make(&pattern, cases[i].pattern, false), 0);
		if (pattern_matches(&pattern, cases[i].path) != cases[i].matches)
			fprintf(stderr, "%s %s\n", cases[i].pattern, cases[i].path);
		CHECK_INT(pattern_matches(&pattern, cases[i].path), cases[i].matches);
		CHECK(!cases[i].matches || pattern_may_match(&pattern, path_names(cases[i].path)));
		pattern.exact = true;
		CHECK_INT(pattern_matches(&pattern, cases[i].path), cases[i].matches_exact);
		pattern_done(&pattern);
	}
}

static void test_dots_and_malformed_globs_are_refused(void)
{
	static const char *const wrong[] = {"..", "a/../b", "\\.\\.", "a/[b", "x\\", "*/.."};
	char deep[2 * PATTERN_ELEMENTS_MAX + 3], name[NAME_MAX + 2];

	for (size_t i = 0; i < ARRAY_LEN(wrong); i++)
		CHECK(pattern_check(wrong[i]));
	CHECK(!pattern_check("a/..b/.../."));
	memset(name, 'x', sizeof(name) - 1);
	name[NAME_MAX + 1] = '\0';
	CHECK(pattern_check(name));
	name[NAME_MAX] = '\0';
	CHECK(!pattern_check(name));
	for (size_t i = 0; i < PATTERN_ELEMENTS_MAX; i++)
		memcpy(deep + 2 * i, "/*", 3);
	CHECK(pattern_check(deep));
	deep[2 * (PATTERN_ELEMENTS_MAX - 1)] = '\0';
	CHECK(!pattern_check(deep));
}

static void test_the_deepest_pattern_that_is_taken_can_be_built(void)
{
	char deep[3 * PATTERN_ELEMENTS_MAX + 4] = "";
	struct pattern pattern;

	for (size_t i = 0; i < (PATTERN_ELEMENTS_MAX - 1) / 2; i++)
		strcat(deep, "/**/x");
	strcat(deep, "/**");
	CHECK(!pattern_check(deep));
	CHECK_INT(pattern_make(&pattern, deep, false), 0);
	pattern_done(&pattern);
	for (size_t i = 0; i < PATTERN_ELEMENTS_MAX; i++)
		memcpy(deep + 2 * i, "/*", 3);
	CHECK_INT(pattern_init(&pattern, "/", deep, false), 0);
	pattern_done(&pattern);
	strcat(deep, "/*");
	CHECK_INT(pattern_init(&pattern, "/", deep, false), -E2BIG);
}

static void test_residuals_say_what_can_follow(void)
{
	static const struct {
		const char *pattern;
		bool exact;
		const char *path;
		bool root, below, all;
	} cases[] = {
		{"/a/b", false, "/", false, true, false},
		{"/a/b", false, "/a", false, true, false},
		{"/a/b", false, "/a/", false, true, false},
		{"/a/b", false, "/a/b", true, true, true},
		{"/a/b", false, "/a/b/c", true, true, true},
		{"/a/b", false, "/a/c", false, false, false},
		{"/a/b", false, "/a/bc", false, false, false},
		{"/a/b", true, "/a/b", true, false, false},
		{"/a/b", true, "/a/b/c", false, false, false},
		{"/a/**/x", false, "/a", false, true, false},
		{"/a/**/x", false, "/a/x", true, true, true},
		{"/a/**/x", true, "/a/x", true, true, false},
		{"/a/*", false, "/a", false, true, false},
		{"/a/*", false, "/a/b", true, true, true},
		{"/a/*/c", false, "/a/b/d", false, false, false},
		{"/**", false, "/", false, true, false},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct pattern pattern = {};
		struct residual residual;

		CHECK_INT(pattern_make(&pattern, cases[i].pattern, cases[i].exact), 0);
		residual_init(&residual, &pattern, cases[i].path);
		CHECK_INT(residual_matches_root(&residual), cases[i].root);
		CHECK_INT(residual_matches_below(&residual), cases[i].below);
		CHECK_INT(residual_matches_all(&residual), cases[i].all);
		pattern_done(&pattern);
	}
}

static void test_residuals_cover_what_is_proved(void)
{
	static const struct {
		const char *a, *a_path, *b, *b_path;
		bool covers;
	} cases[] = {
		{"/w/**/.git/hooks", "/w/a", "/w/**/.git/hooks", "/w/b/c", true},
		{"/w/**/.git/hooks", "/w/a", "/w/**/.git/hooks", "/w/.git", false},
		{"/w/**/.git/hooks", "/w/.git", "/w/**/.git/hooks", "/w/a", true},
		{"/w/**/x", "/w/a", "/v/**/x", "/v/a", true},
		{"/w/**/x", "/w/a", "/v/**/y", "/v/a", false},
		{"/w", "/w/a", "/v/**/x", "/v", true},
		{"/v/**/x", "/v", "/w", "/w/a", false},
		{"/a/x", "/a", "/b/x/y", "/b", true},
		{"/a/x/y", "/a", "/b/x", "/b", false},
		{"/a/x", "/a", "/b/x/**/y", "/b", true},
		{"/a/x", "/a", "/b/xy", "/b", false},
		{"/a/x", "/q", "/b/x", "/q", true},
		{"/a/x", "/q", "/b/x", "/b", false},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct pattern a = {}, b = {};
		struct residual x, y;

		CHECK_INT(pattern_make(&a, cases[i].a, false), 0);
		CHECK_INT(pattern_make(&b, cases[i].b, false), 0);
		residual_init(&x, &a, cases[i].a_path);
		residual_init(&y, &b, cases[i].b_path);
		if (residual_covers(&x, &y) != cases[i].covers)
			fprintf(stderr, "case %zu\n", i);
		CHECK_INT(residual_covers(&x, &y), cases[i].covers);
		pattern_done(&a);
		pattern_done(&b);
	}
}

int main(void)
{
	RUN(test_patterns_match_trees);
	RUN(test_dots_and_malformed_globs_are_refused);
	RUN(test_the_deepest_pattern_that_is_taken_can_be_built);
	RUN(test_residuals_say_what_can_follow);
	RUN(test_residuals_cover_what_is_proved);
	return check_summary();
}
