/* SPDX-License-Identifier: Apache-2.0 */
/* vfork, non-leader exec and signals at once: does the enforcer survive, and does each exec end? */
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
static void *ex(void *x)
{
	char *a[] = {"true", NULL};
	execv(x, a);
	return NULL;
}
static void *sig(void *x)
{
	for (int i = 0; i < 50; i++) {
		kill(getpid(), SIGSTOP);
		kill(getpid(), SIGCONT);
	}
	return NULL;
}
int main(void)
{
	for (int i = 0; i < 150; i++) {
		pid_t p = i % 3 == 0 ? vfork() : fork();
		if (!p) {
			if (i % 3 == 0) {
				char *a[] = {"true", NULL};
				execv("/usr/bin/true", a);
				_exit(1);
			}
			pthread_t t;
			signal(SIGUSR1, SIG_IGN);
			pthread_create(&t, NULL, ex,
				       i % 3 == 1 ? "/usr/bin/true" : "/etc/hostname");
			for (int k = 0; k < 2000; k++)
				pthread_kill(t, SIGUSR1);
			if (i % 3 == 2)
				pthread_join(t, NULL);
			else
				pause();
			_exit(3);
		}
		if (i % 3 == 1)
			for (int k = 0; k < 20; k++) {
				kill(p, SIGSTOP);
				kill(p, SIGCONT);
			}
		int st;
		waitpid(p, &st, 0);
	}
	close(open("/etc/hostname", O_RDONLY));
	puts("survived");
	return 0;
}
