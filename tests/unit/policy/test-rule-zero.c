/* SPDX-License-Identifier: Apache-2.0 */
/* callgate's own files, by inode and by path. */
#include <errno.h>

#include "enforcer/policy/rule-zero.h"
#include "tests/support/check.h"

static void test_what_is_ours_is_refused_by_inode_or_path(void)
{
	static const struct {
		const char *path;
		uint64_t ino;
		unsigned verbs;
		bool directory, refused;
	} cases[] = {
		{"/home/u/other-name", 7, VERB_WRITE, false, true}, /* a second name of it */
		{"/home/u/other-name", 7, VERB_READ, false, false},
		{"/home/u/policy", 8, VERB_WRITE, false, true}, /* another thing under its name */
		{"/home/u/policy/below", 9, VERB_WRITE, false, true},
		{"/home/u/policy.json", 9, VERB_WRITE, false, false},
		{"/home/u/pol", 9, VERB_WRITE, false, false},
		{"/home/u", 9, VERB_READ, true, false},
		{"/log/run", 9, VERB_READ, false, true},
		{"/log", 9, VERB_READ | VERB_WRITE, true, true},
		{"/data/record.1", 9, VERB_READ, false, true}, /* its parts */
		{"/data/record.12.zst", 9, VERB_WRITE, false, true},
		{"/data/record1", 9, VERB_READ, false, false},
		{"/data/recor", 9, VERB_READ, false, false},
	};
	struct rule_zero zero = {};

	CHECK_INT(rule_zero_add(&zero, "/home/u/policy", 1, 7, VERB_WRITE), 0);
	CHECK_INT(rule_zero_add(&zero, "/log", 0, 0, VERB_ALL), 0);
	CHECK_INT(rule_zero_add(&zero, "/data/record", 0, 0, VERB_ALL), 0);
	rule_zero_add_parts(&zero);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct request request = {.n_objects = 1,
					  .objects = {{.kind = OBJECT_PATH,
						       .path = (char *)cases[i].path,
						       .verbs = cases[i].verbs,
						       .exists = true,
						       .directory = cases[i].directory,
						       .dev = 1,
						       .ino = cases[i].ino}}};
		struct decision decision = {.verdict = VERDICT_ALLOW};
		bool refused = rule_zero_judge(&zero, &request, &decision);

		if (refused != cases[i].refused)
			fprintf(stderr, "case %zu\n", i);
		CHECK_INT(refused, cases[i].refused);
		CHECK_INT(decision.verdict, refused ? VERDICT_DENY : VERDICT_ALLOW);
	}
	rule_zero_done(&zero);
}

/* A file that another has replaced is ours by its new inode; the old one is somebody's again. */
static void test_what_is_renewed_is_ours_by_its_new_inode(void)
{
	struct rule_zero zero = {};
	struct request request = {.call = MEDIATED_openat, .n_objects = 1};
	struct decision decision;

	CHECK_INT(rule_zero_renew(&zero, "/p", 1, 7, VERB_WRITE), 1);
	CHECK_INT(rule_zero_renew(&zero, "/p", 1, 7, VERB_WRITE), 0);
	CHECK_INT(rule_zero_renew(&zero, "/p", 1, 8, VERB_WRITE), 1);
	CHECK_INT(rule_zero_renew(&zero, "/p", 1, 8, VERB_READ), 1);
	CHECK_INT(zero.n, 2);
	request.objects[0] = (struct object){.kind = OBJECT_PATH,
					     .verbs = VERB_WRITE,
					     .path = (char *)"/other",
					     .exists = true,
					     .dev = 1,
					     .ino = 8};
	CHECK(rule_zero_judge(&zero, &request, &decision));
	request.objects[0].ino = 7;
	CHECK(!rule_zero_judge(&zero, &request, &decision));
	rule_zero_done(&zero);
}

static void test_256_things_are_ours_and_one_more_is_an_error(void)
{
	struct rule_zero zero = {};

	for (int i = 0; i < RULE_ZERO_MAX; i++)
		CHECK_INT(rule_zero_add(&zero, "/x", 0, 0, VERB_ALL), 0);
	CHECK_INT(rule_zero_add(&zero, "/x", 0, 0, VERB_ALL), -ENOSPC);
	rule_zero_done(&zero);
	CHECK_INT(zero.n, 0);
}

static void test_our_ports_are_refused_on_the_hosts_loopback_alone(void)
{
	static const struct {
		uint16_t port;
		bool host_loopback, refused;
	} cases[] = {{8443, true, true}, {8444, true, false}, {8443, false, false}};
	struct rule_zero zero = {};

	CHECK_INT(rule_zero_add_port(&zero, 8443), 0);
	CHECK_INT(rule_zero_add_port(&zero, 8443), 0);
	CHECK_INT(zero.n_ports, 1);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct request request = {.n_objects = 1};
		struct decision decision = {.verdict = VERDICT_ALLOW};

		request.objects[0] =
			(struct object){.kind = OBJECT_INET,
					.verbs = VERB_CONNECT,
					.endpoint = {.family = AF_INET,
						     .address = {127, 0, 0, 1},
						     .port = cases[i].port,
						     .host_loopback = cases[i].host_loopback,
						     .loopback = !cases[i].host_loopback}};
		CHECK_INT(rule_zero_judge(&zero, &request, &decision), cases[i].refused);
		CHECK_INT(decision.by, cases[i].refused ? BY_RULE_ZERO : BY_NOTHING);
	}
	for (unsigned i = 1; i < RULE_ZERO_PORTS_MAX; i++)
		CHECK_INT(rule_zero_add_port(&zero, (uint16_t)i), 0);
	CHECK_INT(rule_zero_add_port(&zero, 40000), -ENOSPC);
	rule_zero_done(&zero);
}

static bool is_even(const void *userdata, uint16_t port)
{
	return port % 2 == 0;
}

static void test_ports_that_come_and_go_are_asked_for(void)
{
	struct rule_zero zero = {.port_taken = is_even};

	CHECK_INT(rule_zero_add_port(&zero, 81), 0);
	CHECK(rule_zero_has_port(&zero, 81));
	CHECK(rule_zero_has_port(&zero, 82));
	CHECK(!rule_zero_has_port(&zero, 83));
	rule_zero_done(&zero);
}

int main(void)
{
	RUN(test_ports_that_come_and_go_are_asked_for);
	RUN(test_our_ports_are_refused_on_the_hosts_loopback_alone);
	RUN(test_what_is_ours_is_refused_by_inode_or_path);
	RUN(test_what_is_renewed_is_ours_by_its_new_inode);
	RUN(test_256_things_are_ours_and_one_more_is_an_error);
	return check_summary();
}
