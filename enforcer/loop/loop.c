/* SPDX-License-Identifier: Apache-2.0 */
/* The loop: one thread, one ring. */
#include <errno.h>
#include <fcntl.h>
#include <liburing.h>
#include <linux/openat2.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "enforcer/loop/loop.h"
#include "enforcer/loop/timers.h"

#define LOOP_ENTRIES     256
#define LOOP_WORKERS_MAX 8192
#define SLOTS_FIRST      64
#define DATA_BELL        1u /* slot 0 */

/* What the kernel's answer is matched to. A slot outlives its source while an operation is on its
 * way, so that the memory that the operation uses does too. */
struct slot {
	struct loop_source *source; /* NULL: abandoned */
	void *memory;               /* freed with the answer; owned */
	uint32_t generation;        /* of the latest operation */
	bool taken;
	bool on_its_way;
	bool opens; /* a late answer is a descriptor: close it */
};

struct loop {
	struct io_uring ring;
	struct slot *slots; /* [0] is never used: user_data 0 is an answer nobody waits for */
	uint32_t n_slots;
	uint32_t free_hint;
	struct timers timers;
	uint64_t
		rings_ns; /* when the earliest of the kernel's timers does; UINT64_MAX: none will */
	struct __kernel_timespec bell; /* read by the kernel at submission */
	bool stopping;
};

uint64_t loop_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

int loop_new(struct loop **ret_loop)
{
	struct io_uring_params params = {
		/* One issuer and deferred task work: answers are made in our own wait, not by
		 * interrupting us, and the kernel takes no lock for us. */
		.flags = IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN |
			 IORING_SETUP_CQSIZE,
		.cq_entries = LOOP_ENTRIES * 8,
	};
	struct loop *loop = calloc(1, sizeof(*loop));
	int r;

	if (!loop)
		return -ENOMEM;
	loop->slots = calloc(SLOTS_FIRST, sizeof(*loop->slots));
	if (!loop->slots) {
		free(loop);
		return -ENOMEM;
	}
	loop->n_slots = SLOTS_FIRST;
	loop->free_hint = 1;
	loop->rings_ns = UINT64_MAX;
	r = io_uring_queue_init_params(LOOP_ENTRIES, &loop->ring, &params);
	if (r < 0) {
		free(loop->slots);
		free(loop);
		return r;
	}
	/* Opens that block take a worker each, and there are as few as four for a CPU: a handful of
	 * readers of FIFOs would keep the writer that they wait for, and the record, from ever
	 * running. An older kernel (before 5.15) says EINVAL. */
	io_uring_register_iowq_max_workers(&loop->ring,
					   (unsigned[]){LOOP_WORKERS_MAX, LOOP_WORKERS_MAX});
	/* The ring's descriptor must not pass to what the enforcer's side executes. */
	fcntl(loop->ring.ring_fd, F_SETFD, FD_CLOEXEC);
	*ret_loop = loop;
	return 0;
}

/* Memory of operations still on their way stays: a worker may write to it until the kernel has
 * torn the ring down, and the process ends soon after. Where it is stays known: it is no leak. */
static void slots_free(struct loop *loop)
{
	static struct slot *kept;

	for (uint32_t i = 1; i < loop->n_slots; i++)
		if (loop->slots[i].memory) {
			loop->slots[0].memory = kept;
			kept = loop->slots;
			return;
		}
	free(loop->slots);
}

struct loop *loop_free(struct loop *loop)
{
	if (!loop)
		return NULL;
	io_uring_queue_exit(&loop->ring);
	timers_done(&loop->timers);
	slots_free(loop);
	free(loop);
	return NULL;
}

static struct io_uring_sqe *loop_sqe(struct loop *loop)
{
	struct io_uring_sqe *sqe = io_uring_get_sqe(&loop->ring);

	if (!sqe) {
		io_uring_submit(&loop->ring);
		sqe = io_uring_get_sqe(&loop->ring);
	}
	return sqe;
}

static uint64_t slot_data(const struct loop *loop, uint32_t slot)
{
	return (uint64_t)slot << 32 | loop->slots[slot].generation;
}

static void slot_release(struct loop *loop, uint32_t slot)
{
	uint32_t generation = loop->slots[slot].generation;

	loop->slots[slot] = (struct slot){.generation = generation};
	if (slot < loop->free_hint)
		loop->free_hint = slot;
}

