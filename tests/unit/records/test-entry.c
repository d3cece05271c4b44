/* SPDX-License-Identifier: Apache-2.0 */
/* What record.c writes, entry.c reads: the same request, or none that could be judged again. */
#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>

#include "enforcer/audit/record.h"
#include "enforcer/base/buffer.h"
#include "enforcer/base/cleanup.h"
#include "enforcer/records/entry.h"
#include "tests/support/check.h"

static const struct record_context context = {.run = "20260102-030405-7f3a",
					      .sequence = 17,
					      .time_ns = 1767323045678901234,
					      .duration_ns = 14250,
					      .question = 3,
					      .grant = 4};

static void read_back(const struct request *request, const struct decision *decision,
		      struct entry *ret_entry)
{
	_cleanup_(buffer_done) struct buffer line = {};
	const struct outcome outcome = {OUTCOME_ERROR, EACCES};

	CHECK_INT(record_call(&context, request, decision, &outcome, &line), 0);
	CHECK_INT(entry_parse(ret_entry, line.data, line.len - 1), 0);
}

static void test_a_call_comes_back_as_it_was(void)
{
	char *argv[] = {(char *)"git", (char *)"or\"igin\n", (char *)"\xff", NULL};
	const struct rule_info rule = {.id = "user:3", .layer = LAYER_USER, .reason = "why"};
	const struct request request = {.pid = 10,
					.tid = 11,
					.ppid = 9,
					.call = MEDIATED_execve,
					.program = (char *)"/usr/bin/\xfe",
					.argv = argv,
					.n_objects = 3,
					.objects = {{.kind = OBJECT_PATH,
						     .verbs = VERB_EXEC | VERB_READ,
						     .path = (char *)"/bin/\x1b[2J",
						     .exists = true,
						     .dev = 65024,
						     .ino = UINT64_MAX},
						    {.kind = OBJECT_PATH,
						     .path = (char *)"/d",
						     .directory = true,
						     .made_here = true},
						    {.kind = OBJECT_INET,
						     .verbs = VERB_CONNECT,
						     .endpoint = {.family = AF_INET6,
								  .protocol = IPPROTO_ICMPV6,
								  .port = 443,
								  .address = {0x20, 1, [15] = 7},
								  .loopback = true,
								  .host = (char *)"example.com"}}}};
	const struct decision decision = {.verdict = VERDICT_ALLOW,
					  .by = BY_PERSON,
					  .rule = &rule,
					  .verb = VERB_EXEC,
					  .object = 0};
	struct entry entry;

	read_back(&request, &decision, &entry);
	CHECK(entry.whole);
	CHECK_INT(entry.event, ENTRY_CALL);
	CHECK_INT(entry.seq, 17);
	CHECK(entry.time_ns == 1767323045678901234);
	CHECK_INT(entry.request.pid, 10);
	CHECK_INT(entry.request.tid, 11);
	CHECK_INT(entry.request.ppid, 9);
	CHECK_INT(entry.request.call, MEDIATED_execve);
	CHECK_STRING(entry.request.program, request.program);
	CHECK_INT(entry.request.n_objects, 3);
	for (size_t i = 0; i < 3; i++) {
		const struct object *a = &entry.request.objects[i], *b = &request.objects[i];

		CHECK(a->kind == b->kind && a->verbs == b->verbs && a->exists == b->exists &&
		      a->directory == b->directory && a->made_here == b->made_here &&
		      a->dev == b->dev && a->ino == b->ino);
		if (b->path)
			CHECK_STRING(a->path, b->path);
	}
	CHECK(memcmp(&entry.request.objects[2].endpoint, &request.objects[2].endpoint,
		     offsetof(struct endpoint, host)) == 0);
	CHECK_STRING(entry.request.objects[2].endpoint.host, "example.com");
	for (size_t i = 0; i < 4; i++)
		CHECK(argv[i] ? strcmp(entry.request.argv[i], argv[i]) == 0
			      : !entry.request.argv[i]);
	CHECK_INT(entry.verdict, VERDICT_ALLOW);
	CHECK_INT(entry.by, BY_PERSON);
	CHECK_INT(entry.verb, VERB_EXEC);
	CHECK_STRING(entry.rule, "user:3");
	CHECK_STRING(entry.layer, "user");
	CHECK_STRING(entry.reason, "why");
	CHECK_STRING(entry.error, "EACCES");
	CHECK_INT(entry.duration_ns, 14250);
	CHECK_INT(entry.question, 3);
	CHECK_INT(entry.grant, 4);
	entry_done(&entry);
}

