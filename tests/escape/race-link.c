/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Opens through names that are exchanged meanwhile (RENAME_EXCHANGE), so that they lead to what is
 * allowed when they are judged and to what is refused when they would be walked again.
 *
 *   race-link TRIES SECONDS PATH SECRET [A B]   opens PATH; A and B are exchanged by a child
 *   race-link exchange A B                      exchanges, until it is killed: on the host
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "tests/support/race.h"

static _Noreturn void exchange(const char *a, const char *b)
{
	race_on_other_cpu();
	for (;;) {
		int r = renameat2(AT_FDCWD, a, AT_FDCWD, b, RENAME_EXCHANGE);

		race_check(r == 0, "renameat2");
		race_rest(1000);
	}
}

int main(int argc, char **argv)
{
	struct race race;
	struct stat secret;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (argc == 4 && strcmp(argv[1], "exchange") == 0)
		exchange(argv[2], argv[3]);
	race_begin(&race, argc, argv);
	errno = EINVAL;
	race_check(argc == 5 || argc == 7, "TRIES SECONDS PATH SECRET [A B]");
	race_check(stat(argv[4], &secret) == 0, argv[4]);
	if (argc == 7 && fork() == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		exchange(argv[5], argv[6]);
	}
	race_on_first_cpu();
	while (race_goes_on(&race))
		race_opened(&race, open(argv[3], O_RDONLY | O_CLOEXEC), &secret);
	return race_report(&race);
}
