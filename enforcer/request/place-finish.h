/* SPDX-License-Identifier: Apache-2.0 */
/* Between place.c and resolve-path.c: the end of each way to a place. */
#pragma once

#include "enforcer/request/place.h"

/* Kind, stat and name of what was pinned. 0; -EAGAIN: it was renamed meanwhile, walk again; another
 * negative errno: nothing that the agent may be handed. */
int place_finish(const struct view *view, struct place *place);
