/* SPDX-License-Identifier: Apache-2.0 */
/* What may be asked at the control socket of the run's policy. Replies come when it was read. */
#include <errno.h>

#include "enforcer/control/control-parts.h"
#include "enforcer/control/rpc.h"

void control_policy_done(struct control_reply *reply, json_t *outcome, int error,
			 const struct failure *failure)
{
	control_reply_send(reply, outcome ? 0 : control_code_of(error), json_incref(outcome),
			   failure);
}

static int begin(const struct control *control, struct control_client *client,
		 const struct control_policy *wanted, struct failure *reterr)
{
	struct control_reply *reply;
	int r;

	if (!control->config.policy) {
		failure_set(reterr, -EOPNOTSUPP, "this run cannot read its policy again");
		return RPC_NOT_OFFERED;
	}
	reply = control_client_defer(client);
	if (!reply) {
		failure_set(reterr, -ENOMEM, "out of memory");
		return RPC_INTERNAL_ERROR;
	}
	r = control->config.policy(control->config.userdata, wanted, reply, reterr);
	if (r < 0)
		control_reply_send(reply, control_code_of(r), NULL, reterr);
	return CONTROL_LATER;
}

int method_policy_reload(void *userdata, struct control_client *client, json_t *params,
			 json_t **ret_result, struct failure *reterr)
{
	const struct control_policy wanted = {.kind = CONTROL_POLICY_RELOAD};

	return begin(userdata, client, &wanted, reterr);
}

int method_policy_add(void *userdata, struct control_client *client, json_t *params,
		      json_t **ret_result, struct failure *reterr)
{
	static const char *const names[] = {"rule", NULL};
	const struct rpc_params in = {params, reterr};
	struct control_policy wanted = {.kind = CONTROL_POLICY_ADD};

	if (rpc_only(&in, names) < 0 || rpc_get_string(&in, "rule", &wanted.rule) < 0)
		return RPC_INVALID_PARAMS;
	if (!wanted.rule) {
		failure_hint(reterr, "\"rule\" is a string: the rule as it would stand in a file");
		failure_set(reterr, -EINVAL, "\"rule\" is missing");
		return RPC_INVALID_PARAMS;
	}
	return begin(userdata, client, &wanted, reterr);
}

int method_policy_remove(void *userdata, struct control_client *client, json_t *params,
			 json_t **ret_result, struct failure *reterr)
{
	static const char *const names[] = {"id", NULL};
	const struct rpc_params in = {params, reterr};
	struct control_policy wanted = {.kind = CONTROL_POLICY_REMOVE};
	json_int_t id = 0;

	if (rpc_only(&in, names) < 0 || rpc_get_number(&in, "id", INT64_MAX, &id) < 0)
		return RPC_INVALID_PARAMS;
	wanted.id = (uint64_t)id;
	if (id == 0) {
		failure_set(reterr, -ENOENT, "there is no added rule 0");
		return RPC_NOT_FOUND;
	}
	return begin(userdata, client, &wanted, reterr);
}

int method_policy_added(void *userdata, struct control_client *client, json_t *params,
			json_t **ret_result, struct failure *reterr)
{
	const struct control *control = userdata;
	json_t *rules = control->config.added ? control->config.added(control->config.userdata)
					      : json_array();

	*ret_result = json_pack("{s:o}", "rules", rules);
	if (*ret_result)
		return 0;
	failure_set(reterr, -ENOMEM, "out of memory");
	return RPC_INTERNAL_ERROR;
}
