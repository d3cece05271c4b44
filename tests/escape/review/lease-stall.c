/* SPDX-License-Identifier: Apache-2.0 */
/* A write lease of our own on our own file: the enforcer's open (and truncate) of it waits for
 * fs.lease-break-time (45 s) in the loop; nothing else is answered meanwhile. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
static double now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}
int main(void)
{
	int fd = open("leased", O_RDWR | O_CREAT, 0600);
	double t;
	signal(SIGIO, SIG_IGN);
	if (fcntl(fd, F_SETLEASE, F_WRLCK)) {
		perror("lease");
		return 1;
	}
	if (fork() == 0) {
		open("leased", O_RDONLY);
		_exit(0);
	}
	usleep(300000);
	t = now();
	close(open("/etc/hostname", O_RDONLY));
	dprintf(1, "an innocent open took %.1f s\n", now() - t);
	return 0;
}
