/* SPDX-License-Identifier: Apache-2.0 */
/* Paths as people write them in a policy: "~/x", "${workspace}/y", "/z", "x/y". */
#pragma once

#include <stddef.h>

enum path_root {
	PATH_ROOT_ABSOLUTE = 0,
	PATH_ROOT_HOME,
	PATH_ROOT_WORKSPACE, /* also where nothing is said */
	PATH_ROOT_TMP,
	PATH_ROOT_STATE,
};

/*
 * 0 with the root and the components behind it (borrowed from written), or -EINVAL with what is
 * wrong in reterr (size bytes).
 */
int written_path_parse(const char *written, enum path_root *ret_root, const char **ret_rest,
		       char *reterr, size_t size);
