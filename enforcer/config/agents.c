/* SPDX-License-Identifier: Apache-2.0 */
/* Single agents in the built-in profiles: their state and their hosts. */
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "enforcer/base/buffer.h"
#include "enforcer/base/cleanup.h"
#include "enforcer/base/error.h"
#include "enforcer/base/fd.h"
#include "enforcer/config/agents.h"
#include "enforcer/config/facts.h"
#include "enforcer/config/profile.h"
#include "enforcer/config/string-list.h"

static void json_freep(json_t **json)
{
	json_decref(*json);
}

/* ret_root is what keeps ret_agent; both NULL where the profile does not know it. */
static int find_agent(const struct profile *profile, const char *command, json_t **ret_root,
		      json_t **ret_agent)
{
	const char *slash = command ? strrchr(command, '/') : NULL;
	json_t *root;

	*ret_root = *ret_agent = NULL;
	if (!command)
		return 0;
	root = json_loads(profile->text, 0, NULL);
	if (!root)
		return -EINVAL;
	*ret_agent = json_object_get(json_object_get(root, "agents"), slash ? slash + 1 : command);
	*ret_root = root;
	return 0;
}

/* Each directory above the name's last slash. What exists stays as it is. */
static int make_directories(char *path, size_t above)
{
	for (char *slash = strchr(path + above + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		int r;

		*slash = '\0';
		r = mkdir(path, 0700) < 0 && errno != EEXIST ? -errno : 0;
		*slash = '/';
		if (r < 0)
			return r;
	}
	return 0;
}

static int make_file(const char *path)
{
	static const char empty[] = "{}\n";
	_cleanup_(fd_closep) int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	if (fd < 0)
		return errno == EEXIST ? 0 : -errno;
	return write(fd, empty, strlen(empty)) == (ssize_t)strlen(empty) ? 0 : -EIO;
}

/* Where "~/..." lies. */
static int place(const char *home, const char *written, char ret_path[static PATH_MAX])
{
	int n;

	if (!written || strncmp(written, "~/", 2) != 0)
		return -EINVAL;
	n = snprintf(ret_path, PATH_MAX, "%s/%s", strcmp(home, "/") ? home : "", written + 2);
	return n < 0 || n >= PATH_MAX ? -ENAMETOOLONG : 0;
}

static int make_state(const char *home, const char *written, struct failure *reterr)
{
	char path[PATH_MAX], shown[SHOWN_MAX];
	int r = place(home, written, path);

	if (r < 0)
		return r;
	r = make_directories(path, strcmp(home, "/") ? strlen(home) : 0);
	if (r == 0 && path[strlen(path) - 1] != '/')
		r = make_file(path);
	/* A home that cannot be written keeps no state; the agent will say what it makes of it. */
	if (r == -EROFS || r == -EACCES)
		return 0;
	return r < 0 ? failure_set(reterr, r, "cannot make %s: %s", facts_show(path, shown),
				   strerror(-r))
		     : 0;
}

int agents_make_state(const struct profile *profile, const char *command, const char *home,
		      struct failure *reterr)
{
	_cleanup_(json_freep) json_t *root = NULL;
	json_t *agent, *value;
	size_t i;
	int r = find_agent(profile, command, &root, &agent);

	json_array_foreach(json_object_get(agent, "state"), i, value)
	{
		if (r == 0)
			r = make_state(home, json_string_value(value), reterr);
	}
	return r;
}

int agents_find_state(const struct profile *profile, const char *home, char ***ret_state)
{
	_cleanup_(string_list_freep) char **listed = NULL, **found = NULL;
	int r = profile_state(profile, &listed);

	if (r == 0)
		r = string_list_reserve(&found);
	for (size_t i = 0; r == 0 && listed[i]; i++) {
		char path[PATH_MAX], canonical[PATH_MAX];

		r = place(home, listed[i], path);
		if (r == 0 && realpath(path, canonical))
			r = string_list_add_once(&found, canonical);
	}
	if (r == 0)
		*ret_state = steal_pointer(found);
	return r;
}

int agents_append_rules(const struct profile *profile, const char *command, struct buffer *text)
{
	_cleanup_(json_freep) json_t *root = NULL;
	_cleanup_free_ char *hosts = NULL;
	json_t *agent;
	int r = find_agent(profile, command, &root, &agent);

	agent = r == 0 ? json_object_get(agent, "hosts") : NULL;
	if (json_array_size(agent) == 0)
		return r;
	hosts = json_dumps(agent, 0);
	if (!hosts)
		return -ENOMEM;
	buffer_printf(text,
		      "{\"version\": 1, \"rules\": [{\"allow\": \"connect\", \"host\": %s, "
		      "\"port\": 443, \"reason\": \"the agent's own hosts\"}]}\n",
		      hosts);
	return text->error;
}