int loop_source_init(struct loop_source *source, struct loop *loop, loop_handler handler)
{
	uint32_t slot = loop->free_hint;

	while (slot < loop->n_slots && loop->slots[slot].taken)
		slot++;
	if (slot == loop->n_slots) {
		struct slot *more = reallocarray(loop->slots, loop->n_slots * 2u, sizeof(*more));

		if (!more)
			return -ENOMEM;
		memset(more + loop->n_slots, 0, loop->n_slots * sizeof(*more));
		loop->slots = more;
		loop->n_slots *= 2;
	}
	loop->free_hint = slot + 1;
	loop->slots[slot].source = source;
	loop->slots[slot].taken = true;
	*source = (struct loop_source){.loop = loop, .handler = handler, .slot = slot};
	return 0;
}

/* Lets the kernel know of the first timeout, where it knows of none as early. */
static int loop_set_bell(struct loop *loop)
{
	uint64_t due = timers_first(&loop->timers);
	struct io_uring_sqe *sqe;

	if (due >= loop->rings_ns)
		return 0;
	sqe = loop_sqe(loop);
	if (!sqe)
		return -EBUSY;
	/* One that was not submitted yet rings with this one: too early, which is no harm. */
	loop->bell.tv_sec = (int64_t)(due / 1000000000u);
	loop->bell.tv_nsec = (int64_t)(due % 1000000000u);
	io_uring_prep_timeout(sqe, &loop->bell, 0, IORING_TIMEOUT_ABS);
	io_uring_sqe_set_data64(sqe, DATA_BELL);
	loop->rings_ns = due;
	return 0;
}

static void on_bell(struct loop *loop)
{
	uint64_t now = loop_now();
	struct loop_source *source;

	/* Else it is one that was set before an earlier one. */
	if (now >= loop->rings_ns)
		loop->rings_ns = UINT64_MAX;
	while (!loop->stopping && (source = timers_take(&loop->timers, now))) {
		source->armed = false;
		source->handler(source, source->due_ns ? 0 : -ECANCELED, false);
	}
	loop_set_bell(loop);
}

void loop_source_cancel(struct loop_source *source)
{
	struct io_uring_sqe *sqe;

	if (!source->slot || !source->armed)
		return;
	if (source->timer_at) {
		timers_remove(&source->loop->timers, source);
		/* There is room: it was in. */
		timers_add(&source->loop->timers, source, 0);
		loop_set_bell(source->loop);
		return;
	}
	sqe = loop_sqe(source->loop);
	if (!sqe)
		return;
	io_uring_prep_cancel64(sqe, slot_data(source->loop, source->slot), 0);
	io_uring_sqe_set_data64(sqe, 0);
}

void loop_source_abandon(struct loop_source *source, void *memory)
{
	struct loop *loop = source->loop;
	struct slot *slot;

	if (!source->slot) {
		free(memory);
		return;
	}
	slot = &loop->slots[source->slot];
	if (source->timer_at) {
		timers_remove(&loop->timers, source);
		source->armed = false;
	}
	if (source->armed) {
		loop_source_cancel(source);
		slot->source = NULL;
		slot->memory = memory;
	} else {
		free(memory);
		slot_release(loop, source->slot);
	}
	*source = (struct loop_source){};
}

void loop_source_done(struct loop_source *source)
{
	loop_source_abandon(source, NULL);
}

/* The next operation's entry; the source is armed when it returns one. */
static struct io_uring_sqe *source_arm(struct loop_source *source, bool opens)
{
	struct io_uring_sqe *sqe = loop_sqe(source->loop);
	struct slot *slot;

	if (!sqe || source->armed || !source->slot)
		return NULL;
	slot = &source->loop->slots[source->slot];
	slot->generation++;
	slot->on_its_way = true;
	slot->opens = opens;
	source->armed = true;
	return sqe;
}

static int source_submit(struct loop_source *source, struct io_uring_sqe *sqe)
{
	io_uring_sqe_set_data64(sqe, slot_data(source->loop, source->slot));
	return 0;
}

int loop_poll(struct loop_source *source, int fd, unsigned events, bool multishot)
{
	struct io_uring_sqe *sqe = source_arm(source, false);

	if (!sqe)
		return -EBUSY;
	if (multishot)
		io_uring_prep_poll_multishot(sqe, fd, events);
	else
		io_uring_prep_poll_add(sqe, fd, events);
	return source_submit(source, sqe);
}

int loop_read(struct loop_source *source, int fd, void *data, size_t len, uint64_t offset)
{
	struct io_uring_sqe *sqe = source_arm(source, false);

	if (!sqe)
		return -EBUSY;
	io_uring_prep_read(sqe, fd, data, (unsigned)len, offset);
	return source_submit(source, sqe);
}

