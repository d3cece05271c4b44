/* SPDX-License-Identifier: Apache-2.0 */
/* How often things happened, by time. */
#include <string.h>

#include "enforcer/base/cleanup.h"
#include "enforcer/report/timeline.h"

#define SECOND 1000000000u

/* Each is a multiple of the one before: two intervals never have to be cut. */
static const uint32_t widths[] = {1,    5,     10,    30,    60,     300,     600,     1800,
				  3600, 21600, 43200, 86400, 604800, 2419200, 31449600};

uint64_t timeline_width_s(const struct timeline *timeline)
{
	return widths[timeline->step];
}

uint64_t timeline_begin_ns(const struct timeline *timeline, size_t interval)
{
	int64_t s = (int64_t)((timeline->first + interval) * timeline_width_s(timeline)) -
		    timeline->offset_s;

	return s > 0 ? (uint64_t)s * SECOND : 0;
}

static void coarsen(struct timeline *timeline)
{
	uint32_t by = widths[timeline->step + 1] / widths[timeline->step];
	uint64_t first = timeline->first / by;
	uint64_t counts[TIMELINE_MAX][TIMELINE_KINDS] = {};
	size_t to = 0;

	for (size_t i = 0; i < timeline->n; i++) {
		to = (size_t)((timeline->first + i) / by - first);
		for (size_t k = 0; k < TIMELINE_KINDS; k++)
			counts[to][k] += timeline->counts[i][k];
	}
	memcpy(timeline->counts, counts, sizeof(counts));
	timeline->first = first;
	timeline->n = to + 1;
	timeline->step++;
}

/* As far back as there is room: what is older than a century counts at the start. */
static void reach_back(struct timeline *timeline, uint64_t interval)
{
	uint64_t by = timeline->first - interval;

	if (by > TIMELINE_MAX - timeline->n)
		by = TIMELINE_MAX - timeline->n;
	memmove(timeline->counts + by, timeline->counts, timeline->n * sizeof(*timeline->counts));
	memset(timeline->counts, 0, by * sizeof(*timeline->counts));
	timeline->first -= by;
	timeline->n += by;
}

void timeline_add(struct timeline *timeline, uint64_t at_ns, size_t kind, uint64_t n)
{
	int64_t local = (int64_t)(at_ns / SECOND) + timeline->offset_s;
	uint64_t s = local > 0 ? (uint64_t)local : 0, interval, low, high;

	if (timeline->n == 0) {
		timeline->first = s / timeline_width_s(timeline);
		timeline->n = 1;
	}
	for (;;) {
		interval = s / timeline_width_s(timeline);
		low = interval < timeline->first ? interval : timeline->first;
		high = timeline->first + timeline->n - 1;
		high = interval > high ? interval : high;
		if (high - low < TIMELINE_MAX || timeline->step + 1 == ARRAY_LEN(widths))
			break;
		coarsen(timeline);
	}
	if (interval < timeline->first) {
		reach_back(timeline, interval);
		interval = interval < timeline->first ? timeline->first : interval;
	}
	interval -= timeline->first;
	if (interval >= TIMELINE_MAX)
		interval = TIMELINE_MAX - 1;
	if (interval >= timeline->n) {
		memset(timeline->counts + timeline->n, 0,
		       (interval + 1 - timeline->n) * sizeof(*timeline->counts));
		timeline->n = interval + 1;
	}
	timeline->counts[interval][kind] += n;
}
