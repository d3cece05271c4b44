/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The file under a log: opened so that nobody else's file is written, and its space made sure of
 * before it is used. All calls here are synchronous and short; writing is audit-log.c's, by the
 * ring.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "enforcer/base/error.h"

/* What a reservation is worth, the weakest first. */
enum audit_guarantee {
	AUDIT_STREAM = 0,   /* pipe, terminal, socket: room in our memory, no more */
	AUDIT_CHECKED,      /* no preallocation there: free space was looked at */
	AUDIT_PREALLOCATED, /* blocks of the file are there */
};

/* "stream", "checked", "preallocated": for the record's start and --verbose. */
const char *audit_guarantee_name(enum audit_guarantee guarantee);

struct audit_file {
	int fd; /* owned */
	enum audit_guarantee guarantee;
	uint64_t dev, ino;  /* for rule zero: nobody inside may touch it */
	bool torn;          /* the file ends within a line: start with a newline */
	uint64_t size;      /* files: bytes on it, as far as we wrote */
	uint64_t allocated; /* files: up to here space is made sure of */
	uint64_t limit;     /* files: RLIMIT_FSIZE; a write beyond would kill us (SIGXFSZ) */
	/* Files that were named by a path: how to go on in another. */
	int dir;       /* owned; -1: they are not */
	char *name;    /* in there; owned */
	unsigned part; /* the highest number that a part beside it has */
};

/* clang-format off */
#define AUDIT_FILE_NONE {.fd = -1, .dir = -1}
/* clang-format on */

/*
 * Opens path for appending, made with mode 0600 where it is not there; "-" and /dev/stdout,
 * /dev/stderr, /dev/fd/N mean that descriptor of ours. make_parents: missing directories are made
 * with mode 0700, and the last must be ours alone (the default place). Refused, with the cause: a
 * symlink, a file with a second name (it could lie in a tree that the agent writes), a directory or
 * a device other than a terminal, a FIFO without a reader, a log that another run writes.
 */
int audit_file_open(struct audit_file *ret_file, const char *path, bool make_parents,
		    struct failure *reterr);
/* The directories of a file, mode 0700, where they are not there; the last must be ours alone. */
int audit_make_parents(const char *path, struct failure *reterr);
/*
 * Makes sure of space up to end (an offset in the file). 0; -ENOSPC where the disk, a quota or a
 * limit is full, then or later; another negative errno where the file itself is broken. For streams
 * always 0.
 */
int audit_file_allocate(struct audit_file *file, uint64_t end);
/*
 * An empty file beside this one, under the name that its part will have, locked, with room for so
 * many bytes. 0, -EOPNOTSUPP where the file cannot be parted, -ENOSPC, or another negative errno.
 */
int audit_file_prepare(struct audit_file *file, uint64_t room, struct audit_file *ret_next);
/*
 * The two change names, in one step: whoever is killed here leaves the one or the other. What was
 * prepared is the file from here on (taken, also on failure), and the old one is closed.
 */
int audit_file_turn(struct audit_file *file, struct audit_file *next);
/* What was prepared is not wanted. */
void audit_file_unprepare(struct audit_file *file, struct audit_file *next);
/* Gives back what was allocated behind the last byte, and closes. */
void audit_file_close(struct audit_file *file);
