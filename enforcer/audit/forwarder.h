/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The process that hands the lines of a record to the journal or to syslog: it may wait for them,
 * which the enforcer may not. It takes lines from a pipe; when that is closed it hands over what is
 * in it, and ends. So an enforcer that is killed loses no line that it had written.
 *
 * A receiver that is slow makes the pipe full, and whoever writes there decides what that means.
 * One that went away is looked for again, and nothing is dropped meanwhile.
 */
#pragma once

#include <stdint.h>

#include "enforcer/base/error.h"
#include "enforcer/policy/decision.h"

#define FORWARDER_JOURNAL "/run/systemd/journal/socket"
#define FORWARDER_SYSLOG  "/dev/log"
/* How long one waits at the end for lines to be taken. */
#define FORWARDER_PATIENCE_NS 3000000000u

struct forwarder;

/* to: journald or syslog. path: its socket; NULL: where it usually is. Forks: before the sandbox.
 * Fails with words where nobody listens there. */
int forwarder_new(enum audit_to to, const char *path, struct forwarder **ret_forwarder,
		  struct failure *reterr);
/* Ends it, whatever was not handed over. */
struct forwarder *forwarder_free(struct forwarder *forwarder);
/* Where lines are written to; borrowed. */
int forwarder_fd(const struct forwarder *forwarder);
/* No more lines; every copy of the descriptor is closed. Waits for it to end, at most so long. How
 * many lines were handed over. */
uint64_t forwarder_finish(struct forwarder *forwarder, uint64_t patience_ns);
