/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Changes a name that leads to what is allowed when it is judged, and to what is refused when it
 * would be walked again.
 *
 *   race-change TRIES SECONDS chmod|link    race.p or race.s: a thread flips the letter
 *   race-change TRIES SECONDS mkdir         way/new: way is a link to in.p or out.s, in turn
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/support/race.h"

static char path[16] = "race.p";

static void count(struct race *race, int result, bool won)
{
	if (won)
		race->won++;
	else if (result < 0)
		race_failed(race, errno);
	else
		race->allowed++;
}

static void try_chmod(struct race *race)
{
	struct stat secret;
	mode_t mode = 0600 | (mode_t)(race->tries % 8);
	int r = chmod(path, mode), error = errno;

	race_check(stat("race.s", &secret) == 0, "race.s");
	errno = error;
	/* It had the mode of the try before: a new one is this try's. */
	count(race, r, mode != 0600 && (secret.st_mode & 0777) == mode);
}

static void try_link(struct race *race, const struct stat *secret)
{
	struct stat linked = {};
	int r = link(path, "linked"), error = errno;
	bool won = r == 0 && stat("linked", &linked) == 0 && linked.st_ino == secret->st_ino;

	errno = error;
	count(race, r, won);
	unlink("linked");
}

static void try_mkdir(struct race *race)
{
	bool before = access("out.s/new", F_OK) == 0;
	int r = mkdir("way/new", 0700), error = errno;
	bool won = !before && access("out.s/new", F_OK) == 0;

	errno = error;
	count(race, r, won);
	rmdir("in.p/new");
	if (before || won)
		rmdir("way/new");
}

int main(int argc, char **argv)
{
	struct race race;
	struct stat secret;
	const char *how;

	race_begin(&race, argc, argv);
	how = argc > 3 ? argv[3] : "chmod";
	race_check(stat("race.s", &secret) == 0, "race.s");
	if (strcmp(how, "mkdir") != 0)
		race_flip_by_thread(&path[5], 'p', 's');
	race_on_first_cpu();
	while (race_goes_on(&race)) {
		if (strcmp(how, "chmod") == 0)
			try_chmod(&race);
		else if (strcmp(how, "link") == 0)
			try_link(&race, &secret);
		else
			try_mkdir(&race);
	}
	return race_report(&race);
}
