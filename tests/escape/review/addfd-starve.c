/* SPDX-License-Identifier: Apache-2.0 */
/* ADDFD is carried out by the target, and the enforcer waits for it in the loop. A target with
 * SCHED_IDLE on a CPU of its own with hogs takes its time. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
static double now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}
static void pin(int c)
{
	cpu_set_t s;
	CPU_ZERO(&s);
	CPU_SET(c, &s);
	sched_setaffinity(0, sizeof(s), &s);
}
int main(int argc, char **argv)
{
	int hogs = argc > 1 ? atoi(argv[1]) : 40;
	pid_t p[200];
	double worst = 0, end;
	pin(1);
	for (int i = 0; i < hogs; i++)
		if (!(p[i] = fork())) {
			alarm(8);
			pin(0);
			for (;;)
				;
		}
	if (!(p[hogs] = fork())) {
		struct sched_param sp = {};
		alarm(8);
		pin(0);
		sched_setscheduler(0, SCHED_IDLE, &sp);
		for (;;)
			close(open("/etc/hostname", O_RDONLY));
	}
	end = now() + 4;
	while (now() < end) {
		double t = now();
		close(open("/etc/hostname", O_RDONLY));
		t = now() - t;
		if (t > worst)
			worst = t;
	}
	for (int i = 0; i <= hogs; i++)
		kill(p[i], SIGKILL);
	printf("worst innocent open: %.3f s\n", worst);
	return 0;
}
