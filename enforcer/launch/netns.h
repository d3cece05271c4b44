/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The process that works in the sandbox's network namespace: a child of the keeper, and so with its
 * rights in the outer user namespace until it has entered. It prepares the loopback, makes the
 * resolver's sockets, and then only makes sockets and local addresses on demand, with no right but
 * the one for addresses of that namespace (CAP_NET_ADMIN). It speaks with the enforcer alone.
 * Private to launch/.
 */
#pragma once

#include <sys/types.h>

/* Sockets that one answer carries. */
#define NETNS_BATCH    32
#define NETNS_RESOLVER 4 /* UDP and TCP on 127.0.0.53, then on 127.0.0.1 */
/* They, and two to send ICMP and ICMPv6 by; the last is missing on a kernel without IPv6. */
#define NETNS_ENTERED (NETNS_RESOLVER + 2)

/* The only address of its loopback besides 127/8: what is connected to shows it as its own. */
#define NETNS_ADDRESS_V4                                                                           \
	{                                                                                          \
		198, 18, 0, 1                                                                      \
	}
#define NETNS_ADDRESS_V6                                                                           \
	{                                                                                          \
		0xfd, 0x63, 0x61, 0x6c, 0x6c, 0x67, [15] = 1                                       \
	}

/* First NETNS_ENTER. */
enum netns_kind {
	NETNS_ENTER = 0, /* with the namespace as a descriptor; answered by NETNS_ENTERED sockets */
	NETNS_SOCKETS,   /* answered by NETNS_BATCH stream sockets of the family; AF_NETLINK: one
	                    that tells of the namespace's sockets (sock_diag(7)) */
	NETNS_DATAGRAM,  /* answered by one datagram socket of the family */
	NETNS_LOCAL,     /* makes the address local */
};

struct netns_request {
	int kind;
	int family;
	unsigned char address[16];
};

struct netns_answer {
	int error; /* positive errno; then there are no descriptors */
};

/* Runs in the child; requests come on descriptor sock, all others but 0 to 2 are closed. */
_Noreturn void netns_run(int sock, pid_t keeper);

/* The enforcer's side: sends and receives. Number of descriptors, or a negative errno. */
int netns_call(int sock, const struct netns_request *request, int namespace_fd, int *ret_fds,
	       int max);
