/* SPDX-License-Identifier: Apache-2.0 */
/* A loop without a kernel. */
#include <errno.h>
#include <poll.h>

#include "tests/unit/audit/fake-loop.h"

/* One at a time: a source has no room for more than a pointer to its loop. */
struct loop *fake_loop_as_loop(struct fake_loop *fake)
{
	return (struct loop *)fake;
}

static struct fake_loop *fake_of(struct loop_source *source)
{
	return (struct fake_loop *)source->loop;
}

int loop_source_init(struct loop_source *source, struct loop *loop, loop_handler handler)
{
	*source = (struct loop_source){.loop = loop, .handler = handler, .slot = 1};
	return 0;
}

void loop_source_abandon(struct loop_source *source, void *memory)
{
	struct fake_loop *fake = fake_of(source);

	if (fake && fake->writer == source)
		fake->writer = NULL;
	if (fake && fake->poller == source)
		fake->poller = NULL;
	if (fake && fake->timer == source)
		fake->timer = NULL;
	free(memory);
	*source = (struct loop_source){};
}

void loop_source_done(struct loop_source *source)
{
	loop_source_abandon(source, NULL);
}

int loop_write(struct loop_source *source, int fd, const void *data, size_t len, uint64_t offset)
{
	struct fake_loop *fake = fake_of(source);

	if (source->armed)
		return -EBUSY;
	source->armed = true;
	fake->writer = source;
	fake->data = data;
	fake->len = len;
	fake->writes++;
	return 0;
}

int loop_poll(struct loop_source *source, int fd, unsigned events, bool multishot)
{
	if (source->armed)
		return -EBUSY;
	source->armed = true;
	fake_of(source)->poller = source;
	return 0;
}

int loop_timeout(struct loop_source *source, uint64_t delay_ns)
{
	struct fake_loop *fake = fake_of(source);

	if (source->armed)
		return -EBUSY;
	source->armed = true;
	fake->timer = source;
	fake->delay = delay_ns;
	fake->timers++;
	return 0;
}

static void answer(struct loop_source **source, int32_t result)
{
	struct loop_source *taken = steal_pointer(*source);

	taken->armed = false;
	taken->handler(taken, result, false);
}

void fake_loop_answer_write(struct fake_loop *fake, int32_t result)
{
	if (result > 0)
		buffer_append(&fake->taken, fake->data, (size_t)result);
	answer(&fake->writer, result);
}

void fake_loop_answer_poll(struct fake_loop *fake)
{
	answer(&fake->poller, POLLOUT);
}

void fake_loop_expire(struct fake_loop *fake)
{
	answer(&fake->timer, 0);
}

uint64_t loop_now(void)
{
	static uint64_t now;

	return now += 10000000u;
}

int loop_step(struct loop *loop, bool wait)
{
	struct fake_loop *fake = (struct fake_loop *)loop;

	if (fake->take_all && fake->poller)
		fake_loop_answer_poll(fake);
	else if (fake->take_all && fake->writer)
		fake_loop_answer_write(fake, (int32_t)fake->len);
	return 0;
}
