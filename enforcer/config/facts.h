/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The facts of this run that policy is judged by: whose home, which directories, what a program's
 * name stands for. Asked once, before anything of the agent runs.
 */
#pragma once

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

#include "enforcer/base/cleanup.h"
#include "enforcer/base/error.h"

/* Makes path canonical as far as it exists: symbolic links of the part that is there are resolved,
 * the rest is kept, without "." and "..". path must be absolute. ret[PATH_MAX]. 0 or a negative
 * errno. */
int facts_canonical(const char *path, char *ret);

/* HOME, where it is an absolute path; else what the user database says. Canonical. */
int facts_home(char **ret_home, struct failure *reterr);

/* The directories on PATH, canonical, in order, that exist and that a rule may open: neither
 * the root nor the home nor a directory above the home (a person's mistake must not open all of
 * it). NULL-ended and given. path may be NULL. */
int facts_path_directories(const char *path, const char *home, char ***ret_dirs);

/* The file that a bare name stands for on these directories; -ENOENT where there is none. ret_path
 * is PATH_MAX long. */
int facts_program(const char *const *dirs, const char *name, char *ret_path, uint64_t *ret_dev,
		  uint64_t *ret_ino);

/* "/etc/callgate/policy.json", or what the build says instead. */
extern const char *const facts_managed_file;
/* $XDG_CONFIG_HOME/callgate/policy.json and $XDG_STATE_HOME/callgate/trust.json, or below
 * ~/.config and ~/.local/state. A relative variable is ignored, as the XDG specification says.
 * Given. */
char *facts_user_file(const char *home);
char *facts_trust_file(const char *home);
#define PROJECT_FILE_NAME ".callgate.json"

/* True where path is root or lies in it. Both canonical. */
bool facts_is_below(const char *root, const char *path);

/* A path made fit to be shown, cut where it is longer. */
#define SHOWN_MAX 512
const char *facts_show(const char *path, char ret[static SHOWN_MAX]);
