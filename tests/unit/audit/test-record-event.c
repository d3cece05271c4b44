/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>

#include "enforcer/audit/record-event.h"
#include "tests/support/check.h"
#include "tests/unit/audit/document.h"

static const struct record_context context = {
	.run = "20260102-030405-7f3a",
	.sequence = 17,
	.time_ns = 1767323045678901234,
	.duration_ns = 14250,
};

static void test_start_end_and_fault_are_the_lines_of_the_document(void)
{
	char *command[] = {(char *)"make", (char *)"-j2", NULL};
	char *workspaces[] = {(char *)"/home/ada/project", NULL};
	char *wall[] = {(char *)"bubblewrap", (char *)"seccomp wait-killable", (char *)"landlock 7",
			(char *)"view host",  (char *)"record preallocated",   NULL};
	struct record_start start = {.version = "0.1.0",
				     .kernel = "6.18.44",
				     .user = "ada",
				     .uid = 1000,
				     .policy_hash = "sha256:2c26b46b68ffc68ff99b453c1d304134",
				     .directory = "/home/ada/project",
				     .command = command,
				     .workspaces = workspaces,
				     .wall = wall};
	struct record_end end = {
		.status = 2, .allowed = 5120, .denied = 3, .asked = 1, .refused = 0};
	struct record_context first = context, last = context;

	first.sequence = 1;
	last.sequence = 5125;
	last.duration_ns = 61000250000;
	struct record_guest guest = {.port = 3000, .on = 8080, .from = "127.0.0.1:40612"};
	struct record_guest ended = {.port = 3000,
				     .on = 8080,
				     .from = "127.0.0.1:40612",
				     .sent = 52110,
				     .received = 431,
				     .how = "closed"};

	for (int i = 0; i < 5; i++) {
		_cleanup_(buffer_done) struct buffer line = {};
		json_t *object;

		if (i == 0)
			CHECK_INT(record_run_start(&first, &start, &line), 0);
		else if (i == 1)
			CHECK_INT(record_run_end(&last, &end, &line), 0);
		else if (i == 2)
			CHECK_INT(record_guest(&context, &guest, &line), 0);
		else if (i == 3)
			CHECK_INT(record_guest(&context, &ended, &line), 0);
		else
			CHECK_INT(record_fault(&context,
					       "no room for the record: calls are refused", -ENOSPC,
					       &line),
				  0);
		object = load(&line);
		CHECK(object != NULL);
		json_decref(object);
		CHECK(is_in_the_document(line.data));
	}
}

static void test_datagrams_are_the_lines_of_the_document(void)
{
	static const struct rule_info rule = {
		.id = "user:2", .layer = LAYER_USER, .effect = VERDICT_ALLOW};
	struct request request = {.pid = 9, .program = (char *)"/usr/sbin/ntpdate", .n_objects = 1};
	struct decision decision = {
		.verdict = VERDICT_ALLOW, .by = BY_RULE, .rule = &rule, .verb = VERB_CONNECT};
	struct record_connection end = {.host = "time.example",
					.family = AF_INET,
					.address = {192, 0, 2, 9},
					.port = 123,
					.sent = 48,
					.received = 48,
					.how = "idle",
					.pid = 9,
					.datagrams = true,
					.datagrams_sent = 1,
					.datagrams_received = 1};
	_cleanup_(buffer_done) struct buffer first = {}, last = {};

	request.objects[0] = (struct object){.kind = OBJECT_INET,
					     .verbs = VERB_CONNECT,
					     .endpoint = {.family = AF_INET,
							  .protocol = IPPROTO_UDP,
							  .port = 123,
							  .address = {198, 18, 1, 7},
							  .host = (char *)"time.example"}};
	CHECK_INT(record_datagrams(&context, &request, &decision, &first), 0);
	CHECK(is_in_the_document(first.data));
	CHECK_INT(record_connection_end(&context, &end, &last), 0);
	CHECK(is_in_the_document(last.data));
}

static void test_the_document_names_every_word(void)
{
	char word[64];

	for (unsigned i = 0; i <= BY_FAULT; i++) {
		snprintf(word, sizeof(word), "`%s`", decided_by_name((enum decided_by)i));
		CHECK(is_in_the_document(word));
	}
	for (unsigned i = 0; i <= OBJECT_ANONYMOUS; i++) {
		snprintf(word, sizeof(word), "`%s`", object_kind_name((enum object_kind)i));
		CHECK(is_in_the_document(word));
	}
	for (unsigned i = 0; i < LAYER_COUNT; i++) {
		snprintf(word, sizeof(word), "`%s`", layer_name((enum layer)i));
		CHECK(is_in_the_document(word));
	}
}

int main(void)
{
	RUN(test_start_end_and_fault_are_the_lines_of_the_document);
	RUN(test_datagrams_are_the_lines_of_the_document);
	RUN(test_the_document_names_every_word);
	return check_summary();
}
