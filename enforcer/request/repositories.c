/* SPDX-License-Identifier: Apache-2.0 */
/* Repositories that were made in this run. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "enforcer/base/fd.h"
#include "enforcer/request/repositories.h"

struct repositories {
	size_t n;
	struct {
		int fd;
		uint64_t dev, ino;
		char *path; /* or NULL */
	} made[REPOSITORIES_MAX];
};

int repositories_new(struct repositories **ret_repositories)
{
	*ret_repositories = calloc(1, sizeof(**ret_repositories));
	return *ret_repositories ? 0 : -ENOMEM;
}

struct repositories *repositories_free(struct repositories *repositories)
{
	for (size_t i = 0; repositories && i < repositories->n; i++) {
		fd_close(repositories->made[i].fd);
		free(repositories->made[i].path);
	}
	free(repositories);
	return NULL;
}

bool repository_name(const char *leaf)
{
	size_t len = strlen(leaf);

	return len >= 4 && strcmp(leaf + len - 4, ".git") == 0;
}

/* What has no name any more needs no descriptor of ours. */
static void forget_removed(struct repositories *repositories)
{
	size_t kept = 0;

	for (size_t i = 0; i < repositories->n; i++) {
		struct place_stat st;

		if (place_stat(repositories->made[i].fd, &st) == 0 && st.nlink > 0) {
			repositories->made[kept++] = repositories->made[i];
			continue;
		}
		fd_close(repositories->made[i].fd);
		free(repositories->made[i].path);
	}
	repositories->n = kept;
}

void repositories_note(struct repositories *repositories, int fd, const char *path)
{
	struct place_stat st;
	char name[FD_PATH_MAX];
	int held;

	if (repositories->n == REPOSITORIES_MAX)
		forget_removed(repositories);
	if (repositories->n == REPOSITORIES_MAX)
		return;
	fd_path(fd, name);
	held = open(name, O_PATH | O_CLOEXEC);
	if (held < 0 || place_stat(held, &st) < 0) {
		fd_close(held);
		return;
	}
	repositories->made[repositories->n].fd = held;
	repositories->made[repositories->n].path = path ? strdup(path) : NULL;
	repositories->made[repositories->n].dev = st.dev;
	repositories->made[repositories->n++].ino = st.ino;
}

/* The path up to its first component that names a repository; 0 where there is none. */
static size_t repository_prefix(const char *path)
{
	for (const char *at = path; *at == '/';) {
		size_t len = strcspn(at + 1, "/");

		if (len >= 4 && memcmp(at + 1 + len - 4, ".git", 4) == 0)
			return (size_t)(at + 1 + len - path);
		at += 1 + len;
	}
	return 0;
}

bool repositories_made_here(const struct repositories *repositories, const struct view *view,
			    const char *path)
{
	struct open_how how = {.flags = O_PATH | O_NOFOLLOW | O_CLOEXEC,
			       .resolve = RESOLVE_NO_SYMLINKS};
	_cleanup_fd_ int fd = -1;
	struct place_stat st;
	char entry[PATH_MAX];
	size_t len = repository_prefix(path);

	if (len == 0 || len >= sizeof(entry))
		return false;
	memcpy(entry, path + 1, len - 1);
	entry[len - 1] = '\0';
	fd = (int)syscall(SYS_openat2, view->root, entry, &how, sizeof(how));
	if (fd < 0)
		return errno == ENOENT;
	if (place_stat(fd, &st) < 0)
		return false;
	for (size_t i = 0; i < repositories->n; i++)
		if (repositories->made[i].dev == st.dev && repositories->made[i].ino == st.ino)
			return true;
	return false;
}

bool repositories_at(const struct repositories *repositories, size_t n, int *ret_fd,
		     const char **ret_path)
{
	if (n >= repositories->n)
		return false;
	*ret_fd = repositories->made[n].fd;
	*ret_path = repositories->made[n].path;
	return true;
}
