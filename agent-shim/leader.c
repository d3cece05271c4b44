/* SPDX-License-Identifier: Apache-2.0 */
/*
 * With a terminal the agent needs a parent in its session: the kernel stops nobody in a process
 * group that is orphaned, and Ctrl-Z would do nothing. The leader stays behind, under the same
 * Landlock domain and filter, tells the enforcer when the agent has stopped, and ends as the agent
 * ends.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "agent-shim/shim.h"

static pid_t agent;

/* The kernel tells only the leader of a session that its terminal hung up. */
static void pass_on(int sig)
{
	kill(-agent, sig);
}

static _Noreturn void leader_wait(const struct shim *shim, int executed)
{
	struct handover_message message = {.kind = HANDOVER_EXECUTED};
	int status;
	char byte;

	signal(SIGHUP, pass_on);
	/* The agent alone holds its streams now, so that their ends are seen when it closes
	 * them. */
	syscall(SYS_close_range, 0, 2, 0);
	/* The other end closes with the agent's execve, or with its end. */
	while (read(executed, &byte, 1) < 0 && errno == EINTR)
		;
	handover_send(shim, &message, -1);
	for (;;) {
		if (waitpid(agent, &status, WUNTRACED) < 0) {
			if (errno == EINTR)
				continue;
			_exit(HANDOVER_EXIT_FAILED);
		}
		if (!WIFSTOPPED(status))
			_exit(WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
		message.kind = HANDOVER_STOPPED;
		handover_send(shim, &message, -1);
	}
}

static void take_foreground(const struct shim *shim)
{
	sigset_t ttou;

	/* Asking for the foreground from the background is SIGTTOU, unless it is blocked. */
	sigemptyset(&ttou);
	sigaddset(&ttou, SIGTTOU);
	sigprocmask(SIG_BLOCK, &ttou, NULL);
	for (int fd = 0; fd < 3; fd++)
		if (shim->plan->terminal & 1u << fd && tcsetpgrp(fd, getpid()) < 0)
			shim_fail(shim, HANDOVER_STEP_SESSION);
	sigprocmask(SIG_UNBLOCK, &ttou, NULL);
}

void leader_fork(const struct shim *shim)
{
	struct handover_message message = {.kind = HANDOVER_AGENT};
	int executed[2];

	if (pipe2(executed, O_CLOEXEC) < 0)
		shim_fail(shim, HANDOVER_STEP_SESSION);
	agent = fork();
	if (agent < 0)
		shim_fail(shim, HANDOVER_STEP_SESSION);
	if (agent > 0) {
		close(executed[1]);
		leader_wait(shim, executed[0]);
	}
	if (setpgid(0, 0) < 0)
		shim_fail(shim, HANDOVER_STEP_SESSION);
	take_foreground(shim);
	handover_send(shim, &message, -1);
}
