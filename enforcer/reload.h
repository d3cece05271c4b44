/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The policy of a run, read again while it runs. The helper finds, reads and checks the files, and
 * looks up what their names stand for; what it hands over are the lines that the record tells of a
 * policy, of which the enforcer makes the same policy again without asking the machine for
 * anything. See docs/decisions/0016-reload.md.
 *
 * It holds from the next call on. What waits for an answer is judged again, and what is connected
 * to where the policy now denies is cut. The wall stays as it was made, and so do the hooks.
 */
#pragma once

#include "enforcer/base/error.h"

struct helper_answer;
struct supervisor;

struct config_options;

struct reload_source {
	const struct config_options *options;
	const char *run; /* its id */
};
/* For struct helper_duties. */
int reload_load(const void *source, int *ret_fd, struct failure *reterr);

/* Has the helper read it; reload_loaded() follows. 0, or a negative errno with words. */
int reload_begin(struct supervisor *supervisor, struct failure *reterr);
/* The helper has answered; its descriptor is taken. The old policy stays where the new one is
 * wrong. */
void reload_loaded(struct supervisor *supervisor, const struct helper_answer *answer);
/* Frees the policies that were replaced: rules of theirs are borrowed until the run's end. */
void reload_done(struct supervisor *supervisor);
