/* SPDX-License-Identifier: Apache-2.0 */
/* Stands in for the policy's names until its library is built: see meson.build. */
#include "enforcer/base/cleanup.h"
#include "enforcer/policy/decision.h"

const char *verdict_name(enum verdict verdict)
{
	static const char *const names[] = {"deny", "ask", "allow"};

	return (size_t)verdict < ARRAY_LEN(names) ? names[verdict] : "deny";
}

const char *decided_by_name(enum decided_by by)
{
	static const char *const names[] = {"nothing", "rule-zero", "rule",   "otherwise",
					    "no-verb", "wall",      "grant",  "hook",
					    "person",  "unattended", "fault"};

	return (size_t)by < ARRAY_LEN(names) ? names[by] : "nothing";
}

const char *layer_name(enum layer layer)
{
	static const char *const names[] = {"rule-zero", "managed", "guards", "command-line",
					    "project",   "user",    "builtin"};

	return (size_t)layer < ARRAY_LEN(names) ? names[layer] : "nothing";
}
