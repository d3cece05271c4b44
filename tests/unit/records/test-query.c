/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>

#include "enforcer/base/cleanup.h"
#include "enforcer/records/query.h"
#include "tests/support/check.h"

static const char call[] =
	"{\"v\":1,\"event\":\"call\",\"time\":\"2026-01-02T03:04:05.5Z\",\"run\":\"a\",\"seq\":1,"
	"\"program\":\"/usr/bin/cat\",\"call\":\"openat\",\"objects\":[{\"kind\":\"path\",\"path\":"
	"\"/home/ada/work/deploy/prod.env\",\"verbs\":[\"read\"]},{\"kind\":\"inet\",\"address\":"
	"\"192.0.2.1\",\"port\":443,\"host\":\"api.example.com\",\"verbs\":[\"connect\"]}],"
	"\"decision\":\"deny\",\"by\":\"rule\",\"rule\":\"user:3\",\"layer\":\"user\"}";

static bool passes(struct query query)
{
	struct failure failure = {};
	struct entry entry;
	bool passes;

	query.home = "/home/ada";
	CHECK_INT(query_prepare(&query, &failure), 0);
	CHECK_INT(entry_parse(&entry, call, strlen(call)), 0);
	passes = query_passes(&query, &entry);
	entry_done(&entry);
	query_done(&query);
	return passes;
}

#define LIST(...) ((const char *const[]){__VA_ARGS__, NULL})

static void test_each_question_is_answered_by_one_of_its_values(void)
{
	CHECK(passes((struct query){}));
	CHECK(passes((struct query){.calls = LIST("open", "openat")}));
	CHECK(!passes((struct query){.calls = LIST("open")}));
	CHECK(passes((struct query){.verbs = LIST("connect")}));
	CHECK(!passes((struct query){.verbs = LIST("write")}));
	CHECK(passes((struct query){.decisions = LIST("deny")}));
	CHECK(!passes((struct query){.decisions = LIST("allow")}));
	CHECK(passes((struct query){.rules = LIST("user:3")}));
	CHECK(passes((struct query){.rules = LIST("user")}));
	CHECK(!passes((struct query){.rules = LIST("user:4")}));
	CHECK(passes((struct query){.by = LIST("rule")}));
	CHECK(!passes((struct query){.by = LIST("person")}));
	CHECK(!passes((struct query){.by = LIST("rule"), .calls = LIST("open")}));
}

static void test_programs_by_name_or_path(void)
{
	CHECK(passes((struct query){.programs = LIST("cat")}));
	CHECK(passes((struct query){.programs = LIST("c*")}));
	CHECK(passes((struct query){.programs = LIST("/usr/bin/cat")}));
	CHECK(!passes((struct query){.programs = LIST("at")}));
	CHECK(!passes((struct query){.programs = LIST("/bin/cat")}));
}

static void test_paths_as_a_policy_has_them(void)
{
	CHECK(passes((struct query){.paths = LIST("*.env")}));
	CHECK(passes((struct query){.paths = LIST("deploy")}));
	CHECK(passes((struct query){.paths = LIST("~")}));
	CHECK(passes((struct query){.paths = LIST("~/work/**/*.env")}));
	CHECK(passes((struct query){.paths = LIST("/home/ada/work")}));
	CHECK(passes((struct query){.paths = LIST("/")}));
	CHECK(!passes((struct query){.paths = LIST("prod")}));
	CHECK(!passes((struct query){.paths = LIST("/home/ada/wor")}));
	CHECK(!passes((struct query){.paths = LIST("~/deploy")}));
}

static void test_hosts_by_name_pattern_and_port(void)
{
	CHECK(passes((struct query){.hosts = LIST("api.example.com")}));
	CHECK(passes((struct query){.hosts = LIST("*.example.com")}));
	CHECK(passes((struct query){.hosts = LIST("api.example.com:443")}));
	CHECK(!passes((struct query){.hosts = LIST("api.example.com:80")}));
	CHECK(!passes((struct query){.hosts = LIST("example.com")}));
}

static void test_times_bound_what_is_seen(void)
{
	const uint64_t at = 1767323045500000000;

	CHECK(passes((struct query){.since_ns = at, .until_ns = at}));
	CHECK(!passes((struct query){.since_ns = at + 1}));
	CHECK(!passes((struct query){.until_ns = at - 1}));
}

static void test_a_word_that_is_none_gets_the_nearest(void)
{
	struct query query = {.verbs = LIST("reed")};
	struct failure failure = {};

	CHECK_INT(query_prepare(&query, &failure), -EINVAL);
	CHECK_STRING(failure.text, "--verb: there is no \"reed\"");
	CHECK_STRING(failure.hint, "perhaps: --verb read");
}

int main(void)
{
	RUN(test_each_question_is_answered_by_one_of_its_values);
	RUN(test_programs_by_name_or_path);
	RUN(test_paths_as_a_policy_has_them);
	RUN(test_hosts_by_name_pattern_and_port);
	RUN(test_times_bound_what_is_seen);
	RUN(test_a_word_that_is_none_gets_the_nearest);
	return check_summary();
}
