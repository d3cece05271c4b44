/* SPDX-License-Identifier: Apache-2.0 */
#include "enforcer/config/environment.h"
#include "enforcer/config/string-list.h"
#include "enforcer/policy/policy.h"
#include "tests/support/check.h"

static const char *const tmp[] = {"/tmp", "/var/tmp", NULL};

static void test_patterns_match_whole_names_in_either_case(void)
{
	static const struct {
		const char *pattern, *name;
		bool matches;
	} cases[] = {
		{"PATH", "PATH", true},
		{"PATH", "PATHS", false},
		{"*_TOKEN", "NPM_TOKEN", true},
		{"*_TOKEN", "github_token", true},
		{"*_TOKEN", "TOKENS", false},
		{"*_TOKEN", "_TOKEN", true},
		{"AWS_*", "AWS_", true},
		{"AWS_*", "LAWS_X", false},
		{"*PASS*WD*", "MYPASSxxWDx", true},
		{"*a*b", "aab", true},
		{"*a*b", "aba", false},
		{"?", "", false},
		{"A?C", "ABC", true},
		{"", "", true},
		{"*", "", true},
		{"*aaaaaaaaaaab", "aaaaaaaaaaaaaaaaaaaaaaaa", false},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		CHECK_INT(environment_name_matches(cases[i].pattern, cases[i].name),
			  cases[i].matches);
}

static void check_filtered(const char *const *entries, const struct policy_settings *settings,
			   const char *expected)
{
	char joined[1024] = "";
	char **list = NULL;

	CHECK_INT(environment_filter((char *const *)entries, settings, tmp, &list), 0);
	for (size_t i = 0; list && list[i]; i++) {
		strcat(joined, list[i]);
		strcat(joined, "|");
	}
	CHECK_STRING(joined, expected);
	string_list_free(list);
}

static void test_dropped_unless_passed_by_name(void)
{
	const char *const drop[] = {"*_TOKEN", "*_KEY", NULL}, *const pass[] = {"MODEL_KEY", NULL};
	const struct policy_settings settings = {.environment_drop = drop,
						 .environment_pass = pass};
	const char *const entries[] = {"A=1", "GH_TOKEN=x", "MODEL_KEY=k", "OTHER_KEY=o", NULL};

	check_filtered(entries, &settings, "A=1|MODEL_KEY=k|CALLGATE=1|");
}

static void test_drop_of_everything_with_pass_is_a_closed_list(void)
{
	const char *const drop[] = {"*", NULL}, *const pass[] = {"PATH", "LC_*", NULL};
	const struct policy_settings settings = {.environment_drop = drop,
						 .environment_pass = pass};
	const char *const entries[] = {"A=1", "PATH=/bin", "LC_ALL=C", NULL};

	check_filtered(entries, &settings, "PATH=/bin|LC_ALL=C|CALLGATE=1|");
}

static void test_set_replaces_and_adds(void)
{
	const char *const set[] = {"A=new", "B=", NULL}, *const drop[] = {"A", NULL};
	const struct policy_settings settings = {.environment_set = set, .environment_drop = drop};
	const char *const entries[] = {"A=old", "C=3", "A=again", NULL};

	check_filtered(entries, &settings, "C=3|A=new|B=|CALLGATE=1|");
}

static void test_who_goes_through_a_proxy_is_told_of_none(void)
{
	const struct upstream_proxy proxy = {.kind = UPSTREAM_HTTP};
	const char *const pass[] = {"ALL_PROXY", NULL};
	struct policy_settings settings = {.environment_pass = pass};
	const char *const entries[] = {"http_proxy=a", "HTTPS_PROXY=b", "all_proxy=c", "no_proxy=d",
				       NULL};

	check_filtered(entries, &settings,
		       "http_proxy=a|HTTPS_PROXY=b|all_proxy=c|no_proxy=d|CALLGATE=1|");
	settings.upstream_proxy = &proxy;
	check_filtered(entries, &settings, "all_proxy=c|no_proxy=d|CALLGATE=1|");
}

static void test_entries_without_a_name_are_dropped(void)
{
	const struct policy_settings settings = {};
	const char *const entries[] = {"=x", "noequals", "", "A==b", NULL};

	check_filtered(entries, &settings, "A==b|CALLGATE=1|");
}

static void test_callgate_cannot_be_forged_by_the_environment(void)
{
	const struct policy_settings settings = {};
	const char *const entries[] = {"CALLGATE=0", "CALLGATE=", NULL};

	check_filtered(entries, &settings, "CALLGATE=1|");
}

static void test_foreign_tmpdir_is_replaced(void)
{
	const struct policy_settings settings = {};
	const char *const foreign[] = {"TMPDIR=/run/user/1000", NULL};
	const char *const own[] = {"TMPDIR=/var/tmp/x", NULL};
	const char *const alike[] = {"TMPDIR=/tmpx", NULL};

	check_filtered(foreign, &settings, "TMPDIR=/tmp|CALLGATE=1|");
	check_filtered(own, &settings, "TMPDIR=/var/tmp/x|CALLGATE=1|");
	check_filtered(alike, &settings, "TMPDIR=/tmp|CALLGATE=1|");
}

int main(void)
{
	RUN(test_patterns_match_whole_names_in_either_case);
	RUN(test_dropped_unless_passed_by_name);
	RUN(test_drop_of_everything_with_pass_is_a_closed_list);
	RUN(test_set_replaces_and_adds);
	RUN(test_who_goes_through_a_proxy_is_told_of_none);
	RUN(test_entries_without_a_name_are_dropped);
	RUN(test_callgate_cannot_be_forged_by_the_environment);
	RUN(test_foreign_tmpdir_is_replaced);
	return check_summary();
}
