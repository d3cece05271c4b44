/* SPDX-License-Identifier: Apache-2.0 */
/* execve and execveat: programs, scripts, descriptors, refusals; spawning from many threads. */
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>

#include "tests/fidelity/fidelity.h"

#define THREADS 8
#define SPAWNS  40

static char *const no_environment[] = {NULL};

/* In a child: the errno, or what became of it. Its output is part of ours. */
static void try(const char *name, int fd, const char *path, char *const *argv, int flags)
{
	pid_t pid = must(fork(), "a process");
	int status;

	if (pid == 0) {
		long r = flags < 0 ? syscall(SYS_execve, path, argv, no_environment)
				   : syscall(SYS_execveat, fd, path, argv, no_environment, flags);

		row(r, "%s", name);
		_exit(99);
	}
	waitpid(pid, &status, 0);
	row(status, "  %s status", name);
}

static void by_path(void)
{
	static const char *const paths[] = {
		"/bin/true",
		"/bin/false",
		"/bin",
		"/bin/",
		"/bin/true/",
		"/bin/true/x",
		"missing",
		"",
		"script",
		"script-of-script",
		"no-interpreter",
		"empty-interpreter",
		"long-interpreter",
		"text",
		"empty",
		"not-executable",
		"closed/in",
		"d",
		"to-true",
		"dangling",
		"loop",
		"/proc/self/exe",
		"/dev/null",
		"fifo",
		"socket",
		"argument",
		"spaces",
		"directory-interpreter",
		"loop-script",
		"no-read",
	};
	char *const argv[] = {(char *)"name", (char *)"first", (char *)"second word", NULL};

	for (size_t i = 0; i < COUNT(paths); i++) {
		if (strcmp(paths[i], "/proc/self/exe") == 0)
			continue;
		try(paths[i], 0, paths[i], argv, -1);
		try(paths[i], AT_FDCWD, paths[i], argv, 0);
		try(paths[i], AT_FDCWD, paths[i], argv, AT_SYMLINK_NOFOLLOW);
	}
	try("bad flag", AT_FDCWD, "/bin/true", argv, 0x4000);
	try("NULL path", 0, NULL, argv, -1);
	try("bad argv", 0, "/bin/true", (char *const *)8, -1);
	try("NULL argv", 0, "/bin/true", NULL, -1);
	try("bad dirfd", 77, "true", argv, 0);
}

static void by_descriptor(void)
{
	char *const argv[] = {(char *)"name", (char *)"argument", NULL};
	char path[64];
	const struct {
		const char *name;
		int fd;
	} fds[] = {
		{"program", open("/bin/true", O_RDONLY)},
		{"program cloexec", open("/bin/true", O_RDONLY | O_CLOEXEC)},
		{"program path", open("/bin/false", O_PATH)},
		{"script", open("script", O_RDONLY)},
		{"script cloexec", open("script", O_RDONLY | O_CLOEXEC)},
		{"not executable", open("not-executable", O_RDONLY)},
		{"directory", open("d", O_RDONLY)},
		{"path of link", open("to-true", O_PATH | O_NOFOLLOW)},
		{"null", 0},
		{"closed", 77},
	};
	int bin = must(open("/bin", O_PATH), "/bin");

	for (size_t i = 0; i < COUNT(fds); i++) {
		try(fds[i].name, fds[i].fd, "", argv, AT_EMPTY_PATH);
		try(fds[i].name, fds[i].fd, "", argv, 0);
		try(fds[i].name, fds[i].fd, "", argv, AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW);
		try(fds[i].name, fds[i].fd, "true", argv, 0);
		snprintf(path, sizeof(path), "/proc/self/fd/%d", fds[i].fd);
		try(path, 0, path, argv, -1);
		snprintf(path, sizeof(path), "/dev/fd/%d", fds[i].fd);
		try(path, 0, path, argv, -1);
	}
	try("from /bin", bin, "true", argv, 0);
	try("from /bin", bin, "missing", argv, 0);
	try("absolute", bin, "/bin/true", argv, 0);
}

static void vectors(void)
{
	static char *many[10003], *env[1003];
	static char word[131072 + 16],
		text[] = "a word of some length, to fill the pages of the stack";
	char *const empty[] = {NULL}, *const big[] = {(char *)"sh", word, NULL};

	many[0] = (char *)"sh";
	many[1] = (char *)"-c";
	many[2] = (char *)"echo $#";
	for (size_t i = 3; i < 10002; i++)
		many[i] = text;
	try("10000 arguments", 0, "/bin/sh", many, -1);
	try("empty vector", 0, "/bin/true", empty, -1);
	memset(word, 'w', sizeof(word) - 1);
	try("word too long", 0, "/bin/true", big, -1);
	word[131071] = '\0';
	try("word of 131071", 0, "/bin/true", big, -1);
	word[131072 - 4096] = '\0';
	try("long word", 0, "/bin/true", big, -1);
	for (size_t i = 0; i < 1000; i++)
		env[i] = (char *)"NAME=value";
	env[1000] = (char *)"LAST=yes";
	if (must(fork(), "a process") == 0) {
		execve("/bin/sh",
		       (char *[]){(char *)"sh", (char *)"-c", (char *)"echo $LAST", NULL}, env);
		_exit(99);
	}
	wait(NULL);
}

