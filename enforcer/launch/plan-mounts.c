/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The view inside, as a row of mounts. With view "host" the host's tree stands there read-only, and
 * what the policy lets be written for good is bound writable over it; with "hidden" the root is
 * empty and only what rules name is brought in.
 *
 * Only literal roots become mounts. What is asked for inside a writable tree, and every glob, is
 * the gate's. A denied tree is mounted read-only again only where nothing in it can be allowed.
 */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>

#include "enforcer/launch/plan-parts.h"
#include "enforcer/launch/plan-path.h"

static const char *const private_tmp[] = {"/tmp", "/var/tmp"};

static int mounts_add(struct plan *plan, enum plan_mount_kind kind, const char *path,
		      const char *source)
{
	struct plan_mount mount = {.kind = kind}, *bigger;

	bigger = realloc(plan->mounts, (plan->mount_count + 1) * sizeof(*bigger));
	if (!bigger)
		return -ENOMEM;
	plan->mounts = bigger;
	mount.path = strdup(path);
	mount.source = source ? strdup(source) : NULL;
	if (!mount.path || (source && !mount.source)) {
		free(mount.path);
		free(mount.source);
		return -ENOMEM;
	}
	plan->mounts[plan->mount_count++] = mount;
	return 0;
}

const struct plan_mount *plan_mount_of(const struct plan *plan, const char *path)
{
	const struct plan_mount *best = NULL;

	for (size_t i = 0; i < plan->mount_count; i++) {
		const struct plan_mount *mount = &plan->mounts[i];

		if (mount->kind != PLAN_MOUNT_DIRECTORY && mount->kind != PLAN_MOUNT_SYMLINK &&
		    path_is_in(path, mount->path) &&
		    (!best || strlen(mount->path) >= strlen(best->path)))
			best = mount;
	}
	return best;
}

bool plan_mount_is_private(const struct plan_mount *mount)
{
	return mount && (mount->kind == PLAN_MOUNT_TMP || mount->kind == PLAN_MOUNT_DEV ||
			 mount->kind == PLAN_MOUNT_PROC);
}

/* In reach: something may be done with it, now or once a person says so. */
static bool tree_is_wanted(const struct policy *policy, const char *path, bool directory)
{
	/* The reach of exec is fixed at the start, so what may be asked for must be there. */
	return plan_tree_allows(policy, VERB_READ, path, directory, VERDICT_ALLOW) ||
	       plan_tree_allows(policy, VERB_EXEC, path, directory, VERDICT_ASK) ||
	       plan_tree_allows(policy, VERB_WRITE, path, directory, VERDICT_ALLOW);
}

static bool tree_is_dead(const struct policy *policy, const char *path)
{
	return plan_tree_is_denied(policy, VERB_READ, path) &&
	       plan_tree_is_denied(policy, VERB_EXEC, path) &&
	       plan_tree_is_denied(policy, VERB_WRITE, path);
}

/* What one literal path adds to the mounts so far (which hold all its parents). */
static int mount_literal(struct plan *plan, const struct policy *policy, const char *path,
			 enum plan_kind kind)
{
	const struct plan_mount *on = plan_mount_of(plan, path);
	enum plan_mount_kind now;
	bool writable;

	if (kind != PLAN_DIRECTORY && kind != PLAN_FILE)
		return 0;
	if (on && (on->kind == PLAN_MOUNT_EMPTY || on->kind == PLAN_MOUNT_DEV ||
		   on->kind == PLAN_MOUNT_PROC))
		return 0;
	/* ${tmp} as a rule's path means the private one. */
	if (on && on->kind == PLAN_MOUNT_TMP && strcmp(on->path, path) == 0)
		return 0;
	writable =
		plan_tree_allows(policy, VERB_WRITE, path, kind == PLAN_DIRECTORY, VERDICT_ALLOW);
	now = writable ? PLAN_MOUNT_WRITABLE : PLAN_MOUNT_READ_ONLY;
	if (plan->hidden && on && !plan_mount_is_private(on) && tree_is_dead(policy, path))
		return mounts_add(plan,
				  kind == PLAN_DIRECTORY ? PLAN_MOUNT_EMPTY : PLAN_MOUNT_NOTHING,
				  path, NULL);
	if (!on || plan_mount_is_private(on))
		return tree_is_wanted(policy, path, kind == PLAN_DIRECTORY)
			       ? mounts_add(plan, now, path, path)
			       : 0;
	if (on->kind == now)
		return 0;
	/* Read-only again, only for good: under "ask" the gate may still perform the change, but
	 * the place of the mount would show, and refuse what needs no performing. */
	if (now == PLAN_MOUNT_READ_ONLY && !plan_tree_is_denied(policy, VERB_WRITE, path))
		return 0;
	return mounts_add(plan, now, path, path);
}

