/* SPDX-License-Identifier: Apache-2.0 */
/* What a replay came to, for a person and for a program. */
#pragma once

#include <stdio.h>

#include "enforcer/records/replay.h"
#include "enforcer/records/show.h"

struct replay_print {
	const struct replay *replay;
	uint64_t n_runs;
	bool own;        /* judged by the runs' own policies */
	size_t examples; /* of each change */
	struct show show;
};

void replay_print_text(const struct replay_print *print, FILE *to);
/* 0 or -ENOMEM. */
int replay_print_json(const struct replay_print *print, FILE *to);
