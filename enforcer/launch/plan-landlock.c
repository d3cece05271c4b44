/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From policy to Landlock. A tree that a rule lets be read becomes a rule with READ_FILE and
 * READ_DIR, one that may be executed, or asked for, one with READ_FILE and EXECUTE (the kernel
 * wants both on what it executes).
 *
 * Landlock only adds, from a tree's root downwards: it cannot take a hole out of a tree. A tree
 * with a hole is therefore left out, and the entries beside the hole that exist now are listed in
 * its place. What appears there later is judged and performed by the gate; it cannot be executed in
 * this run.
 */
#include <errno.h>

#include "enforcer/launch/plan-parts.h"
#include "enforcer/launch/plan-path.h"
#include "filters/kernel-newer.h"

struct cover {
	struct plan *plan;
	const struct plan_input *input;
	enum verb verb;
	enum verdict least; /* that counts as within */
	uint64_t access;
	const char *const *literals; /* of all verbs */
	signed char *whole; /* for each literal: its tree becomes one rule; 0: not known yet */
	size_t siblings;    /* listed so far, over all verbs */
};

static bool cover_within(const struct cover *cover, const char *path, enum plan_kind kind)
{
	return plan_tree_allows(cover->input->policy, cover->verb, path, kind == PLAN_DIRECTORY,
				cover->least);
}

static enum verdict root_verdict(const struct cover *cover, enum verb verb, const char *path)
{
	return policy_judge_root(cover->input->policy, verb, path);
}

/* What may be executed becomes readable: so a place where less may be read than in the tree around
 * it is a hole of either. */
static bool cover_has_hole(const struct cover *cover, const char *tree)
{
	enum verdict read = root_verdict(cover, VERB_READ, tree);

	for (size_t i = 0; cover->literals[i]; i++)
		if (path_is_below(cover->literals[i], tree) &&
		    (root_verdict(cover, cover->verb, cover->literals[i]) < cover->least ||
		     root_verdict(cover, VERB_READ, cover->literals[i]) < read))
			return true;
	return false;
}

/* Contents become readable by the rule, whatever verb it is for: so reading must be allowed. */
static bool tree_reads_exactly(const struct cover *cover, const char *path, enum plan_kind kind)
{
	struct tree_verdict verdict;

	if (kind != PLAN_DIRECTORY)
		return root_verdict(cover, VERB_READ, path) == VERDICT_ALLOW;
	policy_judge_tree(cover->input->policy, VERB_READ, path, &verdict);
	return verdict.exact && verdict.strictest == VERDICT_ALLOW;
}

static int cover_add(struct cover *cover, const char *path, enum plan_kind kind, bool optional)
{
	struct landlock_rule rule = {(char *)path, cover->access, optional,
				     tree_reads_exactly(cover, path, kind)};

	return landlock_rules_add(&cover->plan->landlock, &rule, kind != PLAN_DIRECTORY);
}

/* What stands at path in the view. /dev and /proc are private, but have the host's names as far as
 * anything of theirs is there. */
static enum plan_kind view_kind(const struct cover *cover, const char *path)
{
	const struct plan_mount *mount = plan_mount_of(cover->plan, path);

	if (!mount || mount->kind == PLAN_MOUNT_EMPTY || mount->kind == PLAN_MOUNT_NOTHING)
		return PLAN_MISSING;
	if (mount->kind == PLAN_MOUNT_TMP)
		return strcmp(path, mount->path) == 0 ? PLAN_DIRECTORY : PLAN_MISSING;
	return cover->input->tree->kind(cover->input->tree->userdata, path);
}

static int cover_tree(struct cover *cover, const char *path, bool optional);

struct siblings {
	struct cover *cover;
	const char *directory;
	char **paths;
	size_t count;
};

static int collect_sibling(void *context, const char *name)
{
	struct siblings *siblings = context;
	char **bigger, *path;

	if (siblings->cover->siblings >= PLAN_SIBLINGS_MAX)
		return -E2BIG;
	bigger = realloc(siblings->paths, (siblings->count + 1) * sizeof(*bigger));
	if (!bigger)
		return -ENOMEM;
	siblings->paths = bigger;
	if (asprintf(&path, "%s/%s", strcmp(siblings->directory, "/") ? siblings->directory : "",
		     name) < 0)
		return -ENOMEM;
	siblings->paths[siblings->count++] = path;
	siblings->cover->siblings++;
	return 0;
}

static int omit(struct plan *plan, const char *path)
{
	char **bigger;

	for (size_t i = 0; i < plan->omitted_count; i++)
		if (strcmp(plan->omitted[i], path) == 0)
			return 0;
	bigger = realloc(plan->omitted, (plan->omitted_count + 2) * sizeof(*bigger));
	if (!bigger)
		return -ENOMEM;
	plan->omitted = bigger;
	bigger[plan->omitted_count] = strdup(path);
	if (!bigger[plan->omitted_count])
		return -ENOMEM;
	bigger[++plan->omitted_count] = NULL;
	return 0;
}

