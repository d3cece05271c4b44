/* SPDX-License-Identifier: Apache-2.0 */
/* A process that gives the person's terminal back. */
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "enforcer/approval/terminal-guard.h"
#include "enforcer/base/fd.h"

/* Where the child has them. */
#define SLOT_WORD 3
#define SLOT_TTY  4
/* Above them, where nothing is overwritten that is still to be moved. */
#define SPARE 16

struct terminal_guard {
	int fd;
	pid_t pid;
};

struct word {
	bool owes;
	struct termios ours, owed;
};

static bool same_modes(const struct termios *one, const struct termios *other)
{
	return one->c_iflag == other->c_iflag && one->c_oflag == other->c_oflag &&
	       one->c_cflag == other->c_cflag && one->c_lflag == other->c_lflag &&
	       memcmp(one->c_cc, other->c_cc, NCCS) == 0;
}

static void give_back(const struct word *word)
{
	struct termios now;

	if (word->owes && tcgetattr(SLOT_TTY, &now) == 0 && same_modes(&now, &word->ours))
		tcsetattr(SLOT_TTY, TCSANOW, &word->owed);
}

static _Noreturn void guard_run(int fd, int tty)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct none[2] = {};
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	struct word word = {}, next;
	sigset_t all;
	ssize_t n;

	/* Not part of the person's job, whose keys and hangup end it; and of a name of its own: who
	 * ends callgate by its name does not mean this. */
	setsid();
	prctl(PR_SET_NAME, "terminal-guard");
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
	fd = fcntl(fd, F_DUPFD_CLOEXEC, SPARE);
	tty = fcntl(tty, F_DUPFD_CLOEXEC, SPARE);
	for (int i = 0; i < 3; i++)
		if (dup2(null, i) < 0)
			_exit(1);
	if (dup2(fd, SLOT_WORD) < 0 || dup2(tty, SLOT_TTY) < 0 ||
	    syscall(SYS_close_range, SLOT_TTY + 1, ~0U, 0) < 0 ||
	    syscall(SYS_capset, &header, none) < 0 || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		_exit(1);
	while ((n = read(SLOT_WORD, &next, sizeof(next))) != 0)
		if (n == sizeof(next))
			word = next;
	give_back(&word);
	_exit(0);
}

static int open_tty(const bool tty[static 3])
{
	for (int fd = 0; fd < 3; fd++)
		if (tty[fd])
			return fcntl(fd, F_DUPFD_CLOEXEC, 3);
	return open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
}

int terminal_guard_start(const bool tty[static 3], struct terminal_guard **ret_guard)
{
	_cleanup_fd_ int own = open_tty(tty);
	struct terminal_guard *guard;
	int pair[2];

	if (own < 0)
		return -errno;
	if (pipe2(pair, O_CLOEXEC) < 0)
		return -errno;
	guard = calloc(1, sizeof(*guard));
	if (guard) {
		*guard = (struct terminal_guard){.fd = pair[1], .pid = fork()};
		if (guard->pid == 0)
			guard_run(pair[0], own);
	}
	close(pair[0]);
	if (!guard || guard->pid < 0) {
		close(pair[1]);
		free(guard);
		return -ENOMEM;
	}
	fcntl(guard->fd, F_SETFL, O_NONBLOCK);
	*ret_guard = guard;
	return 0;
}

struct terminal_guard *terminal_guard_free(struct terminal_guard *guard)
{
	if (!guard)
		return NULL;
	fd_close(guard->fd);
	while (waitpid(guard->pid, NULL, 0) < 0 && errno == EINTR)
		;
	free(guard);
	return NULL;
}

void terminal_guard_tell(struct terminal_guard *guard, const struct termios *ours,
			 const struct termios *owed)
{
	struct word word = {};

	if (!guard)
		return;
	if (ours && owed) {
		word.owes = true;
		word.ours = *ours;
		word.owed = *owed;
	}
	/* Whole or not at all, being shorter than PIPE_BUF. */
	while (write(guard->fd, &word, sizeof(word)) < 0 && errno == EINTR)
		;
}
