/* SPDX-License-Identifier: Apache-2.0 */
/* The process between enforcer and bwrap. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "agent-shim/handover-protocol.h"
#include "enforcer/base/cleanup.h"
#include "enforcer/launch/keeper.h"
#include "enforcer/launch/netns.h"
#include "enforcer/launch/plan.h"

/* Where the descriptors stand from place_descriptors() on; those up to SLOT_STREAMS + 2 pass
 * through bwrap to the shim. */
enum slot {
	SLOT_OPTIONS = 3,
	SLOT_PLAN,
	SLOT_CONTROL,
	SLOT_STREAMS,
	SLOT_SYNC = SLOT_STREAMS + 3,
	SLOT_NETWORK,
	SLOT_FILES,
	SLOT_END = SLOT_FILES + PLAN_FILES_MAX,
};
_Static_assert((int)SLOT_FILES == PLAN_FILES_FD, "as the plan says");
/* Sources are copied above all slots first, so that no slot overwrites what the next one needs. */
#define SPARE 32

static _Noreturn void keeper_fail(int sync, enum keeper_step step)
{
	struct keeper_report report = {step, errno};

	send(sync, &report, sizeof(report), MSG_NOSIGNAL);
	_exit(HANDOVER_EXIT_FAILED);
}

static void place_descriptors(const struct keeper *keeper)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	/* A number that the shim ignores must still be one. */
	int sources[SLOT_END] = {
		[STDIN_FILENO] = null,
		[STDOUT_FILENO] = null,
		[STDERR_FILENO] = keeper->complaints,
		[SLOT_OPTIONS] = keeper->options,
		[SLOT_PLAN] = keeper->plan,
		[SLOT_CONTROL] = keeper->control,
		[SLOT_STREAMS] = keeper->streams[0] < 0 ? null : keeper->streams[0],
		[SLOT_STREAMS + 1] = keeper->streams[1] < 0 ? null : keeper->streams[1],
		[SLOT_STREAMS + 2] = keeper->streams[2] < 0 ? null : keeper->streams[2],
		[SLOT_SYNC] = keeper->sync,
		[SLOT_NETWORK] = keeper->network,
	};
	int copies[SLOT_END];

	if (null < 0)
		keeper_fail(keeper->sync, KEEPER_DESCRIPTORS);
	for (int i = 0; i < PLAN_FILES_MAX; i++)
		sources[SLOT_FILES + i] = keeper->files[i] < 0 ? null : keeper->files[i];
	for (int i = 0; i < SLOT_END; i++) {
		copies[i] = fcntl(sources[i], F_DUPFD_CLOEXEC, SPARE);
		if (copies[i] < 0)
			keeper_fail(keeper->sync, KEEPER_DESCRIPTORS);
	}
	for (int i = 0; i < SLOT_END; i++)
		if (dup2(copies[i], i) < 0)
			keeper_fail(copies[SLOT_SYNC], KEEPER_DESCRIPTORS);
	if (fcntl(SLOT_SYNC, F_SETFD, FD_CLOEXEC) < 0 ||
	    fcntl(SLOT_NETWORK, F_SETFD, FD_CLOEXEC) < 0 ||
	    syscall(SYS_close_range, SLOT_END, ~0U, 0) < 0)
		keeper_fail(SLOT_SYNC, KEEPER_DESCRIPTORS);
}

/* Ends this process with its parent. The setting does not see a parent that was gone before. */
static void die_with(pid_t parent)
{
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || getppid() != parent)
		_exit(HANDOVER_EXIT_FAILED);
}

