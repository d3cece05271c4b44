/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/policy/policy-fixture.h"

#define RULES(rules) "{\"version\": 1, \"rules\": [" rules "]}"
#define ALL_VERBS    "[\"read\", \"write\", \"exec\"]"

/* A workspace under the guards of a built-in profile, and what a user adds. */
static const char *const texts[LAYER_COUNT] = {
	[LAYER_USER] =
		RULES("{\"ask\": \"read\", \"path\": \"**/*.env\"},"
		      "{\"ask\": \"read\", \"path\": \"deploy/**/*.key\"},"
		      "{\"deny\": \"read\", \"path\": \"secret\"},"
		      "{\"deny\": \"read\", \"path\": \"a/b/hidden\"},"
		      "{\"deny\": \"connect\", \"unix\": \"/home/u/w/sock\"},"
		      "{\"ask\": \"exec\", \"program\": \"git\", \"args\": [\"push\", \"**\"]}"),
	[LAYER_BUILTIN] = "{\"version\": 1,"
			  "\"guards\": ["
			  " {\"deny\": \"write\", \"path\": [\"**/.git/hooks\", "
			  "\"**/.git/config\"], \"existed\": true},"
			  " {\"deny\": \"write\", \"path\": [\"**/.vscode\", \"~/.bashrc\"]}],"
			  "\"rules\": ["
			  " {\"allow\": [\"read\", \"exec\"], \"path\": \"/usr\"},"
			  " {\"allow\": " ALL_VERBS ", \"path\": [\"${workspace}\", \"${tmp}\"]},"
			  " {\"allow\": \"connect\"}],"
			  "\"otherwise\": {\"read\": \"ask\", \"write\": \"ask\"}}",
};

enum {
	PLAIN = 0,
	DIR = 1,
	FROM_NEW = 2, /* the repository at the old name was made here */
	TO_NEW = 4,
	NEW = FROM_NEW | TO_NEW,
};

static const struct {
	const char *from, *to;
	unsigned flags;
	bool moves;
} moves[] = {
	{"/home/u/w/a", "/home/u/w/b", PLAIN, true},
	{"/home/u/w/a", "/home/u/w/c/b", PLAIN, true},
	{"/home/u/w/d", "/home/u/w/e", DIR, true},
	{"/home/u/w/d", "/home/u/w/e/f/g", DIR, true},
	{"/home/u/w/d", "/srv/more[1]/d", DIR, true},
	{"/srv/more[1]/d", "/home/u/w/d", DIR, true},
	{"/home/u/w/d", "/tmp/d", DIR, false}, /* the guards are the workspace's */
	{"/tmp/d", "/home/u/w/d", DIR, true},
	{"/tmp/x", "/home/u/w/x", PLAIN, true},
	{"/tmp/d", "/var/tmp/d", DIR, true},
	{"/home/u/w/x.env", "/home/u/w/x.txt", PLAIN, false},
	{"/home/u/w/x.txt", "/home/u/w/x.env", PLAIN, true},
	{"/home/u/w/x.env", "/home/u/w/y.env", PLAIN, true},
	{"/home/u/w/x.env", "/home/u/w/y.env", DIR, true},
	{"/home/u/w/x.env", "/tmp/x.env", PLAIN, false},
	{"/home/u/w/.git", "/home/u/w/foo", DIR, false},
	{"/home/u/w/foo", "/home/u/w/.git", DIR, true},
	{"/home/u/w/.git/hooks", "/home/u/w/hooks", DIR, false},
	{"/home/u/w/.git/hooks", "/home/u/w/.git/hooks2", DIR, false},
	{"/home/u/w/.git/hooks2", "/home/u/w/.git/hooks", DIR, true},
	/* An old repository could lie in the new one: nobody looked. */
	{"/home/u/w/.git", "/home/u/w/foo", DIR | NEW, false},
	{"/home/u/w/.git", "/home/u/w/x/.git", DIR, true},
	{"/home/u/w/r", "/home/u/w/s", DIR | NEW, true},
	{"/home/u/w/r", "/home/u/w/s", DIR | TO_NEW, false},
	{"/home/u/w/r", "/home/u/w/s", DIR | FROM_NEW, true},
	{"/home/u/w/.git/config", "/home/u/w/.git/config2", PLAIN | NEW, true},
	{"/home/u/w/.git/config", "/home/u/w/x/.git/config", PLAIN | TO_NEW, false},
	{"/home/u/w/.vscode", "/home/u/w/v", DIR | NEW, false},
	{"/home/u/w/deploy", "/home/u/w/other", DIR, false},
	{"/home/u/w/deploy/x", "/home/u/w/deploy/y/z", DIR, true},
	{"/home/u/w/other", "/home/u/w/deploy", DIR, true},
	{"/home/u/w/a", "/home/u/w/z", DIR, false}, /* a/b/hidden */
	{"/home/u/w/a/b", "/home/u/w/z", DIR, false},
	{"/home/u/w/a/c", "/home/u/w/z", DIR, true},
	{"/home/u/w/z", "/home/u/w/a", DIR, true},
	{"/home/u/w", "/home/u/v", DIR, false},
	{"/home/u/x", "/home/u/y", DIR, true},
	{"/home/u/x", "/home/u/w/y", DIR, false}, /* from asked to allowed */
	{"/home/u/.bashrc", "/home/u/w/bashrc", PLAIN, false},
	{"/home/u", "/home/v", DIR, false},
	{"/home/u/w/sock", "/home/u/w/sock2", PLAIN, false},
	{"/usr/x", "/usr/y", DIR, true},
	{"/usr/x", "/home/u/w/x", DIR, false}, /* becomes writable */
	{"/home/u/w/d", "/home/u/w/d", DIR, true},
};

