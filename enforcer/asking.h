/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What approval, which knows neither policy nor processes, is told of both: which parts of a
 * request the policy asks about, and who started whoever asks.
 */
#pragma once

#include "enforcer/approval/pending.h"

struct supervisor;
struct terminal_wanted;

/* Fills what the configuration needs of the supervisor (borrowed, and its policy and rule zero with
 * it). */
void asking_configure(struct supervisor *supervisor, struct approvals_config *config);
/* Puts questions, answers and grants of the supervisor's approvals on record, as long as those
 * live. */
void asking_record(struct supervisor *supervisor);

struct asking_wanted {
	const struct terminal_wanted *terminal; /* of the run; borrowed for the call */
	bool unattended, attended;              /* as options of the run */
};

/* Makes the supervisor's terminal, prompt and approvals: somebody to ask, where there is a terminal
 * and nobody said that there is none. 0, or a negative errno with words. */
int asking_open(struct supervisor *supervisor, const struct asking_wanted *wanted,
		struct failure *reterr);
