/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The keeper: the process between enforcer and bwrap. It owns the outer user and mount namespace,
 * in which all mounts are private (else a file system that the host mounts later would appear
 * inside, writable), and ends when everything inside has ended. Forked, not executed: it runs the
 * enforcer's code and closes the enforcer's descriptors. Private to launch/.
 */
#pragma once

#include <sys/types.h>

#include "enforcer/launch/plan.h"

struct keeper {
	pid_t enforcer;
	int sync;                  /* to the enforcer: struct keeper_report, then one byte back */
	int options;               /* bwrap's --args */
	int plan;                  /* the shim's */
	int control;               /* the shim's end */
	int network;               /* the end of the process in the sandbox's network namespace */
	int files[PLAN_FILES_MAX]; /* texts of the plan's files; -1 */
	int streams[3];            /* the agent's 0 to 2; -1: a terminal of its own */
	int complaints;            /* a pipe: bwrap's stderr */
	const char *bwrap;
};

enum keeper_step {
	KEEPER_NONE = 0,
	KEEPER_DESCRIPTORS,
	KEEPER_LIMITS,
	KEEPER_NAMESPACES, /* also sent with error 0: ready for its uid map */
	KEEPER_MOUNTS,
	KEEPER_FORK,
	KEEPER_EXECUTE,
};

struct keeper_report {
	int step;  /* enum keeper_step */
	int error; /* positive errno */
};

/* Runs in the child of the enforcer's fork. Exits with bwrap's status, or 125. */
_Noreturn void keeper_run(const struct keeper *keeper);
