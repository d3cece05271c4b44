/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Starts programs in each way that makes the verification of execve hard, from eight threads at
 * once. Each must run, and nothing may hang.
 *
 *   storm-exec TRIES SECONDS spawn|vfork|thread|leaderless|exiting|killed
 *
 * spawn: posix_spawn. vfork: of a process with threads. The rest fork a child that has threads
 * of its own; thread: one of them executes, which takes over the first one's number; leaderless:
 * so does one whose first thread has ended; exiting: while others come and go; killed: somebody
 * kills the child meanwhile.
 */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/race.h"

#define THREADS 8

static char image[] = "./image.p";
static char *const argv_of_image[] = {image, NULL};
static char *const no_environment[] = {NULL};

static struct race race;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static const char *how;

static void *executes(void *argument)
{
	execve(image, argv_of_image, no_environment);
	_exit(errno);
}

static void *exits(void *argument)
{
	race_rest((unsigned)(uintptr_t)argument);
	return NULL;
}

static void come_and_go(unsigned turns)
{
	pthread_t thread;

	for (unsigned i = 0; i < 4; i++)
		if (pthread_create(&thread, NULL, exits, (void *)(uintptr_t)(i * turns)) == 0)
			pthread_detach(thread);
}

static _Noreturn void child(unsigned turns)
{
	pthread_t thread;

	if (strcmp(how, "killed") == 0)
		executes(NULL);
	if (strcmp(how, "exiting") == 0)
		come_and_go(turns);
	if (pthread_create(&thread, NULL, executes, NULL) != 0)
		_exit(EAGAIN);
	if (strcmp(how, "exiting") == 0)
		come_and_go(turns / 2);
	if (strcmp(how, "leaderless") == 0)
		pthread_exit(NULL);
	for (;;)
		pause();
}

static pid_t begin(unsigned turns)
{
	pid_t pid;

	if (strcmp(how, "spawn") == 0) {
		errno = posix_spawn(&pid, image, NULL, NULL, argv_of_image, no_environment);
		return errno ? -1 : pid;
	}
	pid = strcmp(how, "vfork") == 0 ? vfork() : fork();
	if (pid == 0 && strcmp(how, "vfork") == 0) {
		execve(image, argv_of_image, no_environment);
		_exit(99);
	}
	if (pid == 0)
		child(turns);
	if (pid > 0 && strcmp(how, "killed") == 0) {
		race_rest(turns * 500);
		kill(pid, SIGKILL);
	}
	return pid;
}

static void count(pid_t pid, int error, int status)
{
	pthread_mutex_lock(&lock);
	if (pid < 0)
		race_failed(&race, error);
	else if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL)
		race.killed++;
	else if (WIFEXITED(status) && WEXITSTATUS(status) == 200)
		race.allowed++;
	else
		race_failed(&race, WIFEXITED(status) ? WEXITSTATUS(status) : EPROTO);
	pthread_mutex_unlock(&lock);
}

static void *starts(void *argument)
{
	unsigned seed = (unsigned)(uintptr_t)argument;

	for (;;) {
		bool more;
		int status = 0;
		pid_t pid;

		pthread_mutex_lock(&lock);
		more = race_goes_on(&race);
		pthread_mutex_unlock(&lock);
		if (!more)
			return NULL;
		pid = begin((unsigned)rand_r(&seed) % 2000);
		count(pid, errno, pid > 0 && waitpid(pid, &status, 0) == pid ? status : 0xff00);
	}
}

int main(int argc, char **argv)
{
	pthread_t threads[THREADS];

	race_begin(&race, argc, argv);
	how = argc > 3 ? argv[3] : "spawn";
	for (uintptr_t i = 0; i < THREADS; i++) {
		errno = pthread_create(&threads[i], NULL, starts, (void *)(i + 1));
		race_check(errno == 0, "pthread_create");
	}
	for (unsigned i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	return race_report(&race);
}
