/* SPDX-License-Identifier: Apache-2.0 */
/* The warnings of `callgate check`. */
#pragma once

#include <jansson.h>

#include "enforcer/policy/decision.h"

struct config;

/* file: as the person named it; root: its JSON, valid; config: loaded with that file as the
 * only layer beside the profile. Prints a line for each warning to stdout; returns how many, or
 * -ENOMEM. */
int check_rules(const char *file, json_t *root, enum layer layer, const struct config *config);
