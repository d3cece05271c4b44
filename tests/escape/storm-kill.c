/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Kills children at any moment of a call that is pending: nothing of theirs may stay with the
 * enforcer, and whoever lives on is served.
 *
 *   storm-kill TRIES SECONDS open|create|fifo|connect|exec|thread
 *
 * fifo: the open of a FIFO that nobody reads. thread: the calls are a second thread's.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/race.h"

static const char *how;
static struct sockaddr_un full = {.sun_family = AF_UNIX, .sun_path = "full"};

static void call_once(void)
{
	char name[32];
	int fd = -1;

	if (strcmp(how, "create") == 0) {
		snprintf(name, sizeof(name), "made-%d", getpid() % 8);
		fd = open(name, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
		unlink(name);
	} else if (strcmp(how, "fifo") == 0) {
		fd = open("fifo", O_WRONLY | O_CLOEXEC);
	} else if (strcmp(how, "connect") == 0) {
		/* Its backlog is full: the connect waits. */
		fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
		connect(fd, (struct sockaddr *)&full, sizeof(full));
	} else if (strcmp(how, "exec") == 0) {
		execl("./image.p", "image.p", NULL);
	} else {
		fd = open("race.p", O_RDONLY | O_CLOEXEC);
	}
	if (fd >= 0)
		close(fd);
}

static void *calls(void *argument)
{
	for (;;)
		call_once();
	return NULL;
}

/* Whoever lives on is served. */
static void serve(struct race *race)
{
	int fd = open("race.p", O_RDONLY | O_CLOEXEC);

	if (fd < 0) {
		race_failed(race, errno);
		return;
	}
	race->allowed++;
	close(fd);
}

static void fill(void)
{
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	unlink(full.sun_path);
	race_check(bind(fd, (struct sockaddr *)&full, sizeof(full)) == 0 && listen(fd, 0) == 0,
		   "listen");
	race_check(connect(socket(AF_UNIX, SOCK_STREAM, 0), (struct sockaddr *)&full,
			   sizeof(full)) == 0,
		   "connect");
}

int main(int argc, char **argv)
{
	struct race race;
	unsigned seed = 1;

	race_begin(&race, argc, argv);
	how = argc > 3 ? argv[3] : "open";
	race_check(mkfifo("fifo", 0600) == 0 || errno == EEXIST, "fifo");
	if (strcmp(how, "connect") == 0)
		fill();
	while (race_goes_on(&race)) {
		int status;
		pid_t pid = fork();

		race_check(pid >= 0, "fork");
		if (pid == 0) {
			if (strcmp(how, "thread") == 0)
				race_thread(calls, NULL);
			else
				calls(NULL);
			for (;;)
				pause();
		}
		/* Soon, and every other time when it has made many calls. */
		race_rest((unsigned)rand_r(&seed) % (race.tries % 2 ? 200000 : 4000000));
		kill(pid, SIGKILL);
		race_check(waitpid(pid, &status, 0) == pid, "waitpid");
		race.killed += WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
		serve(&race);
	}
	return race_report(&race);
}
