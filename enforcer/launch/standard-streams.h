/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Descriptors 0 to 2 become the agent's own, past policy and gate. So what could be a way out, or
 * could be acted on as the person's, is refused before anything starts.
 */
#pragma once

#include "enforcer/base/error.h"

/*
 * Duplicates 0 to 2 into ret_fds, CLOEXEC and above 2, given to the caller; a closed one becomes
 * /dev/null. terminal: those that a pty of the agent's own replaces; they stay -1.
 * -EINVAL with reterr where one is refused.
 */
int standard_streams_take(unsigned terminal, int ret_fds[static 3], struct failure *reterr);
