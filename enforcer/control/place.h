/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where the control sockets are: one directory of the user's, mode 0700, and in it RUN.sock for
 * each run. A server makes its socket in the first place that can be had; whoever looks for runs
 * looks in all of them, because a run under cron has no XDG_RUNTIME_DIR and its person has one.
 *
 * The directories are no place of the agent's: protect.c keeps them and all that is in them from
 * every run.
 */
#pragma once

#include <limits.h>
#include <stdbool.h>

#include "enforcer/base/error.h"
#include "enforcer/base/fd.h"

#define CONTROL_PLACES_MAX 2
#define CONTROL_RUN_MAX    64
#define CONTROL_SUFFIX     ".sock"

struct control_places {
	char path[CONTROL_PLACES_MAX][PATH_MAX]; /* in the order in which they are taken */
	int n;
};

/*
 * $XDG_RUNTIME_DIR/callgate, and STATE/callgate/run, where STATE is $XDG_STATE_HOME or
 * ~/.local/state. runtime, state: the variables, or NULL; what is not absolute is ignored. home:
 * absolute. PURE.
 */
void control_places_of(const char *runtime, const char *state, const char *home,
		       struct control_places *ret_places);

/* The variables of this process, and its home. 0 or a negative errno. */
int control_places_find(struct control_places *ret_places, struct failure *reterr);

/*
 * Opens the directory (O_PATH). make: made where it is missing, with its parents. It must be a
 * directory of ours that nobody else may enter, and no link: -ENOENT where it is missing, -EPERM
 * where it is another's.
 */
int control_place_open(const char *path, bool make, int *ret_dirfd, struct failure *reterr);
/* The first of the places that can be had, made. ret_path: borrowed from places. */
int control_places_make(const struct control_places *places, int *ret_dirfd, const char **ret_path,
			struct failure *reterr);

/* True for "RUN.sock" with a run's id; then ret_run has it. PURE. */
bool control_run_of(const char *name, char ret_run[static CONTROL_RUN_MAX]);

/*
 * A socket that listens as RUN.sock: it appears there only once it listens, so that a refused
 * connection means that its run is gone. Names are short whatever the directory's is: 108 bytes
 * are all that an address holds. -EEXIST where there is one.
 */
int control_place_listen(int dirfd, const char *run, int *ret_fd);
/* Nonblocking. -ECONNREFUSED: nobody listens there any more; -EAGAIN: too many do ask. */
int control_place_connect(int dirfd, const char *run, int *ret_fd);
/* Removes the socket of a run that is gone. */
void control_place_remove(int dirfd, const char *run);
/* The runs that have a socket there, by name: the order in which they began. Given; NULL-ended.
 * 0 or a negative errno. */
int control_place_list(int dirfd, char ***ret_runs);
