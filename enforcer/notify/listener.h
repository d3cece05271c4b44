/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The seccomp listener: receives stopped calls and tells the kernel what to answer. No meaning.
 *
 * RECV, ID_VALID, ADDFD and SEND are plain ioctls, none of which waits: RECV would, so it is only
 * called after poll() said that something is there. One reader per listener.
 */
#pragma once

#include <linux/seccomp.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct listener {
	int fd;                     /* owned */
	struct seccomp_notif *room; /* as large as this kernel's; zeroed before each RECV */
	bool sync_wake_up;          /* SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP is on (6.6) */
};

enum listener_event {
	LISTENER_NOTHING = 0,
	LISTENER_RECEIVED,
	LISTENER_GONE, /* no thread under the filter is left */
};

/* Takes fd, also on failure. */
int listener_init(struct listener *listener, int fd);
void listener_done(struct listener *listener);

/* The next stopped call, if one is there: an enum listener_event, or a negative errno. */
int listener_receive(struct listener *listener, struct seccomp_notif *ret_notif);

/* True while the thread still waits for this answer. Says nothing of its memory. */
bool listener_waits(struct listener *listener, uint64_t cookie);

/* Each 0 or a negative errno; -ENOENT: the target is gone. error is a positive errno. */
int listener_send_error(struct listener *listener, uint64_t cookie, int error);
int listener_send_value(struct listener *listener, uint64_t cookie, int64_t value);
int listener_continue(struct listener *listener, uint64_t cookie);

/*
 * Hands fd (taken: closed before the target runs again, so that it alone holds the description: no
 * late ETXTBSY, end of file or unlock) over as the call's result. flags: O_CLOEXEC or 0. Returns
 * the number in the target, or a negative errno with nothing answered (-EMFILE: its table is full).
 */
int listener_give_fd(struct listener *listener, uint64_t cookie, pid_t tid, int fd, unsigned flags);
