/* SPDX-License-Identifier: Apache-2.0 */
/* What somebody may answer: the names. */
#include <errno.h>
#include <string.h>

#include "enforcer/approval/answer.h"
#include "enforcer/base/cleanup.h"

static const char *const lasts_names[] = {
	[ANSWER_ONCE] = "once",
	[ANSWER_FOR_RUN] = "run",
	[ANSWER_ALWAYS] = "always",
};
_Static_assert(ARRAY_LEN(lasts_names) == ANSWER_LASTS_COUNT, "name however long it lasts");

static const char *const scope_names[] = {
	[SCOPE_SAME] = "same",       [SCOPE_FILE] = "file", [SCOPE_DIRECTORY] = "dir",
	[SCOPE_TREE] = "tree",       [SCOPE_HOST] = "host", [SCOPE_COMMAND] = "command",
	[SCOPE_PROGRAM] = "program",
};
_Static_assert(ARRAY_LEN(scope_names) == SCOPE_COUNT, "name every scope");

const char *answer_lasts_name(enum answer_lasts lasts)
{
	return (size_t)lasts < ARRAY_LEN(lasts_names) ? lasts_names[lasts] : "once";
}

const char *answer_scope_name(enum answer_scope scope)
{
	return (size_t)scope < ARRAY_LEN(scope_names) ? scope_names[scope] : "same";
}

int answer_lasts_from_name(const char *name, enum answer_lasts *ret_lasts)
{
	for (size_t i = 0; i < ARRAY_LEN(lasts_names); i++) {
		if (strcmp(name, lasts_names[i]) == 0) {
			*ret_lasts = (enum answer_lasts)i;
			return 0;
		}
	}
	return -EINVAL;
}

int answer_scope_from_name(const char *name, enum answer_scope *ret_scope)
{
	for (size_t i = 0; i < ARRAY_LEN(scope_names); i++) {
		if (strcmp(name, scope_names[i]) == 0) {
			*ret_scope = (enum answer_scope)i;
			return 0;
		}
	}
	return -EINVAL;
}
