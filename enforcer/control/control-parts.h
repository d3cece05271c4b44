/* SPDX-License-Identifier: Apache-2.0 */
/* Between control.c and methods.c. */
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
