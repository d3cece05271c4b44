/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The loop: one thread, one ring. The only user of liburing.
 *
 * A source is embedded in its owner and stands for at most one operation at a time. The kernel's
 * answer is matched by slot and generation, so that a source may be cancelled, or its owner freed
 * after loop_source_done(), while an answer is still on its way: such an answer is dropped.
 * Handlers run from loop_run() only. Nothing here waits but loop_run() itself.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#include "enforcer/base/cleanup.h"

struct loop;
struct loop_source;
struct open_how;

/* result: as the operation's system call returns it (negative errno). For polls: the events.
 * For timeouts: 0. more: a multishot poll stays armed. */
typedef void (*loop_handler)(struct loop_source *source, int32_t result, bool more);

struct loop_source {
	struct loop *loop; /* borrowed */
	loop_handler handler;
	uint32_t slot;     /* 0: none */
	bool armed;        /* an operation is on its way */
	uint32_t timer_at; /* timeouts: its place among them; 0: it is none */
	uint64_t due_ns;   /* 0: cancelled */
};

int loop_new(struct loop **ret_loop);
struct loop *loop_free(struct loop *loop);
DEFINE_CLEANUP(struct loop *, loop_free)

/* Runs handlers until loop_stop(). 0 or a negative errno. */
int loop_run(struct loop *loop);
void loop_stop(struct loop *loop);
/* One round: submits, waits for at least one answer (or not at all), runs the handlers. */
int loop_step(struct loop *loop, bool wait);

/* Monotonic nanoseconds, taken when asked. */
uint64_t loop_now(void);

int loop_source_init(struct loop_source *source, struct loop *loop, loop_handler handler);
/*
 * Cancels what is on its way and forgets the source; the handler is not called again. Safe on a
 * zeroed source and twice. Memory that a read, write, open or connect uses must stay until that
 * operation ended: give such buffers to loop_source_abandon() instead.
 */
void loop_source_done(struct loop_source *source);
/* As loop_source_done(), but memory (taken, may be NULL) is freed with free() only once the kernel
 * has let go of it, and a descriptor that a late open returned is closed. */
void loop_source_abandon(struct loop_source *source, void *memory);
/* Asks the kernel to stop the operation; the handler is called with -ECANCELED, or with what came
 * first. */
void loop_source_cancel(struct loop_source *source);

/* Each arms the source (which must not be armed). 0 or a negative errno. */
int loop_poll(struct loop_source *source, int fd, unsigned events, bool multishot);
int loop_read(struct loop_source *source, int fd, void *data, size_t len, uint64_t offset);
int loop_write(struct loop_source *source, int fd, const void *data, size_t len, uint64_t offset);
/* After delay_ns. */
int loop_timeout(struct loop_source *source, uint64_t delay_ns);
/* Runs the handler in the next round, with 0. */
int loop_defer(struct loop_source *source);
/* In a worker thread of the kernel, so that a FIFO or a full backlog does not stop the loop. path
 * and how, or address, must stay until the end: see loop_source_abandon(). */
int loop_openat2(struct loop_source *source, int dirfd, const char *path, struct open_how *how);
int loop_connect(struct loop_source *source, int fd, const struct sockaddr *address, socklen_t len);
/* The same for TCP, which needs no worker: begun when this returns, never waiting, whatever the
 * socket's flags become meanwhile. */
int loop_dial(struct loop_source *source, int fd, const struct sockaddr *address, socklen_t len);
