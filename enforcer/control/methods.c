/* SPDX-License-Identifier: Apache-2.0 */
/* What may be asked at the control socket: the table of docs/control.md. */
#include <errno.h>
#include <netinet/in.h>
#include <string.h>

#include "enforcer/control/control-parts.h"
#include "enforcer/control/rpc.h"
#include "enforcer/loop/loop.h"

/* As many as one reply tells of; "after" asks for those behind. */
#define GRANTS_AT_ONCE 256
#define MS_MAX         (365ll * 24 * 3600 * 1000)
#define NS_OF_MS       1000000u

/* The words by which a client says where its answer came from. */
static const char *const vias[] = {"socket", "command line", "watch", "web", "program"};

static int no_memory(struct failure *reterr)
{
	failure_set(reterr, -ENOMEM, "out of memory");
	return RPC_INTERNAL_ERROR;
}

static int given(json_t *result, json_t **ret_result, struct failure *reterr)
{
	*ret_result = result;
	return result ? 0 : no_memory(reterr);
}

/* What failed, of approval/, as the protocol has it. */
int control_code_of(int error)
{
	switch (error) {
	case -ENOENT:
		return RPC_NOT_FOUND;
	case -EPERM:
		return RPC_NOT_OFFERED;
	case -EINVAL:
		return RPC_INVALID_PARAMS;
	case -ENOSPC:
	case -EDQUOT:
		return RPC_FULL;
	default:
		return RPC_FAILED;
	}
}

/* ---- questions */

static int method_hello(void *userdata, struct control_client *client, json_t *params,
			json_t **ret_result, struct failure *reterr)
{
	const struct control *control = userdata;
	json_t *names = json_array();

	for (const struct control_method *m = control_methods; m->name; m++)
		json_array_append_new(names, json_string(m->name));
	return given(json_pack("{s:i, s:s, s:s, s:o}", "protocol", CONTROL_PROTOCOL, "callgate",
			       control->config.version, "run", control->run, "methods", names),
		     ret_result, reterr);
}

static int method_status(void *userdata, struct control_client *client, json_t *params,
			 json_t **ret_result, struct failure *reterr)
{
	const struct control *control = userdata;
	const struct approvals *approvals = control->config.approvals;
	json_t *status = control->config.status ? control->config.status(control->config.userdata)
						: json_object();

	if (!status)
		return no_memory(reterr);
	json_object_set_new(status, "run", json_string(control->run));
	json_object_set_new(status, "protocol", json_integer(CONTROL_PROTOCOL));
	json_object_set_new(status, "callgate", json_string(control->config.version));
	json_object_set_new(status, "attended", json_boolean(approvals_attended(approvals)));
	json_object_set_new(status, "questions",
			    json_integer((json_int_t)approvals_count(approvals)));
	json_object_set_new(status, "grants",
			    json_integer((json_int_t)grants_count(approvals_grants(approvals))));
	return given(status, ret_result, reterr);
}

struct listing {
	json_t *array;
	struct control_clock clock;
	uint64_t after;
	size_t n;
	bool more;
};

static bool add_question(void *userdata, const struct question *question)
{
	struct listing *listing = userdata;

	json_array_append_new(listing->array, describe_question(question, &listing->clock));
	return true;
}

static json_t *list_questions(const struct control *control)
{
	struct listing listing = {.array = json_array()};

	control_clock(&listing.clock);
	approvals_each(control->config.approvals, add_question, &listing);
	return listing.array;
}

static int method_list(void *userdata, struct control_client *client, json_t *params,
		       json_t **ret_result, struct failure *reterr)
{
	return given(json_pack("{s:o}", "questions", list_questions(userdata)), ret_result, reterr);
}

