/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Probe of io_uring, with the flags that the loop uses. liburing is used here and not through the
 * loop, because the doctor must see which step the kernel refuses.
 */
#include <errno.h>
#include <fcntl.h>
#include <liburing.h>
#include <poll.h>
#include <unistd.h>

#include "enforcer/commands/doctor-probe.h"

#define RING_ENTRIES 8

/* One byte into the pipe; a completion that says there will be more. */
static bool poll_reports(struct io_uring *ring, const int pipe_ends[2], struct probe_result *result)
{
	struct __kernel_timespec timeout = {.tv_sec = 2};
	struct io_uring_cqe *cqe;
	bool more;
	int r;

	if (write(pipe_ends[1], "x", 1) != 1) {
		probe_fails(result, "write");
		return false;
	}
	r = io_uring_wait_cqe_timeout(ring, &cqe, &timeout);
	if (r < 0) {
		errno = -r;
		probe_fails(result, "wait for a completion");
		return false;
	}
	more = cqe->res >= 0 && cqe->flags & IORING_CQE_F_MORE;
	if (!more) {
		errno = cqe->res < 0 ? -cqe->res : 0;
		probe_fails(result, "multishot poll");
	}
	io_uring_cqe_seen(ring, cqe);
	return more;
}

void probe_io_uring(struct probe_result *result)
{
	struct io_uring_params params = {.flags = IORING_SETUP_SINGLE_ISSUER |
						  IORING_SETUP_DEFER_TASKRUN};
	struct io_uring ring;
	struct io_uring_sqe *sqe;
	int ends[2], r;

	if (pipe2(ends, O_CLOEXEC) < 0) {
		probe_fails(result, "pipe2");
		return;
	}
	r = io_uring_queue_init_params(RING_ENTRIES, &ring, &params);
	if (r < 0) {
		errno = -r;
		probe_fails(result, "io_uring_setup");
		return;
	}
	sqe = io_uring_get_sqe(&ring);
	io_uring_prep_poll_multishot(sqe, ends[0], POLLIN);
	r = io_uring_submit(&ring);
	if (r < 0) {
		errno = -r;
		probe_fails(result, "io_uring_enter");
	} else if (poll_reports(&ring, ends, result) && poll_reports(&ring, ends, result)) {
		probe_works(result, 0);
	}
	io_uring_queue_exit(&ring);
}
