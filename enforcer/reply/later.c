/* SPDX-License-Identifier: Apache-2.0 */
/* Calls that may block, performed by a worker of the ring. */
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/un.h>
#include <unistd.h>

#include "enforcer/base/fd.h"
#include "enforcer/reply/later.h"

#define WATCH_NS 50000000u
#define ERESTARTSYS                                                                                \
	512 /* include/linux/errno.h: not for user space, but for the kernel's return path */

/* What the kernel reads while the operation is on its way; outlives struct later. */
struct memory {
	struct open_how how;
	char path[FD_PATH_MAX];
	struct sockaddr_storage address;
};

struct later {
	struct loop_source source;
	struct loop_source watch;
	struct reply_context context;
	struct target target; /* its proc is a duplicate of our own */
	struct memory *memory;
	int pin;
	int socket;
	bool opens;
	bool interrupted;
	unsigned cloexec;
	later_handler handler;
	void *userdata;
};

struct later *later_free(struct later *later)
{
	if (!later)
		return NULL;
	--*later->context.n_later;
	loop_source_abandon(&later->source, later->memory);
	loop_source_done(&later->watch);
	fd_close(later->pin);
	fd_close(later->socket);
	fd_close(later->target.proc);
	free(later);
	return NULL;
}

static void later_end(struct later *later, const struct outcome *outcome)
{
	later_handler handler = later->handler;
	void *userdata = later->userdata;

	later_free(later);
	handler(userdata, outcome);
}

static void later_answer(struct loop_source *source, int32_t result, bool more)
{
	struct later *later = container_of(source, struct later, source);
	struct outcome outcome = {};

	(void)more;
	if (result == -ECANCELED)
		/* The kernel's own code for "a signal is pending": on its way back to user space it
		 * makes EINTR of it, or restarts the call, as the handler was installed. */
		result = later->interrupted ? -ERESTARTSYS : -EINTR;
	if (!later->opens) {
		reply_result(&later->context, &later->target, result, &outcome);
	} else if (result >= 0) {
		reply_fd(&later->context, &later->target, result, later->cloexec, &outcome);
	} else {
		reply_error(&later->context, &later->target, result, &outcome);
	}
	later_end(later, &outcome);
}

static void later_watch(struct loop_source *source, int32_t result, bool more)
{
	struct later *later = container_of(source, struct later, watch);
	bool pending = false;

	(void)result;
	(void)more;
	if (!target_waits(&later->target)) {
		later_end(later, &(struct outcome){.kind = OUTCOME_GONE});
		return;
	}
	if (!later->interrupted && target_signal_pending(&later->target, &pending) == 0 &&
	    pending) {
		later->interrupted = true;
		loop_source_cancel(&later->source);
	}
	loop_timeout(&later->watch, WATCH_NS);
}

static int later_new(const struct reply_context *context, const struct target *target,
		     const struct later_order *order, struct later **ret_later)
{
	const struct place *place = order->place;
	struct later *later;
	int r;

	if (*context->n_later >= LATER_MAX)
		return -EMFILE;
	later = calloc(1, sizeof(*later));
	if (!later)
		return -ENOMEM;
	++*context->n_later;
	later->context = *context;
	later->target = *target;
	later->handler = order->handler;
	later->userdata = order->userdata;
	later->pin = later->socket = -1;
	later->target.proc = fcntl(target->proc, F_DUPFD_CLOEXEC, 3);
	later->memory = calloc(1, sizeof(*later->memory));
	if (place && place->fd >= 0)
		later->pin = fcntl(place->fd, F_DUPFD_CLOEXEC, 3);
	if (!later->memory || later->target.proc < 0 || (place && later->pin < 0)) {
		later_free(later);
		return -ENOMEM;
	}
	r = loop_source_init(&later->source, context->loop, later_answer);
	if (r == 0)
		r = loop_source_init(&later->watch, context->loop, later_watch);
	if (r == 0)
		r = loop_timeout(&later->watch, WATCH_NS);
	if (r < 0) {
		later_free(later);
		return r;
	}
	*ret_later = later;
	return 0;
}

static int later_open(struct later *later, const struct call *call)
{
	later->opens = true;
	later->cloexec = (unsigned)(call->flags & O_CLOEXEC);
	fd_path(later->pin, later->memory->path);
	later->memory->how.flags =
		(call->flags & ~(uint64_t)(O_CREAT | O_EXCL | O_NOFOLLOW)) | O_NOCTTY | O_CLOEXEC;
	return loop_openat2(&later->source, AT_FDCWD, later->memory->path, &later->memory->how);
}

static int later_connect(struct later *later, struct call *call)
{
	struct sockaddr_un *un = (struct sockaddr_un *)&later->memory->address;
	socklen_t len = call->address_len;

	later->socket = steal_fd(call->socket);
	later->memory->address = call->address;
	if (later->pin >= 0) {
		/* The socket is named by its pin: the path cannot lead elsewhere any more. */
		memset(un->sun_path, 0, sizeof(un->sun_path));
		fd_path(later->pin, un->sun_path);
		len = sizeof(*un);
	}
	return loop_connect(&later->source, later->socket,
			    (struct sockaddr *)&later->memory->address, len);
}

int later_begin(const struct reply_context *context, const struct target *target,
		const struct later_order *order, struct later **ret_later)
{
	struct later *later;
	int r = later_new(context, target, order, &later);

	if (r < 0)
		return r;
	r = order->call->kind == CALL_CONNECT ? later_connect(later, order->call)
					      : later_open(later, order->call);
	if (r < 0) {
		later_free(later);
		return r;
	}
	*ret_later = later;
	return 0;
}
