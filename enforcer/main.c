/* SPDX-License-Identifier: Apache-2.0 */
/*
 * callgate: the first things, in order, and the way to the commands. The umask and the locale
 * stay as they are: the agent inherits the one, and nothing of ours is translated.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "enforcer/commands/commands.h"

/*
 * The kernel gives out the lowest free number: with 1 closed, the next file that we open is stdout,
 * and what we print goes into it. Opened for the wrong direction, so that using it is an error.
 */
static int open_missing_descriptors(void)
{
	for (int fd = 0; fd <= 2; fd++) {
		if (fcntl(fd, F_GETFD) >= 0 || errno != EBADF)
			continue;
		if (open("/dev/null", fd == 0 ? O_WRONLY : O_RDONLY) != fd)
			return -1;
	}
	return 0;
}

int main(int argc, char **argv)
{
	int status;

	if (open_missing_descriptors() < 0)
		return EXIT_CALLGATE;
	status = commands_dispatch(argc, argv);
	/* A full disk or a closed pipe: what was asked for did not arrive. */
	if (fflush(stdout) != 0 && status == 0) {
		perror("callgate: stdout");
		return 1;
	}
	return status;
}
