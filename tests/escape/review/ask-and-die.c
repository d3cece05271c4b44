/* SPDX-License-Identifier: Apache-2.0 */
/* A child asks (a read that the policy wants asked for) and is killed: its call stays, with its
 * descriptors and up to 1 MB of arguments, until the question is answered or times out. */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
int main(int argc, char **argv)
{
	int n = argc > 1 ? atoi(argv[1]) : 600;
	for (int i = 0; i < n; i++) {
		pid_t pid = fork();
		if (pid == 0) {
			open("/var/log/dpkg.log", O_RDONLY);
			_exit(0);
		}
		usleep(4000);
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
		if (i % 100 == 0)
			dprintf(1, "%d\r\n", i);
	}
	dprintf(1, "all asked and dead\r\n");
	close(open("/etc/hostname", O_RDONLY));
	dprintf(1, "still answered\r\n");
	sleep(5);
	return 0;
}