static void test_what_was_cut_is_not_whole(void)
{
	_cleanup_free_ char *name = calloc(1, RECORD_NAME_MAX + 2);
	struct request request = {.call = MEDIATED_openat, .n_objects = 1};
	const struct decision decision = {};
	struct entry entry;

	CHECK(name != NULL);
	memset(name, 'a', RECORD_NAME_MAX + 1);
	request.objects[0] = (struct object){.kind = OBJECT_PATH, .path = name};
	read_back(&request, &decision, &entry);
	CHECK(!entry.whole);
	entry_done(&entry);
	name[RECORD_NAME_MAX] = '\0';
	read_back(&request, &decision, &entry);
	CHECK(entry.whole);
	entry_done(&entry);
	request.objects[0] = (struct object){};
	request.argv = (char *[]){(char *)"x", NULL};
	request.argv_truncated = true;
	read_back(&request, &decision, &entry);
	CHECK(!entry.whole);
	entry_done(&entry);
}

static void check_parse(const char *line, int error)
{
	struct entry entry;
	int r = entry_parse(&entry, line, strlen(line));

	if (r != error)
		fprintf(stderr, "%s\n", line);
	CHECK_INT(r, error);
	if (r == 0)
		entry_done(&entry);
}

static void test_lines_of_strangers_do_no_harm(void)
{
	static const char *const none[] = {
		"",
		"x",
		"[]",
		"1",
		"{}",
		"{\"v\":1}",
		"{\"v\":2,\"event\":\"call\",\"run\":\"a\"}",
		"{\"v\":1,\"event\":7,\"run\":\"a\"}",
		"{\"v\":1,\"event\":\"call\",\"run\":\"a\"",
	};
	static const char *const odd[] = {
		"{\"v\":1,\"event\":\"call\",\"run\":\"a\"}",
		"{\"v\":1,\"event\":\"new\",\"run\":\"a\",\"more\":[{}]}",
		"{\"v\":1,\"event\":\"call\",\"run\":\"a\",\"objects\":7,\"argv\":{},\"pid\":"
		"\"x\"}",
		"{\"v\":1,\"event\":\"call\",\"run\":\"a\",\"objects\":[7,null,{\"kind\":\"path\"}]"
		","
		"\"argv\":[1,{\"hex\":\"zz\"}],\"object\":-1}",
		"{\"v\":1,\"event\":\"call\",\"run\":\"a\",\"object\":99,\"objects\":[{\"kind\":"
		"\"path\",\"path_hex\":\"6100\",\"inode\":\"x\"}]}",
		"{\"v\":1,\"event\":\"call\",\"run\":\"a\",\"objects\":[1,2,3,4,5,6,7,8,9,10]}",
		"{\"v\":1,\"event\":\"call\",\"run\":\"a\",\"duration_us\":-1e300,\"time\":\"x\"}",
	};

	for (size_t i = 0; i < ARRAY_LEN(none); i++)
		check_parse(none[i], -EINVAL);
	for (size_t i = 0; i < ARRAY_LEN(odd); i++)
		check_parse(odd[i], 0);
}

int main(void)
{
	RUN(test_a_call_comes_back_as_it_was);
	RUN(test_what_was_cut_is_not_whole);
	RUN(test_lines_of_strangers_do_no_harm);
	return check_summary();
}
