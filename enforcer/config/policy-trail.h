/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How the path of a policy file leads to it, and whether it is still the file that it was. Who may
 * change a name on the way may put another file in its place: rule zero covers each link of the
 * trail, and whoever follows a file looks at each directory of it.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* Visits each name of path (absolute) in the directory that it stands in, which is canonical, as
 * far as they exist, and the first that does not. link: the name is a symbolic link, and what it
 * leads to follows. Ends early where visit returns other than 0, with that; -ELOOP,
 * -ENAMETOOLONG. */
int policy_trail(const char *path,
		 int (*visit)(void *userdata, const char *dir, const char *name, bool link),
		 void *userdata);

/* What tells a file from another and from what it was before; all 0: it is not there. */
struct policy_stamp {
	uint64_t dev, ino, size;
	int64_t changed_ns, status_ns; /* st_mtim, st_ctim */
};
void policy_stamp_take(const char *path, struct policy_stamp *ret_stamp);
bool policy_stamp_is_same(const struct policy_stamp *one, const struct policy_stamp *other);
