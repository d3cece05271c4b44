/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Long options from a table. Names are not abbreviated: a script that says --off would mean
 * something else once there is --offset. Parsing ends at "--", or at the first argument that is
 * no option.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "enforcer/base/error.h"

enum option_kind {
	OPTION_FLAG = 0, /* target: bool * */
	OPTION_VALUE,    /* target: const char **; may be given once */
	OPTION_LIST,     /* target: const char ***: NULL-ended, given; free it (not the strings) */
};

struct option_spec {
	const char *name; /* "--policy" */
	enum option_kind kind;
	void *target;
};

/*
 * argv[0] is skipped. *ret_rest: index of the first argument behind the options. 0; 1 where
 * --help or -h was met; -EINVAL with words; -ENOMEM.
 */
int options_parse(const struct option_spec *specs, size_t n_specs, int argc, char **argv,
		  int *ret_rest, struct failure *reterr);
