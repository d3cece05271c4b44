/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is said to an upstream proxy, and what it answers, until it passes bytes on: HTTP's CONNECT,
 * or SOCKS5 (RFC 1928, 1929). PURE.
 *
 * The proxy is hostile: what it says is bounded, and nothing of it goes anywhere else.
 */
#pragma once

#include "enforcer/network/network.h"

#define PROXY_SAY_MAX  2048
#define PROXY_HEAD_MAX 16384 /* of an HTTP answer */

/* Where the proxy is to lead. */
struct proxy_target {
	const char *host; /* canonical; or NULL */
	struct outside_address address;
	uint16_t port;
};

struct proxy_talk {
	const struct network_proxy *proxy;
	struct proxy_target target;
	char say[PROXY_SAY_MAX]; /* to be sent now */
	size_t say_len;
	unsigned step;
	unsigned char kept[264]; /* of the answer that is being heard */
	size_t n_kept, heard;
	const char *complaint; /* why it was refused, where that is the proxy's doing; static */
};

/* Fills what is to be said first. proxy, and the target's host, are borrowed. 0 or -E2BIG. */
int proxy_talk_begin(struct proxy_talk *talk, const struct network_proxy *proxy,
		     const struct proxy_target *target);

/*
 * The next bytes that the proxy sent. 0: go on, with what there is to say now, or with listening;
 * 1: it is through; or a negative errno. ret_used: so many of them belong to the talk, the rest are
 * the other side's.
 */
int proxy_talk_hear(struct proxy_talk *talk, const void *data, size_t len, size_t *ret_used);