static void reset_signals(void)
{
	struct sigaction action = {.sa_handler = SIG_DFL};
	sigset_t none;

	for (int sig = 1; sig < NSIG; sig++)
		sigaction(sig, &action, NULL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

/*
 * No core file, and no core sent to a pipe: a limit of exactly 1 is what the kernel takes for "no"
 * in both cases (fs/coredump.c).
 */
static void limit_cores(void)
{
	struct rlimit limit = {1, 1}, now;

	if (getrlimit(RLIMIT_CORE, &now) < 0)
		keeper_fail(SLOT_SYNC, KEEPER_LIMITS);
	/* An unprivileged process cannot raise a hard limit of 0; files are off there too. */
	if (now.rlim_max < 1)
		return;
	if (setrlimit(RLIMIT_CORE, &limit) < 0)
		keeper_fail(SLOT_SYNC, KEEPER_LIMITS);
}

static void enter_namespaces(void)
{
	struct keeper_report ready = {KEEPER_NAMESPACES, 0};
	char mapped;

	/* The enforcer writes our maps, and a process that cannot be dumped has root's files in
	 * /proc. */
	prctl(PR_SET_DUMPABLE, 1);
	if (unshare(CLONE_NEWUSER | CLONE_NEWNS) < 0)
		keeper_fail(SLOT_SYNC, KEEPER_NAMESPACES);
	if (send(SLOT_SYNC, &ready, sizeof(ready), MSG_NOSIGNAL) < 0 ||
	    recv(SLOT_SYNC, &mapped, 1, 0) != 1)
		_exit(HANDOVER_EXIT_FAILED);
	prctl(PR_SET_DUMPABLE, 0);
	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		keeper_fail(SLOT_SYNC, KEEPER_MOUNTS);
}

/* In the child: bwrap gets no more of an environment than it needs, the agent's is in the plan. */
static _Noreturn void execute_bwrap(const char *bwrap, pid_t keeper)
{
	static char *const envp[] = {(char *)"PATH=/usr/bin:/bin", NULL};
	char numbers[6][12];
	const char *argv[] = {"bwrap",        "--args",   numbers[0], "--",
			      PLAN_SHIM_PATH, numbers[1], numbers[2], numbers[3],
			      numbers[4],     numbers[5], NULL};

	for (int i = 0; i < 6; i++)
		snprintf(numbers[i], sizeof(numbers[i]), "%d", SLOT_OPTIONS + i);
	die_with(keeper);
	execve(bwrap, (char *const *)argv, envp);
	keeper_fail(SLOT_SYNC, KEEPER_EXECUTE);
}

/* Its exit signal is none, so that it does not count among the children that wait_for_all()
 * waits for (clone(2), __WCLONE). */
static pid_t fork_netns(pid_t keeper)
{
	pid_t pid = (pid_t)syscall(SYS_clone, 0UL, NULL, NULL, NULL, 0UL);

	if (pid < 0)
		keeper_fail(SLOT_SYNC, KEEPER_FORK);
	if (pid > 0)
		return pid;
	if (dup2(STDIN_FILENO, STDERR_FILENO) < 0 || dup2(SLOT_NETWORK, SLOT_OPTIONS) < 0 ||
	    syscall(SYS_close_range, SLOT_OPTIONS + 1, ~0U, 0) < 0)
		_exit(HANDOVER_EXIT_FAILED);
	netns_run(SLOT_OPTIONS, keeper);
}

/*
 * The monitor's end orphans pid 1 of the sandbox, which comes to us; it can be reaped only when its
 * whole pid namespace is gone. So when we exit, nothing of the agent is left.
 */
static int wait_for_all(pid_t bwrap, pid_t netns)
{
	int status = HANDOVER_EXIT_FAILED << 8, any;
	pid_t pid;

	for (;;) {
		pid = waitpid(-1, &any, 0);
		if (pid == bwrap)
			status = any;
		if (pid < 0 && errno == ECHILD)
			break;
	}
	kill(netns, SIGKILL);
	waitpid(netns, &any, __WALL);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

_Noreturn void keeper_run(const struct keeper *keeper)
{
	pid_t self = getpid(), bwrap, netns;

	die_with(keeper->enforcer);
	prctl(PR_SET_NAME, "callgate-keeper");
	reset_signals();
	/* Ctrl-C on the person's terminal is the enforcer's to handle, not to kill bwrap by. */
	setsid();
	place_descriptors(keeper);
	limit_cores();
	enter_namespaces();
	netns = fork_netns(self);
	if (prctl(PR_SET_CHILD_SUBREAPER, 1) < 0)
		keeper_fail(SLOT_SYNC, KEEPER_FORK);
	bwrap = fork();
	if (bwrap < 0)
		keeper_fail(SLOT_SYNC, KEEPER_FORK);
	if (bwrap == 0)
		execute_bwrap(keeper->bwrap, self);
	/* The control socket above all: its end of file says that the agent was executed. */
	dup2(STDIN_FILENO, STDERR_FILENO);
	syscall(SYS_close_range, SLOT_OPTIONS, ~0U, 0);
	_exit(wait_for_all(bwrap, netns));
}
