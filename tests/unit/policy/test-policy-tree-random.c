/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Trees and moves against brute force: random policies over a few words, and every name that can
 * be made of these words. What is claimed must hold for each name; how often it could have been
 * claimed and was not is counted, so that a change that proves nothing any more is seen.
 */
#include <stdint.h>
#include <stdlib.h>

#include "tests/unit/policy/policy-fixture.h"

#define ROUNDS    400
#define MOVES     40
#define NAMES_MAX 128

static const char *const words[] = {"a", "b", ".git", "x.env"};
static const char *const globs[] = {"a",  "b",     ".git", "x.env", "*",
				    "**", "*.env", "[ab]", "?",     ".*"};
static const char *const effects[] = {"deny", "ask", "allow"};

static uint64_t seed = 1;

static unsigned draw(unsigned below)
{
	seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (unsigned)(seed >> 33) % below;
}

static size_t draw_rule(char *text, size_t size, bool unprotect)
{
	unsigned n = draw(4);
	size_t len;

	len = (size_t)snprintf(text, size, "{\"%s\": \"write\", \"path\": \"", effects[draw(3)]);
	for (unsigned i = 0; i < n; i++)
		len += (size_t)snprintf(text + len, size - len, "/%s",
					globs[draw((unsigned)ARRAY_LEN(globs))]);
	len += (size_t)snprintf(text + len, size - len, "%s\"%s%s%s}", n ? "" : "/",
				draw(4) ? "" : ", \"exact\": true",
				draw(5) ? "" : ", \"existed\": true",
				unprotect && !draw(3) ? ", \"unprotect\": true" : "");
	return len;
}

static size_t draw_rules(char *text, size_t size, const char *key, unsigned n, bool unprotect)
{
	size_t len = (size_t)snprintf(text, size, ", \"%s\": [", key);

	for (unsigned i = 0; i < n; i++) {
		len += (size_t)snprintf(text + len, size - len, "%s", i ? "," : "");
		len += draw_rule(text + len, size - len, unprotect);
	}
	return len + (size_t)snprintf(text + len, size - len, "]");
}

#define TEXT_MAX 2048

/* The texts of the user's and the built-in layer. */
static struct policy *draw_policy(char user[TEXT_MAX], char builtin[TEXT_MAX])
{
	const char *const texts[LAYER_COUNT] = {[LAYER_USER] = user, [LAYER_BUILTIN] = builtin};
	bool guards = draw(2);
	size_t len;

	len = (size_t)snprintf(user, TEXT_MAX, "{\"version\": 1");
	len += draw_rules(user + len, TEXT_MAX - len, "rules", 1 + draw(5), guards);
	snprintf(user + len, TEXT_MAX - len, "}");
	len = (size_t)snprintf(builtin, TEXT_MAX,
			       "{\"version\": 1, \"otherwise\": {\"write\": \"%s\"}",
			       effects[draw(3)]);
	len += draw_rules(builtin + len, TEXT_MAX - len, "guards", guards ? 1 + draw(3) : 0, false);
	len += draw_rules(builtin + len, TEXT_MAX - len, "rules", draw(2), false);
	snprintf(builtin + len, TEXT_MAX - len, "}");
	return fixture_policy(texts);
}

/* Every name of at most depth words, the empty one (the place itself) first. */
static size_t list_names(char names[][40], size_t depth)
{
	size_t n = 1, start = 0;

	names[0][0] = '\0';
	while (depth-- > 0) {
		size_t end = n;

		for (; start < end; start++) {
			for (size_t w = 0; w < ARRAY_LEN(words); w++) {
				size_t len = strlen(names[start]);

				memcpy(names[n], names[start], len);
				snprintf(names[n++] + len, 40 - len, "/%s", words[w]);
			}
		}
	}
	return n;
}

static enum verdict judge(const struct policy *policy, const char *path, const char *name,
			  bool made_here)
{
	char whole[128];
	struct request request = {
		.n_objects = 1,
		.objects = {{.kind = OBJECT_PATH,
			     .verbs = VERB_WRITE,
			     .path = whole,
			     .made_here = made_here}},
	};
	struct decision decision;

	snprintf(whole, sizeof(whole), "%s%s", path, name);
	if (!whole[0])
		strcpy(whole, "/");
	policy_judge(policy, &request, &decision);
	return decision.verdict;
}

static void draw_path(char *path, size_t size)
{
	size_t len = 0, n = draw(4);

	path[0] = '\0';
	for (size_t i = 0; i < n; i++)
		len += (size_t)snprintf(path + len, size - len, "/%s", words[draw(4)]);
}

static unsigned proved, provable;

