/* SPDX-License-Identifier: Apache-2.0 */
/* Runs each probe in a process of its own. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <fcntl.h>
#include <unistd.h>

#include "enforcer/base/fd.h"
#include "enforcer/commands/doctor-probe.h"

#define PROBE_TIMEOUT_MS 5000

static probe_fn *const probes[] = {
	[PROBE_KERNEL] = probe_kernel,
	[PROBE_USER_NAMESPACE] = probe_user_namespace,
	[PROBE_NESTED_USER_NAMESPACE] = probe_nested_user_namespace,
	[PROBE_MOUNT_NAMESPACE] = probe_mount_namespace,
	[PROBE_PROCFS] = probe_procfs,
	[PROBE_NETWORK_NAMESPACE] = probe_network_namespace,
	[PROBE_CGROUP_NAMESPACE] = probe_cgroup_namespace,
	[PROBE_BWRAP] = probe_bwrap,
	[PROBE_BWRAP_RUN] = probe_bwrap_run,
	[PROBE_LISTENER] = probe_listener,
	[PROBE_WAIT_KILLABLE] = probe_wait_killable,
	[PROBE_ADDFD] = probe_addfd,
	[PROBE_SYNC_WAKE_UP] = probe_sync_wake_up,
	[PROBE_PIDFD_GETFD] = probe_pidfd_getfd,
	[PROBE_PIDFD_THREAD] = probe_pidfd_thread,
	[PROBE_READ_MEMORY] = probe_read_memory,
	[PROBE_PTRACE] = probe_ptrace,
	[PROBE_LANDLOCK] = probe_landlock,
	[PROBE_IO_URING] = probe_io_uring,
	[PROBE_MEMFD_SEAL] = probe_memfd_seal,
	[PROBE_MOUNT_ID] = probe_mount_id,
	[PROBE_CORE_DUMPS] = probe_core_dumps,
	[PROBE_DESCRIPTORS] = probe_descriptors,
	[PROBE_LOCKED_MEMORY] = probe_locked_memory,
};
_Static_assert(ARRAY_LEN(probes) == PROBE_COUNT, "run every probe");

void probe_works(struct probe_result *result, long long value)
{
	result->outcome = PROBE_WORKS;
	result->value = value;
}

void probe_fails(struct probe_result *result, const char *step)
{
	result->error = errno;
	result->outcome = PROBE_FAILS;
	snprintf(result->step, sizeof(result->step), "%s", step);
}

void probe_misbehaves(struct probe_result *result, const char *step)
{
	errno = 0;
	probe_fails(result, step);
}

static _Noreturn void probe_child(probe_fn *probe, int report)
{
	struct probe_result result = {};
	sigset_t none;
	int null;

	/* A run that failed to start asks us with its own signals still blocked. */
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGCHLD, SIG_DFL);
	setpgid(0, 0);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	/* What a probe starts must not speak between our lines. */
	null = open("/dev/null", O_RDWR | O_CLOEXEC);
	if (null >= 0) {
		dup2(null, STDIN_FILENO);
		dup2(null, STDOUT_FILENO);
		dup2(null, STDERR_FILENO);
	}
	probe(&result);
	_exit(fd_write_all(report, &result, sizeof(result)) < 0);
}

static void probe_run(probe_fn *probe, struct probe_result *result)
{
	_cleanup_fd_ int in = -1, out = -1;
	struct pollfd wait = {.events = POLLIN};
	int ends[2];
	pid_t child;

	*result = (struct probe_result){};
	if (pipe2(ends, O_CLOEXEC) < 0) {
		probe_fails(result, "pipe2");
		return;
	}
	in = ends[0];
	out = ends[1];
	child = fork();
	if (child < 0) {
		probe_fails(result, "fork");
		return;
	}
	if (child == 0)
		probe_child(probe, out);
	setpgid(child, child); /* whoever of the two is first */
	out = fd_close(out);
	wait.fd = in;
	if (poll(&wait, 1, PROBE_TIMEOUT_MS) <= 0)
		probe_misbehaves(result, "no end within 5 s");
	else if (fd_read_all(in, result, sizeof(*result)) < 0)
		probe_misbehaves(result, "the probe died");
	kill(-child, SIGKILL);
	waitpid(child, NULL, 0);
}

/* A number from a file of /proc/sys, -1 where there is none. */
static long setting(const char *path)
{
	char text[32] = "";
	_cleanup_fd_ int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || read(fd, text, sizeof(text) - 1) <= 0)
		return -1;
	return strtol(text, NULL, 10);
}

void probes_run(unsigned mask, struct probe_results *ret_results)
{
	*ret_results = (struct probe_results){
		.facts =
			{
				.root = geteuid() == 0,
				.userns_clone =
					setting("/proc/sys/kernel/unprivileged_userns_clone"),
				.max_namespaces = setting("/proc/sys/user/max_user_namespaces"),
				.apparmor_userns = setting(
					"/proc/sys/kernel/apparmor_restrict_unprivileged_userns"),
				.yama = setting("/proc/sys/kernel/yama/ptrace_scope"),
				.io_uring_disabled = setting("/proc/sys/kernel/io_uring_disabled"),
			},
	};
	/* Buffered text would be written once more by each child. */
	fflush(NULL);
	for (int i = 0; i < PROBE_COUNT; i++)
		if (mask & 1u << i)
			probe_run(probes[i], &ret_results->result[i]);
}
