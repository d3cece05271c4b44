/* SPDX-License-Identifier: Apache-2.0 */
/*
 * open-loop FILE COUNT THREADS: opens FILE for reading and closes it, COUNT times in all, and
 * prints the microseconds that one pair took: elapsed time over pairs, whatever the number of
 * threads.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define THREADS_MAX 64
#define WARM_UP     64

struct loop {
	const char *file;
	long count;
	pthread_barrier_t *start;
	pthread_t thread;
};

static void open_and_close(const char *file, long count)
{
	while (count-- > 0) {
		int fd = open(file, O_RDONLY | O_CLOEXEC);

		if (fd < 0) {
			fprintf(stderr, "open-loop: %s: %s\n", file, strerror(errno));
			exit(1);
		}
		close(fd);
	}
}

static void *loop_run(void *argument)
{
	struct loop *loop = argument;

	open_and_close(loop->file, WARM_UP);
	pthread_barrier_wait(loop->start);
	open_and_close(loop->file, loop->count);
	return NULL;
}

static double now_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec * 1e6 + (double)ts.tv_nsec / 1e3;
}

int main(int argc, char **argv)
{
	struct loop loops[THREADS_MAX];
	pthread_barrier_t barrier;
	long count = argc == 4 ? atol(argv[2]) : 0;
	int threads = argc == 4 ? atoi(argv[3]) : 0;
	double began;

	if (count < 1 || threads < 1 || threads > THREADS_MAX) {
		fprintf(stderr, "usage: open-loop FILE COUNT THREADS\n");
		return 2;
	}
	pthread_barrier_init(&barrier, NULL, (unsigned)threads + 1);
	for (int i = 0; i < threads; i++) {
		loops[i] =
			(struct loop){.file = argv[1], .count = count / threads, .start = &barrier};
		if (pthread_create(&loops[i].thread, NULL, loop_run, &loops[i])) {
			fprintf(stderr, "open-loop: cannot start a thread\n");
			return 1;
		}
	}
	pthread_barrier_wait(&barrier);
	began = now_us();
	for (int i = 0; i < threads; i++)
		pthread_join(loops[i].thread, NULL);
	printf("%.3f\n", (now_us() - began) / (double)(count / threads * threads));
	return 0;
}
