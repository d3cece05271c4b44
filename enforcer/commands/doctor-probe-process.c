/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Probes of what the enforcer takes from a target: a descriptor, its memory, its exec stop. The
 * target is a grandchild in a user namespace of its own, as in a run: Yama looks at descent, and
 * the kernel at who owns the namespace that the program was executed in.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "enforcer/base/fd.h"
#include "enforcer/commands/doctor-probe.h"
#include "filters/kernel-newer.h"

struct target {
	pid_t pid;
	int input; /* a byte here, and it executes true */
};

static _Noreturn void parent_main(int input, int report)
{
	static const char *const argv[] = {"sh", "-c", "read line; exec /bin/true", NULL};
	struct probe_result ignored;
	pid_t child;

	/* Where it is refused, its own probe says so; the rest is tried without. */
	(void)probe_enter_namespaces(0, &ignored);
	child = fork();
	if (child == 0) {
		dup2(input, STDIN_FILENO);
		execv("/bin/sh", (char *const *)argv);
		_exit(127);
	}
	fd_write_all(report, &child, sizeof(child));
	close(report);
	for (;;)
		pause();
}

/* False with the result filled. */
static bool target_start(struct target *ret_target, struct probe_result *result)
{
	int input[2], report[2];
	char byte;

	if (pipe2(input, O_CLOEXEC) < 0 || pipe2(report, O_CLOEXEC) < 0) {
		probe_fails(result, "pipe2");
		return false;
	}
	switch (fork()) {
	case -1:
		probe_fails(result, "fork");
		return false;
	case 0:
		close(input[1]);
		parent_main(input[0], report[1]);
	}
	close(report[1]);
	close(input[0]);
	/* The end of the report comes when the target's copy of it is closed by its exec. Before
	 * that it runs an image of our own namespace, which is judged otherwise. */
	if (fd_read_all(report[0], &ret_target->pid, sizeof(ret_target->pid)) < 0 ||
	    ret_target->pid < 0 || read(report[0], &byte, 1) != 0) {
		probe_misbehaves(result, "start of a grandchild");
		return false;
	}
	ret_target->input = input[1];
	return true;
}

void probe_pidfd_getfd(struct probe_result *result)
{
	struct target target;
	int pidfd;

	if (!target_start(&target, result))
		return;
	pidfd = (int)syscall(SYS_pidfd_open, target.pid, 0);
	if (pidfd < 0)
		probe_fails(result, "pidfd_open");
	else if (syscall(SYS_pidfd_getfd, pidfd, STDIN_FILENO, 0) < 0)
		probe_fails(result, "pidfd_getfd");
	else
		probe_works(result, 0);
}

void probe_pidfd_thread(struct probe_result *result)
{
	if (syscall(SYS_pidfd_open, getpid(), PIDFD_THREAD) < 0)
		probe_fails(result, "pidfd_open(PIDFD_THREAD)");
	else
		probe_works(result, 0);
}

void probe_read_memory(struct probe_result *result)
{
	struct target target;
	unsigned long address = 0;
	char path[64], head[4] = "";
	struct iovec local = {head, sizeof(head)}, remote;
	FILE *maps;

	if (!target_start(&target, result))
		return;
	snprintf(path, sizeof(path), "/proc/%d/maps", target.pid);
	maps = fopen(path, "re");
	if (!maps || fscanf(maps, "%lx", &address) != 1) {
		probe_fails(result, "/proc/PID/maps");
	} else {
		remote = (struct iovec){(void *)address, sizeof(head)};
		if (process_vm_readv(target.pid, &local, 1, &remote, 1, 0) != sizeof(head))
			probe_fails(result, "process_vm_readv");
		else if (memcmp(head, "\177ELF", sizeof(head)) != 0)
			probe_misbehaves(result, "process_vm_readv");
		else
			probe_works(result, 0);
	}
	if (maps)
		fclose(maps);
}

void probe_ptrace(struct probe_result *result)
{
	struct target target;
	int status;

	if (!target_start(&target, result))
		return;
	if (ptrace(PTRACE_SEIZE, target.pid, NULL,
		   (void *)(long)(PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL)) < 0) {
		probe_fails(result, "PTRACE_SEIZE");
		return;
	}
	if (write(target.input, "\n", 1) != 1 || waitpid(target.pid, &status, __WALL) < 0)
		probe_fails(result, "waitpid");
	else if (!WIFSTOPPED(status) || status >> 8 != (SIGTRAP | PTRACE_EVENT_EXEC << 8))
		probe_misbehaves(result, "stop at exec");
	else
		probe_works(result, 0);
	kill(target.pid, SIGKILL);
}
