/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How often things of a few kinds happened, by time, in a fixed number of intervals: they grow
 * longer (1s, 5s ... 28d ...) as what is counted reaches further. Times come in any order. PURE.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TIMELINE_MAX   96
#define TIMELINE_KINDS 3

struct timeline {
	int64_t offset_s; /* of the local clock to UTC: intervals begin where its hours do */
	size_t step;      /* which length */
	uint64_t first;   /* the first interval: number since 1970 */
	size_t n;         /* 0: nothing yet */
	uint64_t counts[TIMELINE_MAX][TIMELINE_KINDS];
};

/* A new one is zero but for its offset. n may be 0: the time is to be seen. */
void timeline_add(struct timeline *timeline, uint64_t at_ns, size_t kind, uint64_t n);
uint64_t timeline_width_s(const struct timeline *timeline);
/* When the interval begins, in ns since 1970. */
uint64_t timeline_begin_ns(const struct timeline *timeline, size_t interval);
