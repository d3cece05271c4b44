/* SPDX-License-Identifier: Apache-2.0 */
/* What a run left that may execute later. */
#include <dirent.h>
#include <errno.h>
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
		if (fstatat(repository, "hooks", &st, AT_SYMLINK_NOFOLLOW) == 0 &&
		    S_ISLNK(st.st_mode))
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
		"hookspath",  "fsmonitor",  "sshcommand",  "editor",   "pager",    "askpass",
		"gitproxy",   "helper",     "program",     "textconv", "clean",    "smudge",
		"process",    "command",    "external",    "driver",   "path",     "tool",
		"cmd",        "uploadpack", "receivepack", "vcs",      "worktree", "attributesfile",
		"precommand", "allow",
	};
	size_t len;

	line += strspn(line, " \t\r");
	if (*line == '[') {
		if (strncasecmp(line, "[include", 8) == 0 || strncasecmp(line, "[alias", 6) == 0)
			return true;
		/* A key may stand behind its section on the same line. */
		line = strchr(line, ']');
		if (!line)
			return false;
		line++;
		line += strspn(line, " \t");
	}
	len = strcspn(line, " \t=");
	for (size_t i = 0; i < ARRAY_LEN(keys); i++)
		if (len == strlen(keys[i]) && strncasecmp(line, keys[i], len) == 0)
			return true;
	return false;
}

/* What is not a plain, readable, short text is told of, not looked into. */
static void list_config(int repository, const char *name, struct list *list)
{
	_cleanup_fd_ int fd =
		openat(repository, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	_cleanup_free_ char *text = NULL;
	char *save = NULL;
	struct stat st;
	size_t len;

	if (fd < 0 && errno == ENOENT)
		return;
	if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) ||
	    fd_read_file(fd, CONFIG_MAX, &text, &len) < 0 || memchr(text, '\0', len)) {
		leftover(list, name, "cannot be looked at, and git reads it");
		return;
	}
	for (char *line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save))
		if (names_a_program(line)) {
			leftover(list, name, "names what git runs or reads");
			return;
		}
}

static void list_directory(int repository, struct list *list)
{
	struct stat st;

	list_hooks(repository, list);
	list_config(repository, "config", list);
	list_config(repository, "config.worktree", list);
	if (fstatat(repository, "commondir", &st, AT_SYMLINK_NOFOLLOW) == 0)
		leftover(list, "commondir", "leads git to another directory's hooks and config");
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
		if (!S_ISDIR(st.st_mode)) {
			leftover(&list, NULL, "leads git to another directory's hooks and config");
			continue;
		}
		fd_path(pin, path);
		fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (fd < 0)
			leftover(&list, NULL, "cannot be looked at");
		else
			list_directory(fd, &list);
	}
	if (list.n > LEFTOVERS_MAX)
		buffer_printf(ret_text, "  and %zu more\n", list.n - LEFTOVERS_MAX);
	return list.n;
}
