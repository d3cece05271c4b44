/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Opens, makes, removes and executes under a storm of signals. None of these calls fails with EINTR
 * bare, and none may here.
 *
 *   storm-signal TRIES SECONDS timer|restart|children|urgent
 *
 * timer: a handler without SA_RESTART; restart: with it; children: SIGCHLD of children that end;
 * urgent: SIGURG by a thread, as Go's runtime sends it.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/race.h"

static pthread_t first;

static void handle(int signo)
{
	int error = errno;

	while (signo == SIGCHLD && waitpid(-1, NULL, WNOHANG) > 0)
		;
	errno = error;
}

static void *urges(void *argument)
{
	race_on_other_cpu();
	for (;;) {
		pthread_kill(first, SIGURG);
		race_rest(20000);
	}
	return NULL;
}

static void begin(const char *how)
{
	const struct itimerval often = {{0, 300}, {0, 300}};
	struct sigaction action = {.sa_handler = handle};
	int signo = strcmp(how, "children") == 0 ? SIGCHLD
		    : strcmp(how, "urgent") == 0 ? SIGURG
						 : SIGALRM;

	if (strcmp(how, "restart") == 0 || signo == SIGURG)
		action.sa_flags = SA_RESTART;
	race_check(sigaction(signo, &action, NULL) == 0, "sigaction");
	first = pthread_self();
	if (signo == SIGURG)
		race_thread(urges, NULL);
	else if (signo == SIGALRM)
		race_check(setitimer(ITIMER_REAL, &often, NULL) == 0, "setitimer");
}

static void count(struct race *race, int result)
{
	if (result < 0)
		race_failed(race, errno);
	else
		race->allowed++;
}

/* Four calls. What one that failed left behind is not the next one's affair. */
static void try_once(struct race *race)
{
	int fd;

	while (unlink("made") < 0 && errno == EINTR)
		;
	fd = open("race.p", O_RDONLY | O_CLOEXEC);
	count(race, fd);
	if (fd >= 0)
		close(fd);
	do {
		fd = open("made", O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
		count(race, fd);
	} while (fd < 0 && errno == EINTR);
	if (fd >= 0)
		close(fd);
	count(race, chmod("made", 0640));
	count(race, unlink("made"));
}

int main(int argc, char **argv)
{
	struct race race;
	const char *how;

	race_begin(&race, argc, argv);
	how = argc > 3 ? argv[3] : "timer";
	begin(how);
	while (race_goes_on(&race)) {
		if (strcmp(how, "children") == 0 && race.tries % 4 == 0) {
			pid_t pid = fork();

			race_check(pid >= 0, "fork");
			if (pid == 0)
				_exit(0);
		}
		try_once(&race);
	}
	return race_report(&race);
}
