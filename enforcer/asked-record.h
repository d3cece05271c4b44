/* SPDX-License-Identifier: Apache-2.0 */
/* Questions, answers and grants of a run, on its record as they happen. */
#pragma once

#include "enforcer/base/cleanup.h"

struct asked_record;
struct supervisor;

/* Looks on at the supervisor's approvals until they are freed; does nothing where there is no
 * log. 0 or -ENOMEM. */
int asked_record_new(struct supervisor *supervisor, struct asked_record **ret_record);
/* After the approvals: they tell of their last questions while they are freed. */
struct asked_record *asked_record_free(struct asked_record *record);
DEFINE_CLEANUP(struct asked_record *, asked_record_free)
