/* SPDX-License-Identifier: Apache-2.0 */
/* Looks at the files of the run's policy, and says when one is another. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <time.h>
#include <unistd.h>

#include "enforcer/base/fd.h"
#include "enforcer/config/config.h"
#include "enforcer/config/facts.h"
#include "enforcer/follow.h"
#include "enforcer/reload.h"

/* No more events for so long: what an editor does to save a file is over. But not for ever. */
#define QUIET_MS     150
#define QUIET_MAX_MS 2000
/* How often a file is looked at that is being written, and until when that is waited for. */
#define WRITERS_MS     200
#define WRITERS_MAX_MS 10000
#define NAMES_MAX      128

#define DIRECTORY_EVENTS                                                                           \
	(IN_CREATE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE | IN_CLOSE_WRITE | IN_ATTRIB |        \
	 IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR)
/* Of the file itself, for what is written by another of its names. */
#define FILE_EVENTS (IN_CLOSE_WRITE | IN_ATTRIB)

struct name {
	int watch; /* of its directory */
	char *name;
};

struct followed {
	const char *path; /* borrowed */
	bool is_layer;
	struct policy_stamp stamp;
	bool missed; /* it was there, and nothing was read without it yet */
};

struct follower {
	int fd;
	helper_tell tell;
	void *tell_userdata;
	struct followed files[CONFIG_FILES_MAX];
	size_t n_files;
	atomic_uint *loads; /* how often all was read; borrowed */
	unsigned loads_seen;
	struct name names[NAMES_MAX]; /* that are looked at */
	size_t n_names;
};

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* A lease for reading is given where the file is open for writing nowhere: not by a descriptor, a
 * mapping, or one that is on its way in a message (fcntl(2), F_SETLEASE). */
int follow_check_writers(const char *path, struct failure *reterr)
{
	_cleanup_fd_ int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	char shown[SHOWN_MAX];

	if (fd < 0)
		return 0;
	if (fcntl(fd, F_SETLEASE, F_RDLCK) == 0)
		fcntl(fd, F_SETLEASE, F_UNLCK);
	else if (errno == EAGAIN)
		return failure_set(reterr, -EBUSY, "%s: somebody has it open for writing",
				   facts_show(path, shown));
	return 0;
}

/* ---- what is looked at */

static int watch_name(void *userdata, const char *dir, const char *name, bool link)
{
	struct follower *follower = userdata;
	struct name *entry = &follower->names[follower->n_names];
	int watch;

	if (follower->n_names == NAMES_MAX)
		return -ENOSPC;
	/* The same watch for the same directory. One that may not be read cannot be watched, and
	 * what is below it belongs to somebody else. */
	watch = inotify_add_watch(follower->fd, dir, DIRECTORY_EVENTS);
	if (watch < 0)
		return errno == EACCES || errno == ENOENT || errno == ENOTDIR ? 0 : -errno;
	for (size_t i = 0; i < follower->n_names; i++)
		if (follower->names[i].watch == watch && strcmp(follower->names[i].name, name) == 0)
			return 0;
	entry->name = strdup(name);
	if (!entry->name)
		return -ENOMEM;
	entry->watch = watch;
	follower->n_names++;
	return 0;
}

static void forget_names(struct follower *follower)
{
	for (size_t i = 0; i < follower->n_names; i++)
		free(follower->names[i].name);
	follower->n_names = 0;
}

/* Watches of directories that are on no way any more stay: their events name nothing of ours. */
static int watch_all(struct follower *follower)
{
	forget_names(follower);
	for (size_t i = 0; i < follower->n_files; i++) {
		const char *path = follower->files[i].path;
		int r = policy_trail(path, watch_name, follower);

		if (r < 0 && r != -ELOOP && r != -ENAMETOOLONG)
			return r;
		/* May be missing. */
		inotify_add_watch(follower->fd, path, FILE_EVENTS);
	}
	return 0;
}

static bool is_ours(const struct follower *follower, const struct inotify_event *event)
{
	/* Of a thing itself; or so many that they were lost. */
	if (event->len == 0 || event->mask & IN_Q_OVERFLOW)
		return true;
	for (size_t i = 0; i < follower->n_names; i++)
		if (follower->names[i].watch == event->wd &&
		    strcmp(follower->names[i].name, event->name) == 0)
			return true;
	return false;
}

