/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JSON-RPC 2.0, one message a line, for both ends. PURE. No batches: a line is an object.
 * What is parsed here may be anything.
 */
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "enforcer/base/error.h"

enum rpc_error {
	RPC_PARSE_ERROR = -32700,
	RPC_INVALID_REQUEST = -32600,
	RPC_METHOD_NOT_FOUND = -32601,
	RPC_INVALID_PARAMS = -32602,
	RPC_INTERNAL_ERROR = -32603,
	/* Ours. */
	RPC_NOT_FOUND = 1,   /* no such question, grant */
	RPC_NOT_OFFERED = 2, /* that answer, scope or grant is not possible */
	RPC_FULL = 3,        /* no room for another */
	RPC_REFUSED = 4,     /* not for whoever asks */
	RPC_FAILED = 5,      /* it was tried, and did not work */
};

struct rpc_request {
	json_t *message;    /* owned: the rest is borrowed from it */
	const json_t *id;   /* NULL: a notification, which gets no reply */
	const char *method; /* NUL-ended, without NUL in it */
	json_t *params;     /* an object, or NULL */
};

/* 0, or the error to reply with; ret_request must be given to rpc_request_done() in both cases, and
 * has the id where that could be told. */
int rpc_parse(const char *line, size_t len, struct rpc_request *ret_request,
	      struct failure *reterr);
void rpc_request_done(struct rpc_request *request);

/* A line without a newline; given (free()); NULL where memory is short. The objects are taken. */
char *rpc_call_line(json_int_t id, const char *method, json_t *params);
char *rpc_event_line(const char *method, json_t *params);
char *rpc_result_line(const json_t *id, json_t *result);
/* failure: "message", and in "data" the hint where there is one. id may be NULL. */
char *rpc_error_line(const json_t *id, int code, const struct failure *failure);

/* Members of params. Each: 0, or -EINVAL with words; what is missing leaves *ret as it is. */
struct rpc_params {
	json_t *object; /* NULL: none */
	struct failure *reterr;
};
int rpc_get_string(const struct rpc_params *params, const char *name, const char **ret);
int rpc_get_bool(const struct rpc_params *params, const char *name, bool *ret);
int rpc_get_number(const struct rpc_params *params, const char *name, json_int_t max,
		   json_int_t *ret);
/* A member that none of the names (NULL-ended) is: -EINVAL. A word that is misspelt must not mean
 * less than was meant. */
int rpc_only(const struct rpc_params *params, const char *const *names);
