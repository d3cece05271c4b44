/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of a recorded request that a policy asks about, as approval is told of them in a run.
 * PURE. */
#pragma once

#include <stddef.h>

#include "enforcer/approval/question.h"
#include "enforcer/policy/policy.h"

/* At most QUESTION_PARTS_MAX; 0 where some part is denied, or none is asked about. The rules are
 * the policy's. */
size_t asked_parts(const struct policy *policy, const struct request *request,
		   struct asked_part ret_parts[static QUESTION_PARTS_MAX]);
