/* SPDX-License-Identifier: Apache-2.0 */
/* What an execve would run. */
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "enforcer/base/fd.h"
#include "enforcer/request/describe-exec.h"

#define SCRIPT_HEAD  256 /* BINPRM_BUF_SIZE */
#define SCRIPTS_DEEP 5   /* the kernel goes as deep (fs/exec.c) */

/* The interpreter of a script's first line, as fs/binfmt_script.c finds it. False: it is none. */
static bool script_interpreter(int pin, char interpreter[static SCRIPT_HEAD])
{
	char path[FD_PATH_MAX], head[SCRIPT_HEAD + 1];
	_cleanup_fd_ int fd = -1;
	ssize_t n;
	char *at;

	fd_path(pin, path);
	/* The pin is a regular file: the open does not block. A file that only executes cannot be
	 * read by us; what it turns out to be is judged when it has been mapped. */
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	n = fd < 0 ? -1 : pread(fd, head, SCRIPT_HEAD, 0);
	if (n < 2 || head[0] != '#' || head[1] != '!')
		return false;
	head[n] = '\0';
	at = head + 2;
	at[strcspn(at, "\n")] = '\0';
	at += strspn(at, " \t");
	at[strcspn(at, " \t")] = '\0';
	strcpy(interpreter, at);
	return *at != '\0';
}

/* The loader, run as a program: maps another one by itself. A guard against accidents: the agent
 * may bring a loader of its own under any name. */
static bool is_loader(const char *path)
{
	static const char *const names[] = {"ld-linux*.so*", "ld-musl-*.so*", "ld-[0-9]*.so",
					    "ld.so*"};
	const char *base = strrchr(path, '/');

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (base && fnmatch(names[i], base + 1, 0) == 0)
			return true;
	return false;
}

/* "ld.so [--option [value]]... PROGRAM": the program, or NULL. */
static const char *loaded_program(char *const *argv)
{
	static const char *const valued[] = {
		"--library-path",         "--inhibit-rpath",    "--audit", "--preload", "--argv0",
		"--glibc-hwcaps-prepend", "--glibc-hwcaps-mask"};

	for (size_t i = 1; argv && argv[0] && argv[i]; i++) {
		if (strncmp(argv[i], "--", 2) != 0)
			return argv[i];
		for (size_t k = 0; k < ARRAY_LEN(valued); k++)
			if (strcmp(argv[i], valued[k]) == 0 && argv[i + 1]) {
				i++;
				break;
			}
	}
	return NULL;
}

static int describe_program(const struct place *place, struct request *request)
{
	int r = describe_place(place, VERB_EXEC, NULL, NULL, request);

	if (r < 0)
		return r;
	/* A nameless thing that runs is memory; one that came in with the start cannot be told. */
	if (place->kind == PLACE_NAMELESS)
		request->objects[request->n_objects - 1].kind = OBJECT_MEMORY;
	if (place->kind == PLACE_FOREIGN)
		request->objects[request->n_objects - 1].kind = OBJECT_UNKNOWN;
	return 0;
}

int describe_exec(const struct view *view, const struct target *target, const struct place *place,
		  struct request *request, struct exec_image *ret_image)
{
	struct exec_image image = {.dev = place->stat.dev, .ino = place->stat.ino};
	struct place next = PLACE_NONE;
	char interpreter[SCRIPT_HEAD];
	int pin = place->fd;
	const char *program;
	int r;

	if (S_ISDIR(place->stat.mode) || !S_ISREG(place->stat.mode))
		return -EACCES;
	r = describe_program(place, request);
	for (int depth = 0; r == 0 && depth < SCRIPTS_DEEP && script_interpreter(pin, interpreter);
	     depth++) {
		const struct place_path path = {.dirfd = AT_FDCWD, .text = interpreter};
		struct place found = PLACE_NONE;

		if (depth == 0) {
			image.script = true;
			image.script_by_number = place->number >= 0;
			image.script_dev = image.dev;
			image.script_ino = image.ino;
		}
		/* One that is not there: the kernel will say so. */
		if (place_resolve(view, target, &path, &found) < 0)
			break;
		r = describe_program(&found, request);
		image.dev = found.stat.dev;
		image.ino = found.stat.ino;
		place_done(&next);
		next = found;
		pin = next.fd;
	}
	program = r == 0 && is_loader(place->path) ? loaded_program(request->argv) : NULL;
	if (program && strchr(program, '/')) {
		const struct place_path path = {.dirfd = AT_FDCWD, .text = program};
		struct place found = PLACE_NONE;

		if (place_resolve(view, target, &path, &found) == 0)
			r = describe_program(&found, request);
		place_done(&found);
	}
	place_done(&next);
	*ret_image = image;
	return r;
}
