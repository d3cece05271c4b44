/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A connection to one run's control socket: calls with replies, and events. Nonblocking, for a
 * poll loop; and link_ask() for a program that only asks. For all runs at once: client-runs.h.
 * The methods and events stand in docs/control.md.
 *
 *	control_link_open(dirfd, run, &handlers, userdata, &link);
 *	control_link_call(link, "subscribe", json_pack("{s:b}", "answers", 1), on_list, userdata);
 *	for (;;) {
 *		poll(control_link_fd(link), control_link_events(link));
 *		if (control_link_work(link) < 0)
 *			link = control_link_free(link);    closed() was called
 *	}
 *
 * The run is ours, so its words are believed; its texts about the agent are escaped already. Still
 * nothing that it sends crashes a client. A handler may call control_link_call(), and must not free
 * the link.
 */
#pragma once

#include <jansson.h>

#include "enforcer/base/cleanup.h"
#include "enforcer/base/error.h"

struct control_link;

struct control_link_handlers {
	/* params: borrowed; an object. May be NULL. */
	void (*event)(void *userdata, const char *method, json_t *params);
	/* It is over; reason: for a person. control_link_work() fails after that. May be NULL. */
	void (*closed)(void *userdata, const char *reason);
};

/* result: borrowed, or NULL where it failed, with code (enum rpc_error, rpc.h) and failure. Called
 * once for each call, or not at all where the link ends before. */
typedef void (*control_replied)(void *userdata, json_t *result, int code,
				const struct failure *failure);

/* dirfd: of control_place_open(). -ECONNREFUSED: the run is gone, and its socket may be removed;
 * -ENOENT: there is no such run; -EAGAIN: try again later. */
int control_link_open(int dirfd, const char *run, const struct control_link_handlers *handlers,
		      void *userdata, struct control_link **ret_link);
struct control_link *control_link_free(struct control_link *link);
DEFINE_CLEANUP(struct control_link *, control_link_free)

/* Others from now on; NULL: none. */
void control_link_handle(struct control_link *link, const struct control_link_handlers *handlers,
			 void *userdata);
const char *control_link_run(const struct control_link *link);
/* To poll for control_link_events() (POLLIN, POLLOUT). */
int control_link_fd(const struct control_link *link);
short control_link_events(const struct control_link *link);
/* Reads and writes what is possible now, and calls the handlers. 0, or a negative errno: it is
 * over. */
int control_link_work(struct control_link *link);
/* params: taken, may be NULL. replied: may be NULL. 0; -ENOBUFS: too much waits to be sent;
 * -ENOMEM. */
int control_link_call(struct control_link *link, const char *method, json_t *params,
		      control_replied replied, void *userdata);

/* Asks and waits, at most timeout_ms. ret_result: given. 0, or a negative errno with reterr:
 * -EREMOTEIO where the run refused (reterr has its words), -ETIMEDOUT, -EPIPE. */
int control_link_ask(struct control_link *link, const char *method, json_t *params, int timeout_ms,
		     json_t **ret_result, struct failure *reterr);
