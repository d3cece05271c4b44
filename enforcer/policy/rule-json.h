/* SPDX-License-Identifier: Apache-2.0 */
/* Members of a rule that callgate itself writes into a policy. Each is new, or NULL. */
#pragma once

#include <jansson.h>

/* A name in which no letter is a glob, and behind as it is. NULL: not UTF-8, or no memory. */
json_t *rule_json_literal(const char *name, const char *behind);
/* The names of a mask of verbs. */
json_t *rule_json_verbs(unsigned verbs);
