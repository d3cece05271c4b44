/* SPDX-License-Identifier: Apache-2.0 */
/* What the rules say of whole trees, as mounts and Landlock want to know it. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "enforcer/launch/plan-parts.h"
#include "enforcer/launch/plan-path.h"

/* A name that stands for all that no rule singles out. */
#define PROBE "\001callgate"

/*
 * The verdict of a tree's root alone would not do: an exact rule ("allow read /, exact") is for
 * that one entry, and the kernel would take it for everything below.
 */
bool plan_tree_allows(const struct policy *policy, enum verb verb, const char *path, bool directory,
		      enum verdict least)
{
	char probe[PATH_MAX + sizeof(PROBE)];

	if (policy_judge_root(policy, verb, path) < least)
		return false;
	if (!directory)
		return true;
	if (strlen(path) >= PATH_MAX)
		return false;
	snprintf(probe, sizeof(probe), "%s/" PROBE, strcmp(path, "/") ? path : "");
	return policy_judge_root(policy, verb, probe) >= least;
}

bool plan_tree_is_denied(const struct policy *policy, enum verb verb, const char *path)
{
	struct tree_verdict verdict;

	if (policy_judge_root(policy, verb, path) != VERDICT_DENY)
		return false;
	policy_judge_tree(policy, verb, path, &verdict);
	return verdict.root == VERDICT_DENY && verdict.loosest == VERDICT_DENY;
}

static int order_strings(const void *a, const void *b)
{
	return path_order(*(const char *const *)a, *(const char *const *)b);
}

int plan_literals(const struct policy *policy, const char ***ret_paths)
{
	static const enum verb verbs[] = {VERB_READ, VERB_WRITE, VERB_EXEC};
	_cleanup_free_ const char **paths = NULL;
	size_t count = 1, kept = 0;

	/* "otherwise" holds for the whole. */
	paths = calloc(2, sizeof(*paths));
	if (!paths)
		return -ENOMEM;
	paths[0] = "/";
	for (size_t v = 0; v < ARRAY_LEN(verbs); v++) {
		_cleanup_free_ const char *const *literals = NULL;
		const char **bigger;
		size_t n = 0;
		int r;

		r = policy_literal_paths(policy, verbs[v], &literals);
		if (r < 0)
			return r;
		while (literals[n])
			n++;
		bigger = realloc(paths, (count + n + 1) * sizeof(*bigger));
		if (!bigger)
			return -ENOMEM;
		paths = bigger;
		memcpy(paths + count, literals, n * sizeof(*bigger));
		count += n;
	}
	qsort(paths, count, sizeof(*paths), order_strings);
	for (size_t i = 0; i < count; i++)
		if (kept == 0 || strcmp(paths[kept - 1], paths[i]) != 0)
			paths[kept++] = paths[i];
	paths[kept] = NULL;
	*ret_paths = steal_pointer(paths);
	return 0;
}