static void test_moves(void)
{
	struct policy *policy = fixture_policy(texts);

	for (size_t i = 0; i < ARRAY_LEN(moves); i++) {
		struct object from = {.kind = OBJECT_PATH,
				      .path = (char *)moves[i].from,
				      .exists = true,
				      .directory = moves[i].flags & DIR,
				      .made_here = moves[i].flags & FROM_NEW,
				      .dev = 9,
				      .ino = 9};
		struct object to = {.kind = OBJECT_PATH,
				    .path = (char *)moves[i].to,
				    .directory = moves[i].flags & DIR,
				    .made_here = moves[i].flags & TO_NEW};

		if (policy_moves_no_laxer(policy, &from, &to) != moves[i].moves) {
			fprintf(stderr, "%s to %s, flags %u\n", moves[i].from, moves[i].to,
				moves[i].flags);
			CHECK(false);
		}
	}
	policy_free(policy);
}

static void test_a_program_stays_what_it_is_under_another_name(void)
{
	struct policy *policy = fixture_user_policy(
		RULES("{\"deny\": \"exec\", \"program\": \"a\"}, {\"allow\": " ALL_VERBS "}"));
	struct object from = {
		.kind = OBJECT_PATH, .path = (char *)"/w/a", .exists = true, .dev = 1, .ino = 'a'};
	struct object to = {.kind = OBJECT_PATH, .path = (char *)"/w/b"};

	CHECK(policy_moves_no_laxer(policy, &from, &to));
	from.ino = 'b';
	CHECK(policy_moves_no_laxer(policy, &from, &to));
	/* What stands at the program's path is refused by that name, and would be free. */
	from.path = (char *)"/usr/bin/a";
	CHECK(!policy_moves_no_laxer(policy, &from, &to));
	policy_free(policy);
}

