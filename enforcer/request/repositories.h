/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Repositories that were made in this run ("existed": false): each entry named .git, or *.git, that
 * the gate itself made, held by a descriptor so that its inode number cannot come back as
 * another's. What is not among them stood before, as far as rules are concerned: forgetting errs
 * towards strict.
 */
#pragma once

#include <stdbool.h>

#include "enforcer/base/cleanup.h"
#include "enforcer/request/view.h"

#define REPOSITORIES_MAX 128

struct repositories;

int repositories_new(struct repositories **ret_repositories);
struct repositories *repositories_free(struct repositories *repositories);
DEFINE_CLEANUP(struct repositories *, repositories_free)

/* True for a name that makes its directory a repository: ".git", "x.git". */
bool repository_name(const char *leaf);

/* The gate has just made this thing (any descriptor of it) under such a name. path: where, in the
 * view; NULL where it is gone with the run (a private file system). */
void repositories_note(struct repositories *repositories, int fd, const char *path);

/*
 * Does the path (canonical, in the view) lie in, or name, a repository entry that was made in this
 * run or is not there yet? False where no component is such a name.
 */
bool repositories_made_here(const struct repositories *repositories, const struct view *view,
			    const char *path);

/* The n-th noted entry: its descriptor and path (borrowed; the path may be NULL). False behind the
 * last. */
bool repositories_at(const struct repositories *repositories, size_t n, int *ret_fd,
		     const char **ret_path);
