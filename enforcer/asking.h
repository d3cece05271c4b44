/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What approval, which knows neither policy nor processes, is told of both: which parts of a
 * request the policy asks about, and who started whoever asks.
 */
#pragma once

#include "enforcer/approval/pending.h"

struct supervisor;

/* Fills what the configuration needs of the supervisor (borrowed, and its policy and rule zero with
 * it). */
void asking_configure(struct supervisor *supervisor, struct approvals_config *config);
