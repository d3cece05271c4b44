/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The stages of a call put together without a kernel: fake listener and target, a view made of a
 * scratch tree, a policy from text, a real log in a file of its own, a person who answers when the
 * test says so. One at a time.
 */
#pragma once

#include <jansson.h>

#include "enforcer/pipeline.h"
#include "enforcer/supervisor.h"
#include "tests/support/fake-target.h"

#define GATE_ALLOW_ALL                                                                             \
	"{\"version\": 1, \"rules\": [{\"allow\": [\"read\", \"write\", \"exec\", \"connect\", "   \
	"\"listen\"]}]}"
#define GATE_ASK_ALL                                                                               \
	"{\"version\": 1, \"rules\": [{\"ask\": [\"read\", \"write\", \"exec\", \"connect\", "     \
	"\"listen\"]}]}"
#define GATE_DENY_ALL "{\"version\": 1, \"rules\": []}"

struct gate {
	struct supervisor supervisor;
	struct rule_zero zero;
	struct prompter prompter;
	uint64_t question; /* id of the one on the screen; 0: none */
	int questions;     /* that were shown */
	char *log_path;
	size_t log_seen; /* lines that gate_lines() has told of */
	uint64_t last_cookie;
};

/* The tree that the calls are about, made anew: file, dir/inner, link -> file, dirlink -> dir,
 * dangling -> nothing, fifo, socket (somebody listens). Keeps the directory itself. */
void gate_tree(void);
/* Of a name in it. */
const char *gate_path(const char *name);

void gate_init(struct gate *gate, const char *policy);
void gate_done(struct gate *gate);
/* A call arrives and goes as far as it goes without waiting. Its cookie. */
uint64_t gate_call(struct gate *gate, enum mediated call, const uint64_t args[6]);
/* Lets what waits in the loop come to its end, for at most a second. */
void gate_settle(struct gate *gate);
/* The person's answer to the question on the screen: for once. */
void gate_answer(struct gate *gate, enum verdict verdict);
/* Lines of the record about calls since the last time; each parsed. last: members of the last one,
 * or NULL. */
size_t gate_lines(struct gate *gate, json_t **ret_last);
/* The newest line of this event, or NULL; given. */
json_t *gate_event(struct gate *gate, const char *event);
/* Our own descriptors. */
size_t gate_descriptors(void);
