/* SPDX-License-Identifier: Apache-2.0 */
/* What is longer than a screen goes through a pager. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdio_ext.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "enforcer/commands/pager.h"

void pager_start(struct pager *pager, bool wanted)
{
	const char *command = getenv("CALLGATE_PAGER") ?: getenv("PAGER") ?: "less -R";
	int pipe_fds[2];
	pid_t pid;

	pager->pid = 0;
	if (!wanted || !isatty(1) || !*command || strcmp(command, "cat") == 0)
		return;
	if (pipe2(pipe_fds, O_CLOEXEC) < 0)
		return;
	pid = fork();
	if (pid == 0) {
		if (dup2(pipe_fds[0], 0) == 0) {
			/* As git has it: short output stays on the screen, colours get through. */
			setenv("LESS", "FRX", 0);
			execl("/bin/sh", "sh", "-c", command, (char *)NULL);
		}
		_exit(127);
	}
	if (pid > 0) {
		fflush(stdout);
		dup2(pipe_fds[1], 1);
		/* A person who leaves early ends us by an error, not by a signal. */
		signal(SIGPIPE, SIG_IGN);
		pager->pid = pid;
	}
	close(pipe_fds[0]);
	close(pipe_fds[1]);
}

void pager_end(struct pager *pager)
{
	if (pager->pid <= 0)
		return;
	fflush(stdout);
	/* What a pager did not want is nobody's. */
	__fpurge(stdout);
	clearerr(stdout);
	/* The pipe's end is its sign that there is no more. */
	close(1);
	while (waitpid(pager->pid, NULL, 0) < 0 && errno == EINTR)
		;
	pager->pid = 0;
	/* So that the last flush of all has somewhere to go. */
	if (dup2(2, 1) < 0)
		return;
}

int colour_wanted(const char *when, bool *ret_wanted)
{
	const char *no = getenv("NO_COLOR"), *term = getenv("TERM");

	if (when && strcmp(when, "always") == 0) {
		*ret_wanted = true;
		return 0;
	}
	*ret_wanted = false;
	if (when && strcmp(when, "never") == 0)
		return 0;
	if (when && strcmp(when, "auto") != 0)
		return -EINVAL;
	*ret_wanted = isatty(1) && !(no && *no) && term && strcmp(term, "dumb") != 0;
	return 0;
}
