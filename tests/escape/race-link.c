/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Opens through names that are exchanged meanwhile (RENAME_EXCHANGE), so that they lead to what is
 * allowed when they are judged and to what is refused when they would be walked again.
 *
 *   race-link TRIES SECONDS PATH SECRET [A B]   opens PATH; A and B are exchanged by a child
 *   race-link exchange A B                      exchanges, until it is killed: on the host
 *   race-link rewrite FILE OFFSET AB            writes A and B at offset in turn, likewise
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
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

/* Opened anew each time: what somebody holds open for writing cannot be executed. */
static _Noreturn void rewrite(const char *file, off_t offset, const char *letters)
{
	for (unsigned i = 0;; i = !i) {
		int fd = open(file, O_WRONLY | O_CLOEXEC);

		/* ETXTBSY: it is being executed */
		race_check(fd >= 0 || errno == ETXTBSY, file);
		race_check(fd < 0 || pwrite(fd, letters + i, 1, offset) == 1, "pwrite");
		close(fd);
		race_rest(20000);
	}
}

int main(int argc, char **argv)
{
	struct race race;
	struct stat secret;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (argc == 4 && strcmp(argv[1], "exchange") == 0)
		exchange(argv[2], argv[3]);
	if (argc == 5 && strcmp(argv[1], "rewrite") == 0)
		rewrite(argv[2], strtol(argv[3], NULL, 10), argv[4]);
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