int loop_write(struct loop_source *source, int fd, const void *data, size_t len, uint64_t offset)
{
	struct io_uring_sqe *sqe = source_arm(source, false);

	if (!sqe)
		return -EBUSY;
	io_uring_prep_write(sqe, fd, data, (unsigned)len, offset);
	/* A terminal's write waits in our own submission, whatever the ring asks of it
	 * (n_tty_write() looks at O_NONBLOCK alone, seen on 6.18). */
	sqe->flags |= IOSQE_ASYNC;
	return source_submit(source, sqe);
}

int loop_timeout(struct loop_source *source, uint64_t delay_ns)
{
	struct loop *loop = source->loop;
	uint64_t now = loop_now();
	int r;

	if (source->armed || !source->slot)
		return -EBUSY;
	/* UINT64_MAX is never. */
	r = timers_add(&loop->timers, source,
		       delay_ns < UINT64_MAX - now ? now + delay_ns : UINT64_MAX - 1);
	if (r == 0)
		r = loop_set_bell(loop);
	if (r < 0)
		timers_remove(&loop->timers, source);
	else
		source->armed = true;
	return r;
}

int loop_defer(struct loop_source *source)
{
	struct io_uring_sqe *sqe = source_arm(source, false);

	if (!sqe)
		return -EBUSY;
	io_uring_prep_nop(sqe);
	return source_submit(source, sqe);
}

int loop_openat2(struct loop_source *source, int dirfd, const char *path, struct open_how *how)
{
	struct io_uring_sqe *sqe = source_arm(source, true);

	if (!sqe)
		return -EBUSY;
	io_uring_prep_openat2(sqe, dirfd, path, how);
	sqe->flags |= IOSQE_ASYNC;
	return source_submit(source, sqe);
}

int loop_connect(struct loop_source *source, int fd, const struct sockaddr *address, socklen_t len)
{
	struct io_uring_sqe *sqe = source_arm(source, false);

	if (!sqe)
		return -EBUSY;
	io_uring_prep_connect(sqe, fd, address, len);
	sqe->flags |= IOSQE_ASYNC;
	return source_submit(source, sqe);
}

int loop_dial(struct loop_source *source, int fd, const struct sockaddr *address, socklen_t len)
{
	struct io_uring_sqe *sqe = source_arm(source, false);

	if (!sqe)
		return -EBUSY;
	io_uring_prep_connect(sqe, fd, address, len);
	source_submit(source, sqe);
	io_uring_submit(&source->loop->ring);
	return 0;
}

static void loop_answer(struct loop *loop, uint64_t data, int32_t result, bool more)
{
	uint32_t index = (uint32_t)(data >> 32), generation = (uint32_t)data;
	struct loop_source *source;
	struct slot *slot;

	if (data == DATA_BELL)
		on_bell(loop);
	if (index == 0 || index >= loop->n_slots)
		return;
	slot = &loop->slots[index];
	if (!slot->on_its_way || slot->generation != generation)
		return;
	source = slot->source;
	if (!more)
		slot->on_its_way = false;
	if (!source) {
		if (slot->opens && result >= 0)
			close(result);
		if (!more) {
			free(slot->memory);
			slot_release(loop, index);
		}
		return;
	}
	if (!more)
		source->armed = false;
	/* A cancelled open of a FIFO ends with the kernel's own -ERESTARTSYS (-512, seen on 6.18):
	 * a worker has no signals to return to, so nothing but our cancellation causes it. */
	if (result <= -512)
		result = -ECANCELED;
	source->handler(source, result, more);
}

int loop_step(struct loop *loop, bool wait)
{
	struct io_uring_cqe *cqe;
	int r;

	r = io_uring_submit_and_wait(&loop->ring, wait ? 1 : 0);
	if (r < 0 && r != -EINTR && r != -EAGAIN && r != -EBUSY)
		return r;
	/* With deferred task work an answer appears only when we ask for it. */
	if (!wait)
		io_uring_get_events(&loop->ring);
	while (!loop->stopping && io_uring_peek_cqe(&loop->ring, &cqe) == 0 && cqe) {
		uint64_t data = cqe->user_data;
		int32_t result = cqe->res;
		bool more = cqe->flags & IORING_CQE_F_MORE;

		io_uring_cqe_seen(&loop->ring, cqe);
		loop_answer(loop, data, result, more);
	}
	return 0;
}

int loop_run(struct loop *loop)
{
	loop->stopping = false;
	while (!loop->stopping) {
		int r = loop_step(loop, true);

		if (r < 0)
			return r;
	}
	/* Who stopped it may still step: the last lines of the record are written then. */
	loop->stopping = false;
	return 0;
}

void loop_stop(struct loop *loop)
{
	loop->stopping = true;
}
