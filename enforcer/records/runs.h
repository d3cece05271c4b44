/* SPDX-License-Identifier: Apache-2.0 */
/* The recorded runs of this user, and how a person names one. */
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "enforcer/base/cleanup.h"
#include "enforcer/base/error.h"

/* The directory of all records: $XDG_STATE_HOME/callgate/runs, or ~/.local/state/callgate/runs.
 * Given; NULL: there is no home. */
char *runs_directory(const char *xdg_state_home, const char *home);

/* Their ids, oldest first, NULL-ended; given. None where there is no directory yet. */
int runs_list(const char *directory, char ***ret_ids, struct failure *reterr);

/*
 * The record that a person means, by a path ("-": stdin), by "last", by an id or by the beginning
 * of just one id. Given. -ENOENT or -ENOTUNIQ with words.
 */
int runs_find(const char *directory, const char *named, char **ret_path, struct failure *reterr);

/* A run at a glance: from the first and the last lines of its record. */
struct run_glance {
	char *id;
	char *command; /* its words, escaped; owned */
	char *directory;
	uint64_t started_ns, ended_ns; /* 0: not on record */
	bool ended;
	int status;
	uint64_t allowed, denied, asked;
};
/* What is missing stays zero. 0 or a negative errno with words. */
int run_glance(const char *path, struct run_glance *ret_glance, struct failure *reterr);
void run_glance_done(struct run_glance *glance);

/* The words of a run's command, as its start has them, escaped and joined. Given; NULL: none. */
char *run_command_text(json_t *command);
