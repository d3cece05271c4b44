/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Moving is not laundering: a rename or link gives a thing no laxer name, and no guarded name its
 * thing. Names that a directory brings along, or a link leads to, count.
 */
#pragma once

#include <stdbool.h>

#include "enforcer/pending.h"

/* Of a rename or link that the policy allows; true for every other call. */
bool moves_lawfully(const struct pending *pending);
/* Of a symlink; true for every other call. */
bool link_leads_lawfully(const struct pending *pending);
