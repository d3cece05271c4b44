/* SPDX-License-Identifier: Apache-2.0 */
/* Between config.c and config-words.c. */
#pragma once

#include "enforcer/base/error.h"
#include "enforcer/policy/decision.h"

struct config;

/* A line for the person, escaped. 0 or -ENOMEM. */
int config_note(struct config *config, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* 0, or -EPERM with words where the policy denies what option names. */
int config_check_named(const struct config *config, const char *option, enum verb verb, char *dir,
		       struct failure *reterr);
