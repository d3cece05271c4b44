/* SPDX-License-Identifier: Apache-2.0 */
/*
 * relay-run COMMAND...: runs COMMAND on a pty of its own through terminal.c, without any sandbox,
 * as callgate's supervisor does with one. Exits with the command's status.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "enforcer/approval/terminal.h"
#include "enforcer/loop/loop.h"

struct relay {
	struct loop *loop;
	struct terminal *terminal;
	struct loop_source signals;
	int signal_fd;
	pid_t child;
	int status;
};

static void on_finished(void *userdata)
{
	loop_stop(((struct relay *)userdata)->loop);
}

static void take_signal(struct relay *relay, const struct signalfd_siginfo *info)
{
	if (info->ssi_signo == SIGCHLD) {
		if (waitpid(relay->child, &relay->status, WNOHANG) == relay->child)
			terminal_finish(relay->terminal, on_finished, relay);
		return;
	}
	if (info->ssi_signo != SIGTERM && info->ssi_signo != SIGHUP &&
	    terminal_signal(relay->terminal, (int)info->ssi_signo, info->ssi_code == SI_KERNEL))
		return;
	relay->status = (int)info->ssi_signo;
	kill(-relay->child, SIGKILL);
	loop_stop(relay->loop);
}

static void on_signal(struct loop_source *source, int32_t result, bool more)
{
	struct relay *relay = container_of(source, struct relay, signals);
	struct signalfd_siginfo info;

	while (read(relay->signal_fd, &info, sizeof(info)) == sizeof(info))
		take_signal(relay, &info);
	if (!more)
		loop_poll(&relay->signals, relay->signal_fd, POLLIN, true);
}

static int fail(const char *what)
{
	fprintf(stderr, "relay-run: %s: %s\n", what, strerror(errno));
	return 125;
}

static void run_child(const char *slave, const struct terminal_wanted *wanted, char **argv)
{
	sigset_t none;
	int fd;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	setsid();
	fd = open(slave, O_RDWR);
	for (int i = 0; i < 3; i++)
		if (wanted->tty[i])
			dup2(fd, i);
	if (fd > 2)
		close(fd);
	execvp(argv[0], argv);
	_exit(127);
}

int main(int argc, char **argv)
{
	static const int caught[] = {SIGCHLD, SIGTERM, SIGHUP,  SIGINT,  SIGQUIT,
				     SIGTSTP, SIGCONT, SIGTTIN, SIGTTOU, SIGWINCH};
	struct terminal_wanted wanted;
	struct failure failure = {};
	struct relay relay = {};
	int master, go[2], r;
	sigset_t set;
	char byte;

	terminal_wanted(&wanted);
	if (argc < 2 || !wanted.pty)
		return fail("no command, or no terminal");
	sigemptyset(&set);
	for (size_t i = 0; i < ARRAY_LEN(caught); i++)
		sigaddset(&set, caught[i]);
	sigprocmask(SIG_BLOCK, &set, NULL);
	relay.signal_fd = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
	master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (master < 0 || unlockpt(master) < 0 || pipe2(go, O_CLOEXEC) < 0)
		return fail("pty");
	relay.child = fork();
	if (relay.child < 0)
		return fail("fork");
	if (relay.child == 0) {
		close(go[1]);
		if (read(go[0], &byte, 1) == 0)
			run_child(ptsname(master), &wanted, argv + 1);
		_exit(127);
	}
	if (loop_new(&relay.loop) < 0)
		return fail("loop");
	r = terminal_new(relay.loop, master, &wanted, &relay.terminal, &failure);
	if (r < 0) {
		failure_print(&failure);
		return 125;
	}
	loop_source_init(&relay.signals, relay.loop, on_signal);
	loop_poll(&relay.signals, relay.signal_fd, POLLIN, true);
	close(go[1]);
	loop_run(relay.loop);
	relay.terminal = terminal_free(relay.terminal);
	loop_source_done(&relay.signals);
	relay.loop = loop_free(relay.loop);
	return WIFSIGNALED(relay.status) ? 128 + WTERMSIG(relay.status) : WEXITSTATUS(relay.status);
}
