/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Answers: performs what was allowed, on the pinned place and with our copy of the arguments, and
 * tells the kernel. Each performer answers the notification itself exactly once, or says why it did
 * not.
 *
 * Run with our rights, which are more than the target's: see "Performing without becoming a tool of
 * the agent" in docs/architecture.md. The process holds no capabilities while it does.
 */
#pragma once

#include "enforcer/loop/loop.h"
#include "enforcer/reply/outcome.h"
#include "enforcer/request/call.h"
#include "enforcer/request/repositories.h"

/* Mode bits that a performer makes: no set-user-ID, no set-group-ID. */
#define REPLY_MODE_ALLOWED 01777

/* What all performers need of the run. Borrowed. */
struct reply_context {
	struct loop *loop;
	struct listener *listener;
	const struct view *view;
	struct repositories *repositories;
	unsigned *n_later; /* how many calls are being performed by workers */
};

enum reply_result {
	REPLY_DONE = 0, /* answered; outcome is filled */
	REPLY_AGAIN,    /* the place changed under us: resolve and judge again; not answered */
	REPLY_LATER,    /* it may block: not answered, see later.h */
};

/* Answers with an errno (positive or negative taken alike); fills the outcome. */
void reply_error(const struct reply_context *context, const struct target *target, int error,
		 struct outcome *ret_outcome);
void reply_value(const struct reply_context *context, const struct target *target, int64_t value,
		 struct outcome *ret_outcome);
void reply_continue(const struct reply_context *context, const struct target *target,
		    struct outcome *ret_outcome);
/* fd is taken. Returns false where the target's table was full (and answers EMFILE). */
bool reply_fd(const struct reply_context *context, const struct target *target, int fd,
	      unsigned cloexec, struct outcome *ret_outcome);
/* A negative errno as an error, anything else as the value. */
void reply_result(const struct reply_context *context, const struct target *target, int64_t result,
		  struct outcome *ret_outcome);

enum reply_result perform_open(const struct reply_context *context, const struct target *target,
			       const struct call *call, const struct place *place,
			       struct outcome *ret_outcome);
enum reply_result perform_change(const struct reply_context *context, const struct target *target,
				 const struct call *call, const struct place *places,
				 struct outcome *ret_outcome);
struct connect_now {
	int socket; /* the duplicate of the agent's; borrowed */
	const struct sockaddr_storage *address;
	socklen_t address_len;
	const struct place *place; /* of a UNIX socket with a path; or NULL */
};
/* REPLY_LATER: the socket is one that waits. */
enum reply_result perform_connect(const struct reply_context *context, const struct target *target,
				  const struct connect_now *now, struct outcome *ret_outcome);
/* Sends at once. place: of a UNIX path, else unused. */
enum reply_result perform_sendto(const struct reply_context *context, const struct target *target,
				 const struct call *call, const struct place *place,
				 struct outcome *ret_outcome);
enum reply_result perform_memfd(const struct reply_context *context, const struct target *target,
				const struct call *call, struct outcome *ret_outcome);
