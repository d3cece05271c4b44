/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lines over a nonblocking stream socket, for both ends of a control socket. Both directions are
 * bounded; nothing here waits. What the other end sends is hostile to the server: a line is bytes
 * without a newline, and nothing more is promised.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "enforcer/base/buffer.h"

struct channel {
	int fd;          /* owned; -1: none */
	size_t line_max; /* bytes of a line, without its newline */
	size_t out_max;  /* bytes that wait to be sent */
	struct buffer in, out;
	size_t taken; /* of in, by channel_next() */
	size_t sent;  /* of out */
};

void channel_init(struct channel *channel, int fd, size_t line_max, size_t out_max);
void channel_done(struct channel *channel);

/*
 * Once channel_next() has nothing more: reads once. The bytes read; 0 at the end; -EAGAIN: nothing
 * now; -EMSGSIZE: a line is too long; or another negative errno. ret_sender: the process (in our
 * pid namespace; 0 where it has no number there) that sent these bytes, where the socket has
 * SO_PASSCRED; may be NULL.
 */
ssize_t channel_receive(struct channel *channel, pid_t *ret_sender);
/* The next whole line, without its newline and NUL-ended; valid until channel_receive(). */
bool channel_next(struct channel *channel, char **ret_line, size_t *ret_len);

/* Where channel_next() has nothing more: because what is there is more than a line may be. */
bool channel_is_overlong(const struct channel *channel);

/* Appends a line (its newline too). -ENOBUFS where there is no room, and then nothing of it. */
int channel_put(struct channel *channel, const char *line, size_t len);
/* Bytes that wait to be sent. */
size_t channel_waiting(const struct channel *channel);
/* Forgets what waits but the rest of a line that was sent in part. */
void channel_drop(struct channel *channel);
/* Sends what the socket takes. 0: all is sent; -EAGAIN: more waits; or another negative errno. */
int channel_send(struct channel *channel);
