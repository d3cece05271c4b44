/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The log of a run: lines in the order in which they were appended, written by the ring in batches.
 *
 * Room comes first: a call may be allowed only after audit_log_reserve() for its record succeeded
 * (record_size_bound()). What is reserved can be written, as far as the file allows to promise it
 * (audit-file.h). A batch is on its way when it has 64 KiB or its first line has waited 100 ms. One
 * write is under way at a time. Nothing here waits, but audit_log_flush() and the allocation of a
 * step of file space.
 *
 * The supervisor, for each call that is wanted (record_wanted()):
 *
 *	decided allow:  audit_log_reserve(record_size_bound()); refused where that fails
 *	answered:       record_call(), audit_log_append() with what was reserved
 *	decided deny:   answered first, then record_call(), audit_log_append() with 0
 *
 * A write that fails marks the log failed for good: each reservation is refused from then on.
 * Not here: the words of the lines (record.h). The process must ignore SIGPIPE.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "enforcer/audit/audit-file.h"
#include "enforcer/base/cleanup.h"

struct audit_log;
struct buffer;
struct loop;

#define AUDIT_LOG_BATCH    (64u << 10)
#define AUDIT_LOG_DELAY_NS 100000000u
/* Lines that wait in our memory, with what is reserved: for a stream whose reader is slow, and for
 * a file whose disk is. Beyond, reservations are refused. */
#define AUDIT_LOG_STREAM_MAX (2u << 20)
#define AUDIT_LOG_FILE_MAX   (32u << 20)
/* Kept back from all reservations: for a fault and the end of the run on a full disk. */
#define AUDIT_LOG_LAST_WORDS (16u << 10)
/* How long audit_log_flush() waits for a reader or a disk. */
#define AUDIT_LOG_PATIENCE_NS 2000000000u

/* The log has failed (a negative errno): called once, from the loop. Tell a person. */
typedef void (*audit_log_failed)(void *userdata, int error);

/* path, make_parents: as audit_file_open(). Fails where not even last words have room. */
int audit_log_new(struct loop *loop, const char *path, bool make_parents,
		  struct audit_log **ret_log, struct failure *reterr);
/* What was not written is lost: audit_log_close() first. */
struct audit_log *audit_log_free(struct audit_log *log);
DEFINE_CLEANUP(struct audit_log *, audit_log_free)

void audit_log_on_failure(struct audit_log *log, audit_log_failed failed, void *userdata);
/*
 * Each batch is closed by a line: lines are those of the batch, whole. Room for it is counted with
 * each of them. Fails (a negative errno): the log has failed. Set before the first line.
 */
typedef int (*audit_log_seal)(void *userdata, const char *lines, size_t len,
			      struct buffer *ret_line);
void audit_log_on_batch(struct audit_log *log, audit_log_seal seal, void *userdata);

/*
 * The file that has max bytes goes on in another: it becomes the part FILE.N, and FILE is fresh.
 * Room for all that is promised is made in the new file first; where that cannot be had, or the
 * file not be parted, the log goes on in the old one, and tries again a MiB later.
 */
#define AUDIT_LOG_PART_LINE_MAX 1024 /* what close appends, at its longest */
struct audit_log_parts {
	uint64_t max;
	/* Appends the line that ends part number. 0; positive: not now; or a negative errno: the
	 * log has failed. */
	int (*close)(void *userdata, unsigned number, struct buffer *ret_line);
	/* Part number is closed: nobody writes it any more. */
	void (*closed)(void *userdata, unsigned number);
	/* It could not be begun (a negative errno): told once for each cause. */
	void (*cannot)(void *userdata, int error);
	void *userdata;
};
/* Without effect on a stream. Before the first line. */
void audit_log_on_parts(struct audit_log *log, const struct audit_log_parts *parts);

/* Each batch, as it is handed to the kernel: whole lines. Nothing may be appended from there. */
typedef void (*audit_log_copy)(void *userdata, const char *lines, size_t len);
void audit_log_on_copy(struct audit_log *log, audit_log_copy copy, void *userdata);

/*
 * Room for a line of at most len bytes, until it is appended or released. 0; -ENOSPC: not now
 * (try again with the next call: space may come back); -EIO: the log has failed.
 */
int audit_log_reserve(struct audit_log *log, size_t len);
/* The line was not needed after all. */
void audit_log_release(struct audit_log *log, size_t reserved);
/*
 * Takes over a copy of a whole line. reserved: what was reserved for it (0: nothing, then room is
 * looked for now). 0 or as audit_log_reserve(); the reservation is used up in each case.
 */
int audit_log_append(struct audit_log *log, const char *lines, size_t len, size_t reserved);
/* As audit_log_append(), out of what is kept back. */
int audit_log_append_last_words(struct audit_log *log, const char *lines, size_t len);

/*
 * Writes everything, and waits for it by stepping the loop: not from a handler. 0, -EIO where the
 * log has failed, or -ETIMEDOUT where reader or disk did not take it in time.
 */
int audit_log_flush(struct audit_log *log);
/* audit_log_flush(), then the file is given back what it does not need and closed. */
int audit_log_close(struct audit_log *log);

struct audit_log_state {
	enum audit_guarantee guarantee;
	int error;         /* 0, or why the log failed (a negative errno) */
	uint64_t written;  /* bytes that the kernel took */
	uint64_t waiting;  /* bytes in our memory */
	uint64_t refused;  /* reservations refused so far */
	uint64_t dev, ino; /* of the file, for rule zero */
	unsigned part;     /* the highest number of a closed part beside it; 0: none */
};
void audit_log_state(const struct audit_log *log, struct audit_log_state *ret_state);