static void check_tree(const struct policy *policy, const char *path, char names[][40], size_t n)
{
	enum verdict loosest = VERDICT_DENY, strictest = VERDICT_ALLOW;
	struct tree_verdict verdict;

	policy_judge_tree(policy, VERB_WRITE, *path ? path : "/", &verdict);
	CHECK_INT(policy_judge_root(policy, VERB_WRITE, *path ? path : "/"), verdict.root);
	for (size_t i = 0; i < 2 * n; i++) {
		enum verdict one = judge(policy, path, names[i / 2], i % 2);

		loosest = one > loosest ? one : loosest;
		strictest = one < strictest ? one : strictest;
	}
	CHECK(verdict.loosest >= loosest);
	CHECK(verdict.strictest <= strictest);
	CHECK(verdict.root <= judge(policy, path, "", false));
	CHECK(verdict.root <= judge(policy, path, "", true));
	CHECK(verdict.root >= verdict.strictest && verdict.root <= verdict.loosest);
	CHECK(!verdict.exact || (loosest == strictest && verdict.root == loosest &&
				 verdict.loosest == loosest && verdict.strictest == loosest));
	provable += loosest == strictest;
	proved += verdict.exact;
}

/* As a brute force would: each name, its repository old or new as policy-tree.c has it. */
static bool no_laxer(const struct policy *policy, const struct object *from,
		     const struct object *to, char names[][40], size_t n)
{
	const char *old = strcmp(from->path, "/") ? from->path : "";
	const char *new = strcmp(to->path, "/") ? to->path : "";

	if (judge(policy, new, "", to->made_here) > judge(policy, old, "", from->made_here))
		return false;
	for (size_t i = 1; from->directory && i < n; i++)
		if (judge(policy, new, names[i], false) > judge(policy, old, names[i], false) ||
		    judge(policy, new, names[i], true) > judge(policy, old, names[i], true) ||
		    judge(policy, new, names[i], to->made_here) >
			    judge(policy, old, names[i], from->made_here))
			return false;
	return true;
}

static void check_move(const struct policy *policy, char names[][40], size_t n)
{
	char from_path[64], to_path[64];
	struct object from = {.kind = OBJECT_PATH, .path = from_path, .exists = true},
		      to = {.kind = OBJECT_PATH, .path = to_path};
	bool claimed, truth;

	draw_path(from_path, sizeof(from_path));
	draw_path(to_path, sizeof(to_path));
	if (!from_path[0])
		strcpy(from_path, "/");
	if (!to_path[0])
		strcpy(to_path, "/");
	from.directory = to.directory = draw(3) > 0;
	from.made_here = draw(2);
	to.made_here = draw(2);
	claimed = policy_moves_no_laxer(policy, &from, &to);
	truth = no_laxer(policy, &from, &to, names, n);
	if (claimed && !truth)
		fprintf(stderr, "%s to %s\n", from_path, to_path);
	CHECK(!claimed || truth);
	provable += truth;
	proved += claimed;
}

static void test_claims_on_trees_hold_for_every_name(void)
{
	static char names[NAMES_MAX][40];
	size_t n = list_names(names, 3);
	char user[TEXT_MAX], builtin[TEXT_MAX], path[64];

	proved = provable = 0;
	for (int i = 0; i < ROUNDS && check_failures == 0; i++) {
		struct policy *policy = draw_policy(user, builtin);

		for (int j = 0; j < MOVES / 10; j++) {
			draw_path(path, sizeof(path));
			check_tree(policy, path, names, n);
		}
		policy_free(policy);
		if (check_failures)
			fprintf(stderr, "%s\n%s\n%s\n", user, builtin, path);
	}
	printf("trees: %u of %u proved\n", proved, provable);
	CHECK(proved * 10 > provable * 8);
}

static void test_claims_on_moves_hold_for_every_name(void)
{
	static char names[NAMES_MAX][40];
	size_t n = list_names(names, 3);
	char user[TEXT_MAX], builtin[TEXT_MAX];

	proved = provable = 0;
	for (int i = 0; i < ROUNDS && check_failures == 0; i++) {
		struct policy *policy = draw_policy(user, builtin);

		for (int j = 0; j < MOVES; j++)
			check_move(policy, names, n);
		policy_free(policy);
		if (check_failures)
			fprintf(stderr, "%s\n%s\n", user, builtin);
	}
	printf("moves: %u of %u proved\n", proved, provable);
	CHECK(proved * 10 > provable * 8);
}

int main(void)
{
	RUN(test_claims_on_trees_hold_for_every_name);
	RUN(test_claims_on_moves_hold_for_every_name);
	return check_summary();
}
