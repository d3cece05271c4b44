/* SPDX-License-Identifier: Apache-2.0 */
/*
 * judge-cost: nanoseconds that the policy in force here (the built-in profile, and what this user's
 * layers add) takes to judge one access, by kind. Pure computation: no kernel in it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "enforcer/config/config.h"
#include "enforcer/policy/policy.h"

#define JUDGEMENTS 20000
#define ROUNDS     15

static const struct {
	const char *what;
	unsigned verbs;
	const char *path; /* "~": of the home; ".": of the workspace */
} cases[] = {
	{"read a system file", VERB_READ, "/usr/lib/x86_64-linux-gnu/libc.so.6"},
	{"read /etc", VERB_READ, "/etc/ld.so.cache"},
	{"read in the workspace", VERB_READ, "./src/lib/parser/table.c"},
	{"write in the workspace", VERB_WRITE, "./src/lib/parser/table.o"},
	{"write to /tmp", VERB_WRITE, "/tmp/cc0123456.s"},
	{"execute a compiler", VERB_EXEC, "/usr/bin/x86_64-linux-gnu-gcc-12"},
	{"read a private key", VERB_READ, "~/.ssh/id_ed25519"},
	{"read what no rule names", VERB_READ, "/srv/data/table"},
};

static double now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec * 1e9 + (double)ts.tv_nsec;
}

static double judge_ns(const struct policy *policy, const struct request *request)
{
	struct decision decision;
	double best = 1e18;

	/* The least of the rounds: nothing but others' work makes a computation slower. */
	for (int round = 0; round < ROUNDS; round++) {
		double began = now_ns();

		for (int i = 0; i < JUDGEMENTS; i++)
			policy_judge(policy, request, &decision);
		began = now_ns() - began;
		if (began < best)
			best = began;
	}
	return best / JUDGEMENTS;
}

int main(void)
{
	struct config_options options = {.any_workspace = true};
	struct failure failure = {};
	struct config *config;

	if (config_load(&options, &config, &failure) < 0) {
		failure_print(&failure);
		return 1;
	}
	printf("%zu rules\n%-26s %8s\n", policy_rule_count(config->policy), "judge", "ns");
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct request request = {.call = MEDIATED_openat, .n_objects = 1};
		const char *path = cases[i].path;
		char full[4096];

		snprintf(full, sizeof(full), "%s%s",
			 path[0] == '~'   ? config->home
			 : path[0] == '.' ? config->workspace
					  : "",
			 path + strspn(path, "~."));
		request.objects[0] = (struct object){
			.kind = OBJECT_PATH, .verbs = cases[i].verbs, .path = full, .exists = true};
		printf("%-26s %8.0f\n", cases[i].what, judge_ns(config->policy, &request));
	}
	config_free(config);
	return 0;
}
