/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Questions and grants as docs/control.md has them. PURE. Text that came from the agent is escaped
 * already, or here: what a client prints moves no cursor. Each returns a new object, or NULL where
 * memory is short.
 */
#pragma once

#include <jansson.h>
#include <stdint.h>

struct closing;
struct grant;
struct question;

/* Monotonic, as questions and grants have it, and the wall clock of the same moment; ns. */
struct control_clock {
	uint64_t now, wall;
};

json_t *describe_question(const struct question *question, const struct control_clock *clock);
json_t *describe_closing(const struct question *question, const struct closing *closing);
json_t *describe_grant(const struct grant *grant, const struct control_clock *clock);

/* "deny", "allow" to a verdict: 0 or -EINVAL. */
enum verdict;
int describe_verdict_from_name(const char *name, enum verdict *ret_verdict);
/* The verbs by their names, as an array. */
json_t *describe_verbs(unsigned verbs);
/* Bytes of any kind as an escaped string; NULL: null. */
json_t *describe_bytes(const char *text);
