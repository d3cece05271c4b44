/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A tree of directories, files and links of every kind for the walk, and the kernel's own account
 * of where a path leads in it: openat2(2) with RESOLVE_IN_ROOT, which treats a descriptor as
 * chroot(2) would.
 */
#pragma once

#include <stdint.h>
#include <sys/stat.h>

#define WALK_TREE_CWD "a"

/* Made below the directory root, which exists. */
void walk_tree_make(const char *root);

struct walk_result {
	int error;      /* 0, or a positive errno */
	struct stat st; /* of the thing, not followed */
};

/*
 * Where path leads from the directory root/WALK_TREE_CWD (cwd) when root is "/". nofollow: as
 * O_NOFOLLOW. restrictions: RESOLVE_*.
 */
struct walk_result walk_tree_reference(int root, int cwd, const char *path, int nofollow,
				       uint64_t restrictions);
