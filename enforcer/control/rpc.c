/* SPDX-License-Identifier: Apache-2.0 */
/* JSON-RPC 2.0, one message a line. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "enforcer/control/rpc.h"

#define SHORT_NAME 64

static bool is_id(const json_t *id)
{
	return json_is_string(id) || json_is_integer(id) || json_is_null(id);
}

static int invalid(struct failure *reterr, const char *what)
{
	failure_set(reterr, -EINVAL, "%s", what);
	return RPC_INVALID_REQUEST;
}

int rpc_parse(const char *line, size_t len, struct rpc_request *ret_request, struct failure *reterr)
{
	struct rpc_request *request = ret_request;
	json_error_t where;
	const json_t *method, *version;

	*request = (struct rpc_request){
		.message = json_loadb(line, len, JSON_REJECT_DUPLICATES, &where)};
	if (!request->message) {
		failure_set(reterr, -EINVAL, "no JSON object or array (byte %d)", where.position);
		return RPC_PARSE_ERROR;
	}
	if (json_is_array(request->message))
		return invalid(reterr, "a request is an object; batches are not supported");
	request->id = json_object_get(request->message, "id");
	if (request->id && !is_id(request->id)) {
		request->id = NULL;
		return invalid(reterr, "\"id\" must be a number without a fraction, a string or "
				       "null");
	}
	version = json_object_get(request->message, "jsonrpc");
	if (!json_is_string(version) || strcmp(json_string_value(version), "2.0") != 0)
		return invalid(reterr, "\"jsonrpc\" must be \"2.0\"");
	method = json_object_get(request->message, "method");
	if (!json_is_string(method))
		return invalid(reterr, "\"method\" must be a string");
	request->method = json_string_value(method);
	request->params = json_object_get(request->message, "params");
	if (request->params && !json_is_object(request->params)) {
		failure_set(reterr, -EINVAL, "\"params\" must be an object");
		return RPC_INVALID_PARAMS;
	}
	return 0;
}

void rpc_request_done(struct rpc_request *request)
{
	json_decref(request->message);
	*request = (struct rpc_request){};
}

/* message: taken; the value: taken, set under name. */
static char *line_of(json_t *message, const char *name, json_t *value)
{
	char *line = NULL;

	if (message && value && json_object_set(message, name, value) == 0)
		line = json_dumps(message, JSON_COMPACT);
	json_decref(value);
	json_decref(message);
	return line;
}

char *rpc_call_line(json_int_t id, const char *method, json_t *params)
{
	return line_of(json_pack("{s:s, s:I, s:s}", "jsonrpc", "2.0", "id", id, "method", method),
		       "params", params ? params : json_object());
}

char *rpc_event_line(const char *method, json_t *params)
{
	return line_of(json_pack("{s:s, s:s}", "jsonrpc", "2.0", "method", method), "params",
		       params);
}

static json_t *reply_to(const json_t *id)
{
	return json_pack("{s:s, s:o}", "jsonrpc", "2.0", "id",
			 id ? json_incref((json_t *)id) : json_null());
}

char *rpc_result_line(const json_t *id, json_t *result)
{
	return line_of(reply_to(id), "result", result);
}

char *rpc_error_line(const json_t *id, int code, const struct failure *failure)
{
	json_t *error = json_pack("{s:i, s:s}", "code", code, "message",
				  failure->text[0] ? failure->text : "failed");

	/* Words that are no UTF-8 (cut in the middle of a letter). */
	if (!error)
		error = json_pack("{s:i, s:s}", "code", code, "message", "failed");
	if (error && failure->hint[0])
		json_object_set_new(error, "data", json_pack("{s:s}", "hint", failure->hint));
	return line_of(reply_to(id), "error", error);
}

static int wrong(const struct rpc_params *params, const char *name, const char *what)
{
	return failure_set(params->reterr, -EINVAL, "\"%s\" must be %s", name, what);
}

int rpc_get_string(const struct rpc_params *params, const char *name, const char **ret)
{
	json_t *value = json_object_get(params->object, name);

	if (!value)
		return 0;
	if (!json_is_string(value))
		return wrong(params, name, "a string");
	*ret = json_string_value(value);
	return 0;
}

int rpc_get_bool(const struct rpc_params *params, const char *name, bool *ret)
{
	json_t *value = json_object_get(params->object, name);

	if (!value)
		return 0;
	if (!json_is_boolean(value))
		return wrong(params, name, "true or false");
	*ret = json_is_true(value);
	return 0;
}

int rpc_get_number(const struct rpc_params *params, const char *name, json_int_t max,
		   json_int_t *ret)
{
	json_t *value = json_object_get(params->object, name);

	if (!value)
		return 0;
	if (!json_is_integer(value))
		return wrong(params, name, "a number without a fraction");
	if (json_integer_value(value) < 1 || json_integer_value(value) > max)
		return failure_set(params->reterr, -EINVAL,
				   "\"%s\" must be from 1 to %" JSON_INTEGER_FORMAT, name, max);
	*ret = json_integer_value(value);
	return 0;
}

static bool is_one_of(const char *name, const char *const *names)
{
	for (; *names; names++)
		if (strcmp(name, *names) == 0)
			return true;
	return false;
}

int rpc_only(const struct rpc_params *params, const char *const *names)
{
	const char *name;
	json_t *value;

	json_object_foreach(params->object, name, value)
	{
		char shown[SHORT_NAME];
		size_t n = 0;

		if (is_one_of(name, names))
			continue;
		/* What is no plain word is not repeated. */
		while (name[n] && n < sizeof(shown) - 1 && name[n] > ' ' && name[n] < 127) {
			shown[n] = name[n];
			n++;
		}
		shown[n] = '\0';
		return failure_set(params->reterr, -EINVAL, "there is no parameter \"%s\"", shown);
	}
	return 0;
}
