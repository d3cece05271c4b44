/* SPDX-License-Identifier: Apache-2.0 */
/* What a person names on the command line ("read ~/.ssh/id_rsa"), as a request that can be
 * judged. */
#pragma once

#include "enforcer/base/error.h"
#include "enforcer/config/config.h"
#include "enforcer/request/request.h"

/* The one object of ret_request (free it by request_done()) is what was named, with one verb: a
 * path is made canonical, a bare program is looked for on PATH (path_dirs). policy may be NULL. 0
 * or a negative errno with words. */
int subject_parse(const char *verb, const char *named, const struct config *config,
		  struct request *ret_request, struct failure *reterr);
