/* SPDX-License-Identifier: Apache-2.0 */
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "enforcer/approval/question.h"
#include "enforcer/base/cleanup.h"
#include "tests/support/check.h"

static const struct rule_info rule = {.id = "user:3",
				      .layer = LAYER_USER,
				      .effect = VERDICT_ASK,
				      .reason = "deploy secrets",
				      .file = "/home/me/.config/callgate/policy.json",
				      .line = 12};
static const struct decision asked = {
	.verdict = VERDICT_ASK, .by = BY_RULE, .rule = &rule, .verb = VERB_READ};

static struct request read_of(char *path)
{
	return (struct request){
		.pid = 42,
		.tid = 43,
		.call = MEDIATED_openat,
		.program = (char *)"/usr/bin/cat",
		.n_objects = 1,
		.objects = {
			{.kind = OBJECT_PATH, .verbs = VERB_READ, .path = path, .exists = true}}};
}

static void test_text_names_program_object_verb_and_rule(void)
{
	struct request request = read_of((char *)"/home/me/prod.env");
	_cleanup_(buffer_done) struct buffer text = {};
	bool whole = false;

	question_append_text(&text, &request, &asked, &whole);
	CHECK(whole);
	CHECK_STRING(text.data,
		     "/usr/bin/cat (pid 42) wants to\n"
		     "    read  /home/me/prod.env\n"
		     "  by the call openat\n"
		     "  asked by rule user:3 (/home/me/.config/callgate/policy.json:12): "
		     "deploy secrets\n");
}

static void test_text_of_the_agent_is_escaped(void)
{
	struct request request = read_of((char *)"/x\x1b[2J\n  a\r\xe2\x80\xae");
	_cleanup_(buffer_done) struct buffer text = {};
	char *argv[] = {(char *)"git", (char *)"a b", (char *)"\"; \x1b", (char *)"", NULL};
	bool whole = false;

	request.program = (char *)"/bin/\x9b"
				  "cat\n";
	request.argv = argv;
	question_append_text(&text, &request, &asked, &whole);
	CHECK(strstr(text.data, "/x\\x1b[2J\\n  a\\x0d\\xe2\\x80\\xae\n"));
	CHECK(strstr(text.data, "/bin/\\x9bcat\\n (pid"));
	CHECK(strstr(text.data, "  with arguments \"git\" \"a b\" \"\\\"; \\x1b\" \"\"\n"));
	CHECK(!strchr(text.data, 0x1b));
	CHECK(whole);
}

static void test_all_objects_are_shown(void)
{
	struct request request = read_of((char *)"/a");
	_cleanup_(buffer_done) struct buffer text = {};
	bool whole = false;

	request.call = MEDIATED_rename;
	request.n_objects = 2;
	request.objects[0].verbs = VERB_READ | VERB_WRITE;
	request.objects[1] =
		(struct object){.kind = OBJECT_PATH, .verbs = VERB_WRITE, .path = (char *)"/b"};
	question_append_text(&text, &request, &asked, &whole);
	CHECK(strstr(text.data, "    read, write  /a\n    write  /b (new)\n"));
}

static void test_what_does_not_fit_is_cut_and_says_so(void)
{
	_cleanup_free_ char *path = calloc(1, QUESTION_OBJECT_MAX + 2);
	bool whole = false;

	for (size_t len = QUESTION_OBJECT_MAX; len <= QUESTION_OBJECT_MAX + 1; len++) {
		struct request request = read_of(path);
		_cleanup_(buffer_done) struct buffer text = {};

		memset(path, 'x', len);
		question_append_text(&text, &request, &asked, &whole);
		CHECK_INT(whole, len == QUESTION_OBJECT_MAX);
		CHECK_INT(strstr(text.data, "[cut: 1025 bytes in all]") != NULL, !whole);
	}
}

static void test_long_arguments_are_cut_and_say_so(void)
{
	struct request request = read_of((char *)"/bin/sh");
	_cleanup_(buffer_done) struct buffer text = {};
	_cleanup_free_ char *spaces = calloc(1, 5001);
	char *argv[] = {(char *)"sh", (char *)"-c", spaces, (char *)"evil", NULL};
	bool whole = true;

	memset(spaces, ' ', 5000);
	request.argv = argv;
	question_append_text(&text, &request, &asked, &whole);
	CHECK(!whole);
	CHECK(strstr(text.data, "[cut: there are more]"));
	CHECK(text.len < 2500);
}

static void test_address_or_name_is_shown(void)
{
	struct request request = read_of(NULL);
	_cleanup_(buffer_done) struct buffer text = {}, named = {};
	bool whole = false;

	request.call = MEDIATED_connect;
	request.objects[0] = (struct object){.kind = OBJECT_INET,
					     .verbs = VERB_CONNECT,
					     .endpoint = {.family = AF_INET,
							  .protocol = IPPROTO_TCP,
							  .port = 443,
							  .address = {192, 0, 2, 7}}};
	question_append_text(&text, &request, &asked, &whole);
	CHECK(strstr(text.data, "    connect  192.0.2.7 port 443\n"));
	request.objects[0].endpoint.host = (char *)"x.example";
	request.objects[0].endpoint.protocol = IPPROTO_UDP;
	question_append_text(&named, &request, &asked, &whole);
	CHECK(strstr(named.data, "    connect  x.example port 443 (udp)\n"));
}

static bool same_key(const struct request *one, const struct request *other)
{
	_cleanup_(buffer_done) struct buffer a = {}, b = {};

	question_append_key(&a, one, &asked);
	question_append_key(&b, other, &asked);
	return a.len > 0 && a.len == b.len && memcmp(a.data, b.data, a.len) == 0;
}

static void test_keys_differ_where_the_question_does(void)
{
	struct request one = read_of((char *)"/a"), other = read_of((char *)"/a");
	char *ab[] = {(char *)"a", (char *)"b", NULL}, *a_b[] = {(char *)"a b", NULL};

	other.pid = 99;
	other.cookie = 7;
	CHECK(same_key(&one, &other));
	other.objects[0].path = (char *)"/ab";
	CHECK(!same_key(&one, &other));
	other = read_of((char *)"/a");
	other.objects[0].verbs = VERB_WRITE;
	CHECK(!same_key(&one, &other));
	other = read_of((char *)"/a");
	other.program = (char *)"/usr/bin/less";
	CHECK(!same_key(&one, &other));
	other = read_of((char *)"/a");
	other.objects[other.n_objects++] =
		(struct object){.kind = OBJECT_PATH, .path = (char *)"/b"};
	CHECK(!same_key(&one, &other));
	other = one;
	one.argv = ab;
	other.argv = a_b;
	CHECK(!same_key(&one, &other));
}

static void test_a_cut_vector_has_no_key(void)
{
	struct request request = read_of((char *)"/a");
	char *argv[] = {(char *)"a", NULL};

	request.argv = argv;
	CHECK(same_key(&request, &request));
	request.argv_truncated = true;
	CHECK(!same_key(&request, &request));
}

int main(void)
{
	RUN(test_text_names_program_object_verb_and_rule);
	RUN(test_text_of_the_agent_is_escaped);
	RUN(test_all_objects_are_shown);
	RUN(test_what_does_not_fit_is_cut_and_says_so);
	RUN(test_long_arguments_are_cut_and_say_so);
	RUN(test_address_or_name_is_shown);
	RUN(test_keys_differ_where_the_question_does);
	RUN(test_a_cut_vector_has_no_key);
	return check_summary();
}
