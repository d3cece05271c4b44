/* SPDX-License-Identifier: Apache-2.0 */
/*
 * All threads of one process call execve at once, while it is stopped and continued. One of them
 * wins, each time, and the others go with the old image.
 *
 *   exec-many-threads TRIES SECONDS THREADS
 */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/race.h"

static pthread_barrier_t barrier;

static void *executes(void *argument)
{
	char image[] = "./image.p";
	char *argv[] = {image, NULL}, *envp[] = {NULL};

	pthread_barrier_wait(&barrier);
	execve(image, argv, envp);
	_exit(errno);
}

static _Noreturn void child(unsigned threads)
{
	pthread_t thread;

	pthread_barrier_init(&barrier, NULL, threads);
	for (unsigned i = 1; i < threads; i++)
		if (pthread_create(&thread, NULL, executes, NULL) != 0)
			_exit(EAGAIN);
	executes(NULL);
	_exit(EPROTO);
}

static void try_once(struct race *race, unsigned threads)
{
	int status = 0;
	pid_t pid = fork();

	race_check(pid >= 0, "fork");
	if (pid == 0)
		child(threads);
	for (unsigned i = 0; race->tries % 2 && i < 20; i++) {
		kill(pid, SIGSTOP);
		kill(pid, SIGCONT);
	}
	race_check(waitpid(pid, &status, 0) == pid, "waitpid");
	if (WIFEXITED(status) && WEXITSTATUS(status) == 200)
		race->allowed++;
	else if (WIFSIGNALED(status))
		race->killed++;
	else
		race_failed(race, WEXITSTATUS(status));
}

int main(int argc, char **argv)
{
	struct race race;
	unsigned threads;

	race_begin(&race, argc, argv);
	threads = argc > 3 ? (unsigned)strtoul(argv[3], NULL, 10) : 8;
	while (race_goes_on(&race))
		try_once(&race, threads);
	return race_report(&race);
}