static int method_subscribe(void *userdata, struct control_client *client, json_t *params,
			    json_t **ret_result, struct failure *reterr)
{
	static const char *const names[] = {"answers", "calls", NULL};
	const struct rpc_params in = {params, reterr};
	bool answers = false, calls = false;
	unsigned wants = WANTS_EVENTS;

	if (rpc_only(&in, names) < 0 || rpc_get_bool(&in, "answers", &answers) < 0 ||
	    rpc_get_bool(&in, "calls", &calls) < 0)
		return RPC_INVALID_PARAMS;
	wants |= (answers ? WANTS_TO_ANSWER : 0u) | (calls ? WANTS_CALLS : 0u);
	control_client_set_wants(client, wants);
	/* With what waits already, so that nothing falls between. */
	return method_list(userdata, client, NULL, ret_result, reterr);
}

static int method_unsubscribe(void *userdata, struct control_client *client, json_t *params,
			      json_t **ret_result, struct failure *reterr)
{
	control_client_set_wants(client, 0);
	return given(json_object(), ret_result, reterr);
}

/* ---- answers */

static int get_via(const struct rpc_params *in, const char **ret_via)
{
	const char *via = vias[0];

	if (rpc_get_string(in, "via", &via) < 0)
		return -EINVAL;
	for (size_t i = 0; i < ARRAY_LEN(vias); i++) {
		if (strcmp(via, vias[i]) != 0)
			continue;
		*ret_via = vias[i];
		return 0;
	}
	failure_hint(in->reterr, "\"via\" is socket, command line, watch, web or program");
	return failure_set(in->reterr, -EINVAL, "\"via\" is a word that is not known");
}

/* verdict is required; lasts and scope are -1 where they are not given. */
static int get_answer(const struct rpc_params *in, struct answer *ret_answer, int *ret_lasts,
		      int *ret_scope)
{
	const char *verdict = "", *lasts = NULL, *scope = NULL;
	json_int_t for_ms = 0;

	*ret_answer = (struct answer){.by = BY_PERSON};
	*ret_lasts = *ret_scope = -1;
	if (rpc_get_string(in, "verdict", &verdict) < 0 ||
	    rpc_get_string(in, "lasts", &lasts) < 0 || rpc_get_string(in, "scope", &scope) < 0 ||
	    rpc_get_string(in, "reason", &ret_answer->reason) < 0 ||
	    rpc_get_number(in, "for_ms", MS_MAX, &for_ms) < 0 || get_via(in, &ret_answer->via) < 0)
		return -EINVAL;
	if (describe_verdict_from_name(verdict, &ret_answer->verdict) < 0)
		return failure_set(in->reterr, -EINVAL, "\"verdict\" must be allow or deny");
	if (lasts && answer_lasts_from_name(lasts, &ret_answer->lasts) < 0)
		return failure_set(in->reterr, -EINVAL, "\"lasts\" must be once, run or always");
	if (scope && answer_scope_from_name(scope, &ret_answer->scope) < 0)
		return failure_set(in->reterr, -EINVAL,
				   "\"scope\" must be same, file, dir, tree, host, command or "
				   "program");
	if (lasts)
		*ret_lasts = (int)ret_answer->lasts;
	if (scope)
		*ret_scope = (int)ret_answer->scope;
	if (for_ms && lasts && ret_answer->lasts != ANSWER_FOR_RUN)
		return failure_set(in->reterr, -EINVAL,
				   "\"for_ms\" goes with \"lasts\": \"run\" alone");
	ret_answer->expires_ns = (uint64_t)for_ms * NS_OF_MS;
	return 0;
}

/* The narrowest that is offered. */
static enum answer_scope narrowest(const struct question *question, const struct answer *answer)
{
	unsigned mask = (answer->verdict == VERDICT_ALLOW ? question->allows
							  : question->denies)[answer->lasts];

	return mask ? (enum answer_scope)__builtin_ctz(mask) : SCOPE_SAME;
}

struct made {
	uint64_t question, grant;
};

static bool find_made(void *userdata, const struct grant *grant)
{
	struct made *made = userdata;

	if (grant->question == made->question)
		made->grant = grant->id;
	return true;
}

