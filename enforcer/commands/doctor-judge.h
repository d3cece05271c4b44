/* SPDX-License-Identifier: Apache-2.0 */
/* What probe results mean for a run, and what a person can do about it. Pure. */
#pragma once

#include <stddef.h>

#include "enforcer/commands/doctor-probes.h"

/* Zero is the worst. */
enum doctor_level {
	DOCTOR_FAIL = 0, /* no run can start */
	DOCTOR_WARN,     /* runs start, with something less */
	DOCTOR_OK,
};

struct doctor_finding {
	enum doctor_level level;
	const char *name; /* static */
	char seen[320];
	char remedy[512]; /* empty where there is nothing to do */
};

void doctor_judge(const struct probe_results *results, enum probe probe,
		  struct doctor_finding *ret_finding);
/* The mask of the probes without which no run can start. */
unsigned doctor_required(void);
const char *doctor_level_name(enum doctor_level level); /* "FAIL", "warn", "ok" */
