/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The files that tell the programs inside how names are looked up: by our resolver and nothing
 * else, so that a name is judged as a name. The host's own hosts and resolv.conf are the helper's
 * to read.
 */
#pragma once

#include "enforcer/launch/plan.h"

struct inside_files {
	struct plan_file files[PLAN_FILES_MAX + 1];
	char *owned[2 * PLAN_FILES_MAX];
};

/* What the host does not have is left out: programs then ask 127.0.0.1, where our resolver
 * listens too. */
void inside_files_make(struct inside_files *files);
void inside_files_done(struct inside_files *files);
