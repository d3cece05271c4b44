/* SPDX-License-Identifier: Apache-2.0 */
/* The log of a run. */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#include "enforcer/audit/audit-log.h"
#include "enforcer/audit/chain.h"
#include "enforcer/base/buffer.h"
#include "enforcer/loop/loop.h"

/* What a line may cost besides its bytes: it may be a batch by itself. */
#define SEAL_SHARE (CHAIN_LINE_MAX + CHAIN_LINE_EACH)
/* A buffer that grew beyond this under load is not kept. */
#define BUFFER_KEPT (1u << 20)
/* Another part could not be begun: so much later is the next try. */
#define PART_AGAIN (1u << 20)

struct audit_log {
	struct loop *loop; /* borrowed */
	struct audit_file file;
	struct buffer collecting;
	struct buffer writing; /* the kernel reads it while a write is under way */
	size_t done;           /* of writing */
	uint64_t reserved;     /* by calls that are not answered yet */
	uint64_t last_words;   /* still kept back */
	uint64_t written;
	uint64_t refused;
	struct loop_source writer; /* the write, or the wait until a descriptor takes more */
	struct loop_source timer;
	bool waits;   /* writer polls */
	bool overdue; /* the timer went off during a write: go on at once */
	int error;
	audit_log_failed failed;
	void *userdata;
	audit_log_seal seal; /* NULL: batches are not closed by a line */
	void *sealer;
	uint64_t unsealed;   /* lines of collecting */
	size_t foreign;      /* bytes at its start that are no line of ours */
	audit_log_copy copy; /* or NULL */
	void *copier;
	struct audit_log_parts parts; /* max 0: one file */
	struct audit_file next;       /* prepared: it follows when what is being written is out */
	uint64_t part_at;             /* not before the file has so many bytes */
	int part_error;               /* the last cause that was told */
};

static void audit_log_kick(struct audit_log *log);

static uint64_t audit_log_waiting(const struct audit_log *log)
{
	return log->collecting.len + (log->writing.len - log->done);
}

static uint64_t audit_log_share(const struct audit_log *log)
{
	return log->seal ? SEAL_SHARE : 0;
}

/* The line that closes what is collected, at its longest. */
static uint64_t audit_log_sealing(const struct audit_log *log)
{
	return log->seal && log->unsealed ? CHAIN_LINE_MAX + log->unsealed * CHAIN_LINE_EACH : 0;
}

static void audit_log_fail(struct audit_log *log, int error)
{
	if (log->error)
		return;
	log->error = error;
	if (log->failed)
		log->failed(log->userdata, error);
}

static void audit_log_submit(struct audit_log *log)
{
	int r;

	/* O_APPEND: the kernel writes at the end whatever offset it is given. */
	r = loop_write(&log->writer, log->file.fd, log->writing.data + log->done,
		       log->writing.len - log->done, 0);
	log->waits = false;
	if (r < 0)
		audit_log_fail(log, r);
}

static void audit_log_cannot_part(struct audit_log *log, int error)
{
	log->part_at = log->file.size + PART_AGAIN;
	if (error == log->part_error)
		return;
	log->part_error = error;
	if (log->parts.cannot)
		log->parts.cannot(log->parts.userdata, error);
}

/* What was written ends with the line that ends the part. */
static void audit_log_turn(struct audit_log *log)
{
	unsigned number = log->next.part;
	int r = audit_file_turn(&log->file, &log->next);

	log->next = (struct audit_file)AUDIT_FILE_NONE;
	if (r == 0) {
		log->part_error = 0;
		log->parts.closed(log->parts.userdata, number);
		return;
	}
	/* What was promised meanwhile, it was in the file that will not be. */
	r = audit_file_allocate(&log->file, log->file.size + log->collecting.len +
						    audit_log_sealing(log) + log->reserved +
						    log->last_words);
	if (r < 0)
		audit_log_fail(log, r);
	else
		audit_log_cannot_part(log, -ESTALE);
}

/* The batch is out. */
static void audit_log_next(struct audit_log *log)
{
	if (log->writing.size > BUFFER_KEPT)
		buffer_done(&log->writing);
	log->writing.len = 0;
	log->done = 0;
	if (log->next.fd >= 0)
		audit_log_turn(log);
	if (log->overdue || log->collecting.len >= AUDIT_LOG_BATCH)
		audit_log_kick(log);
	log->overdue = false;
}

static void audit_log_wrote(struct loop_source *source, int32_t result, bool more)
{
	struct audit_log *log = container_of(source, struct audit_log, writer);

	if (log->error)
		return;
	/* A descriptor that was handed to us may be non-blocking, for all who share it. */
	if (!log->waits && result == -EAGAIN) {
		log->waits = true;
		if (loop_poll(&log->writer, log->file.fd, POLLOUT, false) < 0)
			audit_log_fail(log, -EIO);
		return;
	}
	if (log->waits || result == -EINTR) {
		audit_log_submit(log);
		return;
	}
	if (result <= 0) {
		audit_log_fail(log, result ? result : -EIO);
		return;
	}
	/* A short write of a file is a failure whose cause the next write tells; of a pipe it is
	 * usual. */
	log->done += (size_t)result;
	log->written += (uint64_t)result;
	log->file.size += (uint64_t)result;
	if (log->done < log->writing.len)
		audit_log_submit(log);
	else
		audit_log_next(log);
}

