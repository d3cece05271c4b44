/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rule zero: callgate's own files, sockets and ports, before every layer of policy. PURE.
 *
 * A thing is known by device and inode, and by its path, because it may not be there yet and
 * because a directory above it could be moved away with it.
 */
#pragma once

#include <stdbool.h>

#include "enforcer/policy/decision.h"

#define RULE_ZERO_MAX       256
#define RULE_ZERO_PORTS_MAX 256

struct rule_zero_entry {
	char *path;        /* canonical, in the view; owned */
	uint64_t dev, ino; /* 0, 0: not there at the start */
	unsigned verbs;    /* refused */
	bool parts;        /* and what is called so, with "." and more behind it */
};

struct rule_zero {
	size_t n;
	struct rule_zero_entry entries[RULE_ZERO_MAX];
	size_t n_ports;
	uint16_t ports[RULE_ZERO_PORTS_MAX]; /* on the host's loopback */
	/* Whether a port is callgate's own now: of programs that come and go beside the run. NULL:
	 * there are none. */
	bool (*port_taken)(const void *userdata, uint16_t port);
	const void *userdata;
};

/* The tree under path, or the thing itself. 0, -ENOSPC or -ENOMEM. */
int rule_zero_add(struct rule_zero *zero, const char *path, uint64_t dev, uint64_t ino,
		  unsigned verbs);
/* The same, in the place of what stood at that path for these verbs. 1 where it was another thing,
 * or none; 0 where it was this one. */
int rule_zero_renew(struct rule_zero *zero, const char *path, uint64_t dev, uint64_t ino,
		    unsigned verbs);
/* The last one that was added is a record: the same holds for its parts. */
void rule_zero_add_parts(struct rule_zero *zero);
/* A port of the host's loopback, of any protocol. 0 or -ENOSPC. */
int rule_zero_add_port(struct rule_zero *zero, uint16_t port);
bool rule_zero_has_port(const struct rule_zero *zero, uint16_t port);
void rule_zero_done(struct rule_zero *zero);

/* True, with the decision filled, where the request touches one of them. */
bool rule_zero_judge(const struct rule_zero *zero, const struct request *request,
		     struct decision *ret_decision);
