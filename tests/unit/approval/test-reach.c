/* SPDX-License-Identifier: Apache-2.0 */
#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "enforcer/approval/reach.h"
#include "tests/support/check.h"

static const struct rule_info mine = {.id = "user:1", .layer = LAYER_USER};
static const struct rule_info stricter = {.id = "user:2", .layer = LAYER_USER};

/* A request about one thing, and the one part of it that is asked about. */
struct sample {
	struct request request;
	struct asked_part part;
	char *argv[4];
};

static void sample_path(struct sample *sample, enum verb verb, const char *path)
{
	*sample = (struct sample){
		.request = {.n_objects = 1,
			    .objects = {{.kind = OBJECT_PATH,
					 .verbs = verb,
					 .path = (char *)path,
					 .exists = true}}},
		.part = {.verb = verb, .rule = &mine},
	};
}

static void sample_exec(struct sample *sample, const char *program, const char *one,
			const char *two)
{
	sample_path(sample, VERB_EXEC, program);
	sample->argv[0] = (char *)program;
	sample->argv[1] = (char *)one;
	sample->argv[2] = (char *)two;
	sample->request.argv = sample->argv;
}

static void sample_host(struct sample *sample, const char *host, const char *address, uint16_t port)
{
	sample_path(sample, VERB_CONNECT, NULL);
	sample->request.objects[0].kind = OBJECT_INET;
	sample->request.objects[0].endpoint = (struct endpoint){
		.family = AF_INET, .protocol = IPPROTO_TCP, .port = port, .host = (char *)host};
	inet_pton(AF_INET, address, sample->request.objects[0].endpoint.address);
}

static struct grant *reach(const struct sample *sample, enum answer_scope scope)
{
	const struct asked asked = {
		.request = &sample->request, .parts = &sample->part, .n_parts = 1};

	return reach_new(&asked, scope);
}

static struct grants *granted(const struct sample *sample, enum answer_scope scope,
			      enum verdict verdict)
{
	struct grants *grants = grants_new();
	struct grant *grant = reach(sample, scope);

	CHECK(grant != NULL);
	if (!grant)
		abort();
	grant->verdict = verdict;
	CHECK_INT(grants_add(grants, grant), 0);
	return grants;
}

static bool holds(struct grants *grants, const struct sample *sample)
{
	const struct buffer none = {};

	return grants_match(grants, &none, &sample->request, &sample->part, 1) != NULL;
}

static void test_each_scope_of_a_file_holds_just_what_it_says(void)
{
	static const struct {
		enum answer_scope scope;
		const char *path;
		bool holds;
	} cases[] = {
		{SCOPE_FILE, "/w/sub/file", true},
		{SCOPE_FILE, "/w/sub/file2", false},
		{SCOPE_FILE, "/w/sub/file/x", false},
		{SCOPE_FILE, "/w/sub", false},
		{SCOPE_DIRECTORY, "/w/sub/other", true},
		{SCOPE_DIRECTORY, "/w/sub", true},
		{SCOPE_DIRECTORY, "/w/sub/deep/other", false},
		{SCOPE_DIRECTORY, "/w/subject", false},
		{SCOPE_DIRECTORY, "/w/other", false},
		{SCOPE_TREE, "/w/sub/deep/other", true},
		{SCOPE_TREE, "/w/sub", true},
		{SCOPE_TREE, "/w/subject/x", false},
		{SCOPE_TREE, "/w", false},
	};
	struct sample asked, other;

	sample_path(&asked, VERB_READ, "/w/sub/file");
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		_cleanup_(grants_freep) struct grants *grants =
			granted(&asked, cases[i].scope, VERDICT_ALLOW);

		sample_path(&other, VERB_READ, cases[i].path);
		CHECK_INT(holds(grants, &other), cases[i].holds);
		/* No verb implies another. */
		sample_path(&other, VERB_WRITE, cases[i].path);
		CHECK(!holds(grants, &other));
		/* What a stricter rule asks about is asked. */
		sample_path(&other, VERB_READ, cases[i].path);
		other.part.rule = &stricter;
		CHECK(!holds(grants, &other));
		other.part.rule = NULL;
		CHECK(!holds(grants, &other));
	}
}

