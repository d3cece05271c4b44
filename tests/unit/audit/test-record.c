/* SPDX-License-Identifier: Apache-2.0 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>

#include "enforcer/audit/record.h"
#include "enforcer/base/buffer.h"
#include "tests/support/check.h"
#include "tests/unit/audit/document.h"

static const struct record_context context = {
	.run = "20260102-030405-7f3a",
	.sequence = 17,
	.time_ns = 1767323045678901234,
	.duration_ns = 14250,
};
static const struct rule_info rule = {.id = "builtin:4",
				      .layer = LAYER_BUILTIN,
				      .effect = VERDICT_DENY,
				      .reason = "private keys"};
static const struct outcome refused = {OUTCOME_ERROR, EACCES};

static const char *string_of(json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

static struct request read_request(char *path)
{
	return (struct request){
		.pid = 4711,
		.tid = 4712,
		.program = (char *)"/usr/bin/cat",
		.call = MEDIATED_openat,
		.flags = O_RDONLY | O_CLOEXEC,
		.n_objects = 1,
		.objects = {{.kind = OBJECT_PATH,
			     .verbs = VERB_READ,
			     .path = path,
			     .exists = true,
			     .dev = 65024,
			     .ino = 1311}},
	};
}

static void test_a_denied_open_is_the_line_of_the_document(void)
{
	_cleanup_(buffer_done) struct buffer line = {};
	struct request request = read_request((char *)"/home/ada/.ssh/id_ed25519");
	struct decision decision = {.verdict = VERDICT_DENY,
				    .by = BY_RULE,
				    .rule = &rule,
				    .verb = VERB_READ,
				    .reason = "private keys"};

	CHECK_INT(record_call(&context, &request, &decision, &refused, &line), 0);
	CHECK_STRING(
		line.data,
		"{\"v\":1,\"event\":\"call\",\"time\":\"2026-01-02T03:04:05.678901234Z\","
		"\"run\":\"20260102-030405-7f3a\",\"seq\":17,\"pid\":4711,\"tid\":4712,"
		"\"program\":\"/usr/bin/cat\",\"call\":\"openat\",\"flags\":\"O_RDONLY|O_CLOEXEC\","
		"\"objects\":[{\"kind\":\"path\",\"path\":\"/home/ada/.ssh/id_ed25519\","
		"\"verbs\":[\"read\"],\"exists\":true,\"inode\":\"65024:1311\"}],"
		"\"verb\":\"read\",\"object\":0,\"decision\":\"deny\",\"by\":\"rule\","
		"\"rule\":\"builtin:4\",\"layer\":\"builtin\",\"reason\":\"private keys\","
		"\"outcome\":\"error\",\"errno\":\"EACCES\",\"duration_us\":14.250}\n");
	CHECK(is_in_the_document(line.data));
}

static void test_an_exec_tells_its_arguments(void)
{
	_cleanup_(buffer_done) struct buffer line = {};
	char *argv[] = {(char *)"git", (char *)"push", (char *)"or\"igin\n", (char *)"\xff", NULL};
	struct request request = {
		.pid = 9,
		.tid = 9,
		.program = (char *)"/usr/bin/bash",
		.call = MEDIATED_execve,
		.n_objects = 1,
		.argv = argv,
		.objects = {
			{.kind = OBJECT_PATH, .verbs = VERB_EXEC, .path = (char *)"/usr/bin/git"}}};
	struct decision decision = {.verdict = VERDICT_ALLOW, .by = BY_PERSON, .verb = VERB_EXEC};
	struct outcome outcome = {OUTCOME_CONTINUED, 0};

	CHECK_INT(record_call(&context, &request, &decision, &outcome, &line), 0);
	CHECK(strstr(line.data,
		     "\"call\":\"execve\",\"objects\":[{\"kind\":\"path\",\"path\":"
		     "\"/usr/bin/git\",\"verbs\":[\"exec\"]}],\"argv\":[\"git\",\"push\","
		     "\"or\\\"igin\\u000a\",{\"hex\":\"ff\"}],\"verb\":\"exec\",\"object\":0,"
		     "\"decision\":\"allow\",\"by\":\"person\",\"outcome\":\"continued\",") !=
	      NULL);
	CHECK(is_in_the_document(line.data));
}

static void test_a_secret_is_for_hooks_only(void)
{
	_cleanup_(buffer_done) struct buffer line = {}, told = {};
	char *argv[] = {(char *)"curl", (char *)"-u", (char *)"ada:hunter2",
			(char *)"https://api.example/", NULL};
	struct request request = {.pid = 9,
				  .tid = 9,
				  .program = (char *)"/usr/bin/bash",
				  .call = MEDIATED_execve,
				  .n_objects = 1,
				  .argv = argv,
				  .objects = {{.kind = OBJECT_PATH,
					       .verbs = VERB_EXEC,
					       .path = (char *)"/usr/bin/curl"}}};
	struct decision decision = {.verdict = VERDICT_ALLOW, .by = BY_PERSON, .verb = VERB_EXEC};
	const struct record_hook hook = {.request = &request, .decision = &decision};
	struct outcome outcome = {OUTCOME_CONTINUED, 0};

	CHECK_INT(record_call(&context, &request, &decision, &outcome, &line), 0);
	CHECK(strstr(line.data, "\"argv\":[\"curl\",\"-u\",\"ada:<redacted>\","
				"\"https://api.example/\"],\"redacted\":true,\"verb\"") != NULL);
	CHECK(is_in_the_document(line.data));
	CHECK_INT(record_hook_input(&context, &hook, &told), 0);
	CHECK(strstr(told.data, "ada:hunter2") && !strstr(told.data, "redacted"));
}

static void test_a_connect_tells_address_port_and_host(void)
{
	_cleanup_(buffer_done) struct buffer line = {};
	struct request request = {.pid = 9,
				  .tid = 10,
				  .call = MEDIATED_connect,
				  .n_objects = 1,
				  .objects = {{.kind = OBJECT_INET,
					       .verbs = VERB_CONNECT,
					       .endpoint = {.family = AF_INET,
							    .protocol = IPPROTO_TCP,
							    .port = 443,
							    .address = {198, 18, 0, 7},
							    .host = (char *)"registry.example"}}}};
	struct decision decision = {.verb = VERB_CONNECT, .by = BY_WALL};
	struct outcome outcome = {OUTCOME_ERROR, ENETUNREACH};

	CHECK_INT(record_call(&context, &request, &decision, &outcome, &line), 0);
	CHECK(strstr(line.data, "{\"kind\":\"inet\",\"address\":\"198.18.0.7\",\"port\":443,"
				"\"protocol\":\"tcp\",\"host\":\"registry.example\",\"verbs\":"
				"[\"connect\"]}") != NULL);
	CHECK(is_in_the_document(line.data));
}

static void test_a_name_cannot_forge_a_member_or_a_line(void)
{
	static const char *const names[] = {
		"/x\",\"decision\":\"allow",
		"/x\n{\"v\":1,\"event\":\"call\",\"decision\":\"allow\"}\n",
		"/x\\",
		"/x\\\",\"decision\":\"allow\",\"y\":\"",
		"/\xff\",\"decision\":\"allow",
		"/x\r\x1b[2K\x1b]0;t\x07",
		"/\xe2\x80\xa8\xc2\x9b\x7f",
		"",
	};

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		_cleanup_(buffer_done) struct buffer line = {};
		struct request request = read_request((char *)names[i]);
		struct decision decision = {.reason = names[i], .rule = &rule, .by = BY_RULE};
		json_t *object, *named;

		request.program = (char *)names[i];
		CHECK_INT(record_call(&context, &request, &decision, &refused, &line), 0);
		for (size_t b = 0; b + 1 < line.len; b++)
			CHECK(line.data[b] >= 0x20 && line.data[b] <= 0x7e);
		object = load(&line);
		named = json_array_get(json_object_get(object, "objects"), 0);
		CHECK_STRING(string_of(object, "decision"), "deny");
		if (!strchr(names[i], '\xff')) {
			CHECK_STRING(string_of(object, "program"), names[i]);
			CHECK_STRING(string_of(named, "path"), names[i]);
			CHECK_STRING(string_of(object, "reason"), names[i]);
		} else {
			CHECK_STRING(string_of(named, "path_hex"),
				     "2fff222c226465636973696f6e223a22616c6c6f77");
			CHECK(!json_object_get(named, "path"));
		}
		json_decref(object);
	}
}

static void test_every_outcome_has_its_words(void)
{
	static const struct {
		struct outcome outcome;
		const char *text;
	} cases[] = {
		{{OUTCOME_NONE, 0}, ",\"outcome\":\"none\",\"duration"},
		{{OUTCOME_ERROR, 4095}, ",\"outcome\":\"error\",\"errno\":\"4095\",\"duration"},
		{{OUTCOME_ERROR, ENOENT}, ",\"outcome\":\"error\",\"errno\":\"ENOENT\",\"duration"},
		{{OUTCOME_VALUE, -1}, ",\"outcome\":\"value\",\"value\":-1,\"duration"},
		{{OUTCOME_FD, 3}, ",\"outcome\":\"fd\",\"fd\":3,\"duration"},
		{{OUTCOME_CONTINUED, 0}, ",\"outcome\":\"continued\",\"duration"},
		{{OUTCOME_KILLED, SIGKILL}, ",\"outcome\":\"killed\",\"signal\":9,\"duration"},
		{{OUTCOME_GONE, 0}, ",\"outcome\":\"gone\",\"duration"},
	};
	struct request request = read_request((char *)"/x");
	struct decision decision = {};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		_cleanup_(buffer_done) struct buffer line = {};

		CHECK_INT(record_call(&context, &request, &decision, &cases[i].outcome, &line), 0);
		CHECK(strstr(line.data, cases[i].text) != NULL);
	}
}

/* What the record keeps of a vector: 256 elements, 4096 bytes of each, 32768 of all. */
static void test_a_long_vector_is_cut_and_says_so(void)
{
	static const struct {
		size_t n, len;
		bool told;
		size_t n_written;
		bool truncated;
	} cases[] = {
		{1, 4096, false, 1, false},
		{1, 4097, false, 1, true},
		{8, 4096, false, 8, false},
		{9, 4096, false, 8, true},
		{REQUEST_ARGV_MAX, 1, false, REQUEST_ARGV_MAX, false},
		{1, 1, true, 1, true},
		{0, 0, false, 0, false},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		_cleanup_(buffer_done) struct buffer line = {};
		struct request request = read_request((char *)"/x");
		struct decision decision = {};
		char *argv[REQUEST_ARGV_MAX + 1] = {}, argument[5000] = "";
		json_t *object;

		memset(argument, 'a', cases[i].len);
		argument[cases[i].len] = '\0';
		for (size_t a = 0; a < cases[i].n; a++)
			argv[a] = argument;
		request.argv = argv;
		request.argv_truncated = cases[i].told;
		CHECK_INT(record_call(&context, &request, &decision, &refused, &line), 0);
		CHECK(line.len <= record_size_bound(&request));
		object = load(&line);
		CHECK_INT(json_array_size(json_object_get(object, "argv")), cases[i].n_written);
		CHECK(json_is_true(json_object_get(object, "argv_truncated")) ==
		      cases[i].truncated);
		json_decref(object);
	}
}

