/* SPDX-License-Identifier: Apache-2.0 */
/* A thread flips the path between an allowed and a refused program (in the exec trees, refused by a
 * rule). */
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <sys/mman.h>
static char *volatile path; /* build with -O0: the flips must not be merged */
int main(void)
{
	int refusedran = 0, ran = 0, killed = 0, failed = 0;
	path = mmap(NULL, 4096, 3, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	strcpy(path, "/usr/bin/true");
	pid_t f = fork();
	if (!f) {
		alarm(20);
		for (;;) {
			memcpy(path + 9, "true", 5);
			for (volatile int i = 0; i < 3000; i++)
				;
			memcpy(path + 9, "last", 5);
			for (volatile int i = 0; i < 3000; i++)
				;
		}
	}
	for (int i = 0; i < 400; i++) {
		pid_t p = fork();
		int st;
		if (!p) {
			char *a[] = {"x", "--version", NULL};
			int n = open("/dev/null", O_WRONLY);
			dup2(n, 1);
			dup2(n, 2);
			execv(path, a);
			_exit(99);
		}
		waitpid(p, &st, 0);
		if (WIFSIGNALED(st))
			killed++;
		else if (WEXITSTATUS(st) == 99)
			failed++;
		else if (WEXITSTATUS(st))
			refusedran++;
		else
			ran++;
	}
	kill(f, 9);
	printf("ran %d other-exit %d killed %d refused %d\n", ran, refusedran, killed, failed);
	return 0;
}
