/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Argument vectors against a rule's "args". A guard against accidents, not against malice: whoever
 * wants to can say the same with other arguments.
 */
#pragma once

#include <stdbool.h>

#include "enforcer/policy/strings.h"
#include "enforcer/request/request.h"

#define COMMAND_ARGS_MAX 60 /* a state each and one for "matched" in 64 bits */

/*
 * args: a glob for each argument behind the program's name; "**" stands for any number of them.
 * object is the program or the script that is judged. allow: the rule would open something. What is
 * not known (a vector that was cut, the place where a script's own arguments start) is taken to
 * match unless the rule allows.
 */
bool command_matches(const struct strings *args, const struct request *request,
		     const struct object *object, bool allow);
