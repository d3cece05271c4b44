/* SPDX-License-Identifier: Apache-2.0 */
#include <netinet/in.h>
#include <stdlib.h>

#include "enforcer/policy/policy.h"
#include "enforcer/records/generalise.h"
#include "tests/support/check.h"

static struct evidences evidences;
static struct candidates candidates;

/* args: words. */
static void allow(enum verb verb, enum object_kind kind, const char *name, const char *args)
{
	size_t row = evidences.pieces.n + 1;
	struct evidence *piece = table_get(&evidences.pieces, &row, sizeof(row));
	char *words = strdup(args), *rest = NULL;

	piece->row = row;
	piece->verb = verb;
	piece->kind = kind;
	piece->name = strdup(name);
	piece->port = kind == OBJECT_INET ? 443 : 0;
	piece->protocol = kind == OBJECT_INET ? IPPROTO_TCP : 0;
	piece->prompts = 1;
	piece->args = calloc(8, sizeof(*piece->args));
	for (char *word = strtok_r(words, " ", &rest); word; word = strtok_r(NULL, " ", &rest))
		piece->args[piece->n_args++] = strdup(word);
	free(words);
}

static void read_file(const char *name)
{
	allow(VERB_READ, OBJECT_PATH, name, "");
}

static bool is_shared(const char *domain)
{
	return !strchr(domain, '.') || strcmp(domain, "shared.example") == 0;
}

/* How many of this scope there are; each call thinks anew. */
static size_t count(enum candidate_scope scope)
{
	size_t n = 0;

	candidates_done(&candidates);
	CHECK_INT(generalise(&evidences, is_shared, &candidates), 0);
	for (size_t i = 0; i < candidates.n; i++)
		n += candidates.items[i].scope == scope;
	return n;
}

static const struct candidate *first(enum candidate_scope scope)
{
	for (size_t i = 0; i < candidates.n; i++)
		if (candidates.items[i].scope == scope)
			return &candidates.items[i];
	return NULL;
}

static void begin(void)
{
	evidences_init(&evidences);
}

static void end(void)
{
	candidates_done(&candidates);
	evidences_done(&evidences);
}

static void test_a_directory_at_three_files(void)
{
	begin();
	read_file("/d/q/a");
	read_file("/d/q/b");
	allow(VERB_WRITE, OBJECT_PATH, "/d/q/c", "");
	CHECK_INT(count(CANDIDATE_DIRECTORY), 0);
	read_file("/d/q/d");
	CHECK_INT(count(CANDIDATE_DIRECTORY), 1);
	CHECK_STRING(first(CANDIDATE_DIRECTORY)->name, "/d/q");
	CHECK_INT(first(CANDIDATE_DIRECTORY)->verbs, VERB_READ);
	CHECK_INT(first(CANDIDATE_DIRECTORY)->pieces, 3);
	end();
}

static void test_one_thing_many_times_is_one_thing(void)
{
	begin();
	read_file("/d/q/a");
	((struct evidence *)evidences.pieces.rows[0].value)->prompts = 40;
	CHECK_INT(count(CANDIDATE_FILE), 1);
	CHECK_INT(candidates.n, 1);
	CHECK_INT(candidates.items[0].prompts, 40);
	end();
}

static void test_a_tree_at_six_files_and_three_branches(void)
{
	begin();
	read_file("/d/t/a/1");
	read_file("/d/t/a/2");
	read_file("/d/t/a/3");
	read_file("/d/t/b/1");
	read_file("/d/t/b/2");
	read_file("/d/t/b/3");
	CHECK_INT(count(CANDIDATE_TREE), 0);
	/* What lies directly in it is the third. */
	read_file("/d/t/1");
	CHECK_INT(count(CANDIDATE_TREE), 1);
	CHECK_STRING(first(CANDIDATE_TREE)->name, "/d/t");
	end();
	begin();
	read_file("/d/t/a/1");
	read_file("/d/t/b/1");
	read_file("/d/t/c/1");
	read_file("/d/t/d/1");
	read_file("/d/t/e/1");
	CHECK_INT(count(CANDIDATE_TREE), 0);
	read_file("/d/t/f/1");
	CHECK_INT(count(CANDIDATE_TREE), 1);
	end();
}

static void test_nothing_at_the_root_or_the_home(void)
{
	static const char *const names[] = {"/1",   "/2",   "/3",   "/4",    "/5",    "/6",
					    "~/1",  "~/2",  "~/3",  "~/4",   "~/5",   "~/6",
					    "/a/1", "/b/2", "/c/3", "~/a/1", "~/b/1", "~/c/1"};

	begin();
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		read_file(names[i]);
	CHECK_INT(count(CANDIDATE_DIRECTORY), 0);
	CHECK_INT(count(CANDIDATE_TREE), 0);
	CHECK_INT(count(CANDIDATE_FILE), ARRAY_LEN(names));
	end();
}

static void test_a_domain_at_three_hosts_of_one_owner(void)
{
	begin();
	allow(VERB_CONNECT, OBJECT_INET, "a.site.example", "");
	allow(VERB_CONNECT, OBJECT_INET, "b.site.example", "");
	allow(VERB_CONNECT, OBJECT_INET, "a.shared.example", "");
	allow(VERB_CONNECT, OBJECT_INET, "b.shared.example", "");
	allow(VERB_CONNECT, OBJECT_INET, "c.shared.example", "");
	allow(VERB_CONNECT, OBJECT_INET, "localhost", "");
	CHECK_INT(count(CANDIDATE_DOMAIN), 0);
	allow(VERB_CONNECT, OBJECT_INET, "c.site.example", "");
	CHECK_INT(count(CANDIDATE_DOMAIN), 1);
	CHECK_STRING(first(CANDIDATE_DOMAIN)->name, "site.example");
	CHECK_INT(count(CANDIDATE_HOST), 7);
	end();
}

