/* SPDX-License-Identifier: Apache-2.0 */
/* Which directories the agent works in. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "enforcer/config/facts.h"
#include "enforcer/config/string-list.h"
#include "enforcer/config/workspace.h"

static const char *const tmp_roots[] = {"/tmp", "/var/tmp", "/dev/shm", NULL};
/* The sandbox has its own of these. */
static const char *const private_roots[] = {"/proc", "/sys", "/dev", NULL};

int workspace_tmp(char ***ret_tmp)
{
	_cleanup_(string_list_freep) char **tmp = NULL;
	int r = 0;

	for (size_t i = 0; tmp_roots[i] && r == 0; i++)
		r = string_list_add(&tmp, tmp_roots[i]);
	if (r == 0)
		*ret_tmp = steal_pointer(tmp);
	return r;
}

char *workspace_absolute(const char *path)
{
	_cleanup_free_ char *cwd = NULL;
	char *absolute = NULL;

	if (path[0] == '/')
		return strdup(path);
	cwd = getcwd(NULL, 0);
	if (!cwd || asprintf(&absolute, "%s/%s", strcmp(cwd, "/") ? cwd : "", path) < 0)
		return NULL;
	return absolute;
}

/* option: how the person named it, for the message. */
static int canonical_directory(const char *option, const char *dir, char ret[static PATH_MAX],
			       struct failure *reterr)
{
	char shown[SHOWN_MAX];
	struct stat st;

	facts_show(dir, shown);
	if (dir[0] != '/') {
		_cleanup_free_ char *absolute = workspace_absolute(dir);
		char shown_absolute[SHOWN_MAX];

		if (absolute)
			failure_hint(reterr, "perhaps: %s %s", option,
				     facts_show(absolute, shown_absolute));
		return failure_set(reterr, -EINVAL, "%s %s: must be an absolute path", option,
				   shown);
	}
	if (!realpath(dir, ret) || stat(ret, &st) < 0)
		return failure_set(reterr, -errno, "%s %s: %s", option, shown, strerror(errno));
	if (!S_ISDIR(st.st_mode))
		return failure_set(reterr, -ENOTDIR, "%s %s: is not a directory", option, shown);
	return 0;
}

int workspace_directories(const char *option, const char *const *dirs, char ***ret_dirs,
			  struct failure *reterr)
{
	_cleanup_(string_list_freep) char **list = NULL;
	int r = 0;

	for (size_t i = 0; dirs && dirs[i] && r == 0; i++) {
		char canonical[PATH_MAX];

		r = canonical_directory(option, dirs[i], canonical, reterr);
		if (r == 0)
			r = string_list_add_once(&list, canonical);
	}
	if (r == 0)
		*ret_dirs = steal_pointer(list);
	return r;
}

/* Why this cannot be meant as a workspace, or NULL. */
static const char *objection(const char *dir, const char *home, const char **ret_hint)
{
	*ret_hint = "go into a directory of your project and start there";
	if (strcmp(dir, "/") == 0)
		return "is the whole machine";
	for (size_t i = 0; tmp_roots[i]; i++)
		if (strcmp(dir, tmp_roots[i]) == 0) {
			*ret_hint =
				"the sandbox has a tmp of its own: make a directory in this one "
				"and start there";
			return "is shared by all programs of the machine";
		}
	for (size_t i = 0; private_roots[i]; i++)
		if (facts_is_below(private_roots[i], dir) && !facts_is_below("/dev/shm", dir))
			return "belongs to the kernel";
	if (facts_is_below(dir, home)) {
		*ret_hint = "go into a directory of your project and start there; if you mean it, "
			    "name it by --add-dir";
		return strcmp(dir, home) == 0 ? "is your whole home directory"
					      : "holds your whole home directory";
	}
	return NULL;
}

static int check_workspace(const char *workspace, char *const *added,
			   const struct workspace_choice *choice, char ***notices,
			   struct failure *reterr)
{
	_cleanup_free_ char *line = NULL;
	char shown[SHOWN_MAX];
	const char *hint, *why = objection(workspace, choice->home, &hint);

	if (!why || string_list_contain(added, workspace))
		return 0;
	facts_show(workspace, shown);
	if (!choice->lenient) {
		failure_hint(reterr, "%s", hint);
		return failure_set(reterr, -EPERM,
				   "%s %s: the agent would read and write all of it", shown, why);
	}
	if (asprintf(&line, "%s %s: callgate run would refuse to start here", shown, why) < 0)
		return -ENOMEM;
	return string_list_add(notices, line);
}

/* --add-dir may name a home or what holds it, in so many words; what cannot be had stays
 * refused. */
static int check_added(const char *dir, const char *home, struct failure *reterr)
{
	char shown[SHOWN_MAX];
	const char *hint, *why = objection(dir, home, &hint);

	if (!why || (facts_is_below(dir, home) && strcmp(dir, "/") != 0))
		return 0;
	return failure_set(reterr, -EPERM, "--add-dir %s: %s", facts_show(dir, shown), why);
}

int workspace_choose(const struct workspace_choice *choice, char ***ret_workspaces,
		     char ***ret_notices, struct failure *reterr)
{
	_cleanup_(string_list_freep) char **added = NULL;
	_cleanup_(string_list_freep) char **list = NULL;
	_cleanup_free_ char *start =
		choice->workspace ? strdup(choice->workspace) : getcwd(NULL, 0);
	char canonical[PATH_MAX];
	int r;

	if (!start)
		return failure_set(reterr, -errno, "the current directory: %s", strerror(errno));
	r = canonical_directory("workspace", start, canonical, reterr);
	if (r == 0)
		r = workspace_directories("--add-dir", choice->add_dirs, &added, reterr);
	for (size_t i = 0; r == 0 && added && added[i]; i++)
		r = check_added(added[i], choice->home, reterr);
	if (r == 0)
		r = check_workspace(canonical, added, choice, ret_notices, reterr);
	if (r == 0)
		r = string_list_add(&list, canonical);
	for (size_t i = 0; r == 0 && added && added[i]; i++)
		r = string_list_add_once(&list, added[i]);
	if (r == 0)
		*ret_workspaces = steal_pointer(list);
	return r;
}