static char *random_text(size_t max)
{
	size_t len = (size_t)rand() % (max + 1);
	char *text = malloc(len + 1);
	int kind = rand() % 4;

	for (size_t i = 0; i < len; i++)
		text[i] = (char)(kind == 0   ? 1
				 : kind == 1 ? 1 + rand() % 255
				 : kind == 2 ? '"'
					     : 'a');
	text[len] = '\0';
	return text;
}

static void random_request(struct request *ret_request, size_t max)
{
	struct request *r = ret_request;
	size_t n_argv = (size_t)rand() % (REQUEST_ARGV_MAX + 1);

	*r = (struct request){.cookie = 1, .pid = rand(), .tid = -rand()};
	r->call = (enum mediated)(rand() % MEDIATED_COUNT);
	r->flags = (uint64_t)rand() << 33 | (uint64_t)rand() << 2 | (unsigned)rand();
	r->program = rand() % 4 ? random_text(max) : NULL;
	r->n_objects = (size_t)rand() % (REQUEST_OBJECTS_MAX + 1);
	for (size_t i = 0; i < r->n_objects; i++) {
		struct object *object = &r->objects[i];

		object->kind = (enum object_kind)(rand() % (OBJECT_ANONYMOUS + 1));
		object->verbs = (unsigned)rand() & VERB_ALL;
		object->path = rand() % 4 ? random_text(max) : NULL;
		object->exists = object->directory = object->made_here = rand() % 2;
		object->dev = object->ino = UINT64_MAX;
		object->endpoint.family = rand() % 2 ? AF_INET6 : rand() % 3;
		memset(object->endpoint.address, rand(), sizeof(object->endpoint.address));
		object->endpoint.protocol = rand() % 2 ? -rand() : IPPROTO_TCP;
		object->endpoint.port = UINT16_MAX;
		object->endpoint.loopback = true;
		object->endpoint.host = rand() % 2 ? random_text(max) : NULL;
	}
	if (rand() % 2)
		return;
	r->argv = calloc(n_argv + 1, sizeof(*r->argv));
	for (size_t i = 0; i < n_argv; i++)
		r->argv[i] = random_text(max);
}

