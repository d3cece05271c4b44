/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The seccomp program of a run: what is harmless is allowed by number, what the gate judges is
 * notified, the rest is refused with the errno that makes runtimes fall back.
 * Built with libseccomp before the agent starts, exported, loaded raw by the shim. Pure but for
 * libseccomp's own allocation; no global state is kept.
 */
#pragma once

#include <linux/filter.h>
#include <stdbool.h>
#include <stddef.h>

#include "filters/mediated-syscalls.h"

struct filter_options {
	bool linux_aio;   /* io_setup is allowed (it writes memory behind our back) */
	bool memory_exec; /* memfd_create is left alone */
};

struct filter {
	struct sock_filter *program; /* owned */
	size_t length;               /* instructions */
};

/* 0 or a negative errno. */
int filter_build(const struct filter_options *options, struct filter *ret_filter);
void filter_done(struct filter *filter);

/* The table's entry for a number of this architecture; MEDIATED_NONE for any other. */
enum mediated filter_call(int number);
/* The number of an entry on this architecture, -1 where it has none. */
int filter_number(enum mediated call);