/* Waits for at most ms (-1: for ever). 1: something of ours has moved; 0: the time is over. */
static int wait_for_event(struct follower *follower, int ms)
{
	char room[4096] __attribute__((aligned(__alignof__(struct inotify_event))));
	struct pollfd one = {.fd = follower->fd, .events = POLLIN};
	int64_t until = now_ms() + ms;
	bool ours = false;

	for (;;) {
		int64_t left = ms < 0 ? -1 : until - now_ms();
		ssize_t n;

		if (ms >= 0 && left < 0)
			return 0;
		if (poll(&one, 1, (int)left) <= 0)
			continue;
		n = read(follower->fd, room, sizeof(room));
		for (ssize_t at = 0; at < n;) {
			const struct inotify_event *event = (void *)(room + at);

			ours |= is_ours(follower, event);
			at += (ssize_t)(sizeof(*event) + event->len);
		}
		if (ours)
			return 1;
	}
}

/* ---- what has changed */

static bool is_there(const struct policy_stamp *stamp)
{
	return stamp->ino != 0;
}

static void settle(struct follower *follower)
{
	int64_t until = now_ms() + QUIET_MAX_MS;

	while (now_ms() < until && wait_for_event(follower, QUIET_MS) == 1)
		;
}

static bool has_changed(const struct follower *follower)
{
	for (size_t i = 0; i < follower->n_files; i++) {
		struct policy_stamp stamp;

		policy_stamp_take(follower->files[i].path, &stamp);
		if (!policy_stamp_is_same(&stamp, &follower->files[i].stamp))
			return true;
	}
	return false;
}

/* Whoever writes will have written. Whoever never closes it is told of by the one who reads it. */
static void await_writers(struct follower *follower)
{
	int64_t until = now_ms() + WRITERS_MAX_MS;

	for (size_t i = 0; i < follower->n_files;) {
		if (follow_check_writers(follower->files[i].path, NULL) == 0 || now_ms() >= until)
			i++;
		else
			wait_for_event(follower, WRITERS_MS);
	}
}

/* A layer that is there no more would take its rules with it: nobody wants that of a directory that
 * is moved, or a file system that goes away. */
static void tell_missed(struct follower *follower, const char *path)
{
	char shown[SHOWN_MAX], text[SHOWN_MAX + 128];

	snprintf(text, sizeof(text),
		 "%s is gone; it is read when it is there again, and callgate policy reload goes "
		 "on without it",
		 facts_show(path, shown));
	follower->tell(follower->tell_userdata, -ENOENT, text);
}

/* What somebody had read without it is not missed any more. */
static void forget_missed(struct follower *follower)
{
	unsigned loads = atomic_load(follower->loads);

	for (size_t i = 0; i < follower->n_files && loads != follower->loads_seen; i++)
		follower->files[i].missed = false;
	follower->loads_seen = loads;
}

static void tell_changes(struct follower *follower)
{
	const char *missed = NULL;

	forget_missed(follower);
	for (size_t i = 0; i < follower->n_files; i++) {
		struct followed *file = &follower->files[i];
		bool was_there = is_there(&file->stamp);

		policy_stamp_take(file->path, &file->stamp);
		if (is_there(&file->stamp))
			file->missed = false;
		else if (was_there && file->is_layer)
			file->missed = true;
		if (file->missed)
			missed = file->path;
	}
	if (missed)
		tell_missed(follower, missed);
	else
		follower->tell(follower->tell_userdata, 0, "");
}

static int follower_init(struct follower *follower, const struct reload_source *source)
{
	const struct config *config = source->config;

	follower->loads = source->loads;
	follower->fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	if (follower->fd < 0)
		return -errno;
	for (size_t i = 0; i < config->n_files; i++)
		follower->files[follower->n_files++] =
			(struct followed){.path = config->files[i].path,
					  .is_layer = config->files[i].is_layer,
					  .stamp = config->files[i].stamp};
	return watch_all(follower);
}

void follow_files(const void *userdata, helper_tell tell, void *tell_userdata)
{
	struct follower follower = {.tell = tell, .tell_userdata = tell_userdata};
	int r = follower_init(&follower, userdata);

	while (r == 0) {
		/* Since it was read at the start, too. */
		if (has_changed(&follower)) {
			await_writers(&follower);
			tell_changes(&follower);
		}
		wait_for_event(&follower, -1);
		settle(&follower);
		r = watch_all(&follower);
	}
	if (r < 0) {
		char text[256];

		snprintf(text, sizeof(text),
			 "its files cannot be followed (%s): callgate policy reload reads them",
			 strerror(-r));
		tell(tell_userdata, r, text);
	}
	forget_names(&follower);
	fd_close(follower.fd);
}
