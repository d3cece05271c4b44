/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Probes: each does on this machine what a run would do, in a process of its own that is killed
 * when it takes too long, and reports what the kernel said. What that means is doctor-judge's to
 * say; so a machine that this one is not can be judged from results made by hand.
 */
#pragma once

#include <stdbool.h>

enum probe {
	PROBE_KERNEL = 0, /* value: major << 16 | minor; text: the release */
	PROBE_USER_NAMESPACE,
	PROBE_NESTED_USER_NAMESPACE,
	PROBE_MOUNT_NAMESPACE,
	PROBE_PROCFS,
	PROBE_NETWORK_NAMESPACE,
	PROBE_CGROUP_NAMESPACE,
	PROBE_BWRAP, /* value: version as 1000000 * major + 1000 * minor + patch; text: its words */
	PROBE_BWRAP_RUN, /* text: the first line of its complaint */
	PROBE_LISTENER,
	PROBE_WAIT_KILLABLE,
	PROBE_ADDFD,
	PROBE_SYNC_WAKE_UP,
	PROBE_PIDFD_GETFD,
	PROBE_PIDFD_THREAD,
	PROBE_READ_MEMORY,
	PROBE_PTRACE,
	PROBE_LANDLOCK, /* value: the ABI */
	PROBE_IO_URING,
	PROBE_MEMFD_SEAL,
	PROBE_MOUNT_ID,
	PROBE_CORE_DUMPS,
	PROBE_DESCRIPTORS,   /* value: the hard RLIMIT_NOFILE, -1 without limit */
	PROBE_LOCKED_MEMORY, /* value: the hard RLIMIT_MEMLOCK in KiB, -1 without limit */
};
#define PROBE_COUNT 24

enum probe_outcome {
	PROBE_NOT_TRIED = 0,
	PROBE_FAILS, /* error, or 0 where the kernel took it and did something else */
	PROBE_WORKS,
};

#define PROBE_TEXT_MAX 160

struct probe_result {
	enum probe_outcome outcome;
	int error;       /* a positive errno */
	char step[48];   /* the call that failed */
	long long value; /* as told at the probe; 0 elsewhere */
	char text[PROBE_TEXT_MAX];
};

/* Settings of the machine that explain a failure; -1 where it does not have them. */
struct probe_facts {
	bool root;
	long userns_clone;      /* kernel.unprivileged_userns_clone (Debian) */
	long max_namespaces;    /* user.max_user_namespaces */
	long apparmor_userns;   /* kernel.apparmor_restrict_unprivileged_userns (Ubuntu) */
	long yama;              /* kernel.yama.ptrace_scope */
	long io_uring_disabled; /* kernel.io_uring_disabled */
};

struct probe_results {
	struct probe_facts facts;
	struct probe_result result[PROBE_COUNT];
};

/* Reads the settings; runs the probes of the mask (bit 1 << enum probe). */
void probes_run(unsigned mask, struct probe_results *ret_results);
#define PROBES_ALL ((1u << PROBE_COUNT) - 1)