static void test_arguments_that_ask_ask_under_both_names(void)
{
	struct policy *policy = fixture_user_policy(RULES(
		"{\"ask\": \"exec\", \"program\": \"/w/t/**/x\", \"args\": [\"push\", \"**\"]},"
		"{\"ask\": \"exec\", \"program\": \"/w/t/**/x\", \"args\": [\"pull\"]},"
		"{\"allow\": " ALL_VERBS "}"));
	struct object from = {
		.kind = OBJECT_PATH, .path = (char *)"/w/t/a", .exists = true, .directory = true};
	struct object to = {.kind = OBJECT_PATH, .path = (char *)"/w/t/b", .directory = true};

	CHECK(policy_moves_no_laxer(policy, &from, &to));
	to.path = (char *)"/w/b";
	CHECK(!policy_moves_no_laxer(policy, &from, &to));
	policy_free(policy);
}

static void test_names_without_a_path_do_not_move(void)
{
	struct policy *policy = fixture_user_policy(RULES("{\"allow\": " ALL_VERBS "}"));
	struct object from = {.kind = OBJECT_PATH},
		      to = {.kind = OBJECT_PATH, .path = (char *)"/a"};

	CHECK(!policy_moves_no_laxer(policy, &from, &to));
	CHECK(!policy_moves_no_laxer(policy, &to, &from));
	policy_free(policy);
}

static void test_trees(void)
{
	static const struct {
		enum verb verb;
		const char *path;
		enum verdict root, loosest, strictest;
		bool exact;
	} cases[] = {
		{VERB_READ, "/usr", VERDICT_ALLOW, VERDICT_ALLOW, VERDICT_ALLOW, true},
		{VERB_READ, "/usr/lib/", VERDICT_ALLOW, VERDICT_ALLOW, VERDICT_ALLOW, true},
		{VERB_WRITE, "/usr", VERDICT_ASK, VERDICT_ASK, VERDICT_ASK, true},
		{VERB_READ, "/home/u/w", VERDICT_ALLOW, VERDICT_ALLOW, VERDICT_DENY, false},
		{VERB_READ, "/home/u/w/z", VERDICT_ALLOW, VERDICT_ALLOW, VERDICT_ASK, false},
		{VERB_READ, "/home/u/w/x.env", VERDICT_ASK, VERDICT_ASK, VERDICT_ASK, true},
		{VERB_READ, "/home/u/w/secret", VERDICT_DENY, VERDICT_ASK, VERDICT_DENY, false},
		{VERB_WRITE, "/home/u/w", VERDICT_ALLOW, VERDICT_ALLOW, VERDICT_DENY, false},
		{VERB_WRITE, "/home/u/w/.vscode/x", VERDICT_DENY, VERDICT_DENY, VERDICT_DENY, true},
		{VERB_WRITE, "/home/u/w/.git/hooks", VERDICT_DENY, VERDICT_ALLOW, VERDICT_DENY,
		 false},
		{VERB_READ, "/tmp", VERDICT_ALLOW, VERDICT_ALLOW, VERDICT_ALLOW, true},
		{VERB_READ, "/home/u", VERDICT_ASK, VERDICT_ALLOW, VERDICT_DENY, false},
		{VERB_READ, "/", VERDICT_ASK, VERDICT_ALLOW, VERDICT_DENY, false},
		{VERB_READ, "/etc", VERDICT_ASK, VERDICT_ASK, VERDICT_ASK, true},
		{VERB_EXEC, "/etc", VERDICT_DENY, VERDICT_ASK, VERDICT_DENY, false},
		{VERB_EXEC, "/usr", VERDICT_ALLOW, VERDICT_ALLOW, VERDICT_ASK, false},
		{VERB_EXEC, "/usr/bin/git", VERDICT_ALLOW, VERDICT_ALLOW, VERDICT_ASK, false},
		{VERB_EXEC, "/usr/bin/make", VERDICT_ALLOW, VERDICT_ALLOW, VERDICT_ASK, false},
		{VERB_CONNECT, "/home/u/w/sock", VERDICT_DENY, VERDICT_DENY, VERDICT_DENY, true},
		{VERB_CONNECT, "/run", VERDICT_ALLOW, VERDICT_ALLOW, VERDICT_ALLOW, true},
	};
	struct policy *policy = fixture_policy(texts);

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct tree_verdict verdict;

		policy_judge_tree(policy, cases[i].verb, cases[i].path, &verdict);
		if (verdict.root != cases[i].root || verdict.loosest != cases[i].loosest ||
		    verdict.strictest != cases[i].strictest || verdict.exact != cases[i].exact) {
			fprintf(stderr, "%s %s: root %s, loosest %s, strictest %s, exact %d\n",
				verb_name(cases[i].verb), cases[i].path, verdict_name(verdict.root),
				verdict_name(verdict.loosest), verdict_name(verdict.strictest),
				verdict.exact);
			CHECK(false);
		}
		CHECK_INT(policy_judge_root(policy, cases[i].verb, cases[i].path), verdict.root);
	}
	policy_free(policy);
}

