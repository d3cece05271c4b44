/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Links of procfs, which the kernel resolves for whoever follows them: for us, not for the target.
 * /proc/self and /proc/thread-self become the target's; a process's links (fd/N, cwd, root, exe)
 * lead where that process is, when the target might look at it.
 */
#pragma once

#include "enforcer/notify/target.h"
#include "enforcer/request/view.h"

struct proc_link {
	int fd;     /* O_PATH of what the link leads to, or -1: go on with text; given */
	int number; /* the target's own descriptor N, where it is /proc/<itself>/fd/N; else -1 */
	char text[64];
};

/* dir: the directory (O_PATH, in the sandbox's own procfs) that has the link name. */
int proc_link_follow(const struct target *target, int dir, const struct place_stat *link,
		     const char *name, struct proc_link *ret_link);

/*
 * May the target open this file of its own procfs, at the canonical path, with this access? What
 * another process' file shows is what the kernel would show to the target, not to us. Writable are
 * only a few harmless files of the process itself: others check the rights of whoever opened them.
 * 0, -EACCES.
 */
int proc_file_check(const struct target *target, const char *path, const struct place_stat *stat,
		    bool write);
