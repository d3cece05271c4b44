/* SPDX-License-Identifier: Apache-2.0 */
/* The head of a run's record: what was started, and by what it is judged. */
#pragma once

struct config;
struct plan;
struct supervisor;

/* The run's start, a line for each layer of the policy, and one for what its names stand for here.
 * Nothing where there is no log. */
void run_record_begin(struct supervisor *supervisor, const struct config *config,
		      const struct plan *plan, char *const *command);
