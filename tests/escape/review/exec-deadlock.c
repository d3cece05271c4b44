/* SPDX-License-Identifier: Apache-2.0 */
/* Several threads of one process call execve at once: the enforcer's PTRACE_SEIZE waits for the
 * cred_guard_mutex of the thread that executes, which waits for a traced thread that only the
 * enforcer can reap. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
#include <fcntl.h>
static pthread_barrier_t barrier;
static void *run(void *x)
{
	char *argv[] = {"true", NULL};
	pthread_barrier_wait(&barrier);
	execv("/usr/bin/true", argv);
	return NULL;
}
int main(int argc, char **argv)
{
	int rounds = argc > 1 ? atoi(argv[1]) : 200, n = argc > 2 ? atoi(argv[2]) : 8;
	for (int i = 0; i < rounds; i++) {
		pid_t pid = fork();
		if (pid == 0) {
			pthread_t t;
			pthread_barrier_init(&barrier, NULL, (unsigned)n);
			for (int k = 1; k < n; k++)
				pthread_create(&t, NULL, run, NULL);
			run(NULL);
			_exit(1);
		}
		int st;
		waitpid(pid, &st, 0);
		dprintf(1, "round %d status %x\n", i, st);
	}
	close(open("/etc/hostname", O_RDONLY));
	dprintf(1, "done: the enforcer lives\n");
	return 0;
}
