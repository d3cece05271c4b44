/* SPDX-License-Identifier: Apache-2.0 */
/* The chain over the lines of a run's record, and the user's key that signs its end. */
#pragma once

#include "enforcer/audit/audit-key.h"

struct config;
struct rule_zero;
struct supervisor;

struct sealing {
	struct chain *chain;   /* NULL: there is no record */
	struct audit_key *key; /* NULL: none could be had, see error */
	int error;             /* why the end will not be signed: a negative errno */
	bool ending;           /* the next chain line is the last */
	char *path;            /* of the key */
	char name[80];         /* "ed25519:" and the public half */
};

/* ~/.config/callgate/audit-key; given, or NULL. */
char *sealing_key_path(const char *home);
/* Before the first line and the sandbox: the chain begins, the key is made if there is none, and
 * nobody inside may touch it. 0 or a negative errno: a key that cannot be had is none. */
int sealing_begin(struct supervisor *supervisor, const struct config *config);
int sealing_protect(const struct sealing *sealing, struct rule_zero *zero);
/* Behind the last fork that the agent's side came from: no other process has a copy of the key. */
void sealing_load_key(struct supervisor *supervisor);
/* Behind the start of the run: a line that says that nothing will be signed, where it is so. */
void sealing_tell(struct supervisor *supervisor);
void sealing_done(struct sealing *sealing);
