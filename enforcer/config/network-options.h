/* SPDX-License-Identifier: Apache-2.0 */
/* The options of the network as policy texts. */
#pragma once

#include "enforcer/base/buffer.h"
#include "enforcer/base/error.h"

extern const char offline_text[];

struct config_options;

/* --allow-host NAME[:PORT], --allow-loopback PORT and --publish PORT[:ON]; appends the text,
 * nothing where none of them is given. 0, or a negative errno with reterr. */
int network_options_text(const struct config_options *options, struct buffer *ret_text,
			 struct failure *reterr);
