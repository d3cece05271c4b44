/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Starts the sandbox of a plan and hands over what the enforcer needs of it.
 *
 *   callgate (enforcer)
 *     keeper        outer user and mount namespace, all mounts private, core dumps off
 *       bwrap       the sandbox's namespaces and mounts, no capabilities
 *         bwrap     pid 1 inside
 *           shim    pty, Landlock, no_new_privs, filter; becomes the agent
 *
 * Each dies with the one above. sandbox_start() returns once the shim has handed over its listener
 * and waits; nothing of the agent ran yet. It fails closed, with the cause, when any part of the
 * wall cannot be had.
 */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

#include "enforcer/base/error.h"

struct plan;

struct sandbox {
	pid_t keeper;
	int keeper_pidfd; /* readable when the keeper, and so everything inside, has ended */
	pid_t agent;      /* the shim, in our pid namespace; the agent's first process after exec */
	int listener;     /* seccomp user notification; given to whoever takes it (set to -1) */
	int root;         /* O_PATH: the root of the sandbox's view, through the shim */
	int devpts;       /* O_PATH: the sandbox's own /dev/pts */
	int control;      /* to the shim: see sandbox_go(); readable when it has something to say */
	int network;      /* to the process in the network namespace: see sandbox_socket() */
	int resolver[4];  /* UDP and TCP of two addresses inside, port 53; given likewise */
	int refusals[2];  /* raw ICMP and ICMPv6 sockets inside, or -1; given likewise */
	struct {
		int fds[32];
		int n;
	} spare[2];   /* unconnected TCP sockets of the namespace, IPv4 and IPv6 */
	int terminal; /* the master of the agent's pty, or -1; given likewise */
};

/* The zero is not a valid sandbox: descriptors start at -1. */
#define SANDBOX_NONE                                                                               \
	{                                                                                          \
		.keeper_pidfd = -1, .listener = -1, .root = -1, .devpts = -1, .control = -1,       \
		.terminal = -1, .network = -1, .refusals = {-1, -1}, .resolver = {                 \
			-1,                                                                        \
			-1,                                                                        \
			-1,                                                                        \
			-1                                                                         \
		}                                                                                  \
	}

int sandbox_start(const struct plan *plan, struct sandbox *ret_sandbox, struct failure *reterr);
/* A new TCP socket (AF_INET or AF_INET6) of the sandbox's network namespace, non-blocking;
 * given. Asks our own process in there where no spare one is left. */
int sandbox_socket(struct sandbox *sandbox, int family);
/* A new UDP socket there, likewise. */
int sandbox_datagram_socket(struct sandbox *sandbox, int family);
/* Makes an address (4 or 16 bytes) one that sockets in there can listen on. */
int sandbox_make_local(struct sandbox *sandbox, int family, const unsigned char *address);
/* Lets the shim execute the agent. That execve is mediated as any other. */
int sandbox_go(struct sandbox *sandbox);
enum sandbox_event {
	SANDBOX_NOTHING = 0, /* nothing to be read (any more, for now) */
	SANDBOX_EXECUTED,    /* the agent runs, or has run */
	SANDBOX_FAILED,      /* its execve failed */
	SANDBOX_STOPPED, /* with a terminal: the agent has stopped, kill(-agent, SIGCONT) goes on */
	SANDBOX_CLOSED,  /* nothing comes any more */
};
/* When control is readable: the next event, or a negative errno. ret_errno: why it FAILED. */
int sandbox_read_event(struct sandbox *sandbox, int *ret_errno);
/* When keeper_pidfd is readable: the agent's exit status as a shell's (128 + n for a signal), or
 * a negative errno. Reaps the keeper. */
int sandbox_wait(struct sandbox *sandbox);
/* Kills what is left and closes everything. */
void sandbox_done(struct sandbox *sandbox);
