/* SPDX-License-Identifier: Apache-2.0 */
/* What of callgate the agent must not touch. */
#include <errno.h>
#include <limits.h>
#include <linux/capability.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "enforcer/base/cleanup.h"
#include "enforcer/base/buffer.h"
#include "enforcer/config/config.h"
#include "enforcer/config/string-list.h"
#include "enforcer/control/own-port.h"
#include "enforcer/config/facts.h"
#include "enforcer/helper/policy-writer.h"
#include "enforcer/launch/plan.h"
#include "enforcer/policy/policy-hooks.h"
#include "enforcer/policy/policy.h"
#include "enforcer/protect.h"

static int cover(char ***list, const char *path)
{
	char real[PATH_MAX];

	return realpath(path, real) ? string_list_add_once(list, real) : 0;
}

int protect_covered(const struct config *config, const struct control_places *places,
		    char ***ret_list)
{
	_cleanup_(string_list_freep) char **list = NULL;
	const char *xdg = getenv("XDG_STATE_HOME");
	struct buffer state = {};
	int r = string_list_reserve(&list);

	if (xdg && xdg[0] == '/')
		buffer_printf(&state, "%s/callgate", xdg);
	else
		buffer_printf(&state, "%s/.local/state/callgate", config->home);
	if (r == 0)
		r = state.error ? state.error : cover(&list, state.data);
	buffer_done(&state);
	for (int i = 0; i < places->n && r == 0; i++)
		r = cover(&list, places->path[i]);
	if (r == 0)
		*ret_list = steal_pointer(list);
	return r;
}

static bool port_taken(const void *places, uint16_t port)
{
	return own_port_taken(places, port);
}

void protect_ports(struct rule_zero *zero, const struct control_places *places)
{
	zero->port_taken = port_taken;
	zero->userdata = places;
}

/* Of a file that may not be there yet: the directory's canonical path and the name. */
static int canonical(const char *path, char ret_path[static PATH_MAX])
{
	_cleanup_free_ char *dir = NULL;
	char real[PATH_MAX];
	const char *slash;

	if (realpath(path, ret_path))
		return 0;
	slash = strrchr(path, '/');
	if (errno != ENOENT || !slash || slash == path)
		return -errno;
	dir = strndup(path, (size_t)(slash - path));
	if (!dir)
		return -ENOMEM;
	if (canonical(dir, real) < 0)
		return -ENOENT;
	if (snprintf(ret_path, PATH_MAX, "%s%s", real, slash) >= PATH_MAX)
		return -ENAMETOOLONG;
	return 0;
}

void protect_renewed(struct rule_zero *zero, const char *path, unsigned verbs)
{
	struct stat st;

	if (stat(path, &st) == 0)
		rule_zero_renew(zero, path, st.st_dev, st.st_ino, verbs);
}

int protect_file(struct rule_zero *zero, const char *path, unsigned verbs)
{
	char real[PATH_MAX];
	struct stat st = {};

	if (canonical(path, real) < 0)
		return 0; /* nothing can be made there either */
	if (stat(real, &st) < 0)
		st = (struct stat){};
	return rule_zero_add(zero, real, st.st_dev, st.st_ino, verbs);
}

/* The person's policy is written anew by another name, that of the file where its links lead. */
static int protect_policy_writing(const struct config *config, struct rule_zero *ret_zero)
{
	_cleanup_free_ char *path = facts_user_file(config->home);
	char real[PATH_MAX], fresh[PATH_MAX + sizeof(POLICY_WRITER_SUFFIX)];

	if (!path)
		return -ENOMEM;
	if (canonical(path, real) < 0)
		return 0;
	snprintf(fresh, sizeof(fresh), "%s" POLICY_WRITER_SUFFIX, real);
	return protect_file(ret_zero, fresh, VERB_WRITE);
}

/* Who could put another link there would have another policy read. */
static int protect_link(void *userdata, const char *dir, const char *name, bool link)
{
	struct rule_zero *zero = userdata;
	char path[PATH_MAX];
	struct stat st;
	int r;

	if (!link ||
	    snprintf(path, sizeof(path), "%s/%s", strcmp(dir, "/") ? dir : "", name) >= PATH_MAX ||
	    lstat(path, &st) < 0)
		return 0;
	r = rule_zero_renew(zero, path, st.st_dev, st.st_ino, VERB_WRITE);
	return r < 0 ? r : 0;
}