static void test_a_directory_is_its_own_directory(void)
{
	struct sample asked, other;

	sample_path(&asked, VERB_READ, "/w/sub");
	asked.request.objects[0].directory = true;
	{
		_cleanup_(grants_freep) struct grants *grants =
			granted(&asked, SCOPE_TREE, VERDICT_ALLOW);

		sample_path(&other, VERB_READ, "/w/sub/x");
		CHECK(holds(grants, &other));
		sample_path(&other, VERB_READ, "/w/x");
		CHECK(!holds(grants, &other));
	}
}

static void test_nobody_means_the_whole_machine(void)
{
	static const char *const paths[] = {"/file", "", "/"};
	struct sample asked;

	for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
		sample_path(&asked, VERB_READ, paths[i]);
		asked.request.objects[0].directory = i > 0;
		CHECK(reach(&asked, SCOPE_TREE) == NULL);
		CHECK(reach(&asked, SCOPE_DIRECTORY) == NULL);
	}
}

static void test_a_host_is_a_name_at_a_port(void)
{
	struct sample asked, other;
	_cleanup_(grants_freep) struct grants *grants = NULL;

	sample_host(&asked, "a.example", "198.18.0.1", 443);
	grants = granted(&asked, SCOPE_HOST, VERDICT_ALLOW);
	/* The address behind the name is ours to choose. */
	sample_host(&other, "a.example", "198.18.0.9", 443);
	CHECK(holds(grants, &other));
	sample_host(&other, "a.example", "198.18.0.1", 80);
	CHECK(!holds(grants, &other));
	sample_host(&other, "b.example", "198.18.0.1", 443);
	CHECK(!holds(grants, &other));
	sample_host(&other, NULL, "198.18.0.1", 443);
	CHECK(!holds(grants, &other));
	sample_host(&other, "a.example", "198.18.0.1", 443);
	other.request.objects[0].endpoint.protocol = IPPROTO_UDP;
	CHECK(!holds(grants, &other));
}

static void test_an_address_is_itself(void)
{
	struct sample asked, other;
	_cleanup_(grants_freep) struct grants *grants = NULL;

	sample_host(&asked, NULL, "10.0.0.1", 22);
	grants = granted(&asked, SCOPE_HOST, VERDICT_ALLOW);
	CHECK(holds(grants, &asked));
	sample_host(&other, NULL, "10.0.0.2", 22);
	CHECK(!holds(grants, &other));
	sample_host(&other, "a.example", "10.0.0.1", 22);
	CHECK(!holds(grants, &other));
}

static void test_a_command_is_a_program_with_its_first_argument(void)
{
	struct sample asked, other;
	_cleanup_(grants_freep) struct grants *command = NULL, *program = NULL;

	sample_exec(&asked, "/usr/bin/git", "push", "origin");
	command = granted(&asked, SCOPE_COMMAND, VERDICT_ALLOW);
	program = granted(&asked, SCOPE_PROGRAM, VERDICT_ALLOW);
	sample_exec(&other, "/usr/bin/git", "push", "elsewhere");
	CHECK(holds(command, &other) && holds(program, &other));
	sample_exec(&other, "/usr/bin/git", "pull", NULL);
	CHECK(!holds(command, &other) && holds(program, &other));
	sample_exec(&other, "/usr/bin/git", NULL, NULL);
	CHECK(!holds(command, &other) && holds(program, &other));
	sample_exec(&other, "/usr/bin/tig", "push", NULL);
	CHECK(!holds(command, &other) && !holds(program, &other));
	/* To run it is not to read it. */
	sample_path(&other, VERB_READ, "/usr/bin/git");
	CHECK(!holds(program, &other));
	sample_exec(&asked, "/usr/bin/git", NULL, NULL);
	CHECK(reach(&asked, SCOPE_COMMAND) == NULL);
}

