/* SPDX-License-Identifier: Apache-2.0 */
/* Why a sandbox did not start, in words that help: causes and remedies. Pure. */
#pragma once

#include "enforcer/base/error.h"

/* The keeper's step (enum keeper_step) failed with a positive errno. Returns -error. */
int start_failure_of_keeper(int step, int error, const char *bwrap, struct failure *reterr);
/* The shim's step (enum handover_step) failed with a positive errno. Returns -error. */
int start_failure_of_shim(unsigned step, int error, const char *cwd, struct failure *reterr);
/* bwrap ended early; complaints is what it wrote to stderr. Returns -EIO. */
int start_failure_of_bwrap(const char *complaints, struct failure *reterr);