static int audit_log_close_batch(struct audit_log *log)
{
	struct buffer line = {};
	int r = 0;

	if (log->seal && log->unsealed)
		r = log->seal(log->sealer, log->collecting.data + log->foreign,
			      log->collecting.len - log->foreign, &line);
	if (r == 0 && line.len > 0)
		buffer_append(&log->collecting, line.data, line.len);
	buffer_done(&line);
	log->unsealed = 0;
	log->foreign = 0;
	return r < 0 ? r : log->collecting.error;
}

/* Where this batch fills its file: the next one, and the line that ends this one. 0, or why not. */
static int audit_log_prepare_part(struct audit_log *log)
{
	uint64_t size = log->file.size + log->collecting.len;
	struct buffer line = {};
	int r;

	if (!log->parts.max || size < log->parts.max || size < log->part_at ||
	    log->file.guarantee == AUDIT_STREAM || log->last_words < AUDIT_LOG_PART_LINE_MAX)
		return 0;
	r = audit_file_prepare(&log->file, log->reserved + AUDIT_LOG_LAST_WORDS, &log->next);
	if (r < 0)
		return r;
	r = log->parts.close(log->parts.userdata, log->next.part, &line);
	if (r == 0)
		buffer_append(&log->collecting, line.data, line.len);
	if (r != 0) {
		audit_file_unprepare(&log->file, &log->next);
		log->next = (struct audit_file)AUDIT_FILE_NONE;
		log->part_at = size + PART_AGAIN;
	} else {
		log->unsealed++;
		log->last_words = AUDIT_LOG_LAST_WORDS;
	}
	buffer_done(&line);
	if (r < 0)
		audit_log_fail(log, r);
	return 0;
}

/* Starts writing what was collected, unless a write is under way. */
static void audit_log_kick(struct audit_log *log)
{
	struct buffer empty = log->writing;
	int r, part;

	if (log->error || log->writing.len > 0 || log->collecting.len == 0)
		return;
	part = audit_log_prepare_part(log);
	r = audit_log_close_batch(log);
	if (r < 0) {
		audit_log_fail(log, r);
		return;
	}
	log->writing = log->collecting;
	log->collecting = empty;
	log->done = 0;
	if (log->copy)
		log->copy(log->copier, log->writing.data, log->writing.len);
	audit_log_submit(log);
	/* Behind the write: who is told of it appends. */
	if (part < 0)
		audit_log_cannot_part(log, part);
}

static void audit_log_tick(struct loop_source *source, int32_t result, bool more)
{
	struct audit_log *log = container_of(source, struct audit_log, timer);

	log->overdue = log->writing.len > 0 && log->collecting.len > 0;
	audit_log_kick(log);
}

int audit_log_new(struct loop *loop, const char *path, bool make_parents,
		  struct audit_log **ret_log, struct failure *reterr)
{
	_cleanup_(audit_log_freep) struct audit_log *log = calloc(1, sizeof(*log));
	int r;

	if (!log)
		return -ENOMEM;
	log->loop = loop;
	log->file = (struct audit_file)AUDIT_FILE_NONE;
	log->next = (struct audit_file)AUDIT_FILE_NONE;
	log->last_words = AUDIT_LOG_LAST_WORDS;
	r = audit_file_open(&log->file, path, make_parents, reterr);
	if (r < 0)
		return r;
	r = audit_file_allocate(&log->file, log->file.size + AUDIT_LOG_LAST_WORDS + 1);
	if (r < 0)
		return failure_set(reterr, r, "no room for the record on the disk of %s", path);
	r = loop_source_init(&log->writer, loop, audit_log_wrote);
	if (r == 0)
		r = loop_source_init(&log->timer, loop, audit_log_tick);
	if (r < 0)
		return r;
	if (log->file.torn)
		buffer_append(&log->collecting, "\n", 1);
	if (log->collecting.error)
		return log->collecting.error;
	log->foreign = log->collecting.len;
	*ret_log = steal_pointer(log);
	return 0;
}

static void audit_log_forget_part(struct audit_log *log)
{
	if (log->next.fd >= 0)
		audit_file_unprepare(&log->file, &log->next);
	log->next = (struct audit_file)AUDIT_FILE_NONE;
}

struct audit_log *audit_log_free(struct audit_log *log)
{
	if (!log)
		return NULL;
	loop_source_done(&log->timer);
	/* The kernel may still read the batch. */
	loop_source_abandon(&log->writer, log->writing.data);
	buffer_done(&log->collecting);
	audit_log_forget_part(log);
	audit_file_close(&log->file);
	free(log);
	return NULL;
}

