/* SPDX-License-Identifier: Apache-2.0 */
/* Lines over a nonblocking stream socket. */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "enforcer/base/fd.h"
#include "enforcer/control/channel.h"

#define READ_MAX 16384

void channel_init(struct channel *channel, int fd, size_t line_max, size_t out_max)
{
	*channel = (struct channel){.fd = fd, .line_max = line_max, .out_max = out_max};
}

void channel_done(struct channel *channel)
{
	fd_close(channel->fd);
	buffer_done(&channel->in);
	buffer_done(&channel->out);
	*channel = (struct channel){.fd = -1};
}

/* Descriptors that came along are closed: nobody here takes any. */
static pid_t read_ancillary(struct msghdr *message)
{
	pid_t sender = 0;

	for (struct cmsghdr *c = CMSG_FIRSTHDR(message); c; c = CMSG_NXTHDR(message, c)) {
		if (c->cmsg_level != SOL_SOCKET)
			continue;
		if (c->cmsg_type == SCM_CREDENTIALS) {
			struct ucred credentials;

			memcpy(&credentials, CMSG_DATA(c), sizeof(credentials));
			sender = credentials.pid;
		} else if (c->cmsg_type == SCM_RIGHTS) {
			size_t n = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);

			for (size_t i = 0; i < n; i++) {
				int fd;

				memcpy(&fd, CMSG_DATA(c) + i * sizeof(int), sizeof(fd));
				close(fd);
			}
		}
	}
	return sender;
}

static void forget(struct buffer *buffer, size_t *done)
{
	if (buffer->data)
		buffer_consume(buffer, *done);
	*done = 0;
}

ssize_t channel_receive(struct channel *channel, pid_t *ret_sender)
{
	char data[READ_MAX];
	/* Room for what we ask for alone: the kernel closes descriptors that do not fit. */
	union {
		char space[CMSG_SPACE(sizeof(struct ucred))];
		struct cmsghdr align;
	} control;
	struct iovec part = {.iov_base = data, .iov_len = sizeof(data)};
	struct msghdr message = {.msg_iov = &part,
				 .msg_iovlen = 1,
				 .msg_control = &control,
				 .msg_controllen = sizeof(control)};
	ssize_t n;
	pid_t sender;

	forget(&channel->in, &channel->taken);
	if (channel_is_overlong(channel))
		return -EMSGSIZE;
	n = recvmsg(channel->fd, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
	if (n < 0)
		return errno == EINTR ? -EAGAIN : -errno;
	sender = read_ancillary(&message);
	if (ret_sender)
		*ret_sender = sender;
	buffer_append(&channel->in, data, (size_t)n);
	return channel->in.error ? channel->in.error : n;
}

bool channel_next(struct channel *channel, char **ret_line, size_t *ret_len)
{
	char *start, *end;

	if (!channel->in.data)
		return false;
	start = channel->in.data + channel->taken;
	end = memchr(start, '\n', channel->in.len - channel->taken);
	if (!end || (size_t)(end - start) > channel->line_max)
		return false;
	*end = '\0';
	channel->taken += (size_t)(end - start) + 1;
	*ret_line = start;
	*ret_len = (size_t)(end - start);
	return true;
}

bool channel_is_overlong(const struct channel *channel)
{
	return channel->in.len - channel->taken > channel->line_max;
}

size_t channel_waiting(const struct channel *channel)
{
	return channel->out.len - channel->sent;
}

int channel_put(struct channel *channel, const char *line, size_t len)
{
	if (channel_waiting(channel) + len + 1 > channel->out_max)
		return -ENOBUFS;
	/* Not with each line: a slow reader has a million bytes waiting. */
	if (channel->sent > channel->out.len / 2)
		forget(&channel->out, &channel->sent);
	buffer_append(&channel->out, line, len);
	buffer_append(&channel->out, "\n", 1);
	return channel->out.error ? -ENOBUFS : 0;
}

void channel_drop(struct channel *channel)
{
	size_t keep = channel->sent;

	if (keep > 0 && channel->out.data[keep - 1] != '\n') {
		const char *end = memchr(channel->out.data + keep, '\n', channel->out.len - keep);

		keep = end ? (size_t)(end - channel->out.data) + 1 : channel->out.len;
	}
	channel->out.len = keep;
}

int channel_send(struct channel *channel)
{
	while (channel_waiting(channel) > 0) {
		ssize_t n = send(channel->fd, channel->out.data + channel->sent,
				 channel_waiting(channel), MSG_DONTWAIT | MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		channel->sent += (size_t)n;
	}
	forget(&channel->out, &channel->sent);
	return 0;
}