int protect_policy_files(const struct config *config, struct rule_zero *zero)
{
	int r = 0;

	for (size_t i = 0; r == 0 && config->policy_files[i]; i++) {
		r = protect_file(zero, config->policy_files[i], VERB_WRITE);
		if (r == 0)
			r = policy_trail(config->policy_files[i], protect_link, zero);
		/* It leads nowhere, and nothing can be made there. */
		if (r == -ELOOP || r == -ENAMETOOLONG)
			r = 0;
	}
	return r < 0 ? r : protect_policy_writing(config, zero);
}

int protect_own_files(const struct config *config, const char *const *own, const char *shim,
		      struct rule_zero *ret_zero, struct failure *reterr)
{
	const unsigned change = VERB_WRITE;
	char path[PATH_MAX];
	ssize_t n;
	int r;

	r = protect_policy_files(config, ret_zero);
	for (size_t i = 0; r == 0 && own[i]; i++)
		r = protect_file(ret_zero, own[i], VERB_ALL);
	if (r == 0)
		r = protect_file(ret_zero, shim, change);
	n = readlink("/proc/self/exe", path, sizeof(path) - 1);
	if (n > 0) {
		path[n] = '\0';
		r = r ? r : protect_file(ret_zero, path, change);
	}
	/* The state of all runs: their logs, and what the person trusts. */
	if (snprintf(path, sizeof(path), "%s/.local/state/callgate", config->home) < PATH_MAX)
		r = r ? r : protect_file(ret_zero, path, VERB_ALL);
	if (getenv("XDG_STATE_HOME") &&
	    snprintf(path, sizeof(path), "%s/callgate", getenv("XDG_STATE_HOME")) < PATH_MAX)
		r = r ? r : protect_file(ret_zero, path, VERB_ALL);
	if (r < 0)
		return failure_set(reterr, r, "cannot protect callgate's own files: %s",
				   strerror(-r));
	return 0;
}

static bool agent_writes(const struct protect_hooks *from, const char *path)
{
	const struct plan_mount *on = plan_mount_of(from->plan, path);

	return (on && on->kind == PLAN_MOUNT_WRITABLE) ||
	       policy_judge_root(from->policy, VERB_WRITE, path) == VERDICT_ALLOW;
}

/* What runs with the user's rights at each call must not be the agent's to change: not now (rule
 * zero), and not in a run before, which nobody can tell any more. */
static int protect_hook_file(const struct protect_hooks *from, const struct policy_hook *hook,
			     const char *path, struct failure *reterr)
{
	char real[PATH_MAX];

	if (!realpath(path, real))
		return path == hook->command[0]
			       ? failure_set(reterr, -errno,
					     "%s:%d: the hook %s cannot be found: %s", hook->file,
					     hook->line, path, strerror(errno))
			       : 0;
	if (agent_writes(from, real)) {
		failure_hint(reterr, "move it to where the policy lets the agent write nothing");
		return failure_set(reterr, -EACCES, "%s:%d: the agent could change the hook %s",
				   hook->file, hook->line, real);
	}
	return protect_file(from->zero, real, VERB_WRITE);
}

int protect_hooks(const struct protect_hooks *from, struct failure *reterr)
{
	int r = 0;

	for (size_t i = 0; i < policy_hook_count(from->policy); i++) {
		const struct policy_hook *hook = policy_hook(from->policy, i);

		/* An interpreter's script is as good as the program. */
		for (size_t j = 0; r == 0 && hook->command[j]; j++)
			if (hook->command[j][0] == '/')
				r = protect_hook_file(from, hook, hook->command[j], reterr);
	}
	return r;
}

int protect_approver(const struct protect_hooks *from, const char *command, struct failure *reterr)
{
	_cleanup_free_ char *program = strndup(command, strcspn(command, " \t\n;&|<>"));
	char real[PATH_MAX];

	if (!program)
		return -ENOMEM;
	/* A bare name is looked up on the user's own PATH. */
	if (!strchr(program, '/') || !realpath(program, real))
		return 0;
	if (agent_writes(from, real)) {
		failure_hint(reterr, "move it to where the policy lets the agent write nothing");
		return failure_set(reterr, -EACCES, "the agent could change the approver %s", real);
	}
	return protect_file(from->zero, real, VERB_WRITE);
}

int protect_drop_rights(struct failure *reterr)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct none[2] = {};

	prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
	if (syscall(SYS_capset, &header, none) < 0)
		return failure_set(reterr, -errno, "cannot give up capabilities");
	/* Nothing that we open or start gives us more again; and nobody of the same user reads our
	 * memory. */
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 || prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0)
		return failure_set(reterr, -errno, "cannot protect the enforcer's own process");
	return 0;
}