static void test_arguments_that_are_refused_leave_the_program_to_the_gate(void)
{
	struct policy *policy = fixture_user_policy(
		RULES("{\"deny\": \"exec\", \"program\": \"git\", \"args\": [\"push\", \"**\"]},"
		      "{\"ask\": \"exec\", \"path\": \"/usr\"}, {\"deny\": \"exec\"}"));
	struct tree_verdict verdict;

	policy_judge_tree(policy, VERB_EXEC, "/usr/bin/git", &verdict);
	CHECK_INT(verdict.root, VERDICT_ASK);
	CHECK_INT(verdict.strictest, VERDICT_DENY);
	CHECK(!verdict.exact);
	policy_free(policy);
}

static void test_an_allowed_program_makes_no_tree_executable(void)
{
	struct policy *policy =
		fixture_user_policy(RULES("{\"allow\": \"exec\", \"program\": \"make\"}"));
	struct tree_verdict verdict;

	policy_judge_tree(policy, VERB_EXEC, "/usr", &verdict);
	CHECK_INT(verdict.loosest, VERDICT_ALLOW);
	policy_judge_tree(policy, VERB_EXEC, "/usr/bin/make", &verdict);
	CHECK_INT(verdict.root, VERDICT_ALLOW);
	policy_judge_tree(policy, VERB_EXEC, "/home", &verdict);
	CHECK_INT(verdict.loosest, VERDICT_DENY);
	CHECK(!verdict.exact);
	policy_free(policy);
}

static void test_what_no_tree_is_gets_the_worst(void)
{
	struct policy *policy = fixture_user_policy(RULES("{\"allow\": \"read\"}"));
	struct tree_verdict verdict;

	policy_judge_tree(policy, VERB_READ, "relative", &verdict);
	CHECK_INT(verdict.root, VERDICT_DENY);
	CHECK_INT(verdict.loosest, VERDICT_ALLOW);
	CHECK(!verdict.exact);
	policy_judge_tree(policy, VERB_READ | VERB_WRITE, "/a", &verdict);
	CHECK_INT(verdict.root, VERDICT_DENY);
	CHECK(!verdict.exact);
	CHECK_INT(policy_judge_root(policy, VERB_READ, "relative"), VERDICT_DENY);
	CHECK_INT(policy_judge_root(policy, VERB_READ, NULL), VERDICT_DENY);
	CHECK_INT(policy_judge_root(policy, VERB_READ | VERB_WRITE, "/a"), VERDICT_DENY);
	CHECK_INT(policy_judge_root(policy, 0, "/a"), VERDICT_DENY);
	policy_free(policy);
}

int main(void)
{
	RUN(test_moves);
	RUN(test_a_program_stays_what_it_is_under_another_name);
	RUN(test_arguments_that_ask_ask_under_both_names);
	RUN(test_names_without_a_path_do_not_move);
	RUN(test_trees);
	RUN(test_arguments_that_are_refused_leave_the_program_to_the_gate);
	RUN(test_an_allowed_program_makes_no_tree_executable);
	RUN(test_what_no_tree_is_gets_the_worst);
	return check_summary();
}