static void *spawn_many(void *failures)
{
	for (int i = 0; i < SPAWNS; i++) {
		bool missing = i % 4 == 3;
		char *const argv[] = {(char *)"true", NULL};
		int status = 0, r;
		pid_t pid;

		r = posix_spawn(&pid, missing ? "/bin/missing" : "/bin/true", NULL, NULL, argv,
				no_environment);
		if (r != (missing ? ENOENT : 0))
			++*(int *)failures;
		if (r == 0 && (waitpid(pid, &status, 0) != pid || status != 0))
			++*(int *)failures;
	}
	return NULL;
}

static void from_threads(const char *name)
{
	pthread_t threads[THREADS];
	int failures[THREADS] = {}, all = 0;

	for (size_t i = 0; i < THREADS; i++)
		must(pthread_create(&threads[i], NULL, spawn_many, &failures[i]) ? -1 : 0,
		     "a thread");
	for (size_t i = 0; i < THREADS; i++) {
		pthread_join(threads[i], NULL);
		all += failures[i];
	}
	row(all, "%s: failures of %d spawns", name, THREADS * SPAWNS);
}

static void on_alarm(int signo)
{
	(void)signo;
}

static void under_signals(void)
{
	struct itimerval often = {{0, 2000}, {0, 2000}}, never = {};
	struct sigaction action = {.sa_handler = on_alarm, .sa_flags = SA_RESTART};

	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &often, NULL);
	from_threads("under signals");
	setitimer(ITIMER_REAL, &never, NULL);
}

static void *exec_here(void *path)
{
	execve(path, (char *[]){(char *)"sh", (char *)"-c", (char *)"exit 5", NULL},
	       no_environment);
	row(-1, "exec by a thread %s", (char *)path);
	return NULL;
}

static void exec_by_thread(const char *path)
{
	pid_t pid = must(fork(), "a process");
	int status;

	if (pid == 0) {
		pthread_t thread;

		pthread_create(&thread, NULL, exec_here, (void *)path);
		pthread_join(thread, NULL);
		_exit(99);
	}
	row(waitpid(pid, &status, 0) == pid, "the same pid %s", path);
	row(status, "exec by a thread's status %s", path);
}

static void by_vfork(const char *path)
{
	pid_t pid = vfork();
	int status;

	if (pid == 0) {
		execve(path, (char *[]){(char *)"x", NULL}, no_environment);
		_exit(errno == ENOENT ? 66 : 67);
	}
	waitpid(pid, &status, 0);
	row(status, "vfork %s", path);
}

static void make_programs(void)
{
	static char path[4096], line[5000];

	tree_make();
	make_file("script", "#!/bin/sh\necho \"$0\" \"$@\"; exit 3\n", 0755);
	snprintf(line, sizeof(line), "#!%s/script with one\n", getcwd(path, sizeof(path)));
	make_file("script-of-script", "#!./script with one\n", 0755);
	make_file("no-interpreter", "#!/missing/interpreter\n", 0755);
	make_file("empty-interpreter", "#! \n", 0755);
	memset(line, 'i', 600);
	memcpy(line, "#!/", 3);
	memcpy(line + 600, "\n", 2);
	make_file("long-interpreter", line, 0755);
	make_file("text", "echo no magic\n", 0755);
	make_file("empty", "", 0755);
	make_file("not-executable", "#!/bin/sh\n", 0644);
	make_file("argument", "#!/bin/echo  -n  a  b \n", 0755);
	make_file("spaces", "#!   /bin/echo\n", 0755);
	make_file("directory-interpreter", "#!/bin\n", 0755);
	make_file("loop-script", "#!./loop-script\n", 0755);
	make_file("no-read", "#!/bin/sh\nexit 4\n", 0311);
	must(symlink("/bin/true", "to-true"), "to-true");
}

int main(int argc, char **argv)
{
	fidelity_begin(argc, argv);
	make_programs();
	by_path();
	by_descriptor();
	vectors();
	exec_by_thread("/bin/sh");
	exec_by_thread("/missing");
	by_vfork("/bin/true");
	by_vfork("/missing");
	from_threads("at once");
	under_signals();
	return 0;
}
