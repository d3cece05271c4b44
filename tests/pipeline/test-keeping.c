/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Answers for always. What is promised: the rule that is written changes nothing but what the rule
 * that asked asked about, and answers at least what was asked. Checked by judging a field of
 * requests by the policy before and after.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "enforcer/approval/reach.h"
#include "enforcer/keeping.h"
#include "enforcer/policy/policy-edit.h"
#include "enforcer/policy/policy.h"
#include "tests/support/check.h"

#define BUILTIN                                                                                    \
	"{\"version\": 1, \"rules\": ["                                                            \
	"{\"deny\": \"read\", \"path\": \"/w/sub/secret\"},"                                       \
	"{\"deny\": \"exec\", \"program\": \"/bin/git\", \"args\": [\"push\", \"--force\"]},"      \
	"{\"ask\": \"read\", \"path\": \"/w/sub\"},"                                               \
	"{\"ask\": \"read\", \"path\": \"/q\"},"                                                   \
	"{\"allow\": \"read\", \"path\": \"/w/open\"}],"                                           \
	"\"otherwise\": {\"read\": \"ask\", \"exec\": \"ask\", \"connect\": \"ask\"}}"

static const char *const paths[] = {
	"/w",
	"/w/sub",
	"/w/sub/file",
	"/w/sub/x.env",
	"/w/sub/secret",
	"/w/sub/deep/file",
	"/w/a*b",
	"/w/axb",
	"/w/open",
	"/w/open/file",
	"/q",
	"/q/file",
	"/q/deep/f",
	"/bin/git",
	"/z",
	"/z/file",
	"/w/subject",
};
static const char *const arguments[][2] = {
	{NULL}, {"push", NULL}, {"push", "--force"}, {"pull", NULL}, {"p*", NULL}};
static const char *const hosts[] = {"a.example", "b.example", NULL};

static int same_path(void *userdata, const char *path, char *ret)
{
	strcpy(ret, path);
	return 0;
}

static struct policy *policy_of(const char *user, size_t len)
{
	const char *workspaces[] = {"/w", NULL}, *none[] = {NULL};
	const struct policy_context context = {
		.home = "/h", .workspaces = workspaces, .tmp = none, .canonical = same_path};
	struct policy_part *parts[2];
	struct policy *policy = NULL;
	struct policy_error error = {};

	if (policy_parse(user, len, "user.json", LAYER_USER, &parts[0], &error) < 0 ||
	    policy_parse(BUILTIN, strlen(BUILTIN), "builtin", LAYER_BUILTIN, &parts[1], &error) <
		    0 ||
	    policy_new(parts, 2, &context, &policy, &error) < 0) {
		fprintf(stderr, "%d:%d: %s\n%.*s\n", error.line, error.column, error.text, (int)len,
			user);
		abort();
	}
	return policy;
}

/* One request of the field; its number, or false behind the last. */
struct probe {
	struct request request;
	char *argv[4];
	enum verb verb;
};

static bool probe_make(size_t number, struct probe *probe)
{
	size_t n_paths = ARRAY_LEN(paths), n_arguments = ARRAY_LEN(arguments);
	struct object *object = &probe->request.objects[0];

	*probe = (struct probe){.request.n_objects = 1};
	object->exists = true;
	if (number < 2 * n_paths) {
		probe->verb = number < n_paths ? VERB_READ : VERB_WRITE;
		object->kind = OBJECT_PATH;
		object->path = (char *)paths[number % n_paths];
		object->directory = strcmp(object->path, "/w/sub") == 0;
	} else if ((number -= 2 * n_paths) < n_arguments) {
		probe->verb = VERB_EXEC;
		object->kind = OBJECT_PATH;
		object->path = (char *)"/bin/git";
		probe->argv[0] = object->path;
		probe->argv[1] = (char *)arguments[number][0];
		probe->argv[2] = (char *)arguments[number][1];
		probe->request.argv = probe->argv;
	} else if ((number -= n_arguments) < 2 * ARRAY_LEN(hosts)) {
		probe->verb = VERB_CONNECT;
		object->kind = OBJECT_INET;
		object->endpoint =
			(struct endpoint){.family = AF_INET,
					  .protocol = IPPROTO_TCP,
					  .port = number < ARRAY_LEN(hosts) ? 443 : 80,
					  .address = {198, 18, 0, 1},
					  .host = (char *)hosts[number % ARRAY_LEN(hosts)]};
	} else {
		return false;
	}
	object->verbs = probe->verb;
	return true;
}

