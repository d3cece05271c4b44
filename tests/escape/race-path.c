/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Opens a path whose last letter is flipped meanwhile, so that it is race.p (allowed) when it is
 * judged and race.s (refused) when the kernel would read it again.
 *
 *   race-path TRIES SECONDS thread|process|file
 *
 * thread: by a thread, in the same memory; process: by another process, in a page that both share;
 * file: the same, in the mapping of a file.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "tests/support/race.h"

static char buffer[64];

static char *mapped_file(void)
{
	int fd = open("race.page", O_RDWR | O_CREAT | O_TRUNC, 0600);
	void *memory;

	race_check(fd >= 0 && ftruncate(fd, 4096) == 0, "race.page");
	memory = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	race_check(memory != MAP_FAILED, "mmap");
	close(fd);
	return memory;
}

int main(int argc, char **argv)
{
	struct race race;
	struct stat secret;
	const char *how;
	char *path;

	race_begin(&race, argc, argv);
	how = argc > 3 ? argv[3] : "thread";
	race_check(stat("race.s", &secret) == 0, "race.s");
	path = strcmp(how, "process") == 0 ? race_shared_memory()
	       : strcmp(how, "file") == 0  ? mapped_file()
					   : buffer;
	strcpy(path, "race.p");
	if (path == buffer)
		race_flip_by_thread(&path[5], 'p', 's');
	else
		race_flip_by_process(&path[5], 'p', 's');
	race_on_first_cpu();
	while (race_goes_on(&race))
		race_opened(&race, open(path, O_RDONLY | O_CLOEXEC), &secret);
	return race_report(&race);
}
