/* SPDX-License-Identifier: Apache-2.0 */
/* Timeouts, in the heap and in the loop. */
#include <errno.h>
#include <stdlib.h>

#include "enforcer/loop/timers.h"
#include "tests/support/check.h"

#define MANY 1000

static void test_the_earliest_comes_first_whatever_was_removed(void)
{
	static struct loop_source sources[MANY];
	struct timers timers = {};
	uint64_t last = 0;
	unsigned state = 1, n = 0;
	struct loop_source *source;

	CHECK(timers_first(&timers) == UINT64_MAX);
	for (size_t i = 0; i < MANY; i++) {
		state = state * 1103515245u + 12345u;
		CHECK_INT(timers_add(&timers, &sources[i], 1 + state % 500), 0);
	}
	for (size_t i = 0; i < MANY; i += 3) {
		timers_remove(&timers, &sources[i]);
		timers_remove(&timers, &sources[i]);
		CHECK_INT(sources[i].timer_at, 0);
	}
	CHECK(timers_take(&timers, timers_first(&timers) - 1) == NULL);
	while ((source = timers_take(&timers, 500))) {
		CHECK(source->due_ns >= last && source->timer_at == 0);
		CHECK((size_t)(source - sources) % 3 != 0);
		last = source->due_ns;
		n++;
	}
	CHECK_INT(n, MANY - (MANY + 2) / 3);
	CHECK(timers_first(&timers) == UINT64_MAX);
	timers_done(&timers);
}

struct ring {
	struct loop_source source;
	struct ring **last; /* who rang last; NULL: nobody has to know */
	int calls;
	int32_t result;
};

static void rings(struct loop_source *source, int32_t result, bool more)
{
	struct ring *ring = container_of(source, struct ring, source);

	ring->calls++;
	ring->result = result;
	CHECK(!more && !source->armed);
	if (ring->last)
		*ring->last = ring;
}

/* Set the latest first, so that each is earlier than what the kernel knows. */
static void test_each_rings_once_and_in_its_turn(void)
{
	_cleanup_(loop_freep) struct loop *loop = NULL;
	struct ring ring[5] = {}, *last = NULL;

	CHECK_INT(loop_new(&loop), 0);
	for (unsigned i = 0; i < 5; i++) {
		ring[i].last = &last;
		CHECK_INT(loop_source_init(&ring[i].source, loop, rings), 0);
		CHECK_INT(loop_timeout(&ring[i].source, (5 - i) * 2000000u), 0);
		CHECK_INT(loop_timeout(&ring[i].source, 1), -EBUSY);
		/* What is asked for in between is submitted. */
		if (i % 2)
			CHECK_INT(loop_step(loop, false), 0);
	}
	while (ring[0].calls == 0)
		CHECK_INT(loop_step(loop, true), 0);
	CHECK(last == &ring[0]);
	for (unsigned i = 0; i < 5; i++) {
		CHECK_INT(ring[i].calls, 1);
		CHECK_INT(ring[i].result, 0);
		loop_source_done(&ring[i].source);
	}
}

static void test_what_was_cancelled_says_so_and_what_was_forgotten_nothing(void)
{
	_cleanup_(loop_freep) struct loop *loop = NULL;
	struct ring cancelled = {}, forgotten = {}, again = {};

	CHECK_INT(loop_new(&loop), 0);
	CHECK_INT(loop_source_init(&cancelled.source, loop, rings), 0);
	CHECK_INT(loop_source_init(&forgotten.source, loop, rings), 0);
	CHECK_INT(loop_source_init(&again.source, loop, rings), 0);
	CHECK_INT(loop_timeout(&cancelled.source, UINT64_MAX), 0);
	CHECK_INT(loop_timeout(&forgotten.source, 1000000), 0);
	loop_source_cancel(&cancelled.source);
	loop_source_done(&forgotten.source);
	while (cancelled.calls == 0)
		CHECK_INT(loop_step(loop, true), 0);
	CHECK_INT(cancelled.result, -ECANCELED);
	/* It may be used again, and the next one still rings. */
	CHECK_INT(loop_timeout(&cancelled.source, 3000000), 0);
	CHECK_INT(loop_timeout(&again.source, 1000000), 0);
	while (cancelled.calls == 1)
		CHECK_INT(loop_step(loop, true), 0);
	CHECK_INT(cancelled.result, 0);
	CHECK_INT(again.calls, 1);
	CHECK_INT(forgotten.calls, 0);
	loop_source_done(&cancelled.source);
	loop_source_done(&again.source);
}

int main(void)
{
	RUN(test_the_earliest_comes_first_whatever_was_removed);
	RUN(test_each_rings_once_and_in_its_turn);
	RUN(test_what_was_cancelled_says_so_and_what_was_forgotten_nothing);
	return check_summary();
}
