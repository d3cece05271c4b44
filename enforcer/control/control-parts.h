/* SPDX-License-Identifier: Apache-2.0 */
/* Between control.c and methods*.c. */
#pragma once

#include "enforcer/approval/pending.h"
#include "enforcer/control/control.h"
#include "enforcer/control/describe-json.h"
#include "enforcer/control/server.h"

struct control {
	struct control_config config;
	struct control_server *server;
	struct approvals_observer observer;
	char *directory; /* owned */
	char *run;       /* owned */
	int dirfd;
};

/* The table of docs/control.md. */
extern const struct control_method control_methods[];

/* What failed, of approval/ and of the owner, as the protocol has it. */
int control_code_of(int error);
/* methods-policy.c */
int method_policy_reload(void *userdata, struct control_client *client, json_t *params,
			 json_t **ret_result, struct failure *reterr);
int method_policy_add(void *userdata, struct control_client *client, json_t *params,
		      json_t **ret_result, struct failure *reterr);
int method_policy_remove(void *userdata, struct control_client *client, json_t *params,
			 json_t **ret_result, struct failure *reterr);
int method_policy_added(void *userdata, struct control_client *client, json_t *params,
			json_t **ret_result, struct failure *reterr);
