/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The shim: the last steps of the start, inside the sandbox. Started by bwrap with an empty
 * environment; becomes the agent. docs/handover-protocol.md tells the order and its reasons.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "agent-shim/shim.h"

static int parse_fd(const char *text)
{
	int fd = 0;

	if (*text == '\0')
		return -1;
	for (; *text >= '0' && *text <= '9' && fd < 100000; text++)
		fd = fd * 10 + (*text - '0');
	return *text == '\0' ? fd : -1;
}

/* The arguments' numbers are all above 2, so that no dup2 overwrites what the next one needs. */
static void place_descriptors(struct shim *shim, const int *stdio)
{
	if (shim->plan->terminal)
		terminal_make(shim);
	for (int fd = 0; fd < 3; fd++)
		if (!(shim->plan->terminal & 1u << fd) && dup2(stdio[fd], fd) < 0)
			shim_fail(shim, HANDOVER_STEP_DESCRIPTORS);
	/* The control socket moves to 3 and everything above it goes, whatever bwrap left there. */
	if (shim->control != 3 && dup3(shim->control, 3, O_CLOEXEC) < 0)
		shim_fail(shim, HANDOVER_STEP_DESCRIPTORS);
	shim->control = 3;
	if (fcntl(3, F_SETFD, FD_CLOEXEC) < 0 || syscall(SYS_close_range, 4, ~0U, 0) < 0)
		shim_fail(shim, HANDOVER_STEP_DESCRIPTORS);
}

/* Raw, with a zeroed struct kernel_sigaction: libc refuses the two signals that it keeps for
 * itself, and a disposition that was ignored before us would stay so in the agent. */
static void reset_signals(const struct shim *shim)
{
	uint64_t action[4] = {}, mask = 0;

	for (int sig = 1; sig <= 64; sig++)
		if (sig != SIGKILL && sig != SIGSTOP &&
		    syscall(SYS_rt_sigaction, sig, action, NULL, sizeof(mask)) < 0)
			shim_fail(shim, HANDOVER_STEP_SIGNALS);
	if (syscall(SYS_rt_sigprocmask, SIG_SETMASK, &mask, NULL, sizeof(mask)) < 0)
		shim_fail(shim, HANDOVER_STEP_SIGNALS);
}

int main(int argc, char **argv)
{
	struct shim shim = {.control = -1};
	int fds[5]; /* plan, control, and what becomes 0, 1 and 2 */

	if (argc != 6)
		return HANDOVER_EXIT_FAILED;
	for (int i = 0; i < 5; i++) {
		fds[i] = parse_fd(argv[i + 1]);
		if (fds[i] < 3)
			return HANDOVER_EXIT_FAILED;
	}
	shim.control = fds[1];
	handover_read_plan(&shim, fds[0]);
	/* Also without a terminal: a session's controlling terminal stays in reach of /dev/tty and
	 * TIOCSTI though none of its descriptors is open. */
	if (setsid() < 0)
		shim_fail(&shim, HANDOVER_STEP_SESSION);
	place_descriptors(&shim, fds + 2);
	reset_signals(&shim);
	if (chdir(shim_string(&shim, shim.plan->cwd)) < 0)
		shim_fail(&shim, HANDOVER_STEP_CHDIR);
	restrict_agent(&shim);
	install_filter(&shim);
	handover_wait_for_go(&shim);
	if (shim.plan->terminal)
		leader_fork(&shim);
	execute_agent(&shim);
}
