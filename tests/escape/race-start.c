/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Opens a relative name while the place where it begins is changed by a thread: the working
 * directory, which threads share, or the descriptor that stands for it.
 *
 *   race-start TRIES SECONDS cwd|dirfd     race in in.p (allowed) and in out.s (refused)
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "tests/support/race.h"

#define NUMBER 50

static int in, out;

static void *change_directory(void *argument)
{
	race_on_other_cpu();
	for (;;) {
		race_check(fchdir(out) == 0, "fchdir");
		race_rest(300);
		race_check(fchdir(in) == 0, "fchdir");
		race_rest(300);
	}
	return NULL;
}

static void *change_descriptor(void *argument)
{
	race_on_other_cpu();
	for (;;) {
		race_check(dup2(out, NUMBER) == NUMBER, "dup2");
		race_rest(300);
		race_check(dup2(in, NUMBER) == NUMBER, "dup2");
		race_rest(300);
	}
	return NULL;
}

int main(int argc, char **argv)
{
	struct race race;
	struct stat secret;
	bool cwd;

	race_begin(&race, argc, argv);
	cwd = argc > 3 && strcmp(argv[3], "cwd") == 0;
	in = open("in.p", O_PATH | O_DIRECTORY | O_CLOEXEC);
	race_check(in >= 0 && dup2(in, NUMBER) == NUMBER, "in.p");
	/* A descriptor of a name only, with which nothing can be read. */
	out = open("out.s", O_PATH | O_DIRECTORY | O_CLOEXEC);
	race_check(out >= 0 && fstatat(out, "race", &secret, 0) == 0, "out.s/race");
	race_check(fchdir(in) == 0, "fchdir");
	race_thread(cwd ? change_directory : change_descriptor, NULL);
	race_on_first_cpu();
	while (race_goes_on(&race))
		race_opened(&race, openat(cwd ? AT_FDCWD : NUMBER, "race", O_RDONLY | O_CLOEXEC),
			    &secret);
	return race_report(&race);
}
