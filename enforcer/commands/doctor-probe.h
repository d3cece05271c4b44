/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the probes share. Each is called in a process of its own, fills the result, and may leave
 * descriptors, namespaces and children behind: the process ends, and its process group is killed.
 */
#pragma once

#include <sys/types.h>

#include "enforcer/commands/doctor-probes.h"

/* Both for a return statement: set the outcome; errno is kept as the reason of a failure. */
void probe_works(struct probe_result *result, long long value);
void probe_fails(struct probe_result *result, const char *step);
/* The kernel took it, and did something else than it must. */
void probe_misbehaves(struct probe_result *result, const char *step);

/* Enters a new user namespace in which the caller keeps its ids, and then the namespaces of flags
 * (CLONE_NEW*). False with the result filled. */
bool probe_enter_namespaces(int flags, struct probe_result *result);

typedef void probe_fn(struct probe_result *result);
probe_fn probe_user_namespace, probe_nested_user_namespace, probe_mount_namespace, probe_procfs,
	probe_network_namespace, probe_cgroup_namespace, probe_bwrap, probe_bwrap_run;
probe_fn probe_listener, probe_wait_killable, probe_addfd, probe_sync_wake_up;
probe_fn probe_pidfd_getfd, probe_pidfd_thread, probe_read_memory, probe_ptrace;
probe_fn probe_io_uring;
probe_fn probe_kernel, probe_landlock, probe_memfd_seal, probe_mount_id, probe_core_dumps,
	probe_descriptors, probe_locked_memory;
