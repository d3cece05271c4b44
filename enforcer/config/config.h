/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Finds the layers of this run's policy, reads them and joins them. Before the agent starts;
 * nothing here runs afterwards.
 *
 *   managed       /etc/callgate/policy.json
 *   added         rules that were added to the run
 *   command line  --policy FILE, then --offline and --read DIR: what FILE says stands before them
 *   project       .callgate.json of the workspace, where its content is trusted
 *   user          ~/.config/callgate/policy.json
 *   built-in      the profile that the first of them names by "extends", or --profile, or "agent"
 *
 * --add-dir makes no rule: it adds to ${workspace}, and the rules for the workspace hold there.
 */
#pragma once

#include <stdbool.h>

#include "enforcer/base/cleanup.h"
#include "enforcer/base/error.h"
#include "enforcer/config/policy-file.h"
#include "enforcer/config/policy-trail.h"
#include "enforcer/config/sources.h"
#include "enforcer/policy/decision.h"

struct policy;

/* One text, for commands that look at it: no other layer but the built-in profile is loaded. */
struct config_only {
	const char *file; /* for messages */
	const char *text;
	size_t len;
	enum layer layer;
};

struct config_options {
	const char *policy_file;           /* --policy, or NULL */
	const char *const *add_dirs;       /* --add-dir, NULL-ended, or NULL */
	const char *const *read_dirs;      /* --read, likewise */
	const char *const *allow_hosts;    /* --allow-host, likewise: NAME or NAME:PORT */
	const char *const *allow_loopback; /* --allow-loopback, likewise: PORT */
	const char *const *publish;        /* --publish, likewise: PORT or PORT:ON */
	const char *profile;               /* --profile, or NULL */
	bool offline, unattended, no_redact;
	const char *command;            /* argv[0] of what is started, or NULL: see agents.h */
	const char *workspace;          /* NULL: the current directory */
	bool any_workspace;             /* for commands that start nothing: a warning, no refusal */
	const struct config_only *only; /* or NULL */
	/* A policy of the rules that were added to the run, or NULL. Its first line is not the
	 * person's, and messages count from the second. */
	const char *added;
	const char *managed_file; /* for tests; NULL: the one that was built in */
};

/* What messages call it. */
#define CONFIG_ADDED "added rule"

/* A file that is read, looked for, or trusted by. */
struct config_file {
	char *path; /* owned */
	bool is_layer;
	struct policy_stamp stamp; /* from before it was read */
};
#define CONFIG_FILES_MAX 8

struct config {
	struct policy *policy;
	char *workspace;   /* canonical; where the agent starts */
	char **workspaces; /* it, and each --add-dir */
	char *home;        /* canonical */
	char **state;      /* the agents' own state, as far as it exists */
	char **tmp;        /* as the agent sees them: private to the run */
	char **path_dirs;  /* the directories on PATH */
	struct config_file files[CONFIG_FILES_MAX];
	size_t n_files;
	char **policy_files;      /* the same, and where they lead: callgate's own, for rule zero */
	char **notices;           /* for the person, a line each: escaped, without "callgate: " */
	struct sources sources;   /* what the policy was made of, for the record */
	const char *profile;      /* the built-in profile in use; static */
	char hash[HASH_HEX_SIZE]; /* SHA-256 of all that the policy was made of */
	bool offline, unattended; /* as asked for */
};

int config_load(const struct config_options *options, struct config **ret_config,
		struct failure *reterr);
struct config *config_free(struct config *config);
DEFINE_CLEANUP(struct config *, config_free)

/* Prints the notices to stderr. */
void config_print_notices(const struct config *config);