static void check_field(const struct policy *before, const struct policy *after,
			const struct decision *asked, enum verdict answer)
{
	struct probe probe;

	for (size_t i = 0; probe_make(i, &probe); i++) {
		struct decision old, new;

		policy_judge_one(before, &probe.request, 0, probe.verb, &old);
		policy_judge_one(after, &probe.request, 0, probe.verb, &new);
		if (old.verdict == new.verdict)
			continue;
		/* It may have been asked about, by that very rule, and is answered now. */
		CHECK_INT(old.verdict, VERDICT_ASK);
		CHECK(old.rule == asked->rule);
		CHECK_INT(new.verdict, answer);
		if (old.rule != asked->rule || old.verdict != VERDICT_ASK)
			fprintf(stderr, "%s %s\n", verb_name(probe.verb),
				probe.request.objects[0].path);
	}
}

static void write_and_check(const char *user, const struct policy *before,
			    const struct probe *probe, const struct decision *asked,
			    struct grant *grant)
{
	_cleanup_(buffer_done) struct buffer rules = {}, text = {};
	_cleanup_(policy_freep) struct policy *after = NULL;
	struct policy_insertion insertion = {
		.text = user, .len = strlen(user), .before = user, .before_len = strlen(user)};
	struct policy_error error = {};
	struct decision now;

	CHECK_INT(keeping_rules(grant, "2026-01-02", &rules, &insertion.ordinal), 0);
	insertion.rules = rules.data;
	CHECK_INT(policy_insert_rules(&insertion, &text, &error), 0);
	if (!text.data)
		return;
	after = policy_of(text.data, text.len);
	policy_judge_one(after, &probe->request, 0, probe->verb, &now);
	CHECK_INT(now.verdict, grant->verdict);
	CHECK(now.rule && strstr(now.rule->reason, "answered for always on 2026-01-02: "));
	check_field(before, after, asked, grant->verdict);
}

/* Every question that the policy asks in the field, with every scope; returns how many of the
 * scopes could be kept, a bit each. */
static unsigned keep_all(const char *user, const char *only)
{
	_cleanup_(policy_freep) struct policy *policy = policy_of(user, strlen(user));
	struct probe probe;
	unsigned kept = 0;

	for (size_t i = 0; probe_make(i, &probe); i++) {
		struct asked_part part = {.verb = probe.verb};
		const struct asked asked = {
			.request = &probe.request, .parts = &part, .n_parts = 1};
		struct decision decision;
		const char *path = probe.request.objects[0].path;

		if (only && (!path || strcmp(path, only) != 0))
			continue;
		policy_judge_one(policy, &probe.request, 0, probe.verb, &decision);
		if (decision.verdict != VERDICT_ASK)
			continue;
		part.rule = decision.rule;
		for (enum answer_scope scope = SCOPE_FILE; scope < SCOPE_COUNT; scope++) {
			_cleanup_(grant_freep) struct grant *grant = reach_new(&asked, scope);

			if (!grant || !keeping_possible(policy, &probe.request, &part, 1, grant))
				continue;
			grant->text = strdup("some question");
			grant->verdict = i % 2 ? VERDICT_ALLOW : VERDICT_DENY;
			kept |= 1u << scope;
			write_and_check(user, policy, &probe, &decision, grant);
		}
	}
	return kept;
}

