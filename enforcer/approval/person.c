/* SPDX-License-Identifier: Apache-2.0 */
/* The person's terminal: descriptors of our own to it, and its modes. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "enforcer/approval/person.h"
#include "enforcer/approval/terminal-guard.h"
#include "enforcer/base/fd.h"

/*
 * A crash must not leave the person's terminal raw, and a signal handler can reach nothing but a
 * global: the one exception to our rule. fd is -1 while there is nothing to restore.
 */
static struct {
	volatile sig_atomic_t fd;
	struct termios modes;
} crash = {.fd = -1};

static void crash_restore(int signo)
{
	if (crash.fd >= 0)
		tcsetattr(crash.fd, TCSANOW, &crash.modes);
	/* SA_RESETHAND: the default action, once the handler has returned and unblocked it. */
	raise(signo);
}

static void crash_arm(void)
{
	static const int fatal[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGSYS, SIGTRAP};
	struct sigaction action = {.sa_handler = crash_restore, .sa_flags = SA_RESETHAND}, old;

	for (size_t i = 0; i < ARRAY_LEN(fatal); i++)
		/* Sanitizers have handlers of their own. */
		if (sigaction(fatal[i], NULL, &old) == 0 && old.sa_handler == SIG_DFL)
			sigaction(fatal[i], &action, NULL);
}

static bool is_controlling(int fd)
{
	/* TIOCGSID answers for one's own controlling terminal only. */
	return tcgetsid(fd) >= 0;
}

static int reopen(int fd, int mode, bool *ret_shared)
{
	int flags = mode | O_NOCTTY | O_NONBLOCK | O_CLOEXEC;
	char path[FD_PATH_MAX];
	int own;

	*ret_shared = false;
	fd_path(fd, path);
	own = open(path, flags);
	/* After su(1) the terminal still belongs to another user, while /dev/tty asks nobody. */
	if (own < 0 && is_controlling(fd))
		own = open("/dev/tty", flags);
	if (own < 0) {
		own = fcntl(fd, F_DUPFD_CLOEXEC, 3);
		*ret_shared = true;
	}
	return own < 0 ? -errno : own;
}

int person_open(struct person *person, int in, int out, struct failure *reterr)
{
	*person = (struct person)PERSON_NONE;
	person->in = reopen(in, O_RDONLY, &person->in_shared);
	if (person->in < 0)
		return failure_set(reterr, person->in, "cannot open your terminal: %s",
				   strerror(-person->in));
	person->out = reopen(out, O_WRONLY, &person->out_shared);
	if (person->out < 0) {
		person->in = fd_close(person->in);
		return failure_set(reterr, person->out, "cannot open your terminal: %s",
				   strerror(-person->out));
	}
	crash_arm();
	return 0;
}

int person_open_controlling(struct person *person)
{
	*person = (struct person)PERSON_NONE;
	person->in = open("/dev/tty", O_RDONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	if (person->in < 0)
		return -errno;
	person->out = open("/dev/tty", O_WRONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	if (person->out < 0) {
		int r = -errno;

		person->in = fd_close(person->in);
		return r;
	}
	crash_arm();
	return 0;
}

void person_done(struct person *person)
{
	person_restore(person);
	person->in = fd_close(person->in);
	person->out = fd_close(person->out);
}

bool person_is_foreground(const struct person *person)
{
	pid_t job;

	if (person->in < 0)
		return false;
	job = tcgetpgrp(person->in);
	return job < 0 ? errno == ENOTTY : job == getpgrp();
}

int person_take(struct person *person)
{
	struct termios raw;

	if (person->raw)
		return 0;
	if (!person_is_foreground(person))
		return -EAGAIN;
	if (tcgetattr(person->in, &person->original) < 0)
		return -errno;
	raw = person->original;
	cfmakeraw(&raw);
	crash.modes = person->original;
	crash.fd = person->in;
	/* TCSADRAIN would wait for a terminal that is stopped, and the loop with it. */
	if (tcsetattr(person->in, TCSANOW, &raw) < 0 || tcgetattr(person->in, &person->ours) < 0) {
		int r = -errno;

		tcsetattr(person->in, TCSANOW, &person->original);
		crash.fd = -1;
		return r;
	}
	person->raw = true;
	terminal_guard_tell(person->guard, &person->ours, &person->original);
	return 0;
}

void person_restore(struct person *person)
{
	if (!person->raw)
		return;
	person->raw = false;
	if (person_is_foreground(person))
		tcsetattr(person->in, TCSANOW, &person->original);
	crash.fd = -1;
	terminal_guard_tell(person->guard, NULL, NULL);
}

bool person_modes_are(const struct person *person, const struct termios *modes)
{
	struct termios now;

	return tcgetattr(person->in, &now) == 0 && now.c_iflag == modes->c_iflag &&
	       now.c_oflag == modes->c_oflag && now.c_cflag == modes->c_cflag &&
	       now.c_lflag == modes->c_lflag && memcmp(now.c_cc, modes->c_cc, NCCS) == 0;
}

static bool is_ready(int fd, short events)
{
	struct pollfd pollfd = {.fd = fd, .events = events};

	return poll(&pollfd, 1, 0) > 0;
}

ssize_t person_read(const struct person *person, void *data, size_t len)
{
	ssize_t n;

	if (person->in_shared && !is_ready(person->in, POLLIN))
		return -EAGAIN;
	do
		n = read(person->in, data, len);
	while (n < 0 && errno == EINTR);
	return n < 0 ? -errno : n;
}

ssize_t person_write(const struct person *person, const void *data, size_t len)
{
	ssize_t n;

	/* On a blocking description the line discipline waits until all is written. POLLOUT
	 * promises room for one byte, so that is what may be written at a time. */
	if (person->out_shared) {
		if (!is_ready(person->out, POLLOUT))
			return -EAGAIN;
		len = len > 1 ? 1 : len;
	}
	do
		n = write(person->out, data, len);
	while (n < 0 && errno == EINTR);
	return n < 0 ? -errno : n;
}

int person_window_size(const struct person *person, struct winsize *ret_size)
{
	struct winsize size;

	if (ioctl(person->out, TIOCGWINSZ, &size) < 0)
		return -errno;
	*ret_size = size;
	return 0;
}
