/* SPDX-License-Identifier: Apache-2.0 */
/* Ports that no agent may reach: who has them. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "enforcer/control/own-port.h"

#define SUFFIX   ".port"
#define NAME_LEN 32

static const char *last_place(const struct control_places *places)
{
	return places->n > 0 ? places->path[places->n - 1] : NULL;
}

/* Held while names are changed, so that nobody takes a fresh file for a left one. */
static int lock_directory(int place)
{
	int fd = openat(place, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd >= 0 && flock(fd, LOCK_EX) < 0)
		fd = fd_close(fd);
	return fd;
}

static bool is_port_file(const char *name)
{
	size_t digits = strspn(name, "0123456789");

	return digits > 0 && digits < 6 && strcmp(name + digits, SUFFIX) == 0;
}

/* Takes away what is left of those who were killed. The directory is locked. */
static void sweep(int directory)
{
	int fd = openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;

	if (!dir) {
		fd_close(fd);
		return;
	}
	while ((entry = readdir(dir))) {
		_cleanup_fd_ int file = -1;

		if (!is_port_file(entry->d_name))
			continue;
		file = openat(directory, entry->d_name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
		if (file >= 0 && flock(file, LOCK_EX | LOCK_NB) == 0)
			unlinkat(directory, entry->d_name, 0);
	}
	closedir(dir);
}

/* Locked before it has its name: who finds it finds it held. */
static int make_file(int directory, const char *name, int *ret_fd)
{
	_cleanup_fd_ int fd = -1;
	char early[NAME_LEN + 8];

	snprintf(early, sizeof(early), "%s.new", name);
	unlinkat(directory, early, 0);
	fd = openat(directory, early, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return -errno;
	if (flock(fd, LOCK_EX | LOCK_NB) < 0 || renameat(directory, early, directory, name) < 0) {
		int error = -errno;

		unlinkat(directory, early, 0);
		return error;
	}
	*ret_fd = steal_fd(fd);
	return 0;
}

int own_port_claim(const struct control_places *places, uint16_t port, int *ret_fd,
		   struct failure *reterr)
{
	_cleanup_fd_ int place = -1, directory = -1;
	const char *path = last_place(places);
	char name[NAME_LEN];
	int r;

	if (!path)
		return failure_set(reterr, -ENOENT, "there is no place for the control sockets");
	r = control_place_open(path, true, &place, reterr);
	if (r < 0)
		return r;
	directory = lock_directory(place);
	r = directory < 0 ? -errno : 0;
	if (r == 0)
		sweep(directory);
	snprintf(name, sizeof(name), "%u" SUFFIX, port);
	if (r == 0)
		r = own_port_taken(places, port) ? -EADDRINUSE : make_file(directory, name, ret_fd);
	if (r < 0)
		failure_set(reterr, r, "cannot keep port %u from the runs, in %s: %s", port, path,
			    strerror(-r));
	return r;
}

int own_port_release(const struct control_places *places, uint16_t port, int fd)
{
	_cleanup_fd_ int place = -1, directory = -1;
	char name[NAME_LEN];

	if (fd < 0)
		return -1;
	snprintf(name, sizeof(name), "%u" SUFFIX, port);
	if (last_place(places) && control_place_open(last_place(places), false, &place, NULL) == 0)
		directory = lock_directory(place);
	if (directory >= 0)
		unlinkat(directory, name, 0);
	return fd_close(fd);
}

bool own_port_taken(const struct control_places *places, uint16_t port)
{
	_cleanup_fd_ int fd = -1;
	char path[PATH_MAX + NAME_LEN];

	if (!last_place(places))
		return false;
	snprintf(path, sizeof(path), "%s/%u" SUFFIX, last_place(places), port);
	/* Whatever it is, it is opened without waiting for anybody. */
	fd = open(path, O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return errno != ENOENT && errno != ENOTDIR;
	return flock(fd, LOCK_SH | LOCK_NB) < 0;
}
