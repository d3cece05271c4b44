/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What passes between the enforcer and the shim: a plan in a sealed memfd, and messages over one
 * SOCK_SEQPACKET pair. The only header shared across the wall; docs/handover-protocol.md tells the
 * order. Both ends come from one build, so the version tells a mixed installation, nothing more.
 *
 * The shim gets five descriptor numbers as its arguments: plan, control, and what becomes its 0, 1
 * and 2 (for those that the agent's own terminal takes, the number is ignored).
 */
#pragma once

#include <stdint.h>

#define HANDOVER_MAGIC   0x74616763u /* "cgat" */
#define HANDOVER_VERSION 1

/* The memfd begins with this; offsets count bytes from its start, strings end with NUL. */
struct handover_plan {
	uint32_t magic;
	uint32_t version;
	uint64_t size; /* of the whole plan */
	uint64_t landlock_handled;
	uint64_t landlock_scoped;
	uint32_t rules; /* offset of struct handover_rule[rule_count] */
	uint32_t rule_count;
	uint32_t filter; /* offset of struct sock_filter[filter_length] */
	uint32_t filter_length;
	/* Offsets of uint64_t[count + 1], each an offset of a string, the last 0. The shim maps the
	 * plan privately and turns them into pointers in place. argv has a free slot before its
	 * first: where execvp would run a script by /bin/sh, that is the new first. */
	uint32_t argv;
	uint32_t argc;
	uint32_t envp;
	uint32_t envc;
	uint32_t cwd;         /* offset of a string */
	uint32_t search_path; /* the same: PATH for argv[0] without a slash */
	uint32_t terminal;    /* bit n: descriptor n is to be the agent's terminal; 0: none made */
	uint16_t rows, columns, xpixel, ypixel;
	uint32_t reserved;
};

struct handover_rule {
	uint64_t access;   /* LANDLOCK_ACCESS_FS_* */
	uint32_t path;     /* offset of a string; no component may be a symlink */
	uint32_t optional; /* left out where nothing is there (any more) */
};

enum handover_kind {
	HANDOVER_NOTHING = 0,
	HANDOVER_TERMINAL, /* shim: SCM_RIGHTS carries the master of the agent's pty */
	HANDOVER_LISTENER, /* shim: SCM_RIGHTS carries the listener; the filter holds from here on
			    */
	HANDOVER_FAILED,   /* shim: step and error; it exits */
	HANDOVER_GO,       /* enforcer: execute the agent */
	HANDOVER_AGENT, /* shim, with a terminal: its sender is the agent-to-be, in a group of its
			      own; the one that spoke before stays as its parent */
	HANDOVER_EXECUTED, /* parent: the agent was executed, or has ended */
	HANDOVER_STOPPED,  /* parent: the agent has stopped (Ctrl-Z) */
};

/* Where the shim stands; named in docs/handover-protocol.md and to the person by the enforcer. */
enum handover_step {
	HANDOVER_STEP_NONE = 0,
	HANDOVER_STEP_PLAN,
	HANDOVER_STEP_SESSION,
	HANDOVER_STEP_TERMINAL,
	HANDOVER_STEP_DESCRIPTORS,
	HANDOVER_STEP_SIGNALS,
	HANDOVER_STEP_CHDIR,
	HANDOVER_STEP_PRIVILEGES,
	HANDOVER_STEP_LANDLOCK,
	HANDOVER_STEP_FILTER,
	HANDOVER_STEP_GO,
	HANDOVER_STEP_EXECUTE, /* the one that is the command's fault, not ours */
};
#define HANDOVER_STEP_COUNT 12

struct handover_message {
	uint32_t kind; /* enum handover_kind */
	uint32_t step; /* enum handover_step */
	int32_t error; /* positive errno */
};

/* What env(1) exits with: the command cannot be executed, is not found, we failed ourselves. */
#define HANDOVER_EXIT_FAILED     125
#define HANDOVER_EXIT_CANNOT_RUN 126
#define HANDOVER_EXIT_NOT_FOUND  127