/* What became of it, for whoever answered. */
static json_t *describe_answer(const struct control *control, uint64_t id,
			       const struct answer *answer)
{
	struct made made = {.question = id};
	bool once = answer->lasts == ANSWER_ONCE;

	if (!once)
		grants_each(approvals_grants(control->config.approvals), find_made, &made);
	return json_pack("{s:I, s:s, s:s, s:o, s:o}", "id", (json_int_t)id, "verdict",
			 answer->verdict == VERDICT_ALLOW ? "allow" : "deny", "lasts",
			 answer_lasts_name(answer->lasts), "scope",
			 once ? json_null() : json_string(answer_scope_name(answer->scope)),
			 "grant", made.grant ? json_integer((json_int_t)made.grant) : json_null());
}

static int method_answer(void *userdata, struct control_client *client, json_t *params,
			 json_t **ret_result, struct failure *reterr)
{
	static const char *const names[] = {"id",     "verdict", "lasts", "scope",
					    "for_ms", "reason",  "via",   NULL};
	const struct control *control = userdata;
	const struct rpc_params in = {params, reterr};
	const struct question *question;
	struct answer answer;
	json_int_t id = 0;
	int lasts, scope, r;

	if (rpc_only(&in, names) < 0 || rpc_get_number(&in, "id", INT64_MAX, &id) < 0 ||
	    get_answer(&in, &answer, &lasts, &scope) < 0)
		return RPC_INVALID_PARAMS;
	question = approvals_find(control->config.approvals, (uint64_t)id);
	if (!question) {
		failure_hint(reterr, "it was answered, withdrawn or its time is over; "
				     "\"list\" has what waits");
		failure_set(reterr, -ENOENT, "there is no question %" JSON_INTEGER_FORMAT, id);
		return RPC_NOT_FOUND;
	}
	/* A scope or a time says that it is remembered. */
	if (lasts < 0 && (scope >= 0 || answer.expires_ns))
		answer.lasts = ANSWER_FOR_RUN;
	if (scope >= 0 && answer.lasts == ANSWER_ONCE) {
		failure_set(reterr, -EINVAL, "\"scope\" does not go with \"lasts\": \"once\"");
		return RPC_INVALID_PARAMS;
	}
	if (scope < 0)
		answer.scope = narrowest(question, &answer);
	r = approvals_answer(control->config.approvals, (uint64_t)id, &answer, loop_now(), reterr);
	if (r < 0)
		return control_code_of(r);
	return given(describe_answer(control, (uint64_t)id, &answer), ret_result, reterr);
}

/* ---- grants */

static int get_verbs(const struct rpc_params *in, unsigned *ret_verbs)
{
	json_t *array = json_object_get(in->object, "verbs"), *name;
	size_t i;

	if (!json_is_array(array) || json_array_size(array) == 0)
		return failure_set(in->reterr, -EINVAL, "\"verbs\" must be a list of verbs");
	json_array_foreach(array, i, name)
	{
		int v = 0;

		while (v < VERB_COUNT &&
		       !(json_is_string(name) &&
			 strcmp(json_string_value(name), verb_name((enum verb)(1 << v))) == 0))
			v++;
		if (v == VERB_COUNT)
			return failure_set(in->reterr, -EINVAL,
					   "\"verbs\" are read, write, exec, connect, listen");
		*ret_verbs |= 1u << v;
	}
	return 0;
}

static int get_protocol(const struct rpc_params *in, int *ret_protocol)
{
	const char *name = "tcp";

	if (rpc_get_string(in, "protocol", &name) < 0)
		return -EINVAL;
	if (strcmp(name, "tcp") != 0 && strcmp(name, "udp") != 0)
		return failure_set(in->reterr, -EINVAL, "\"protocol\" must be tcp or udp");
	*ret_protocol = strcmp(name, "tcp") == 0 ? IPPROTO_TCP : IPPROTO_UDP;
	return 0;
}

