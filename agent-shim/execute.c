/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Becomes the agent. The search is execvp(3)'s, along the plan's PATH, with the plan's environment;
 * each attempt is a call that the gate judges like any other execve.
 */
#include <errno.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "agent-shim/shim.h"

/* Returns on failure, with errno. */
static void try_execute(const struct shim *shim, char *path)
{
	char *name = shim->argv[0];

	execve(path, shim->argv, shim->envp);
	if (errno != ENOEXEC)
		return;
	/* A script without an interpreter line. */
	shim->argv[-1] = (char *)"/bin/sh";
	shim->argv[0] = path;
	execve("/bin/sh", shim->argv - 1, shim->envp);
	shim->argv[0] = name;
}

static void search_and_execute(const struct shim *shim)
{
	static char path[PATH_MAX];
	const char *directory = shim_string(shim, shim->plan->search_path), *end;
	size_t name_len = strlen(shim->argv[0]);
	int refused = 0;

	errno = ENOENT;
	for (;; directory = end + 1) {
		size_t len;

		end = strchrnul(directory, ':');
		len = (size_t)(end - directory);
		/* An empty directory is the current one. */
		if (len + name_len + 2 <= sizeof(path)) {
			memcpy(path, directory, len);
			if (len > 0)
				path[len++] = '/';
			memcpy(path + len, shim->argv[0], name_len + 1);
			try_execute(shim, path);
			if (errno == EACCES)
				refused = EACCES;
			else if (errno != ENOENT && errno != ENOTDIR)
				return;
		}
		if (*end == '\0')
			break;
	}
	if (refused)
		errno = refused;
}

_Noreturn void execute_agent(const struct shim *shim)
{
	struct handover_message message = {HANDOVER_FAILED, HANDOVER_STEP_EXECUTE, 0};

	if (shim->argv[0][0] == '\0')
		errno = ENOENT;
	else if (strchr(shim->argv[0], '/'))
		try_execute(shim, shim->argv[0]);
	else
		search_and_execute(shim);
	message.error = errno;
	handover_send(shim, &message, -1);
	_exit(message.error == ENOENT ? HANDOVER_EXIT_NOT_FOUND : HANDOVER_EXIT_CANNOT_RUN);
}
