/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Opens a name with O_CREAT that is missing when it is judged, and a link to what is refused
 * when it would be made; and the other way round.
 *
 *   race-create TRIES SECONDS NAME SECRET   SECRET need not exist: it may not be made either
 *   race-create host NAME SECRET            makes and removes the link, until it is killed
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/support/race.h"

static _Noreturn void make_and_remove(const char *name, const char *secret)
{
	for (;;) {
		race_check(symlink(secret, name) == 0 || errno == EEXIST, name);
		race_rest(5000);
		race_check(unlink(name) == 0 || errno == ENOENT, name);
		race_rest(5000);
	}
}

int main(int argc, char **argv)
{
	struct race race;

	if (argc == 4 && strcmp(argv[1], "host") == 0)
		make_and_remove(argv[2], argv[3]);
	race_begin(&race, argc, argv);
	errno = EINVAL;
	race_check(argc == 5, "TRIES SECONDS NAME SECRET");
	race_on_first_cpu();
	while (race_goes_on(&race)) {
		int fd = open(argv[3], O_RDWR | O_CREAT | O_CLOEXEC, 0600), error = errno;
		struct stat secret = {};

		/* Missing: then nothing has its number. */
		stat(argv[4], &secret);
		errno = error;
		race_opened(&race, fd, &secret);
		unlink(argv[3]);
	}
	return race_report(&race);
}
