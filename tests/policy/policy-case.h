/* SPDX-License-Identifier: Apache-2.0 */
/* Requests and expectations from JSON, for tests of whole policies. */
#pragma once

#include <jansson.h>

#include "enforcer/policy/policy.h"

/* The whole file; NULL, told to stderr, where it cannot be read. Given. */
char *case_read(const char *dir, const char *name);

/*
 * The policy of the case in dir: policy.json (the user's layer), and managed.json, builtin.json,
 * command-line.json, project.json where they are. NULL, told, where one is wrong.
 */
struct policy *case_policy(const char *dir);

/*
 * {"read": "/a/path"} or {VERB: {"path"|"unix"|"abstract"|"host"|"address"|"memory": ...}} or
 * {"objects": [{"verbs": [...], ...}]}; "argv" and "truncated" beside it. The request borrows
 * from json: do not call request_done(), free argv. 0 or -EINVAL.
 */
int case_request(const json_t *json, struct request *ret_request);
