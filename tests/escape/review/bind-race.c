/* SPDX-License-Identifier: Apache-2.0 */
/* bind is judged and continued: another thread changes the name meanwhile, and the record tells of
 * one that was never bound. */
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
static struct sockaddr_un a = {.sun_family = AF_UNIX};
static volatile int stop;
static void *flip(void *x)
{
	while (!stop) {
		memcpy(a.sun_path, "good.sock", 10);
		memcpy(a.sun_path, ".envrc\0\0\0", 10);
	}
	return NULL;
}
int main(void)
{
	pthread_t t;
	int n;
	strcpy(a.sun_path, "good.sock");
	pthread_create(&t, NULL, flip, NULL);
	for (n = 0; n < 2000 && access(".envrc", F_OK); n++) {
		int s = socket(AF_UNIX, SOCK_STREAM, 0);
		bind(s, (void *)&a, sizeof(a));
		close(s);
		unlink("good.sock");
	}
	stop = 1;
	printf("after %d: %s\n", n,
	       access(".envrc", F_OK) ? "no .envrc"
				      : ".envrc is a socket now, a name that no write may make");
	return 0;
}