struct root_links {
	struct plan *plan;
	const struct plan_tree *tree;
};

/* /bin -> usr/bin and its kin. */
static int add_root_link(void *context, const char *name)
{
	struct root_links *links = context;
	char path[NAME_MAX + 2], text[PATH_MAX];

	snprintf(path, sizeof(path), "/%s", name);
	if (links->tree->kind(links->tree->userdata, path) != PLAN_SYMLINK ||
	    links->tree->read_link(links->tree->userdata, path, text) < 0)
		return 0;
	return mounts_add(links->plan, PLAN_MOUNT_SYMLINK, path, text);
}

static int mount_base(struct plan *plan, const struct plan_input *input)
{
	const struct plan_tree *tree = input->tree;
	struct root_links links = {plan, tree};
	/* Where all may be read there is nothing to hide but what is denied. */
	bool empty = plan->hidden &&
		     !plan_tree_allows(input->policy, VERB_READ, "/", true, VERDICT_ALLOW);
	int r;

	if (empty)
		r = tree->list(tree->userdata, "/", add_root_link, &links);
	else
		r = mounts_add(plan,
			       plan_tree_allows(input->policy, VERB_WRITE, "/", true, VERDICT_ALLOW)
				       ? PLAN_MOUNT_WRITABLE
				       : PLAN_MOUNT_READ_ONLY,
			       "/", "/");
	if (r < 0)
		return r;
	r = mounts_add(plan, PLAN_MOUNT_DEV, "/dev", NULL);
	if (r < 0)
		return r;
	r = mounts_add(plan, PLAN_MOUNT_PROC, "/proc", NULL);
	if (r < 0)
		return r;
	for (size_t i = 0; i < ARRAY_LEN(private_tmp); i++) {
		/* In the host's tree, read-only, no mount point can be made. */
		if (!empty && tree->kind(tree->userdata, private_tmp[i]) != PLAN_DIRECTORY)
			continue;
		r = mounts_add(plan, PLAN_MOUNT_TMP, private_tmp[i], NULL);
		if (r < 0)
			return r;
	}
	return 0;
}

int plan_make_mounts(struct plan *plan, const struct plan_input *input)
{
	const struct plan_tree *tree = input->tree;
	_cleanup_free_ const char **paths = NULL;
	int r;

	plan->hidden = policy_settings(input->policy)->view == POLICY_VIEW_HIDDEN;
	r = mount_base(plan, input);
	if (r < 0)
		return r;
	r = plan_literals(input->policy, &paths);
	if (r < 0)
		return r;
	for (size_t i = 0; paths[i]; i++) {
		/* The root is there already. */
		if (strcmp(paths[i], "/") == 0)
			continue;
		r = mount_literal(plan, input->policy, paths[i],
				  tree->kind(tree->userdata, paths[i]));
		if (r < 0)
			return r;
	}
	for (size_t i = 0; input->covered && input->covered[i]; i++) {
		const struct plan_mount *on = plan_mount_of(plan, input->covered[i]);

		if (!on || (on->kind != PLAN_MOUNT_WRITABLE && on->kind != PLAN_MOUNT_READ_ONLY) ||
		    tree->kind(tree->userdata, input->covered[i]) != PLAN_DIRECTORY)
			continue;
		r = mounts_add(plan, PLAN_MOUNT_EMPTY, input->covered[i], NULL);
		if (r < 0)
			return r;
	}
	for (size_t i = 0; i < PLAN_FILES_MAX && input->files && input->files[i].path; i++) {
		if (tree->kind(tree->userdata, input->files[i].path) != PLAN_FILE)
			continue;
		r = mounts_add(plan, PLAN_MOUNT_FILE, input->files[i].path, input->files[i].text);
		if (r < 0)
			return r;
	}
	if (plan->hidden && !plan_mount_of(plan, input->cwd))
		return mounts_add(plan, PLAN_MOUNT_DIRECTORY, input->cwd, NULL);
	return 0;
}