static void test_a_scope_is_offered_where_it_has_a_meaning(void)
{
	static const char *const kinds[] = {"path", "exec", "host", "pipe"};
	/* By scope: which of the kinds it goes with. */
	static const bool fits[SCOPE_COUNT][ARRAY_LEN(kinds)] = {
		[SCOPE_FILE] = {true},          [SCOPE_DIRECTORY] = {true},
		[SCOPE_TREE] = {true},          [SCOPE_HOST] = {[2] = true},
		[SCOPE_COMMAND] = {[1] = true}, [SCOPE_PROGRAM] = {[1] = true},
	};
	struct sample samples[ARRAY_LEN(kinds)];

	sample_path(&samples[0], VERB_READ, "/w/f");
	sample_exec(&samples[1], "/bin/x", "y", NULL);
	sample_host(&samples[2], "a.example", "198.18.0.1", 443);
	sample_path(&samples[3], VERB_WRITE, NULL);
	samples[3].request.objects[0].kind = OBJECT_ANONYMOUS;
	for (enum answer_scope scope = SCOPE_SAME; scope < SCOPE_COUNT; scope++) {
		for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
			struct grant *grant = reach(&samples[i], scope);

			if ((grant != NULL) != fits[scope][i])
				fprintf(stderr, "%s of %s\n", answer_scope_name(scope), kinds[i]);
			CHECK_INT(grant != NULL, fits[scope][i]);
			grant_free(grant);
		}
	}
}

static void test_of_two_grants_the_one_that_denies_counts(void)
{
	struct sample asked;
	_cleanup_(grants_freep) struct grants *grants = NULL;
	const struct buffer none = {};
	struct grant *grant;

	sample_path(&asked, VERB_READ, "/w/sub/file");
	grants = granted(&asked, SCOPE_TREE, VERDICT_ALLOW);
	grant = reach(&asked, SCOPE_FILE);
	grant->verdict = VERDICT_DENY;
	CHECK_INT(grants_add(grants, grant), 0);
	CHECK_INT(grants_match(grants, &none, &asked.request, &asked.part, 1)->verdict,
		  VERDICT_DENY);
}

static void test_every_part_must_be_granted(void)
{
	struct sample asked, both;
	struct asked_part parts[2];
	_cleanup_(grants_freep) struct grants *grants = NULL;
	const struct buffer none = {};

	sample_path(&asked, VERB_WRITE, "/w/sub/file");
	grants = granted(&asked, SCOPE_DIRECTORY, VERDICT_ALLOW);
	sample_path(&both, VERB_WRITE, "/w/sub/a");
	both.request.n_objects = 2;
	both.request.objects[1] = both.request.objects[0];
	parts[0] = parts[1] = both.part;
	parts[1].object = 1;
	CHECK(grants_match(grants, &none, &both.request, parts, 2) != NULL);
	both.request.objects[1].path = (char *)"/w/elsewhere";
	CHECK(grants_match(grants, &none, &both.request, parts, 2) == NULL);
	/* Nothing that the policy asks about: nothing to grant. */
	CHECK(grants_match(grants, &none, &both.request, parts, 0) == NULL);
}

static void test_a_grant_reads_as_what_it_covers(void)
{
	static const struct {
		enum answer_scope scope;
		const char *text;
	} cases[] = {
		{SCOPE_FILE, "read just /w/a\\x1b[m/f, as far as rule user:1 asks"},
		{SCOPE_DIRECTORY,
		 "read what is directly in /w/a\\x1b[m, as far as rule user:1 asks"},
		{SCOPE_TREE, "read everything below /w/a\\x1b[m, as far as rule user:1 asks"},
	};
	struct sample asked;

	sample_path(&asked, VERB_READ, "/w/a\x1b[m/f");
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		_cleanup_(grant_freep) struct grant *grant = reach(&asked, cases[i].scope);
		_cleanup_(buffer_done) struct buffer text = {};

		CHECK(reach_append_text(&text, grant));
		CHECK_STRING(text.data, cases[i].text);
	}
}

int main(void)
{
	RUN(test_each_scope_of_a_file_holds_just_what_it_says);
	RUN(test_a_directory_is_its_own_directory);
	RUN(test_nobody_means_the_whole_machine);
	RUN(test_a_host_is_a_name_at_a_port);
	RUN(test_an_address_is_itself);
	RUN(test_a_command_is_a_program_with_its_first_argument);
	RUN(test_a_scope_is_offered_where_it_has_a_meaning);
	RUN(test_of_two_grants_the_one_that_denies_counts);
	RUN(test_every_part_must_be_granted);
	RUN(test_a_grant_reads_as_what_it_covers);
	return check_summary();
}
