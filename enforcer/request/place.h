/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A place: what a path or a descriptor of the target leads to, pinned by O_PATH descriptors. What
 * is judged is the place, and what is acted upon is the same place, whatever became of the path.
 */
#pragma once

#include <limits.h>
#include <stdbool.h>

#include "enforcer/notify/target.h"
#include "enforcer/request/view.h"

enum place_kind {
	PLACE_REFUSED = 0, /* nothing that the agent may be handed */
	PLACE_VIEW,        /* on a mount of the view */
	PLACE_NAMELESS,    /* pipe, socket, memfd: reached through one of its descriptors */
	PLACE_FOREIGN,     /* a descriptor that came in with the start (stdin from a host's file) */
};

struct place {
	enum place_kind kind;
	int fd;     /* O_PATH of the thing itself; -1: nothing there. Owned. */
	int parent; /* O_PATH of the directory that has it, or would; -1: unknown. Owned. */
	char leaf[NAME_MAX + 1]; /* its name there */
	char *path;              /* canonical, in the view; owned */
	bool slash;              /* the path ended in a slash */
	bool dots;               /* the last component was "." or "..", or there was none */
	int number;  /* the target's descriptor that led to it (/proc/self/fd/N), or -1 */
	bool looked; /* stat is filled in already */
	struct place_stat stat;        /* where fd is not -1 */
	struct place_stat parent_stat; /* where parent is not -1 */
	const struct view_mount
		*mount; /* VIEW: of the thing, or of the parent where nothing is there */
};

#define PLACE_NONE                                                                                 \
	{                                                                                          \
		.fd = -1, .parent = -1, .number = -1                                               \
	}

void place_done(struct place *place);

enum walk_flags {
	WALK_PARENT = 1 << 0,   /* the parent is wanted, and a missing last component is no error */
	WALK_NOFOLLOW = 1 << 1, /* a link as the last component is the thing itself */
	WALK_EMPTY = 1 << 2,    /* "" stands for the descriptor (AT_EMPTY_PATH) */
	WALK_CREATE = 1 << 3,   /* O_CREAT: a slash behind the last component is EISDIR */
};

/* A path as a call names it. */
struct place_path {
	int dirfd; /* the target's, or AT_FDCWD */
	const char *text;
	unsigned walk;         /* enum walk_flags */
	uint64_t restrictions; /* RESOLVE_* of openat2(2) */
};

/*
 * Walks path as the target's kernel would: from its root, its working directory or dirfd; links by
 * our own budget; /proc/self and its kin as the target's. 0 or the negative errno that the kernel
 * would give.
 */
int place_resolve(const struct view *view, const struct target *target,
		  const struct place_path *path, struct place *ret_place);

/* What one of the target's descriptors stands for. -EBADF. */
int place_from_fd(const struct view *view, const struct target *target, int fd,
		  struct place *ret_place);

/* A descriptor (O_PATH, taken) that we got in another way. */
int place_from_pin(const struct view *view, int fd, struct place *ret_place);

/* The place's path where it outlives the run, NULL where its file system is the sandbox's own. */
static inline const char *lasting_path(const struct place *place)
{
	return place->mount && place->mount->host >= 0 ? place->path : NULL;
}

/*
 * Descriptors through which a change of the place can be made: the pins themselves where their
 * mount is writable, else the host's (view_host). *ret_fd (-1 where the thing does not exist) and
 * *ret_parent (-1 where there is none) are given. 0, -EROFS, -ESTALE.
 */
int place_writable(const struct view *view, const struct place *place, int *ret_fd,
		   int *ret_parent);