static void test_a_first_argument_at_three_vectors(void)
{
	begin();
	allow(VERB_EXEC, OBJECT_PATH, "/usr/bin/git", "log -1");
	allow(VERB_EXEC, OBJECT_PATH, "/usr/bin/git", "log -2");
	allow(VERB_EXEC, OBJECT_PATH, "/usr/bin/git", "show");
	allow(VERB_EXEC, OBJECT_PATH, "/bin/git", "log -3");
	CHECK_INT(count(CANDIDATE_COMMAND), 0);
	allow(VERB_EXEC, OBJECT_PATH, "/usr/bin/git", "log");
	CHECK_INT(count(CANDIDATE_COMMAND), 1);
	CHECK_STRING(first(CANDIDATE_COMMAND)->args[0], "log");
	CHECK(!first(CANDIDATE_COMMAND)->args[1]);
	end();
}

static void test_pieces_under_different_rules_are_not_joined(void)
{
	begin();
	read_file("/d/q/a");
	read_file("/d/q/b");
	read_file("/d/q/c");
	((struct evidence *)evidences.pieces.rows[2].value)->ordinal = 4;
	CHECK_INT(count(CANDIDATE_DIRECTORY), 0);
	end();
}

static void test_each_verb_by_itself_and_together(void)
{
	begin();
	read_file("/q/a");
	allow(VERB_WRITE, OBJECT_PATH, "/q/a", "");
	CHECK_INT(count(CANDIDATE_FILE), 3);
	CHECK_INT(candidates.items[0].verbs, VERB_READ | VERB_WRITE);
	CHECK_INT(candidates.items[1].verbs, VERB_READ);
	CHECK_INT(candidates.items[2].verbs, VERB_WRITE);
	end();
}

/* The candidate's rules, in a policy that denies all else. */
static enum verdict verdict(const struct candidate *candidate, const char *path)
{
	_cleanup_(buffer_done) struct buffer rules = {}, text = {};
	struct request request = {.n_objects = 1,
				  .objects = {{.kind = OBJECT_PATH,
					       .verbs = VERB_READ,
					       .path = (char *)path,
					       .exists = true}}};
	static const char *const nothing[] = {NULL};
	const struct policy_context context = {
		.home = "/home/ada", .workspaces = nothing, .tmp = nothing};
	struct policy_part *part = NULL;
	struct policy *policy = NULL;
	struct policy_error error = {};
	struct decision decision;

	CHECK_INT(candidate_append_rules(candidate, "why", &rules), 0);
	buffer_append_string(&text, "{\"version\": 1, \"rules\": [");
	for (size_t i = 0; i < rules.len; i++)
		buffer_append(&text, rules.data[i] == '\n' ? "," : &rules.data[i], 1);
	buffer_append_string(&text, "]}");
	CHECK_INT(policy_parse(text.data, text.len, "x", LAYER_USER, &part, &error), 0);
	CHECK_INT(policy_new(&part, 1, &context, &policy, &error), 0);
	policy_judge(policy, &request, &decision);
	policy_free(policy);
	return decision.verdict;
}

static void test_rules_mean_the_name_alone(void)
{
	static char odd[] = "/q/[ab]*\n\"?\\", home[] = "~/d";
	char *none[] = {NULL};
	struct candidate candidate = {.verbs = VERB_READ, .name = odd, .args = none};

	CHECK_INT(verdict(&candidate, "/q/[ab]*\n\"?\\"), VERDICT_ALLOW);
	CHECK_INT(verdict(&candidate, "/q/a*\n\"?\\"), VERDICT_DENY);
	CHECK_INT(verdict(&candidate, "/q/[ab]x\n\"?\\"), VERDICT_DENY);
	CHECK_INT(verdict(&candidate, "/q/[ab]*\n\"?\\/below"), VERDICT_DENY);
	candidate.scope = CANDIDATE_DIRECTORY;
	CHECK_INT(verdict(&candidate, "/q/[ab]*\n\"?\\/below"), VERDICT_ALLOW);
	CHECK_INT(verdict(&candidate, "/q/[ab]*\n\"?\\/.env"), VERDICT_ASK);
	CHECK_INT(verdict(&candidate, "/q/[ab]*\n\"?\\/below/it"), VERDICT_DENY);
	CHECK_INT(verdict(&candidate, "/q/ax\n\"?\\/below"), VERDICT_DENY);
	candidate.scope = CANDIDATE_TREE;
	CHECK_INT(verdict(&candidate, "/q/[ab]*\n\"?\\/below/it"), VERDICT_ALLOW);
	CHECK_INT(verdict(&candidate, "/q/[ab]*\n\"?\\/below/id_rsa"), VERDICT_ASK);
	candidate.name = home;
	CHECK_INT(verdict(&candidate, "/home/ada/d/x"), VERDICT_ALLOW);
	CHECK_INT(verdict(&candidate, "/home/ada/e"), VERDICT_DENY);
}

int main(void)
{
	RUN(test_a_directory_at_three_files);
	RUN(test_one_thing_many_times_is_one_thing);
	RUN(test_a_tree_at_six_files_and_three_branches);
	RUN(test_nothing_at_the_root_or_the_home);
	RUN(test_a_domain_at_three_hosts_of_one_owner);
	RUN(test_a_first_argument_at_three_vectors);
	RUN(test_pieces_under_different_rules_are_not_joined);
	RUN(test_each_verb_by_itself_and_together);
	RUN(test_rules_mean_the_name_alone);
	return check_summary();
}
