/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Executes a program whose name, or whose first argument, is flipped meanwhile.
 *
 *   race-exec TRIES SECONDS path       image.p and image.s
 *   race-exec TRIES SECONDS argument   image.p with the argument p or s
 *   race-exec TRIES SECONDS PROGRAM    executes it as it is; somebody else flips
 *
 * The program is race-image, which tells by its exit status that it ran, and as what.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/race.h"

static void try_once(struct race *race, char *path, char *argument)
{
	char *argv[] = {path, argument, NULL}, *envp[] = {NULL};
	int status = 0;
	pid_t pid = fork();

	race_check(pid >= 0, "fork");
	if (pid == 0) {
		execve(path, argv, envp);
		_exit(errno);
	}
	race_check(waitpid(pid, &status, 0) == pid, "waitpid");
	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL)
		race->killed++;
	else if (WIFSIGNALED(status))
		race_failed(race, EPROTO);
	else if (WEXITSTATUS(status) == 200)
		race->allowed++;
	else if (WEXITSTATUS(status) == 201)
		race->won++;
	else
		race_failed(race, WEXITSTATUS(status));
}

int main(int argc, char **argv)
{
	struct race race;
	const char *how;
	char *path, *argument;

	race_begin(&race, argc, argv);
	how = argc > 3 ? argv[3] : "path";
	path = race_shared_memory();
	argument = path + 4096;
	strcpy(path, "image.p");
	strcpy(argument, "p");
	if (strcmp(how, "path") == 0)
		race_flip_by_thread(&path[6], 'p', 's');
	else if (strcmp(how, "argument") == 0)
		race_flip_by_thread(&argument[0], 'p', 's');
	else
		snprintf(path, 4096, "%s", how);
	race_on_first_cpu();
	while (race_goes_on(&race))
		try_once(&race, path, argument);
	return race_report(&race);
}