static void test_a_rule_for_always_changes_only_what_was_asked(void)
{
	static const char *const policies[] = {
		"{\"version\": 1}",
		"{\"version\": 1, \"rules\": [{\"ask\": \"read\"}]}",
		"{\"version\": 1, \"rules\": [{\"ask\": [\"read\", \"write\"], \"path\": \"/w\"},"
		"{\"deny\": \"read\", \"path\": \"/z\"}]}",
		"{\"version\": 1, \"rules\": [{\"ask\": \"read\", \"path\": \"**/*.env\"},"
		"{\"deny\": \"read\", \"path\": \"/w/sub\"}]}",
		"{\"version\": 1, \"rules\": [{\"deny\": \"read\", \"path\": \"/w/sub/deep\"},"
		"{\"ask\": \"read\", \"path\": \"/w/sub\", \"exact\": true},"
		"{\"ask\": \"read\", \"path\": \"/w/*\"}]}",
		"{\"version\": 1, \"rules\": [{\"ask\": \"exec\", \"program\": \"/bin/git\","
		"\"args\": [\"push\"]}, {\"deny\": \"exec\", \"program\": \"/bin/git\"}]}",
		"{\"version\": 1, \"rules\": [{\"ask\": \"exec\", \"program\": \"/bin/git\"}]}",
		"{\"version\": 1, \"rules\": [{\"ask\": \"connect\", \"host\": \"*.example\"},"
		"{\"deny\": \"connect\", \"address\": \"198.18.0.0/15\"}]}",
	};

	for (size_t i = 0; i < ARRAY_LEN(policies); i++)
		CHECK(keep_all(policies[i], NULL) != 0);
}

static void test_what_would_reach_further_is_not_offered(void)
{
	static const struct {
		const char *user;
		const char *path;
		unsigned offered;
	} cases[] = {
		/* A glob that asks about this name says nothing of the names beside it. */
		{"{\"version\": 1, \"rules\": [{\"ask\": \"read\", \"path\": \"**/*.env\"}]}",
		 "/w/sub/x.env", 1u << SCOPE_FILE},
		/* The tree's own rule. */
		{"{\"version\": 1, \"rules\": [{\"ask\": \"read\", \"path\": \"/w/sub\"}]}",
		 "/w/sub/file", 1u << SCOPE_FILE | 1u << SCOPE_DIRECTORY | 1u << SCOPE_TREE},
		/* Built-in, with a denial below that the user's rule would go before. */
		{"{\"version\": 1}", "/w/sub/file", 1u << SCOPE_FILE},
		/* Built-in, without. */
		{"{\"version\": 1}", "/q/file",
		 1u << SCOPE_FILE | 1u << SCOPE_DIRECTORY | 1u << SCOPE_TREE},
		/* With arguments of its own, or not the user's. */
		{"{\"version\": 1, \"rules\": [{\"ask\": \"exec\", \"program\": \"/bin/git\","
		 "\"args\": [\"push\"]}], \"otherwise\": {\"exec\": \"deny\", \"read\": \"deny\"}}",
		 "/bin/git", 0},
		{"{\"version\": 1, \"otherwise\": {\"read\": \"deny\"}}", "/bin/git", 0},
		{"{\"version\": 1, \"rules\": [{\"ask\": \"exec\", \"program\": \"/bin/git\"}],"
		 "\"otherwise\": {\"read\": \"deny\"}}",
		 "/bin/git", 1u << SCOPE_COMMAND | 1u << SCOPE_PROGRAM},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		CHECK_INT(keep_all(cases[i].user, cases[i].path), cases[i].offered);
}

static void test_a_name_that_is_not_utf8_is_no_rule(void)
{
	struct grant grant = {.verdict = VERDICT_ALLOW,
			      .text = (char *)"text",
			      .n_items = 1,
			      .items = {{.verbs = VERB_READ,
					 .kind = OBJECT_PATH,
					 .scope = SCOPE_FILE,
					 .path = (char *)"/w/\xff"}}};
	_cleanup_(buffer_done) struct buffer rules = {};
	unsigned ordinal;

	CHECK_INT(keeping_rules(&grant, "2026-01-02", &rules, &ordinal), -EILSEQ);
}

int main(void)
{
	RUN(test_a_rule_for_always_changes_only_what_was_asked);
	RUN(test_what_would_reach_further_is_not_offered);
	RUN(test_a_name_that_is_not_utf8_is_no_rule);
	return check_summary();
}
