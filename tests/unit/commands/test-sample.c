/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>

#include "enforcer/commands/sample.h"
#include "enforcer/config/config.h"
#include "tests/support/check.h"

static const struct config here = {
	.workspace = (char *)"/no/work",
	.workspaces = (char *[]){(char *)"/no/work", NULL},
	.home = (char *)"/no/home",
	.tmp = (char *[]){(char *)"/tmp", NULL},
	.state = (char *[]){NULL},
};

static void test_globs_are_filled_and_variables_replaced(void)
{
	static const struct {
		const char *pattern, *sample;
	} cases[] = {
		{"/no/a", "/no/a"},
		{"~", "/no/home"},
		{"~/a", "/no/home/a"},
		{"a/*.c", "/no/work/a/callgate-sample.c"},
		{"**/.env", "/no/work/Xq7/zz/.env"},
		{"${workspace}/a", "/no/work/a"},
		{"/no/[a-c]?[!qx]", "/no/aqz"},
		{"/no/[]x]", "/no/]"},
		{"/no/a\\*b", "/no/a*b"},
		{"/no/[open", "/no/[open"},
	};
	char path[PATH_MAX];

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		CHECK_INT(sample_path(cases[i].pattern, &here, 0, path), 0);
		CHECK_STRING(path, cases[i].sample);
	}
	CHECK_INT(sample_path("~/a", &here, 1, path), 0);
	CHECK_STRING(path, "/no/home/a/Xq7");
	CHECK_INT(sample_path("${state}/a", &here, 0, path), -ENOENT);
}

static void test_hosts_are_filled(void)
{
	char host[SAMPLE_HOST_MAX];

	sample_host("*.example.com", host);
	CHECK_STRING(host, "callgate-sample.example.com");
	sample_host("example.com", host);
	CHECK_STRING(host, "example.com");
	sample_host("*", host);
	CHECK_STRING(host, "callgate-sample.invalid");
}

int main(void)
{
	RUN(test_globs_are_filled_and_variables_replaced);
	RUN(test_hosts_are_filled);
	return check_summary();
}
