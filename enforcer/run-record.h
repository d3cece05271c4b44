/* SPDX-License-Identifier: Apache-2.0 */
/* The head of a run's record: by what it is judged. */
#pragma once

struct config;
struct supervisor;

/* A line for each layer of the policy, and one for what its names stand for here. */
void run_record_policy(struct supervisor *supervisor, const struct config *config);
