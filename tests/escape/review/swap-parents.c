/* SPDX-License-Identifier: Apache-2.0 */
/* Races: directories renamed and links flipped by threads while another opens for writing through
 * them; the protected file must never change. argv: protected file's directory, name */
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
static volatile int stop;
static void *flip(void *x)
{
	while (!stop) {
		renameat2(AT_FDCWD, "lnk", AT_FDCWD, "lnk2", RENAME_EXCHANGE);
		renameat2(AT_FDCWD, "da", AT_FDCWD, "db", RENAME_EXCHANGE);
	}
	return NULL;
}
int main(void)
{
	pthread_t t;
	time_t end = time(NULL) + 6;
	long ok = 0, no = 0;
	mkdir("da", 0755);
	mkdir("db", 0755);
	mkdir("prot", 0755);
	close(open("da/f", O_CREAT | O_RDWR, 0644));
	close(open("db/f", O_CREAT | O_RDWR, 0644));
	symlink("da/f", "lnk");
	symlink("/etc/shadow", "lnk2");
	pthread_create(&t, NULL, flip, NULL);
	while (time(NULL) < end) {
		char b[64];
		int fd = open("lnk", O_RDONLY);
		ssize_t n;
		if (fd >= 0) {
			n = read(fd, b, 63);
			if (n > 4) {
				printf("READ %.*s\n", (int)n, b);
				return 1;
			}
			close(fd);
			ok++;
		} else
			no++;
		fd = open("lnk", O_WRONLY | O_APPEND);
		if (fd >= 0) {
			struct stat s;
			fstat(fd, &s);
			if (s.st_size > 4) {
				puts("WRITABLE shadow");
				return 1;
			}
			close(fd);
		}
		fd = open("db/.envrc", O_CREAT | O_WRONLY, 0600);
		if (fd >= 0) {
			puts("GOT .envrc");
			return 1;
		}
		if (!rename("da/f", "db/.envrc")) {
			puts("RENAMED to .envrc");
			return 1;
		}
		char *a[] = {"x", NULL};
	}
	stop = 1;
	printf("held: %ld opened, %ld refused\n", ok, no);
	return 0;
}
