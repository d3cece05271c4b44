/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which directories the agent works in. What is refused is what nobody means: the root, the home
 * as a whole (its workspace rule would open all that lies in it), a tmp that the sandbox replaces.
 */
#pragma once

#include <stdbool.h>

#include "enforcer/base/error.h"

struct workspace_choice {
	const char *workspace;       /* or NULL: the current directory */
	const char *const *add_dirs; /* NULL-ended, or NULL */
	const char *home;            /* canonical */
	bool lenient;                /* a notice instead of a refusal */
};

/* The workspace and each of add_dirs, canonical, NULL-ended, given. A home that is named by
 * --add-dir too is meant, and taken. */
int workspace_choose(const struct workspace_choice *choice, char ***ret_workspaces,
		     char ***ret_notices, struct failure *reterr);

/* Directories that an option named: absolute and existing, made canonical. Given; NULL for none. */
int workspace_directories(const char *option, const char *const *dirs, char ***ret_dirs,
			  struct failure *reterr);

/* ${tmp}: /tmp, /var/tmp and /dev/shm, each the run's own. */
int workspace_tmp(char ***ret_tmp);

/* A path of the command line, absolute: below the current directory where it is relative. Given, or
 * NULL without memory (or without a current directory). */
char *workspace_absolute(const char *path);
