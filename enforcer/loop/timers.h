/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Timeouts of a loop, the earliest first. PURE. Most are cancelled: the kernel knows of the
 * earliest one only, for to set one there and take it back takes a tenth of the time of a short
 * connection. Private to loop/.
 */
#pragma once

#include "enforcer/loop/loop.h"

/* Zero is empty. A heap; [0] is never used. */
struct timers {
	struct loop_source **items; /* borrowed */
	uint32_t n, size;
};

/* source is in it by that until taken or removed. 0 or -ENOMEM. */
int timers_add(struct timers *timers, struct loop_source *source, uint64_t due_ns);
/* No-op where it is not in. */
void timers_remove(struct timers *timers, struct loop_source *source);
/* When the first is due; UINT64_MAX where there is none. */
uint64_t timers_first(const struct timers *timers);
/* The first, taken out, where it is due by now; or NULL. */
struct loop_source *timers_take(struct timers *timers, uint64_t now_ns);
void timers_done(struct timers *timers);
