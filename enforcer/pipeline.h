/* SPDX-License-Identifier: Apache-2.0 */
/* The stages of one call, for supervisor.c. */
#pragma once

#include "enforcer/pending.h"

/* From RECEIVED on, as far as it goes without waiting. */
void pipeline_work(struct pending *pending);

/* Its target has died while a question was open. */
void pipeline_withdraw(struct pending *pending);

/* Of the exec verifier. */
bool pipeline_judge_image(void *pending, struct exec_seen *seen);
void pipeline_exec_ended(void *pending, enum exec_end end, int value);
