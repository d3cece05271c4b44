/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The agent's own terminal. It lives in the sandbox's devpts, so that /dev/tty and /dev/pts/N mean
 * the same inside, and so that the person's terminal is never within reach (TIOCSTI, settings,
 * escape sequences that answer). The enforcer gets the master and relays.
 */
#include <fcntl.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "agent-shim/shim.h"

void terminal_make(const struct shim *shim)
{
	struct handover_message message = {.kind = HANDOVER_TERMINAL};
	struct winsize size = {shim->plan->rows, shim->plan->columns, shim->plan->xpixel,
			       shim->plan->ypixel};
	int unlocked = 0, master, slave;

	master = open("/dev/pts/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (master < 0 || ioctl(master, TIOCSPTLCK, &unlocked) < 0)
		shim_fail(shim, HANDOVER_STEP_TERMINAL);
	/* By descriptor, not by name: nobody can put another device in its place. */
	slave = ioctl(master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (slave < 0 || ioctl(slave, TIOCSCTTY, 0) < 0 || ioctl(master, TIOCSWINSZ, &size) < 0)
		shim_fail(shim, HANDOVER_STEP_TERMINAL);
	for (int fd = 0; fd < 3; fd++)
		if (shim->plan->terminal & 1u << fd && dup2(slave, fd) < 0)
			shim_fail(shim, HANDOVER_STEP_TERMINAL);
	handover_send(shim, &message, master);
	close(master);
	close(slave);
}
