/* SPDX-License-Identifier: Apache-2.0 */
/* What a run left that may execute later. */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "enforcer/base/fd.h"
#include "enforcer/base/text.h"
#include "enforcer/leftovers.h"

#define CONFIG_MAX (64u << 10)

struct list {
	struct buffer *text;
	const char *repository;
	size_t n;
};

static void leftover(struct list *list, const char *name, const char *why)
{
	if (list->n++ >= LEFTOVERS_MAX)
		return;
	buffer_append_string(list->text, "  ");
	text_append_escaped(list->text, list->repository, strlen(list->repository), 1024);
	if (name) {
		buffer_append_string(list->text, "/");
		text_append_escaped(list->text, name, strlen(name), 256);
	}
	buffer_printf(list->text, "  %s\n", why);
}

/* Executable, and not one of the samples that git itself puts there. */
static void list_hooks(int repository, struct list *list)
{
	int fd = openat(repository, "hooks", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;

	if (!dir) {
		struct stat st;

		fd_close(fd);
		if (fstatat(repository, "hooks", &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISLNK(st.st_mode))
			leftover(list, "hooks", "is a link to hooks that git runs");
		return;
	}
	while ((entry = readdir(dir))) {
		size_t len = strlen(entry->d_name);
		char name[sizeof(entry->d_name) + 8];
		struct stat st;

		if (entry->d_name[0] == '.' ||
		    (len > 7 && strcmp(entry->d_name + len - 7, ".sample") == 0))
			continue;
		if (fstatat(dirfd(dir), entry->d_name, &st, 0) < 0 || !(st.st_mode & 0111))
			continue;
		snprintf(name, sizeof(name), "hooks/%s", entry->d_name);
		leftover(list, name, "is a hook that git runs");
	}
	closedir(dir);
}

/* Keys of git's configuration that name a program or another file (git-config(1)). */
static bool names_a_program(const char *line)
{
	static const char *const keys[] = {
		"hookspath", "fsmonitor",  "sshcommand", "editor", "pager",    "askpass", "gitproxy",
		"helper",    "program",    "textconv",   "clean",  "smudge",   "process", "command",
		"external",  "driver",     "path",       "tool",   "cmd",      "sequence.editor",
		"uploadpack", "receivepack", "vcs",      "worktree", "attributesfile",
	};
	size_t len;

	line += strspn(line, " \t");
	if (*line == '[')
		return strncasecmp(line, "[include", 8) == 0 || strncasecmp(line, "[alias", 6) == 0;
	len = strcspn(line, " \t=");
	for (size_t i = 0; i < ARRAY_LEN(keys); i++)
		if (len == strlen(keys[i]) && strncasecmp(line, keys[i], len) == 0)
			return true;
	return false;
}

static void list_config(int repository, const char *name, struct list *list)
{
	_cleanup_fd_ int fd = openat(repository, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	_cleanup_free_ char *text = NULL;
	char *save = NULL;
	struct stat st;
	size_t len;

	if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
		return;
	if (fd_read_file(fd, CONFIG_MAX, &text, &len) < 0) {
		leftover(list, name, "is too long to look at");
		return;
	}
	for (char *line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save))
		if (names_a_program(line)) {
			leftover(list, name, "names what git runs or reads");
			return;
		}
}

size_t leftovers_list(const struct repositories *repositories, struct buffer *ret_text)
{
	struct list list = {.text = ret_text};
	int pin;

	for (size_t n = 0; repositories_at(repositories, n, &pin, &list.repository); n++) {
		char path[FD_PATH_MAX];
		_cleanup_fd_ int fd = -1;
		struct stat st;

		if (!list.repository || fstat(pin, &st) < 0 || st.st_nlink == 0)
			continue;
		if (S_ISREG(st.st_mode)) {
			leftover(&list, NULL, "leads git to another directory's hooks and config");
			continue;
		}
		fd_path(pin, path);
		fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (fd < 0)
			continue;
		list_hooks(fd, &list);
		list_config(fd, "config", &list);
		list_config(fd, "config.worktree", &list);
	}
	if (list.n > LEFTOVERS_MAX)
		buffer_printf(ret_text, "  and %zu more\n", list.n - LEFTOVERS_MAX);
	return list.n;
}
