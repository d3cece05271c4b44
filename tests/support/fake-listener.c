/* SPDX-License-Identifier: Apache-2.0 */
/* A listener without a kernel. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "enforcer/base/fd.h"
#include "tests/support/fake-listener.h"

struct fake_listener fake_listener;

void fake_listener_reset(void)
{
	memset(&fake_listener, 0, sizeof(fake_listener));
	fake_listener.give_number = 3;
}

size_t fake_answers_of(uint64_t cookie)
{
	size_t n = 0;

	for (size_t i = 0; i < fake_listener.n_answers; i++)
		n += fake_listener.answers[i].cookie == cookie;
	return n;
}

const struct fake_answer *fake_answer_of(uint64_t cookie)
{
	const struct fake_answer *found = NULL;

	for (size_t i = 0; i < fake_listener.n_answers; i++)
		if (fake_listener.answers[i].cookie == cookie)
			found = &fake_listener.answers[i];
	return found;
}

int listener_init(struct listener *listener, int fd)
{
	*listener = (struct listener){.fd = fd};
	return 0;
}

void listener_done(struct listener *listener)
{
	listener->fd = fd_close(listener->fd);
}

int listener_receive(struct listener *listener, struct seccomp_notif *ret_notif)
{
	if (fake_listener.next == fake_listener.n_calls)
		return fake_listener.hung_up ? LISTENER_GONE : LISTENER_NOTHING;
	*ret_notif = fake_listener.calls[fake_listener.next++];
	return LISTENER_RECEIVED;
}

bool listener_waits(struct listener *listener, uint64_t cookie)
{
	return !fake_listener.dead && fake_answers_of(cookie) == 0;
}

/* As the kernel: what is gone, or answered already, is no longer known. */
static int answer(struct fake_answer given)
{
	if (fake_listener.before_answer)
		fake_listener.before_answer();
	fake_listener.attempts++;
	if (fake_listener.dead)
		return -ENOENT;
	if (fake_listener.n_answers == FAKE_ANSWERS_MAX)
		abort();
	given.after_fault = fake_listener.faulted;
	fake_listener.answers[fake_listener.n_answers++] = given;
	return 0;
}

int listener_send_error(struct listener *listener, uint64_t cookie, int error)
{
	/* An error of zero is a success. */
	if (error <= 0 || error > 4095)
		abort();
	return answer((struct fake_answer){.cookie = cookie, .kind = FAKE_ERROR, .value = error});
}

int listener_send_value(struct listener *listener, uint64_t cookie, int64_t value)
{
	return answer((struct fake_answer){.cookie = cookie, .kind = FAKE_VALUE, .value = value});
}

int listener_continue(struct listener *listener, uint64_t cookie)
{
	return answer((struct fake_answer){.cookie = cookie, .kind = FAKE_CONTINUE});
}

int listener_give_fd(struct listener *listener, uint64_t cookie, pid_t tid, int fd, unsigned flags)
{
	struct fake_answer given = {.cookie = cookie, .kind = FAKE_FD, .fd_flags = flags};
	int r;

	given.flags = fcntl(fd, F_GETFL);
	if (given.flags < 0 || fstat(fd, &given.st) < 0)
		abort();
	close(fd);
	if (fake_listener.give_error)
		return fake_listener.give_error;
	given.value = fake_listener.give_number;
	r = answer(given);
	return r < 0 ? r : fake_listener.give_number++;
}
