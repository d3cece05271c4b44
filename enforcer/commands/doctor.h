/* SPDX-License-Identifier: Apache-2.0 */
/*
 * callgate doctor: tries each mechanism that a run stands on by doing it, and says in one line each
 * what was seen and what to do about it.
 */
#pragma once

#include "enforcer/base/error.h"

/* "doctor [--json]". The exit status: 0 where nothing fails (warnings count as well), 1 where
 * something does, 2 for a command line that it does not know. */
int command_doctor(int argc, char **argv);

/*
 * For a run that did not start: tries what no run can do without, and puts the first thing missing
 * and its remedy into reterr. -ENOTSUP then, 0 where nothing is missing. Takes some tens of
 * milliseconds, starts processes; nothing of the agent may run yet.
 */
int doctor_run_required(struct failure *reterr);
