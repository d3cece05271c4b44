/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The environment that the agent gets: the person's, less what the policy drops. PURE.
 *
 * A variable is dropped where a pattern of "drop" matches its name and none of "pass" does;
 * "drop": ["*"] with a "pass" list is a closed list. "set" adds or replaces. Patterns know "*"
 * and "?", and letters match in either case: a secret is a secret in github_token too. Entries
 * without a name are dropped. CALLGATE=1 is always set, so that a program can tell where it
 * runs; a TMPDIR that is none of the sandbox's is replaced.
 */
#pragma once

#include <stdbool.h>

struct policy_settings;

/* tmp: "${tmp}" of this run, NULL-ended; the first replaces a foreign TMPDIR. ret_environment:
 * given, freed by string_list_free(). 0 or -ENOMEM. */
int environment_filter(char *const *environment, const struct policy_settings *settings,
		       const char *const *tmp, char ***ret_environment);

bool environment_name_matches(const char *pattern, const char *name);
