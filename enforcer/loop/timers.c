/* SPDX-License-Identifier: Apache-2.0 */
/* Timeouts of a loop. */
#include <errno.h>
#include <stdlib.h>

#include "enforcer/loop/timers.h"

#define TIMERS_FIRST 64

static void put(struct timers *timers, uint32_t at, struct loop_source *source)
{
	timers->items[at] = source;
	source->timer_at = at;
}

/* Finds the place for source, from the free place at towards the top or the bottom. */
static void place(struct timers *timers, uint32_t at, struct loop_source *source)
{
	struct loop_source **items = timers->items;

	while (at > 1 && source->due_ns < items[at / 2]->due_ns) {
		put(timers, at, items[at / 2]);
		at /= 2;
	}
	for (uint32_t next; (next = at * 2) <= timers->n; at = next) {
		if (next < timers->n && items[next + 1]->due_ns < items[next]->due_ns)
			next++;
		if (source->due_ns <= items[next]->due_ns)
			break;
		put(timers, at, items[next]);
	}
	put(timers, at, source);
}

int timers_add(struct timers *timers, struct loop_source *source, uint64_t due_ns)
{
	if (timers->n + 1 >= timers->size) {
		uint32_t size = timers->size ? timers->size * 2 : TIMERS_FIRST;
		struct loop_source **more =
			reallocarray(timers->items, size, sizeof(struct loop_source *));

		if (!more)
			return -ENOMEM;
		timers->items = more;
		timers->size = size;
	}
	source->due_ns = due_ns;
	place(timers, ++timers->n, source);
	return 0;
}

void timers_remove(struct timers *timers, struct loop_source *source)
{
	uint32_t at = source->timer_at;
	struct loop_source *last;

	if (!at)
		return;
	source->timer_at = 0;
	last = timers->items[timers->n--];
	if (last != source)
		place(timers, at, last);
}

uint64_t timers_first(const struct timers *timers)
{
	return timers->n ? timers->items[1]->due_ns : UINT64_MAX;
}

struct loop_source *timers_take(struct timers *timers, uint64_t now_ns)
{
	struct loop_source *source;

	if (!timers->n || timers->items[1]->due_ns > now_ns)
		return NULL;
	source = timers->items[1];
	timers_remove(timers, source);
	return source;
}

void timers_done(struct timers *timers)
{
	free(timers->items);
	*timers = (struct timers){};
}
