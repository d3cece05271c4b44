/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What of callgate the agent must not touch, and what callgate itself must not be able to do once
 * the agent runs.
 */
#pragma once

#include "enforcer/base/error.h"
#include "enforcer/policy/rule-zero.h"

struct config;
struct control_places;

/* Ports of callgate's other programs, now and later. places: borrowed by zero. */
void protect_ports(struct rule_zero *zero, const struct control_places *places);

/* The directories that are there and of which the agent sees nothing: the logs' of all runs, the
 * control sockets'. Canonical; given (string_list_free()). 0 or -ENOMEM. */
int protect_covered(const struct config *config, const struct control_places *places,
		    char ***ret_list);

/* The files that the policy is made of, and each symbolic link on the way to one, are not written.
 * 0 or a negative errno. */
int protect_policy_files(const struct config *config, struct rule_zero *zero);
/* Rule zero of this run: policies and programs are not written, logs are not touched at all. own:
 * paths that are not touched at all, NULL-ended (the log, the summary, the directories of control
 * sockets: this run's and all others', now and later). */
int protect_own_files(const struct config *config, const char *const *own, const char *shim,
		      struct rule_zero *ret_zero, struct failure *reterr);

/* The programs and scripts of the hooks are not written either; fails where the agent could have
 * changed one, or where one is not there. */
struct protect_hooks {
	const struct policy *policy;
	const struct plan *plan;
	struct rule_zero *zero; /* added to */
};
int protect_hooks(const struct protect_hooks *from, struct failure *reterr);
/* The same for the program that a shell's command begins with, where that is a path. */
int protect_approver(const struct protect_hooks *from, const char *command, struct failure *reterr);

/* A file that is callgate's own: refused for the verbs, whatever a policy says. 0 or a negative
 * errno. */
int protect_file(struct rule_zero *zero, const char *path, unsigned verbs);
/* Another file stands at a path that was protected: canonical. */
void protect_renewed(struct rule_zero *zero, const char *path, unsigned verbs);
/* Gives up all capabilities, for good: what the enforcer does for the agent it does with the rights
 * of the user. Reading the target needs none: its user namespace is our child. */
int protect_drop_rights(struct failure *reterr);