/* The longest decision there can be: ids, reason and verb at their limits. */
static void longest_decision(struct decision *ret_decision)
{
	static char id[200], reason[2000];
	static struct rule_info long_rule = {.id = id, .layer = LAYER_COMMAND_LINE};

	memset(id, 1, sizeof(id) - 1);
	memset(reason, 2, sizeof(reason) - 1);
	*ret_decision = (struct decision){.verdict = VERDICT_ALLOW,
					  .by = BY_UNATTENDED,
					  .rule = &long_rule,
					  .verb = VERB_CONNECT,
					  .object = 0,
					  .reason = reason};
}

static void test_no_line_is_longer_than_its_bound(void)
{
	struct record_context longest = {
		.sequence = INT64_MAX, .time_ns = UINT64_MAX, .duration_ns = UINT64_MAX};
	char run[RECORD_ID_MAX + 1] = "";
	struct outcome outcome = {OUTCOME_ERROR, INT64_MIN};
	struct decision decision;

	memset(run, 1, RECORD_ID_MAX);
	longest.run = run;
	longest_decision(&decision);
	srand(2);
	for (int round = 0; round < 3000; round++) {
		_cleanup_(buffer_done) struct buffer line = {};
		struct request request;
		size_t bound;
		json_t *object;

		random_request(&request, round % 100 == 0 ? 20000 : round % 3 ? 40 : 4200);
		bound = record_size_bound(&request);
		CHECK_INT(record_call(&longest, &request, &decision, &outcome, &line), 0);
		CHECK(line.len <= bound);
		CHECK(bound <= RECORD_CALL_MAX);
		object = load(&line);
		CHECK(object != NULL);
		json_decref(object);
		request_done(&request);
		if (check_failures)
			return;
	}
}

