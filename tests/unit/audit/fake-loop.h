/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A loop without a kernel: it takes what is asked of it and answers when, and as, the test says.
 * One write, one poll and one timeout at a time.
 */
#pragma once

#include "enforcer/base/buffer.h"
#include "enforcer/loop/loop.h"

struct fake_loop {
	struct loop_source *writer, *poller, *timer;
	const char *data; /* of the write under way */
	size_t len;
	uint64_t delay;
	int writes, timers;
	struct buffer taken; /* what answered writes wrote */
	bool take_all;       /* loop_step() answers writes and polls by itself */
};

struct loop *fake_loop_as_loop(struct fake_loop *fake);
/* The write under way ends with result; that many bytes are taken. */
void fake_loop_answer_write(struct fake_loop *fake, int32_t result);
void fake_loop_answer_poll(struct fake_loop *fake);
void fake_loop_expire(struct fake_loop *fake);
