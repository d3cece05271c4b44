/* SPDX-License-Identifier: Apache-2.0 */
#include <jansson.h>
#include <malloc.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <unistd.h>

#include "enforcer/audit/summary.h"
#include "enforcer/base/buffer.h"
#include "enforcer/base/fd.h"
#include "tests/support/check.h"

static const struct rule_info keys = {
	.id = "builtin:4", .layer = LAYER_GUARDS, .effect = VERDICT_DENY, .reason = "private keys"};
static const struct rule_info open_rule = {
	.id = "user:1", .layer = LAYER_USER, .effect = VERDICT_ALLOW};
static const struct summary_run run = {.run = "r-1", .exit_status = 3, .audit = "/var/log"};

static void add(struct summary *summary, const char *path, const char *program,
		const struct decision *decision)
{
	struct request request = {.call = MEDIATED_openat,
				  .program = (char *)program,
				  .n_objects = 1,
				  .objects = {{.kind = OBJECT_PATH, .path = (char *)path}}};

	summary_add(summary, &request, decision);
}

static const struct decision denied = {
	.by = BY_RULE, .rule = &keys, .verb = VERB_READ, .reason = "private keys"};
static const struct decision allowed = {
	.by = BY_RULE, .verdict = VERDICT_ALLOW, .rule = &open_rule, .verb = VERB_READ};
static const struct decision unanswered = {.by = BY_UNATTENDED, .verb = VERB_READ};

static json_t *summary_load(const struct summary *summary)
{
	_cleanup_(buffer_done) struct buffer text = {};

	CHECK_INT(summary_json(summary, &run, &text), 0);
	return json_loads(text.data ? text.data : "", JSON_REJECT_DUPLICATES, NULL);
}

static long long number(json_t *object, const char *a, const char *b, const char *c)
{
	object = json_object_get(object, a);
	object = b ? json_object_get(object, b) : object;
	object = c ? json_object_get(object, c) : object;
	return json_is_integer(object) ? (long long)json_integer_value(object) : -1;
}

static void test_calls_decisions_and_rules_are_counted(void)
{
	_cleanup_(summary_freep) struct summary *summary = NULL;
	json_t *object;

	CHECK_INT(summary_new(&summary), 0);
	for (int i = 0; i < 7; i++)
		add(summary, "/etc/hosts", "/bin/cat", &allowed);
	for (int i = 0; i < 3; i++)
		add(summary, "/home/a/.ssh/id", "/bin/cat", &denied);
	summary_add_question(summary);
	add(summary, "/x", NULL, &unanswered);
	object = summary_load(summary);
	CHECK_INT(number(object, "v", NULL, NULL), 1);
	CHECK_INT(number(object, "exit_status", NULL, NULL), 3);
	CHECK_INT(number(object, "decisions", "allow", NULL), 7);
	CHECK_INT(number(object, "decisions", "deny", NULL), 4);
	CHECK_INT(number(object, "decisions", "asked", NULL), 1);
	CHECK_INT(number(object, "calls", "openat", "deny"), 4);
	CHECK_INT(number(object, "rules", "builtin:4", "deny"), 3);
	CHECK_INT(number(object, "rules", "user:1", "allow"), 7);
	CHECK_INT(number(object, "by", "rule", "allow"), 7);
	CHECK_INT(json_array_size(json_object_get(object, "denials")), 2);
	json_decref(object);
}

static void test_equal_denials_are_one_and_unequal_are_not(void)
{
	_cleanup_(summary_freep) struct summary *summary = NULL;
	json_t *object, *denials, *first;

	CHECK_INT(summary_new(&summary), 0);
	add(summary, "/a", "/bin/cat", &denied);
	add(summary, "/a", "/bin/cat", &denied);
	add(summary, "/a", "/bin/dog", &denied);
	add(summary, "/b", "/bin/cat", &denied);
	add(summary, "/a", "/bin/cat", &unanswered);
	add(summary, NULL, "/bin/cat", &denied);
	add(summary, "", "/bin/cat", &denied);
	add(summary, "/\xff\"\n", "/bin/cat", &denied);
	object = summary_load(summary);
	denials = json_object_get(object, "denials");
	CHECK_INT(json_array_size(denials), 7);
	first = json_array_get(denials, 0);
	CHECK_INT(number(first, "count", NULL, NULL), 2);
	CHECK_STRING(json_string_value(json_object_get(first, "path")), "/a");
	CHECK_STRING(json_string_value(json_object_get(first, "rule")), "builtin:4");
	CHECK_STRING(json_string_value(json_object_get(json_array_get(denials, 6), "path_hex")),
		     "2fff220a");
	json_decref(object);
}

static void test_an_address_is_named_as_a_person_writes_it(void)
{
	static const struct {
		struct endpoint endpoint;
		const char *name;
	} cases[] = {
		{{.family = AF_INET, .port = 80, .address = {192, 0, 2, 1}}, "192.0.2.1:80"},
		{{.family = AF_INET6, .port = 443, .address = {[15] = 1}}, "[::1]:443"},
		{{.family = AF_INET, .port = 22, .host = (char *)"a.example"}, "a.example:22"},
		{{.family = 0}, "?:0"},
	};
	_cleanup_(summary_freep) struct summary *summary = NULL;
	json_t *object;

	CHECK_INT(summary_new(&summary), 0);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct request request = {.call = MEDIATED_connect, .n_objects = 1};

		request.objects[0].kind = OBJECT_INET;
		request.objects[0].endpoint = cases[i].endpoint;
		summary_add(summary, &request, &unanswered);
	}
	object = summary_load(summary);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		CHECK_STRING(
			json_string_value(json_object_get(
				json_array_get(json_object_get(object, "denials"), i), "address")),
			cases[i].name);
	json_decref(object);
}

