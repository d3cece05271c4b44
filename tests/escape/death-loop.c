/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Kills the enforcer with SIGKILL while eight processes inside make calls as fast as they can.
 * No call may succeed afterwards, and the sandbox must end by itself.
 *
 *   death-loop ROUNDS FILE COMMAND...   on the host: starts COMMAND (callgate run ... -- death-loop
 *                                       agent FILE), kills it, looks at FILE
 *   death-loop agent FILE               inside: calls, and writes into FILE when one last succeeded
 *
 * FILE is mapped by both, so that what is told needs no call that would be judged.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/race.h"

#define PROCESSES 8

struct side {
	_Atomic unsigned long turns[PROCESSES]; /* made, whatever came of them */
	_Atomic double success[PROCESSES];      /* when the last that succeeded began */
};

static struct side *map(const char *file)
{
	int fd = open(file, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	void *memory;

	race_check(fd >= 0 && ftruncate(fd, sizeof(struct side)) == 0, file);
	memory = mmap(NULL, sizeof(struct side), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	race_check(memory != MAP_FAILED, "mmap");
	close(fd);
	return memory;
}

static _Noreturn void call_for_ever(struct side *side, int self)
{
	char name[32];

	snprintf(name, sizeof(name), "made-%d", self);
	for (unsigned i = 0;; i++) {
		/* Before it: behind it, who knows how long we have waited for a CPU. */
		double begun = race_now();
		int fd = i % 2 ? open(name, O_RDWR | O_CREAT | O_CLOEXEC, 0600)
			       : open("race.p", O_RDONLY | O_CLOEXEC);

		if (fd >= 0) {
			side->success[self] = begun;
			close(fd);
		}
		side->turns[self]++;
	}
}

static int agent(const char *file)
{
	struct side *side = map(file);

	for (int i = 1; i < PROCESSES; i++)
		if (fork() == 0)
			call_for_ever(side, i);
	call_for_ever(side, 0);
}

static bool all_have_turns(const struct side *side)
{
	for (int i = 0; i < PROCESSES; i++)
		if (side->turns[i] < 20)
			return false;
	return true;
}

/* Whether nobody inside makes a turn any more; waits for it. */
static bool comes_to_rest(const struct side *side)
{
	double end = race_now() + 10;
	unsigned long before = 0, now;

	while (race_now() < end) {
		now = 0;
		for (int i = 0; i < PROCESSES; i++)
			now += side->turns[i];
		if (now == before)
			return true;
		before = now;
		usleep(200000);
	}
	return false;
}

static int round_of(struct side *side, char **command, unsigned wait)
{
	double dead, end = race_now() + 20;
	pid_t pid;

	memset(side, 0, sizeof(*side));
	pid = fork();
	race_check(pid >= 0, "fork");
	if (pid == 0) {
		execvp(command[0], command);
		_exit(127);
	}
	while (!all_have_turns(side) && race_now() < end)
		usleep(1000);
	race_check(all_have_turns(side), "nobody made a turn");
	usleep(wait);
	kill(pid, SIGKILL);
	race_check(waitpid(pid, NULL, 0) == pid, "waitpid");
	dead = race_now();
	if (!comes_to_rest(side)) {
		fprintf(stderr, "it went on after its enforcer's death\n");
		return 1;
	}
	for (int i = 0; i < PROCESSES; i++)
		if (side->success[i] > dead) {
			fprintf(stderr,
				"a call begun %.6f s after the enforcer's death succeeded\n",
				side->success[i] - dead);
			return 1;
		}
	return 0;
}

int main(int argc, char **argv)
{
	struct side *side;
	unsigned rounds, seed = 1;

	if (argc == 3 && strcmp(argv[1], "agent") == 0)
		return agent(argv[2]);
	errno = EINVAL;
	race_check(argc > 3, "ROUNDS FILE COMMAND...");
	rounds = (unsigned)strtoul(argv[1], NULL, 10);
	side = map(argv[2]);
	for (unsigned i = 0; i < rounds; i++)
		if (round_of(side, argv + 3, (unsigned)rand_r(&seed) % 20000))
			return 1;
	printf("rounds=%u\n", rounds);
	return 0;
}
