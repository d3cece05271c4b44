/* SPDX-License-Identifier: Apache-2.0 */
/* The machine's facts that a plan wants. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "enforcer/launch/plan-host.h"
#include "filters/kernel-newer.h"

#define SHIM_INSTALLED CALLGATE_LIBEXECDIR "/callgate/callgate-shim"

static enum plan_kind host_kind(void *userdata, const char *path)
{
	struct stat st;

	if (lstat(path, &st) < 0)
		return PLAN_MISSING;
	if (S_ISDIR(st.st_mode))
		return PLAN_DIRECTORY;
	if (S_ISREG(st.st_mode))
		return PLAN_FILE;
	return S_ISLNK(st.st_mode) ? PLAN_SYMLINK : PLAN_OTHER;
}

static void close_directory(DIR **directory)
{
	if (*directory)
		closedir(*directory);
}

static int host_list(void *userdata, const char *path, int (*each)(void *context, const char *name),
		     void *context)
{
	_cleanup_(close_directory) DIR *directory = opendir(path);
	struct dirent *entry;

	if (!directory)
		return -errno;
	for (errno = 0; (entry = readdir(directory)); errno = 0) {
		int r;

		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		r = each(context, entry->d_name);
		if (r)
			return r;
	}
	return -errno;
}

static int host_read_link(void *userdata, const char *path, char *ret)
{
	ssize_t n = readlink(path, ret, PATH_MAX);

	if (n < 0)
		return -errno;
	if (n == PATH_MAX)
		return -ENAMETOOLONG;
	ret[n] = '\0';
	return 0;
}

const struct plan_tree plan_host_tree = {host_kind, host_list, host_read_link, NULL};

int plan_find_shim(char ret_path[static PATH_MAX], struct failure *reterr)
{
	char self[PATH_MAX], beside[PATH_MAX + 64], *slash;

	if (host_read_link(NULL, "/proc/self/exe", self) == 0 && (slash = strrchr(self, '/'))) {
		*slash = '\0';
		snprintf(beside, sizeof(beside), "%s/../agent-shim/callgate-shim", self);
		if (realpath(beside, ret_path) && access(ret_path, X_OK) == 0)
			return 0;
	}
	if (realpath(SHIM_INSTALLED, ret_path) && access(ret_path, X_OK) == 0)
		return 0;
	failure_hint(reterr, "it belongs to callgate's installation: meson install");
	return failure_set(reterr, -ENOENT, "callgate-shim is missing: %s", SHIM_INSTALLED);
}

int plan_landlock_abi(void)
{
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);

	return abi < 0 ? 0 : (int)abi;
}
