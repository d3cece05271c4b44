/* SPDX-License-Identifier: Apache-2.0 */
/* EMFILE of the enforcer (from FIFOs that wait): what becomes of other calls? Those that meet it in
 * target_open() are never answered. ulimit -n 1024 outside. */
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <signal.h>
int main(void)
{
	int n = 0;
	pid_t p[600];
	mkfifo("ff", 0600);
	for (; n < 400; n++)
		if (!(p[n] = fork())) {
			open("ff", O_RDONLY);
			_exit(0);
		}
	sleep(3);
	dprintf(1, "waiters: %d\n", n);
	for (int i = 0; i < 20; i++) {
		pid_t c = fork();
		int st, w = 0;
		if (!c) {
			int fd = open("/etc/hostname", O_RDONLY);
			_exit(fd < 0 ? 1 : 0);
		}
		while (waitpid(c, &st, WNOHANG) == 0 && w++ < 20)
			usleep(100000);
		dprintf(1, w >= 20 ? "never answered\n" : "status %x\n", st);
		if (w >= 20) {
			kill(c, SIGKILL);
			break;
		}
	}
	for (int i = 0; i < n; i++)
		kill(p[i], SIGKILL);
	sleep(2);
	dprintf(1, "after: %d\n", open("/etc/hostname", O_RDONLY));
	return 0;
}
