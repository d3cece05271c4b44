/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a stopped thread wants, as a closed value: nothing in it points into the target, and nothing
 * in it changes when the target writes to its memory. Decoded and resolved once; judged, performed
 * and recorded from here.
 */
#pragma once

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "filters/mediated-syscalls.h"

/* No verb implies another. A mask, because one call may need several. */
enum verb {
	VERB_READ = 1 << 0,    /* open for reading, list */
	VERB_WRITE = 1 << 1,   /* open for writing, create, remove, rename, link, attributes */
	VERB_EXEC = 1 << 2,    /* execve */
	VERB_CONNECT = 1 << 3, /* connect, send to an address */
	VERB_LISTEN = 1 << 4,  /* bind, listen */
};
#define VERB_COUNT 5
#define VERB_ALL   ((1u << VERB_COUNT) - 1)

enum object_kind {
	OBJECT_UNKNOWN = 0, /* could not be told: denied */
	OBJECT_PATH,        /* a name in the file system, canonical in the sandbox's view */
	OBJECT_UNIX,        /* a UNIX socket by path */
	OBJECT_ABSTRACT,    /* a UNIX socket by abstract name (the sandbox's own) */
	OBJECT_INET,        /* an address and a port */
	OBJECT_MEMORY,      /* memory that would be executable: memfd_create, exec of a memfd */
	OBJECT_ANONYMOUS,   /* pipe, socket, memfd: no name for a rule; the agent's own */
};

struct endpoint {
	int family;    /* AF_INET or AF_INET6; mapped and NAT64 forms already made canonical */
	int protocol;  /* IPPROTO_TCP, IPPROTO_UDP, IPPROTO_ICMP, IPPROTO_ICMPV6 */
	uint16_t port; /* host order */
	uint8_t address[16]; /* network order; the first 4 for AF_INET */
	bool loopback;       /* 127/8 or ::1, or the unspecified address: the sandbox's own */
	bool host_loopback;  /* 127.0.0.1 or ::1 of the host, on a port that a rule gives to it;
	                        then loopback is not set */
	char *host; /* the name that the address stands for, or NULL; owned by the request */
};

/* One thing that the call would touch, and how. */
struct object {
	enum object_kind kind;
	unsigned verbs; /* mask of enum verb; 0: nothing to judge (O_PATH) */
	char *path;     /* PATH, UNIX: absolute, no "." or "..", any bytes but NUL and no trailing
	                        slash; ABSTRACT: the name, escaped. Owned by the request. */
	bool exists;    /* something was there when it was judged */
	bool directory; /* it is a directory, or would be made one */
	bool made_here; /* the repository that it belongs to was made in this run ("existed") */
	uint64_t dev, ino;        /* where it exists */
	struct endpoint endpoint; /* INET */
};

#define REQUEST_OBJECTS_MAX 8
#define REQUEST_ARGV_MAX    256

struct request {
	uint64_t cookie; /* of the notification */
	pid_t tid;       /* the target, in our pid namespace */
	pid_t pid;       /* its thread group */
	pid_t ppid;      /* parent of that when it was first seen; 0: outside, or not known */
	enum mediated call;
	uint64_t flags; /* of the call as asked: open flags, rename flags; for the record */
	char *program;  /* path of the asking process' executable, in the view; owned */
	size_t n_objects;
	struct object objects[REQUEST_OBJECTS_MAX];
	/* Exec only: the vector as the new image gets it, at most REQUEST_ARGV_MAX, NULL behind the
	 * last; owned. */
	char **argv;
	bool argv_truncated;
};

/* Given: request_done(). 0 or -ENOMEM, and then nothing. */
int request_copy(const struct request *request, struct request *ret_copy);
/* Frees what the request owns and zeroes it. */
void request_done(struct request *request);

const char *verb_name(enum verb verb); /* "read" ... */
