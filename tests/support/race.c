/* SPDX-License-Identifier: Apache-2.0 */
/* What the attacks of tests/escape have in common. */
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

#include "tests/support/race.h"

double race_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

void race_check(bool good, const char *what)
{
	if (good)
		return;
	fprintf(stderr, "%s: %s\n", what, strerror(errno));
	exit(2);
}

void race_begin(struct race *race, int argc, char **argv)
{
	errno = EINVAL;
	race_check(argc >= 3, "TRIES SECONDS ...");
	*race = (struct race){.tries_wanted = strtoul(argv[1], NULL, 10),
			      .deadline = race_now() + strtod(argv[2], NULL)};
}

bool race_goes_on(struct race *race)
{
	if (race->tries >= race->tries_wanted || race_now() > race->deadline)
		return false;
	race->tries++;
	return true;
}

void race_failed(struct race *race, int error)
{
	if (error == EACCES) {
		race->refused++;
	} else {
		if (race->other++ == 0)
			race->errnum = error;
	}
}

void race_opened(struct race *race, int fd, const struct stat *secret)
{
	struct stat st;

	if (fd < 0) {
		race_failed(race, errno);
		return;
	}
	race_check(fstat(fd, &st) == 0, "fstat");
	if (st.st_dev == secret->st_dev && st.st_ino == secret->st_ino)
		race->won++;
	else
		race->allowed++;
	close(fd);
}

int race_report(const struct race *race)
{
	printf("tries=%lu won=%lu allowed=%lu refused=%lu killed=%lu other=%lu%s%s\n", race->tries,
	       race->won, race->allowed, race->refused, race->killed, race->other,
	       race->other ? " errno=" : "", race->other ? strerrorname_np(race->errnum) : "");
	fflush(stdout);
	return 0;
}

static void pin(int passed_over)
{
	cpu_set_t mask, one;

	if (sched_getaffinity(0, sizeof(mask), &mask) < 0 || CPU_COUNT(&mask) < 2)
		return;
	for (int cpu = 0; cpu < CPU_SETSIZE; cpu++)
		if (CPU_ISSET(cpu, &mask) && passed_over-- == 0) {
			CPU_ZERO(&one);
			CPU_SET(cpu, &one);
			sched_setaffinity(0, sizeof(one), &one);
			return;
		}
}

void race_on_first_cpu(void)
{
	pin(0);
}

void race_on_other_cpu(void)
{
	pin(1);
}

struct flip {
	volatile char *at;
	char a, b;
};

void race_rest(unsigned turns)
{
	for (volatile unsigned i = 0; i < turns; i++)
		;
}

static _Noreturn void *flip(void *argument)
{
	const struct flip *flip = argument;

	race_on_other_cpu();
	for (;;) {
		*flip->at = flip->b;
		race_rest(200);
		*flip->at = flip->a;
		race_rest(200);
	}
}

void race_thread(void *(*body)(void *), void *argument)
{
	pthread_t thread;

	errno = pthread_create(&thread, NULL, body, argument);
	race_check(errno == 0, "pthread_create");
}

static struct flip *flip_new(volatile char *at, char a, char b)
{
	struct flip *new = malloc(sizeof(*new));

	race_check(new != NULL, "malloc");
	*new = (struct flip){at, a, b};
	return new;
}

void race_flip_by_thread(volatile char *at, char a, char b)
{
	race_thread(flip, flip_new(at, a, b));
}

void race_flip_by_process(volatile char *at, char a, char b)
{
	struct flip *argument = flip_new(at, a, b);
	pid_t pid = fork();

	race_check(pid >= 0, "fork");
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		flip(argument);
	}
}

void *race_shared_memory(void)
{
	void *memory = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	race_check(memory != MAP_FAILED, "mmap");
	return memory;
}
