/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The control socket, wired: what a run says of itself there, and the word on the terminal that a
 * question waits for whoever is elsewhere.
 */
#pragma once

#include <stdbool.h>

#include "enforcer/base/error.h"

struct control_places;
struct remote;
struct rule_zero;
struct supervisor;

/* Where control sockets may be, of this run and of others. make: the one that this run will use is
 * made, so that the plan can cover it. What cannot be told or made is left out: remote_new() says
 * why. */
void remote_places(bool make, struct control_places *ret_places);

/* What the run knows of itself. Borrowed until remote_free(). */
struct remote_facts {
	const char *directory;
	char *const *command; /* NULL-ended */
	const char *audit;    /* or NULL */
	const struct control_places *places;
	/* Gets the sockets that are there now, this run's too: by inode, for names of theirs in
	 * other places. Those in the places are its already, by their directories. */
	struct rule_zero *zero;
	bool attended; /* the socket is what the run counts on */
};

/*
 * supervisor: borrowed, with its approvals; gets its control. Without a socket a run goes on, and
 * says so: nobody can answer then but its terminal. Where it is attended that is an error.
 */
int remote_new(struct supervisor *supervisor, const struct remote_facts *facts,
	       struct remote **ret_remote, struct failure *reterr);
/* Before approvals_free(). */
struct remote *remote_free(struct remote *remote);
