/* SPDX-License-Identifier: Apache-2.0 */
/* What was decided, by what: the names. */
#include "enforcer/base/cleanup.h"
#include "enforcer/policy/decision.h"

static const char *const verdict_names[] = {
	[VERDICT_DENY] = "deny",
	[VERDICT_ASK] = "ask",
	[VERDICT_ALLOW] = "allow",
};
_Static_assert(ARRAY_LEN(verdict_names) == VERDICT_ALLOW + 1, "name every verdict");

static const char *const decided_by_names[] = {
	[BY_NOTHING] = "nothing",       [BY_RULE_ZERO] = "rule-zero", [BY_RULE] = "rule",
	[BY_OTHERWISE] = "otherwise",   [BY_NO_VERB] = "no-verb",     [BY_WALL] = "wall",
	[BY_GRANT] = "grant",           [BY_HOOK] = "hook",           [BY_PERSON] = "person",
	[BY_UNATTENDED] = "unattended", [BY_FLOOD] = "flood",         [BY_COOL_DOWN] = "cool-down",
	[BY_FAULT] = "fault",
};
_Static_assert(ARRAY_LEN(decided_by_names) == BY_FAULT + 1, "name whatever decides");

static const char *const layer_names[] = {
	[LAYER_RULE_ZERO] = "rule-zero",
	[LAYER_MANAGED] = "managed",
	[LAYER_GUARDS] = "guards",
	[LAYER_ADDED] = "added",
	[LAYER_COMMAND_LINE] = "command-line",
	[LAYER_PROJECT] = "project",
	[LAYER_USER] = "user",
	[LAYER_BUILTIN] = "builtin",
};
_Static_assert(ARRAY_LEN(layer_names) == LAYER_COUNT, "name every layer");

const char *verdict_name(enum verdict verdict)
{
	return (size_t)verdict < ARRAY_LEN(verdict_names) ? verdict_names[verdict] : "deny";
}

const char *decided_by_name(enum decided_by by)
{
	return (size_t)by < ARRAY_LEN(decided_by_names) ? decided_by_names[by] : "nothing";
}

const char *layer_name(enum layer layer)
{
	return (size_t)layer < ARRAY_LEN(layer_names) ? layer_names[layer] : "rule-zero";
}