/* A directory with a hole in it: its entries instead of itself. */
static int cover_siblings(struct cover *cover, const char *directory)
{
	struct siblings siblings = {cover, directory, NULL, 0};
	enum verdict read = root_verdict(cover, VERB_READ, directory);
	size_t before = cover->siblings;
	int r;

	/* What will be in a private tree is not known now. */
	if (plan_mount_is_private(plan_mount_of(cover->plan, directory)))
		r = -E2BIG;
	else
		r = cover->input->tree->list(cover->input->tree->userdata, directory,
					     collect_sibling, &siblings);
	if (r == 0)
		for (size_t i = 0; i < siblings.count && r == 0; i++)
			if (root_verdict(cover, VERB_READ, siblings.paths[i]) >= read)
				r = cover_tree(cover, siblings.paths[i], true);
	if (r == -E2BIG) {
		cover->siblings = before;
		r = omit(cover->plan, directory);
	} else if (r == -EACCES || r == -ENOENT || r == -ENOTDIR) {
		r = 0;
	}
	for (size_t i = 0; i < siblings.count; i++)
		free(siblings.paths[i]);
	free(siblings.paths);
	return r;
}

static int cover_tree(struct cover *cover, const char *path, bool optional)
{
	enum plan_kind kind = view_kind(cover, path);

	/* Reading a link is nobody's business; its target has its own place. */
	if (kind == PLAN_MISSING || kind == PLAN_SYMLINK || !cover_within(cover, path, kind))
		return 0;
	if (kind == PLAN_DIRECTORY && cover_has_hole(cover, path))
		return cover_siblings(cover, path);
	return cover_add(cover, path, kind, optional);
}

static bool literal_is_whole(struct cover *cover, size_t i)
{
	const char *path = cover->literals[i];

	if (cover->whole[i] == 0)
		cover->whole[i] =
			cover_within(cover, path, PLAN_DIRECTORY) && !cover_has_hole(cover, path)
				? 1
				: -1;
	return cover->whole[i] > 0;
}

/* True where a tree above becomes one rule, which holds here as well: also across mounts, which
 * Landlock climbs like any directory. */
static bool cover_has_parent(struct cover *cover, const char *path)
{
	for (size_t i = 0; cover->literals[i]; i++)
		if (path_is_below(path, cover->literals[i]) && literal_is_whole(cover, i))
			return true;
	return false;
}

/* From the literal roots of the verb's own rules, and from the root, for which "otherwise" speaks.
 */
static int cover_verb(struct cover *cover, enum verb verb, enum verdict least, uint64_t access)
{
	_cleanup_free_ const char *const *roots = NULL;
	_cleanup_free_ signed char *whole = NULL;
	size_t count = 0;
	int r;

	while (cover->literals[count])
		count++;
	whole = calloc(count + 1, sizeof(*whole));
	if (!whole)
		return -ENOMEM;
	cover->whole = whole;
	cover->verb = verb;
	cover->least = least;
	cover->access = access;
	r = policy_literal_paths(cover->input->policy, verb, &roots);
	if (r == 0)
		r = cover_tree(cover, "/", false);
	for (size_t i = 0; r == 0 && roots[i]; i++)
		if (!cover_has_parent(cover, roots[i]))
			r = cover_tree(cover, roots[i],
				       plan_mount_is_private(plan_mount_of(cover->plan, roots[i])));
	cover->whole = NULL;
	return r;
}

int plan_make_landlock(struct plan *plan, const struct plan_input *input)
{
	_cleanup_free_ const char **literals = NULL;
	struct cover cover = {.plan = plan, .input = input};
	int r;

	r = plan_literals(input->policy, &literals);
	if (r < 0)
		return r;
	cover.literals = literals;
	landlock_rules_init(&plan->landlock, input->landlock_abi);
	r = cover_verb(&cover, VERB_READ, VERDICT_ALLOW,
		       LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR);
	if (r < 0)
		return r;
	r = cover_verb(&cover, VERB_EXEC, VERDICT_ASK,
		       LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_EXECUTE);
	if (r < 0)
		return r;
	plan->exact = true;
	for (size_t i = 0; i < plan->landlock.count; i++)
		if (!plan->landlock.rules[i].exact)
			plan->exact = false;
	/* The private /dev has nothing but terminals and harmless devices; their rights are the
	 * devices' own. It makes nothing readable. */
	return landlock_rules_add(
		&plan->landlock,
		&(struct landlock_rule){(char *)"/dev", LANDLOCK_ACCESS_FS_IOCTL_DEV, false, true},
		false);
}
