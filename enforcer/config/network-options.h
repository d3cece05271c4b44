/* SPDX-License-Identifier: Apache-2.0 */
/* The options of the network as policy texts. */
#pragma once

#include "enforcer/base/buffer.h"
#include "enforcer/base/error.h"

extern const char offline_text[];

/* --allow-host NAME[:PORT]; appends the text. hosts: NULL-ended, at least one. 0, or a negative
 * errno with reterr. */
int allow_host_text(const char *const *hosts, struct buffer *ret_text, struct failure *reterr);