static void test_a_request_that_claims_too_many_objects_is_cut(void)
{
	_cleanup_(buffer_done) struct buffer line = {};
	struct request request = read_request(NULL);
	struct decision decision = {.object = 1000};
	json_t *object;

	request.n_objects = 1000;
	CHECK_INT(record_call(&context, &request, &decision, &refused, &line), 0);
	object = load(&line);
	CHECK_INT(json_array_size(json_object_get(object, "objects")), REQUEST_OBJECTS_MAX);
	CHECK(!json_object_get(object, "object"));
	json_decref(object);
}

static void test_detail_says_what_is_recorded(void)
{
	static const struct {
		enum audit_detail detail;
		unsigned verbs;
		enum verdict verdict;
		bool wanted;
	} cases[] = {
		{AUDIT_DETAIL_ALL, VERB_READ, VERDICT_ALLOW, true},
		{AUDIT_DETAIL_ALL, 0, VERDICT_DENY, true},
		{AUDIT_DETAIL_CHANGES, VERB_READ, VERDICT_ALLOW, false},
		{AUDIT_DETAIL_CHANGES, VERB_EXEC, VERDICT_ALLOW, false},
		{AUDIT_DETAIL_CHANGES, 0, VERDICT_ALLOW, false},
		{AUDIT_DETAIL_CHANGES, VERB_READ | VERB_WRITE, VERDICT_ALLOW, true},
		{AUDIT_DETAIL_CHANGES, VERB_CONNECT, VERDICT_ALLOW, true},
		{AUDIT_DETAIL_CHANGES, VERB_LISTEN, VERDICT_ALLOW, true},
		{AUDIT_DETAIL_CHANGES, VERB_READ, VERDICT_DENY, true},
		{AUDIT_DETAIL_CHANGES, VERB_READ, VERDICT_ASK, true},
		{AUDIT_DETAIL_DENIALS, VERB_WRITE, VERDICT_ALLOW, false},
		{AUDIT_DETAIL_DENIALS, VERB_READ, VERDICT_DENY, true},
		{AUDIT_DETAIL_NONE, VERB_WRITE, VERDICT_DENY, false},
		{(enum audit_detail)99, VERB_READ, VERDICT_ALLOW, true},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct request request = read_request(NULL);
		struct decision decision = {.verdict = cases[i].verdict};

		request.objects[0].verbs = cases[i].verbs;
		CHECK_INT(record_wanted(cases[i].detail, &request, &decision), cases[i].wanted);
	}
}