static int method_grant(void *userdata, struct control_client *client, json_t *params,
			json_t **ret_result, struct failure *reterr)
{
	static const char *const names[] = {"verdict", "lasts", "scope",    "for_ms", "reason",
					    "via",     "verbs", "path",     "unix",   "argument",
					    "host",    "port",  "protocol", NULL};
	const struct control *control = userdata;
	const struct rpc_params in = {params, reterr};
	struct grant_wanted wanted = {};
	json_int_t port = 0;
	struct control_clock clock;
	uint64_t id = 0;
	int lasts, scope, r;

	if (rpc_only(&in, names) < 0 || get_answer(&in, &wanted.answer, &lasts, &scope) < 0 ||
	    get_verbs(&in, &wanted.verbs) < 0 || rpc_get_string(&in, "path", &wanted.path) < 0 ||
	    rpc_get_bool(&in, "unix", &wanted.unix_socket) < 0 ||
	    rpc_get_string(&in, "argument", &wanted.argument) < 0 ||
	    rpc_get_string(&in, "host", &wanted.host) < 0 ||
	    rpc_get_number(&in, "port", UINT16_MAX, &port) < 0 ||
	    get_protocol(&in, &wanted.protocol) < 0)
		return RPC_INVALID_PARAMS;
	if (lasts < 0)
		wanted.answer.lasts = ANSWER_FOR_RUN;
	if (scope <= 0 || wanted.answer.lasts == ANSWER_ONCE) {
		failure_set(reterr, -EINVAL,
			    "a grant needs a \"scope\" (not same), and \"lasts\" run or always");
		return RPC_INVALID_PARAMS;
	}
	if (wanted.path && wanted.path[0] != '/') {
		failure_set(reterr, -EINVAL, "\"path\" must be absolute");
		return RPC_INVALID_PARAMS;
	}
	wanted.port = (uint16_t)port;
	r = approvals_grant(control->config.approvals, &wanted, loop_now(), &id, reterr);
	if (r < 0)
		return control_code_of(r);
	control_clock(&clock);
	return given(describe_grant(grants_find_id(approvals_grants(control->config.approvals), id),
				    &clock),
		     ret_result, reterr);
}

static bool add_grant(void *userdata, const struct grant *grant)
{
	struct listing *listing = userdata;

	if (grant->id <= listing->after)
		return true;
	if (listing->n == GRANTS_AT_ONCE) {
		listing->more = true;
		return false;
	}
	listing->n++;
	json_array_append_new(listing->array, describe_grant(grant, &listing->clock));
	return true;
}

static int method_grants(void *userdata, struct control_client *client, json_t *params,
			 json_t **ret_result, struct failure *reterr)
{
	static const char *const names[] = {"after", NULL};
	const struct control *control = userdata;
	const struct rpc_params in = {params, reterr};
	struct listing listing = {};
	json_int_t after = 0;

	if (rpc_only(&in, names) < 0 || rpc_get_number(&in, "after", INT64_MAX, &after) < 0)
		return RPC_INVALID_PARAMS;
	listing.array = json_array();
	listing.after = (uint64_t)after;
	control_clock(&listing.clock);
	grants_each(approvals_grants(control->config.approvals), add_grant, &listing);
	return given(json_pack("{s:o, s:b}", "grants", listing.array, "more", listing.more),
		     ret_result, reterr);
}

static int method_revoke(void *userdata, struct control_client *client, json_t *params,
			 json_t **ret_result, struct failure *reterr)
{
	static const char *const names[] = {"id", NULL};
	const struct control *control = userdata;
	const struct rpc_params in = {params, reterr};
	json_int_t id = 0;

	if (rpc_only(&in, names) < 0 || rpc_get_number(&in, "id", INT64_MAX, &id) < 0)
		return RPC_INVALID_PARAMS;
	if (approvals_revoke(control->config.approvals, (uint64_t)id, loop_now()) < 0) {
		failure_set(reterr, -ENOENT, "there is no grant %" JSON_INTEGER_FORMAT, id);
		return RPC_NOT_FOUND;
	}
	return given(json_object(), ret_result, reterr);
}

const struct control_method control_methods[] = {
	{"hello", method_hello},
	{"status", method_status},
	{"list", method_list},
	{"subscribe", method_subscribe},
	{"unsubscribe", method_unsubscribe},
	{"answer", method_answer},
	{"grant", method_grant},
	{"grants", method_grants},
	{"revoke", method_revoke},
	{"policy.reload", method_policy_reload},
	{"policy.add", method_policy_add},
	{"policy.remove", method_policy_remove},
	{"policy.added", method_policy_added},
	{},
};
