/* SPDX-License-Identifier: Apache-2.0 */
/* Paths as people write them in a policy. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "enforcer/base/cleanup.h"
#include "enforcer/policy/match-path.h"
#include "enforcer/policy/nearest-name.h"
#include "enforcer/policy/policy-path.h"

static const char *const variables[] = {
	[PATH_ROOT_WORKSPACE] = "workspace",
	[PATH_ROOT_TMP] = "tmp",
	[PATH_ROOT_STATE] = "state",
};

static int variable_parse(const char *written, enum path_root *ret_root, const char **ret_rest,
			  char *reterr, size_t size)
{
	size_t len = strcspn(written, "}");
	const char *nearest;
	char name[64];

	if (!written[len]) {
		snprintf(reterr, size, "a ${ has no }");
		return -EINVAL;
	}
	for (size_t i = PATH_ROOT_WORKSPACE; i < ARRAY_LEN(variables); i++) {
		if (strlen(variables[i]) != len || memcmp(written, variables[i], len) != 0)
			continue;
		if (written[len + 1] != '/' && written[len + 1] != '\0') {
			snprintf(reterr, size, "a slash must follow ${%s}", variables[i]);
			return -EINVAL;
		}
		*ret_root = (enum path_root)i;
		*ret_rest = written + len + 1;
		return 0;
	}
	snprintf(name, sizeof(name), "%.*s", (int)(len < 63 ? len : 63), written);
	nearest = nearest_name(name, variables + PATH_ROOT_WORKSPACE,
			       ARRAY_LEN(variables) - PATH_ROOT_WORKSPACE);
	snprintf(reterr, size, "unknown variable ${%s}; %s${%s}", name,
		 nearest ? "did you mean " : "there are ${tmp}, ${state} and ",
		 nearest ? nearest : "workspace");
	return -EINVAL;
}

int written_path_parse(const char *written, enum path_root *ret_root, const char **ret_rest,
		       char *reterr, size_t size)
{
	enum path_root root = PATH_ROOT_WORKSPACE;
	const char *rest = written, *wrong = NULL;
	int r;

	if (written[0] == '/') {
		root = PATH_ROOT_ABSOLUTE;
	} else if (written[0] == '~') {
		root = PATH_ROOT_HOME;
		rest = written + 1;
		if (*rest && *rest != '/')
			wrong = "only the own home: ~ or ~/... (write ./~ for a name with a ~)";
	} else if (strncmp(written, "${", 2) == 0) {
		r = variable_parse(written + 2, &root, &rest, reterr, size);
		if (r < 0)
			return r;
	} else if (!written[0]) {
		wrong = "the path is empty";
	}
	if (!wrong && strlen(written) >= PATH_MAX)
		wrong = "the path is too long";
	if (!wrong && strstr(rest, "${"))
		wrong = "a variable stands only at the start of a path";
	if (!wrong)
		wrong = pattern_check(rest);
	if (wrong) {
		snprintf(reterr, size, "%s", wrong);
		return -EINVAL;
	}
	*ret_root = root;
	*ret_rest = rest;
	return 0;
}
