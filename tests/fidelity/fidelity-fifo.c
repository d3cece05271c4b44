/* SPDX-License-Identifier: Apache-2.0 */
/* What waits: FIFOs that are opened from both sides, interrupted opens; terminals. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>

#include "tests/fidelity/fidelity.h"

static volatile sig_atomic_t signals_seen;

static void on_signal(int signo)
{
	(void)signo;
	signals_seen++;
}

static void handle(int flags)
{
	struct sigaction action = {.sa_handler = on_signal, .sa_flags = flags};

	sigaction(SIGALRM, &action, NULL);
}

static void alarm_after(long ms, long every)
{
	struct itimerval timer = {{0, every * 1000}, {0, ms * 1000}};

	setitimer(ITIMER_REAL, &timer, NULL);
}

static void pause_for(long ms)
{
	struct timespec left = {0, ms * 1000000};

	while (nanosleep(&left, &left) < 0 && errno == EINTR)
		;
}

static void without_waiting(void)
{
	static const int flags[] = {O_RDONLY, O_WRONLY, O_RDWR};

	for (size_t i = 0; i < COUNT(flags); i++)
		row_fd(open("fifo", flags[i] | O_NONBLOCK), "alone %o", flags[i]);
	row_fd(open("fifo", O_RDWR), "both ways");
	row_fd(open("fifo", O_RDWR | O_CREAT | O_EXCL, 0600), "exclusive");
	row_fd(open("fifo", O_RDONLY | O_DIRECTORY), "as a directory");
	row_fd(open("fifo", O_PATH), "path");
	row(truncate("fifo", 0), "truncate");
}

/* The child opens one side after a while; whoever comes first waits. */
static void meet(int mine, int others)
{
	char byte = 0;
	int fd;
	pid_t pid = must(fork(), "a process");

	if (pid == 0) {
		pause_for(120);
		fd = open("fifo", others);
		if (others == O_WRONLY)
			must(write(fd, "m", 1), "a byte");
		else
			must(read(fd, &byte, 1), "a byte");
		_exit(fd == 3 ? 0 : 1);
	}
	fd = open("fifo", mine | O_CLOEXEC);
	row(fd, "met with %o", mine);
	row(mine == O_RDONLY ? read(fd, &byte, 1) : write(fd, "m", 1), "  byte");
	close(fd);
	waitpid(pid, &fd, 0);
	row(fd, "  the other's status");
}

static void many_meetings(void)
{
	int wrong = 0;
	pid_t pid = must(fork(), "a process");

	for (int i = 0; i < 100; i++) {
		char byte = 0;
		int fd = open("fifo", pid ? O_RDONLY : O_WRONLY);

		if (pid)
			wrong += fd < 0 || read(fd, &byte, 1) != 1 || read(fd, &byte, 1) != 0;
		else
			wrong += fd < 0 || write(fd, "x", 1) != 1;
		close(fd);
		/* The other must have closed, too, before it can be met anew. */
		fd = open("fifo2", pid ? O_WRONLY : O_RDONLY);
		close(fd);
	}
	if (pid == 0)
		_exit(wrong);
	waitpid(pid, NULL, 0);
	row(wrong, "of 100 meetings wrong");
}

static void interrupted(void)
{
	int status = 0;
	pid_t pid;

	handle(0);
	alarm_after(80, 0);
	row(open("fifo", O_RDONLY), "interrupted reader");
	alarm_after(80, 0);
	row(open("fifo", O_WRONLY), "interrupted writer");
	handle(SA_RESTART);
	signals_seen = 0;
	pid = must(fork(), "a process");
	if (pid == 0) {
		pause_for(300);
		_exit(open("fifo", O_WRONLY) < 0);
	}
	alarm_after(80, 0);
	row_fd(open("fifo", O_RDONLY), "restarted reader");
	row(signals_seen, "  signals seen");
	waitpid(pid, NULL, 0);
	pid = must(fork(), "a process");
	if (pid == 0) {
		signal(SIGTERM, SIG_DFL);
		_exit(open("fifo", O_RDONLY) < 0);
	}
	pause_for(80);
	kill(pid, SIGTERM);
	waitpid(pid, &status, 0);
	row(status, "killed reader");
}

/*
 * No open of what does not wait is ever interrupted. Without SA_RESTART that does not hold in the
 * sandbox: a signal that comes before the enforcer has taken the call from the kernel ends it
 * (seccomp_unotify(2)). How often hangs on the machine, so only SA_RESTART can be compared.
 */
static void storm(void)
{
	int failures = 0;

	handle(SA_RESTART);
	alarm_after(1, 1);
	for (int i = 0; i < 3000; i++) {
		int fd = open(i % 2 ? "file" : "made", O_RDWR | O_CREAT, 0600);

		failures += fd < 0;
		close(fd);
		failures += chmod("file", 0644) < 0;
		failures += i % 100 == 0 && unlink("made") < 0;
	}
	alarm_after(0, 0);
	row(failures, "of 9000 calls interrupted");
}

static void terminals(void)
{
	char name[64] = "", text[32] = "";
	int master, slave, unlocked = 0, number = -1;
	pid_t pid;

	row_fd(open("/dev/tty", O_RDWR), "no terminal");
	master = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC);
	row(master, "ptmx");
	row(ioctl(master, TIOCGPTN, &number), "  number");
	row(ioctl(master, TIOCSPTLCK, &unlocked), "  unlock");
	snprintf(name, sizeof(name), "/dev/pts/%d", number);
	row(ioctl(master, TIOCGPTPEER, O_RDWR | O_NOCTTY), "  peer");
	slave = open(name, O_RDWR | O_NOCTTY);
	row(slave, "its other end");
	row(write(master, "typed\n", 6), "  typed");
	row((long)read(slave, text, sizeof(text)), "  read");
	row(fchmod(slave, 0620), "  fchmod");
	row(chmod(name, 0600), "  chmod");
	row(fchown(slave, geteuid(), -1), "  fchown");
	pid = must(fork(), "a process");
	if (pid == 0) {
		int tty;

		setsid();
		row(ioctl(slave, TIOCSCTTY, 0), "controlling terminal");
		tty = open("/dev/tty", O_RDWR);
		row(tty, "/dev/tty");
		row(isatty(tty), "  is a terminal");
		row(tcgetpgrp(tty) == getpgrp(), "  of this group");
		row(write(tty, "x", 1), "  write");
		row_fd(open("/dev/tty", O_RDONLY | O_CLOEXEC), "/dev/tty again");
		_exit(0);
	}
	waitpid(pid, NULL, 0);
	pid = must(fork(), "a process");
	if (pid == 0) {
		setsid();
		/* A session's leader without a terminal gets one by opening it. */
		row(open(name, O_RDWR), "opened by a leader");
		row(open("/dev/tty", O_RDWR), "  /dev/tty");
		_exit(0);
	}
	waitpid(pid, NULL, 0);
}

int main(int argc, char **argv)
{
	fidelity_begin(argc, argv);
	tree_make();
	must(mknod("fifo2", S_IFIFO | 0600, 0), "fifo2");
	without_waiting();
	meet(O_RDONLY, O_WRONLY);
	meet(O_WRONLY, O_RDONLY);
	many_meetings();
	interrupted();
	storm();
	terminals();
	return 0;
}
