/* SPDX-License-Identifier: Apache-2.0 */
/* The step between dialling an upstream proxy and being connected through it. Private to
 * network/. */
#pragma once

#include "enforcer/network/proxy-talk.h"

struct upstream;

/* fd (given): the other side's bytes come next; or -1 with a negative errno, and why, where that is
 * the proxy's doing (static, or NULL). Called once, from the loop; upstream is freed behind it. */
typedef void (*upstream_handler)(void *userdata, int fd, int error, const char *complaint);

struct upstream_request {
	int fd; /* connected to the proxy, non-blocking; taken, also on failure */
	const struct network_proxy *proxy; /* borrowed, until the end */
	const struct proxy_target *target; /* borrowed for the call; its host until the end */
	upstream_handler done;
	void *userdata;
};

int upstream_new(struct loop *loop, const struct upstream_request *request,
		 struct upstream **ret_upstream);
struct upstream *upstream_free(struct upstream *upstream);
