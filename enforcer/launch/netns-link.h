/* SPDX-License-Identifier: Apache-2.0 */
/* The loopback of the sandbox's network namespace, and TCP on it. Private to launch/. */
#pragma once

/*
 * Gives lo its addresses and makes the ranges that stand for names local (AnyIP), so that a relay
 * can listen on whatever was dialled. Nothing is a route out: there is no other interface. In the
 * namespace, with CAP_NET_ADMIN over it. 0 or a negative errno.
 */
int netns_prepare_loopback(void);
/* The same for one address. */
int netns_make_local(int family, const unsigned char *address);
/* TCP as it should be between two ends in one kernel. Speed alone hangs on it: where /proc/sys
 * cannot be written (containers), nothing changes. In the namespace, as above. */
void netns_tune_tcp(void);