/* Not a check: machines differ. docs/decisions/0002 quotes it. */
static void test_the_cost_of_a_line_is_told(void)
{
	_cleanup_(buffer_done) struct buffer line = {};
	struct request request =
		read_request((char *)"/home/ada/project/src/module/file-number-12.c");
	struct decision decision = {
		.verdict = VERDICT_ALLOW, .by = BY_RULE, .rule = &rule, .verb = VERB_READ};
	struct outcome outcome = {OUTCOME_FD, 3};
	struct timespec from, to;
	size_t bound = 0;

	clock_gettime(CLOCK_MONOTONIC, &from);
	for (int i = 0; i < 100000; i++) {
		line.len = 0;
		bound += record_size_bound(&request);
		record_call(&context, &request, &decision, &outcome, &line);
	}
	clock_gettime(CLOCK_MONOTONIC, &to);
	CHECK(bound > 0);
	printf("# a line of %zu bytes: %ld ns\n", line.len,
	       ((to.tv_sec - from.tv_sec) * 1000000000 + to.tv_nsec - from.tv_nsec) / 100000);
}

int main(void)
{
	RUN(test_a_denied_open_is_the_line_of_the_document);
	RUN(test_an_exec_tells_its_arguments);
	RUN(test_a_secret_is_for_hooks_only);
	RUN(test_a_connect_tells_address_port_and_host);
	RUN(test_a_name_cannot_forge_a_member_or_a_line);
	RUN(test_every_outcome_has_its_words);
	RUN(test_a_long_vector_is_cut_and_says_so);
	RUN(test_no_line_is_longer_than_its_bound);
	RUN(test_a_request_that_claims_too_many_objects_is_cut);
	RUN(test_detail_says_what_is_recorded);
	RUN(test_the_cost_of_a_line_is_told);
	return check_summary();
}