void audit_log_on_failure(struct audit_log *log, audit_log_failed failed, void *userdata)
{
	log->failed = failed;
	log->userdata = userdata;
}

void audit_log_on_batch(struct audit_log *log, audit_log_seal seal, void *userdata)
{
	log->seal = seal;
	log->sealer = userdata;
}

void audit_log_on_parts(struct audit_log *log, const struct audit_log_parts *parts)
{
	log->parts = *parts;
}

void audit_log_on_copy(struct audit_log *log, audit_log_copy copy, void *userdata)
{
	log->copy = copy;
	log->copier = userdata;
}

/* Whether more bytes, beside all that is promised, have room; makes some. */
static int audit_log_make_room(struct audit_log *log, uint64_t more)
{
	uint64_t promised = audit_log_waiting(log) + audit_log_sealing(log) + log->reserved + more;
	uint64_t max =
		log->file.guarantee == AUDIT_STREAM ? AUDIT_LOG_STREAM_MAX : AUDIT_LOG_FILE_MAX;

	if (log->error)
		return -EIO;
	if (promised > max)
		return -ENOSPC;
	/* What is written is the last of this file. */
	if (log->next.fd >= 0)
		return audit_file_allocate(&log->next, promised + log->last_words);
	return audit_file_allocate(&log->file, log->file.size + promised + log->last_words);
}

int audit_log_reserve(struct audit_log *log, size_t len)
{
	int r = audit_log_make_room(log, len + audit_log_share(log));

	/* Neither full nor failed before: the file itself is broken. */
	if (r < 0 && r != -ENOSPC && r != -EIO)
		audit_log_fail(log, r);
	if (r < 0) {
		log->refused++;
		return r == -ENOSPC ? -ENOSPC : -EIO;
	}
	log->reserved += len + audit_log_share(log);
	return 0;
}

void audit_log_release(struct audit_log *log, size_t reserved)
{
	uint64_t share = reserved ? reserved + audit_log_share(log) : 0;

	log->reserved -= share < log->reserved ? share : log->reserved;
}

static int audit_log_collect(struct audit_log *log, const char *lines, size_t len)
{
	if (log->error)
		return -EIO;
	buffer_append(&log->collecting, lines, len);
	log->unsealed += len > 0;
	if (log->collecting.error) {
		audit_log_fail(log, log->collecting.error);
		return -EIO;
	}
	if (log->collecting.len >= AUDIT_LOG_BATCH)
		audit_log_kick(log);
	else if (!log->timer.armed && loop_timeout(&log->timer, AUDIT_LOG_DELAY_NS) < 0)
		audit_log_kick(log);
	return log->error ? -EIO : 0;
}

int audit_log_append(struct audit_log *log, const char *lines, size_t len, size_t reserved)
{
	audit_log_release(log, reserved);
	if (len > reserved) {
		int r = audit_log_reserve(log, len);

		if (r < 0)
			return r;
		audit_log_release(log, len);
	}
	return audit_log_collect(log, lines, len);
}

int audit_log_append_last_words(struct audit_log *log, const char *lines, size_t len)
{
	/* Just what it costs: room that came back here would let one more call through, and then
	 * none. */
	uint64_t share = log->unsealed ? CHAIN_LINE_EACH : SEAL_SHARE;
	uint64_t cost = len + (log->seal ? share : 0);

	if (cost > log->last_words)
		return audit_log_append(log, lines, len, 0);
	log->last_words -= cost;
	return audit_log_collect(log, lines, len);
}

static void audit_log_nothing(struct loop_source *source, int32_t result, bool more)
{
}

int audit_log_flush(struct audit_log *log)
{
	uint64_t deadline = loop_now() + AUDIT_LOG_PATIENCE_NS;
	struct loop_source alarm = {};
	int r;

	r = loop_source_init(&alarm, log->loop, audit_log_nothing);
	if (r == 0)
		r = loop_timeout(&alarm, AUDIT_LOG_PATIENCE_NS);
	audit_log_kick(log);
	while (r == 0 && !log->error && audit_log_waiting(log) > 0) {
		if (loop_now() >= deadline) {
			r = -ETIMEDOUT;
			break;
		}
		r = loop_step(log->loop, true);
		audit_log_kick(log);
	}
	loop_source_done(&alarm);
	return log->error ? -EIO : r;
}

int audit_log_close(struct audit_log *log)
{
	int r = audit_log_flush(log);

	/* A write that is still under way holds the file by itself. */
	audit_log_forget_part(log);
	audit_file_close(&log->file);
	if (!log->error)
		log->error = -EBADF;
	return r;
}

void audit_log_state(const struct audit_log *log, struct audit_log_state *ret_state)
{
	*ret_state = (struct audit_log_state){
		.guarantee = log->file.guarantee,
		.error = log->error,
		.written = log->written,
		.waiting = audit_log_waiting(log),
		.refused = log->refused,
		.dev = log->file.dev,
		.ino = log->file.ino,
		.part = log->file.part,
	};
}
