/* SPDX-License-Identifier: Apache-2.0 */
/* The stages of one call, for supervisor.c. */
#pragma once

#include "enforcer/pending.h"

/* From RECEIVED on, as far as it goes without waiting. */
void pipeline_work(struct pending *pending);

/* Of the supervisor's watch: withdraws the questions of targets that are gone. */
void pipeline_on_watch(struct loop_source *source, int32_t result, bool more);

/* Of the exec verifier. */
bool pipeline_judge_image(void *pending, struct exec_seen *seen);
void pipeline_exec_ended(void *pending, enum exec_end end, int value);
