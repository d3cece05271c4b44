/* SPDX-License-Identifier: Apache-2.0 */
/* Requests and replies as JSON-RPC 2.0 has them, and whatever else may come. */
#include <errno.h>
#include <stdlib.h>

#include "enforcer/base/cleanup.h"
#include "enforcer/control/rpc.h"
#include "tests/support/check.h"

static void test_what_is_no_request_has_a_code(void)
{
	static const struct {
		const char *line;
		int code;
		bool id;
	} cases[] = {
		{"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"list\"}", 0, true},
		{"{\"jsonrpc\":\"2.0\",\"id\":\"a\",\"method\":\"list\",\"params\":{}}", 0, true},
		{"{\"jsonrpc\":\"2.0\",\"id\":null,\"method\":\"list\"}", 0, true},
		{"{\"jsonrpc\":\"2.0\",\"method\":\"list\"}", 0, false},
		{"", RPC_PARSE_ERROR, false},
		{"{", RPC_PARSE_ERROR, false},
		{"{} {}", RPC_PARSE_ERROR, false},
		{"7", RPC_PARSE_ERROR, false},
		{"{\"jsonrpc\":\"2.0\",\"id\":1,\"id\":2,\"method\":\"list\"}", RPC_PARSE_ERROR,
		 false},
		{"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"a\\u0000b\"}", RPC_PARSE_ERROR, false},
		{"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"\xff\"}", RPC_PARSE_ERROR, false},
		{"[]", RPC_INVALID_REQUEST, false},
		{"[{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"list\"}]", RPC_INVALID_REQUEST,
		 false},
		{"{\"id\":1,\"method\":\"list\"}", RPC_INVALID_REQUEST, true},
		{"{\"jsonrpc\":2.0,\"id\":1,\"method\":\"list\"}", RPC_INVALID_REQUEST, true},
		{"{\"jsonrpc\":\"1.0\",\"id\":1,\"method\":\"list\"}", RPC_INVALID_REQUEST, true},
		{"{\"jsonrpc\":\"2.0\",\"id\":1}", RPC_INVALID_REQUEST, true},
		{"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":7}", RPC_INVALID_REQUEST, true},
		{"{\"jsonrpc\":\"2.0\",\"id\":1.5,\"method\":\"list\"}", RPC_INVALID_REQUEST,
		 false},
		{"{\"jsonrpc\":\"2.0\",\"id\":{},\"method\":\"list\"}", RPC_INVALID_REQUEST, false},
		{"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"list\",\"params\":[1]}",
		 RPC_INVALID_PARAMS, true},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct failure failure = {};
		struct rpc_request request;
		_cleanup_free_ char *line = NULL;
		int code = rpc_parse(cases[i].line, strlen(cases[i].line), &request, &failure);

		CHECK_INT(code, cases[i].code);
		CHECK_INT(request.id != NULL, cases[i].id);
		CHECK_INT(failure.text[0] != '\0', code != 0);
		/* Whatever it was, it has a reply that is JSON. */
		line = rpc_error_line(request.id, code, &failure);
		CHECK(line && !strchr(line, '\n'));
		rpc_request_done(&request);
	}
}

static void test_a_deep_line_is_refused_and_not_followed(void)
{
	char line[20000];
	struct rpc_request request;

	memset(line, '[', sizeof(line));
	CHECK_INT(rpc_parse(line, sizeof(line), &request, NULL), RPC_PARSE_ERROR);
	rpc_request_done(&request);
}

static void test_lines_that_are_sent(void)
{
	struct failure failure = {.text = "no", .hint = "yes"};
	json_t *id = json_integer(3);
	_cleanup_free_ char *call = rpc_call_line(1, "list", NULL);
	_cleanup_free_ char *event = rpc_event_line("closing", json_pack("{s:s}", "a", "b\n"));
	_cleanup_free_ char *result = rpc_result_line(id, json_object());
	_cleanup_free_ char *error = rpc_error_line(NULL, RPC_PARSE_ERROR, &failure);

	CHECK_STRING(call, "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"list\",\"params\":{}}");
	CHECK_STRING(event,
		     "{\"jsonrpc\":\"2.0\",\"method\":\"closing\",\"params\":{\"a\":\"b\\n\"}}");
	CHECK_STRING(result, "{\"jsonrpc\":\"2.0\",\"id\":3,\"result\":{}}");
	CHECK_STRING(error, "{\"jsonrpc\":\"2.0\",\"id\":null,\"error\":{\"code\":-32700,"
			    "\"message\":\"no\",\"data\":{\"hint\":\"yes\"}}}");
	CHECK(rpc_event_line("closing", NULL) == NULL);
	json_decref(id);
}

static void test_words_that_are_no_text_are_not_sent(void)
{
	struct failure failure = {.text = "cut \xc3", .hint = "\xff"};
	_cleanup_free_ char *error = rpc_error_line(NULL, 1, &failure);

	CHECK_STRING(error, "{\"jsonrpc\":\"2.0\",\"id\":null,\"error\":{\"code\":1,"
			    "\"message\":\"failed\"}}");
}

static void test_parameters_are_what_they_must_be(void)
{
	static const char *const names[] = {"word", "flag", "number", NULL};
	struct failure failure = {};
	json_t *object = json_pack("{s:s, s:b, s:i}", "word", "x", "flag", 1, "number", 7);
	struct rpc_params params = {object, &failure};
	const char *word = NULL;
	bool flag = false;
	json_int_t number = 0;

	CHECK_INT(rpc_only(&params, names), 0);
	CHECK_INT(rpc_only(&params, names + 1), -EINVAL);
	CHECK(strstr(failure.text, "\"word\"") != NULL);
	CHECK_INT(rpc_get_string(&params, "word", &word), 0);
	CHECK_INT(rpc_get_bool(&params, "flag", &flag), 0);
	CHECK_INT(rpc_get_number(&params, "number", 7, &number), 0);
	CHECK_STRING(word, "x");
	CHECK(flag && number == 7);
	CHECK_INT(rpc_get_number(&params, "number", 6, &number), -EINVAL);
	CHECK_INT(rpc_get_string(&params, "number", &word), -EINVAL);
	CHECK_INT(rpc_get_bool(&params, "number", &flag), -EINVAL);
	CHECK_INT(rpc_get_number(&params, "word", 7, &number), -EINVAL);
	CHECK_INT(rpc_get_string(&params, "missing", &word), 0);
	CHECK_STRING(word, "x");
	json_decref(object);
	/* None at all is as good as an empty one. */
	params.object = NULL;
	CHECK_INT(rpc_only(&params, names), 0);
	CHECK_INT(rpc_get_string(&params, "word", &word), 0);
}

int main(void)
{
	RUN(test_what_is_no_request_has_a_code);
	RUN(test_a_deep_line_is_refused_and_not_followed);
	RUN(test_lines_that_are_sent);
	RUN(test_words_that_are_no_text_are_not_sent);
	RUN(test_parameters_are_what_they_must_be);
	return check_summary();
}
