/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Landlock by raw system calls: what may be read, listed and executed without asking anybody.
 * Rights that the plan does not handle are not Landlock's business here: changes are performed from
 * outside and bounded by the mounts. REFER is denied by any ruleset, handled or not; that costs
 * nothing, because the agent's own rename and link never run.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdbool.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "agent-shim/shim.h"
#include "filters/kernel-newer.h"

static int rule_open(const char *path)
{
	/* The plan's paths are canonical. A link that stands in one now was put there since, and
	 * would open another tree than the one that was judged. */
	struct open_how how = {.flags = O_PATH | O_CLOEXEC,
			       .resolve = RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS};

	return (int)syscall(SYS_openat2, AT_FDCWD, path, &how, sizeof(how));
}

static bool rule_add(const struct shim *shim, int ruleset, const struct handover_rule *rule)
{
	struct landlock_path_beneath_attr attr = {.allowed_access = rule->access};
	bool added;

	attr.parent_fd = rule_open(shim_string(shim, rule->path));
	if (attr.parent_fd < 0)
		return rule->optional && errno == ENOENT;
	added = syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &attr, 0) == 0;
	if (added)
		close(attr.parent_fd);
	return added;
}

void restrict_agent(const struct shim *shim)
{
	const struct handover_rule *rules = (const void *)shim_string(shim, shim->plan->rules);
	/* A kernel that knows less takes the longer struct as long as the unknown part is zero. */
	struct landlock_ruleset_attr_newer attr = {
		.handled_access_fs = shim->plan->landlock_handled,
		.scoped = shim->plan->landlock_scoped,
	};
	int ruleset;

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		shim_fail(shim, HANDOVER_STEP_PRIVILEGES);
	ruleset = (int)syscall(SYS_landlock_create_ruleset, &attr, sizeof(attr), 0);
	if (ruleset < 0)
		shim_fail(shim, HANDOVER_STEP_LANDLOCK);
	for (uint32_t i = 0; i < shim->plan->rule_count; i++)
		if (!rule_add(shim, ruleset, &rules[i]))
			shim_fail(shim, HANDOVER_STEP_LANDLOCK);
	if (syscall(SYS_landlock_restrict_self, ruleset, 0) < 0)
		shim_fail(shim, HANDOVER_STEP_LANDLOCK);
	close(ruleset);
}
