/* SPDX-License-Identifier: Apache-2.0 */
/* What the wall does about a name: as the launch plan has it, or told from the policy alone. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "enforcer/base/cleanup.h"
#include "enforcer/commands/wall-view.h"
#include "enforcer/config/config.h"
#include "enforcer/config/facts.h"
#include "enforcer/launch/plan-host.h"
#include "enforcer/policy/policy.h"
#include "filters/kernel-newer.h"

/* A name that no rule means, so that what is said of it is said of the tree. */
#define FRESH_NAME ".callgate-fresh-name"

static enum verdict judge(const struct policy *policy, enum verb verb, const char *path)
{
	struct request request = {.n_objects = 1};
	struct decision decision = {};

	request.objects[0] = (struct object){
		.kind = OBJECT_PATH, .verbs = verb, .path = (char *)path, .exists = true};
	policy_judge_one(policy, &request, 0, verb, &decision);
	return decision.verdict;
}

/* The longest path that a rule names for this verb and that holds the name. */
static bool enclosing(const struct policy *policy, enum verb verb, const char *path,
		      char ret[static PATH_MAX])
{
	_cleanup_free_ const char *const *paths = NULL;
	size_t longest = 0;

	ret[0] = '\0';
	if (policy_literal_paths(policy, verb, &paths) < 0)
		return false;
	for (size_t i = 0; paths[i]; i++) {
		if (!facts_is_below(paths[i], path) || strlen(paths[i]) <= longest)
			continue;
		longest = strlen(paths[i]);
		snprintf(ret, PATH_MAX, "%s", paths[i]);
	}
	return longest > 0;
}

void wall_view(const struct policy *policy, enum verb verb, const char *path,
	       struct wall_view *ret_view)
{
	char fresh[PATH_MAX];
	struct tree_verdict tree;
	int n;

	*ret_view = (struct wall_view){};
	if (!enclosing(policy, verb, path, ret_view->tree))
		return;
	n = snprintf(fresh, sizeof(fresh), "%s/%s",
		     strcmp(ret_view->tree, "/") ? ret_view->tree : "", FRESH_NAME);
	if (n < 0 || (size_t)n >= sizeof(fresh))
		return;
	policy_judge_tree(policy, verb, ret_view->tree, &tree);
	ret_view->exact = tree.exact;
	/* The program rules fix the trees of exec; what is asked for there must be possible. */
	if (verb == VERB_EXEC)
		ret_view->open = judge(policy, verb, ret_view->tree) != VERDICT_DENY;
	else
		ret_view->open = judge(policy, verb, ret_view->tree) == VERDICT_ALLOW &&
				 (strcmp(path, ret_view->tree) == 0 ||
				  judge(policy, verb, fresh) == VERDICT_ALLOW);
}

static void print_path_view(const struct wall_view *view, enum verb verb, enum verdict verdict)
{
	const char *opened = verb == VERB_WRITE  ? "is mounted writable"
			     : verb == VERB_EXEC ? "is open for executing (Landlock)"
						 : "is open for reading (Landlock)";
	char shown[SHOWN_MAX];

	if (view->open && verdict == VERDICT_ALLOW)
		printf("%s %s%s\n", facts_show(view->tree, shown), opened,
		       view->exact ? ", and all in it is allowed"
				   : "; the gate judges what is not allowed in it");
	else if (view->open)
		printf("%s %s: this is held by the gate alone\n", facts_show(view->tree, shown),
		       opened);
	else if (verb == VERB_EXEC && verdict != VERDICT_DENY)
		printf("closed: an execution cannot be let through later; a rule for its directory "
		       "must stand there at the start\n");
	else if (verdict == VERDICT_DENY)
		printf("closed: the kernel refuses it, gate or no gate\n");
	else
		printf("closed: the gate %s it and hands it over, for this one file\n",
		       verb == VERB_WRITE ? "writes to" : "opens");
}

/* The wall as a run would build it now. NULL where no plan can be made. */
static struct plan *plan_of(const struct config *config)
{
	static const char *const argv[] = {"COMMAND", NULL}, *const envp[] = {NULL};
	struct plan_input input = {
		.policy = config->policy,
		.tree = &plan_host_tree,
		.argv = argv,
		.envp = envp,
		.cwd = config->workspace,
		.shim = "callgate-shim",
		.landlock_abi = plan_landlock_abi(),
	};
	struct plan *plan = NULL;

	return plan_new(&input, &plan, NULL) < 0 ? NULL : plan;
}

static void view_of_plan(const struct plan *plan, const struct policy *policy, enum verb verb,
			 const char *path, struct wall_view *view)
{
	struct tree_verdict tree;
	uint64_t right =
		verb == VERB_EXEC ? LANDLOCK_ACCESS_FS_EXECUTE : LANDLOCK_ACCESS_FS_READ_FILE;

	*view = (struct wall_view){};
	if (verb == VERB_WRITE) {
		/* The mount that was made last lies on top. */
		for (size_t i = 0; i < plan->mount_count; i++) {
			const struct plan_mount *mount = &plan->mounts[i];

			if (!facts_is_below(mount->path, path))
				continue;
			view->open =
				mount->kind == PLAN_MOUNT_WRITABLE || mount->kind == PLAN_MOUNT_TMP;
			snprintf(view->tree, sizeof(view->tree), "%s", mount->path);
		}
		return;
	}
	for (size_t i = 0; i < plan->landlock.count; i++) {
		const struct landlock_rule *rule = &plan->landlock.rules[i];

		if (!(rule->access & right) || !facts_is_below(rule->path, path) ||
		    (view->open && strlen(rule->path) < strlen(view->tree)))
			continue;
		view->open = true;
		view->exact = rule->exact && verb == VERB_READ;
		snprintf(view->tree, sizeof(view->tree), "%s", rule->path);
	}
	if (view->open && verb == VERB_EXEC) {
		policy_judge_tree(policy, verb, view->tree, &tree);
		view->exact = tree.exact;
	}
}

void wall_view_print(const struct config *config, const struct object *object, enum verb verb,
		     enum verdict verdict)
{
	_cleanup_(plan_freep) struct plan *plan = NULL;
	struct wall_view view;

	printf("  the wall: ");
	switch (object->kind) {
	case OBJECT_PATH:
		plan = plan_of(config);
		if (plan)
			view_of_plan(plan, config->policy, verb, object->path, &view);
		else
			wall_view(config->policy, verb, object->path, &view);
		print_path_view(&view, verb, verdict);
		return;
	case OBJECT_UNIX:
		printf("%s\n", verb == VERB_CONNECT
				       ? "none behind the gate, which makes the connection itself"
				       : "a socket can be made where the mounts are writable");
		return;
	case OBJECT_INET:
		printf("%s\n",
		       object->endpoint.loopback
			       ? "the sandbox has a loopback of its own, that nothing outside hears"
		       : object->endpoint.host_loopback
			       ? "nobody binds to the port inside: the enforcer connects and relays"
		       : verdict == VERDICT_DENY
			       ? "the sandbox has no route out"
			       : "the sandbox has no route out: the enforcer connects and relays");
		return;
	case OBJECT_ABSTRACT:
		printf("the names are the sandbox's own, nothing outside has one of them\n");
		return;
	case OBJECT_MEMORY:
	case OBJECT_ANONYMOUS:
	case OBJECT_UNKNOWN:
		break;
	}
	printf("says nothing of it\n");
}
