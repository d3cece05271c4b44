/* SPDX-License-Identifier: Apache-2.0 */
/* The facts of this run that policy is judged by. */
#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "enforcer/base/text.h"
#include "enforcer/config/facts.h"
#include "enforcer/config/string-list.h"

/* Fixed when callgate is built: were it the environment's, whoever starts callgate could leave the
 * managed policy out. */
const char *const facts_managed_file = CALLGATE_MANAGED_POLICY;

/* Without "//", "." and "..", by text alone: for names below what exists, where no link can be. */
static int clean(const char *path, char *ret)
{
	size_t len = 0;

	while (*path) {
		size_t n;

		while (*path == '/')
			path++;
		n = strcspn(path, "/");
		if (n == 2 && memcmp(path, "..", 2) == 0) {
			while (len > 0 && ret[--len] != '/')
				;
		} else if (n > 0 && !(n == 1 && *path == '.')) {
			if (len + 1 + n >= PATH_MAX)
				return -ENAMETOOLONG;
			ret[len++] = '/';
			memcpy(ret + len, path, n);
			len += n;
		}
		path += n;
	}
	if (len == 0)
		ret[len++] = '/';
	ret[len] = '\0';
	return 0;
}

int facts_canonical(const char *path, char *ret)
{
	char prefix[PATH_MAX], resolved[PATH_MAX], joined[PATH_MAX];
	size_t len = strlen(path);

	if (path[0] != '/')
		return -EINVAL;
	if (len >= sizeof(prefix))
		return -ENAMETOOLONG;
	memcpy(prefix, path, len + 1);
	for (;;) {
		int n;

		if (realpath(prefix, resolved)) {
			n = snprintf(joined, sizeof(joined), "%s%s", resolved, path + len);
			if (n < 0 || (size_t)n >= sizeof(joined))
				return -ENAMETOOLONG;
			return clean(joined, ret);
		}
		if (errno == ENOMEM)
			return -ENOMEM;
		/* Back by one name: to the slash before it, or to the root. */
		while (len > 0 && prefix[len - 1] == '/')
			len--;
		while (len > 0 && prefix[len - 1] != '/')
			len--;
		while (len > 1 && prefix[len - 1] == '/')
			len--;
		if (len <= 1)
			return clean(path, ret);
		prefix[len] = '\0';
	}
}

int facts_home(char **ret_home, struct failure *reterr)
{
	const char *home = getenv("HOME");
	char canonical[PATH_MAX];
	int r;

	if (!home || home[0] != '/') {
		const struct passwd *user = getpwuid(getuid());

		home = user ? user->pw_dir : NULL;
	}
	if (!home || home[0] != '/') {
		failure_hint(reterr, "set HOME to your home directory");
		return failure_set(reterr, -ENOENT,
				   "cannot tell your home directory: HOME is not an absolute path, "
				   "and the user database has no entry for uid %u",
				   (unsigned)getuid());
	}
	r = facts_canonical(home, canonical);
	if (r < 0)
		return failure_set(reterr, r, "your home directory %s: %s", home, strerror(-r));
	*ret_home = strdup(canonical);
	return *ret_home ? 0 : -ENOMEM;
}

bool facts_is_below(const char *root, const char *path)
{
	size_t len = strlen(root);

	if (len == 1)
		return true;
	return strncmp(root, path, len) == 0 && (path[len] == '\0' || path[len] == '/');
}

int facts_path_directories(const char *path, const char *home, char ***ret_dirs)
{
	_cleanup_(string_list_freep) char **dirs = NULL;
	_cleanup_free_ char *copy = strdup(path ? path : "");
	char *rest = copy, *dir;
	int r;

	if (!copy)
		return -ENOMEM;
	r = string_list_reserve(&dirs);
	while (r == 0 && (dir = strsep(&rest, ":"))) {
		char canonical[PATH_MAX];
		struct stat st;

		/* Relative: means another directory after each chdir. */
		if (dir[0] != '/' || !realpath(dir, canonical))
			continue;
		if (stat(canonical, &st) < 0 || !S_ISDIR(st.st_mode))
			continue;
		if (strcmp(canonical, "/") == 0 || facts_is_below(canonical, home))
			continue;
		r = string_list_add_once(&dirs, canonical);
	}
	if (r < 0)
		return r;
	*ret_dirs = steal_pointer(dirs);
	return 0;
}

int facts_program(const char *const *dirs, const char *name, char *ret_path, uint64_t *ret_dev,
		  uint64_t *ret_ino)
{
	for (size_t i = 0; dirs && dirs[i]; i++) {
		char path[PATH_MAX];
		struct stat st;
		int n = snprintf(path, sizeof(path), "%s/%s", dirs[i], name);

		if (n < 0 || (size_t)n >= sizeof(path) || !realpath(path, ret_path))
			continue;
		if (stat(ret_path, &st) < 0 || !S_ISREG(st.st_mode) || !(st.st_mode & 0111))
			continue;
		*ret_dev = st.st_dev;
		*ret_ino = st.st_ino;
		return 0;
	}
	return -ENOENT;
}

/* base (from the variable, or home and otherwise) and "/callgate/" and name. */
static char *xdg_file(const char *variable, const char *home, const char *otherwise,
		      const char *name)
{
	const char *base = getenv(variable);
	char *path = NULL;
	int n;

	if (base && base[0] == '/')
		n = asprintf(&path, "%s/callgate/%s", base, name);
	else
		n = asprintf(&path, "%s%s/callgate/%s", strcmp(home, "/") ? home : "", otherwise,
			     name);
	return n < 0 ? NULL : path;
}

char *facts_user_file(const char *home)
{
	return xdg_file("XDG_CONFIG_HOME", home, "/.config", "policy.json");
}

char *facts_trust_file(const char *home)
{
	return xdg_file("XDG_STATE_HOME", home, "/.local/state", "trust.json");
}

const char *facts_show(const char *path, char ret[static SHOWN_MAX])
{
	struct buffer buffer = {};

	text_append_escaped(&buffer, path, strlen(path), SHOWN_MAX - 16);
	snprintf(ret, SHOWN_MAX, "%s", buffer.data ? buffer.data : "");
	buffer_done(&buffer);
	return ret;
}