static void test_memory_is_bounded_under_many_hostile_names(void)
{
	_cleanup_(summary_freep) struct summary *summary = NULL;
	_cleanup_free_ char *path = malloc(SUMMARY_NAME_MAX + 2);
	struct decision decision = denied;
	json_t *object;

	CHECK_INT(summary_new(&summary), 0);
	memset(path, 'p', SUMMARY_NAME_MAX + 1);
	path[SUMMARY_NAME_MAX + 1] = '\0';
	add(summary, path, "/bin/cat", &denied);
	for (int i = 0; i < 50000; i++) {
		path[SUMMARY_NAME_MAX] = '\0';
		snprintf(path, 16, "/%09d", i);
		path[10] = 'x';
		add(summary, path, path, &decision);
	}
	CHECK(mallinfo2().uordblks < 32u << 20);
	object = summary_load(summary);
	CHECK_INT(json_array_size(json_object_get(object, "denials")), SUMMARY_DENIALS_MAX);
	CHECK_INT(number(object, "denials_omitted", NULL, NULL), 50001 - SUMMARY_DENIALS_MAX);
	CHECK_INT(number(object, "decisions", "deny", NULL), 50001);
	json_decref(object);
}

static void test_more_rules_than_are_kept_are_counted_together(void)
{
	_cleanup_(summary_freep) struct summary *summary = NULL;
	json_t *object;

	CHECK_INT(summary_new(&summary), 0);
	for (int i = 0; i < SUMMARY_RULES_MAX + 5; i++) {
		char id[32];
		struct rule_info rule = {.id = id};
		struct decision decision = {.verdict = VERDICT_ALLOW, .by = BY_RULE, .rule = &rule};

		snprintf(id, sizeof(id), "user:%d", i);
		add(summary, "/a", NULL, &decision);
	}
	object = summary_load(summary);
	CHECK_INT(json_object_size(json_object_get(object, "rules")), SUMMARY_RULES_MAX);
	CHECK_INT(number(object, "rules_omitted", NULL, NULL), 5);
	json_decref(object);
}

static void test_the_text_escapes_what_the_agent_chose(void)
{
	_cleanup_(summary_freep) struct summary *summary = NULL;
	_cleanup_(buffer_done) struct buffer text = {};

	CHECK_INT(summary_new(&summary), 0);
	add(summary, "/etc/hosts", "/bin/cat", &allowed);
	CHECK_INT(summary_text(summary, &text), 0);
	CHECK_INT(text.len, 0);
	add(summary, "/x", "/bin/cat", &unanswered);
	for (int i = 0; i < 2; i++)
		add(summary, "/\x1b[2Jy\n  allowed", "/bin/\xe2\x80\xaetac", &denied);
	CHECK_INT(summary_text(summary, &text), 0);
	CHECK_STRING(
		text.data,
		"callgate: 3 of 4 calls denied\n"
		"  2 read by builtin:4: private keys\n"
		"    openat /\\x1b[2Jy\\n  allowed by /bin/\\xe2\\x80\\xaetac (2 times)\n"
		"    hint: protected: only a rule with \"unprotect\": true allows it\n"
		"  1 read by unattended\n"
		"    openat /x by /bin/cat\n"
		"    hint: it would have been asked: run callgate on a terminal, or allow it by a "
		"rule\n");
}

static void test_the_text_is_short_whatever_happened(void)
{
	_cleanup_(summary_freep) struct summary *summary = NULL;
	_cleanup_(buffer_done) struct buffer text = {};

	CHECK_INT(summary_new(&summary), 0);
	for (int i = 0; i < 5000; i++) {
		char id[32], path[5000];
		struct rule_info rule = {.id = id};
		struct decision decision = {.by = BY_RULE, .rule = &rule};

		snprintf(id, sizeof(id), "user:%d", i % 50);
		snprintf(path, sizeof(path), "/%d/%04000d", i, 0);
		add(summary, path, path, &decision);
	}
	CHECK_INT(summary_text(summary, &text), 0);
	CHECK(text.len < 64 << 10);
	CHECK(strstr(text.data, "and 40 more causes") != NULL);
	CHECK(strstr(text.data, "calls that are only in the record") != NULL);
}

static void test_the_summary_reaches_a_descriptor_whole(void)
{
	_cleanup_(summary_freep) struct summary *summary = NULL;
	_cleanup_free_ char *data = NULL;
	size_t len;
	int fds[2];

	CHECK_INT(summary_new(&summary), 0);
	CHECK_INT(pipe(fds), 0);
	CHECK_INT(summary_write(summary, &run, fds[1]), 0);
	close(fds[1]);
	CHECK_INT(fd_read_file(fds[0], 65536, &data, &len), 0);
	CHECK(len > 2 && data[0] == '{' && data[len - 1] == '\n');
	CHECK(summary_write(summary, &run, fds[1]) < 0);
	close(fds[0]);
}

int main(void)
{
	RUN(test_calls_decisions_and_rules_are_counted);
	RUN(test_equal_denials_are_one_and_unequal_are_not);
	RUN(test_an_address_is_named_as_a_person_writes_it);
	RUN(test_memory_is_bounded_under_many_hostile_names);
	RUN(test_more_rules_than_are_kept_are_counted_together);
	RUN(test_the_text_escapes_what_the_agent_chose);
	RUN(test_the_text_is_short_whatever_happened);
	RUN(test_the_summary_reaches_a_descriptor_whole);
	return check_summary();
}
