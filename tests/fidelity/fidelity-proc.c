/* SPDX-License-Identifier: Apache-2.0 */
/* procfs as seen by its owner, a thread and another process; devices; links that are magic. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "tests/fidelity/fidelity.h"

static const char *const names[] = {
	"exe",
	"cwd",
	"cwd/file",
	"root",
	"root/etc/passwd",
	"fd",
	"fd/0",
	"fd/1",
	"fd/77",
	"fd/x",
	"fdinfo",
	"fdinfo/0",
	"maps",
	"smaps",
	"smaps_rollup",
	"status",
	"stat",
	"statm",
	"environ",
	"cmdline",
	"comm",
	"auxv",
	"mounts",
	"mountinfo",
	"net/tcp",
	"net/unix",
	"net/dev",
	"task",
	"limits",
	"cgroup",
	"oom_score_adj",
	"oom_score",
	"coredump_filter",
	"io",
	"wchan",
	"stack",
	"syscall",
	"mem",
	"pagemap",
	"personality",
	"ns",
	"ns/mnt",
	"map_files",
	"uid_map",
	"setgroups",
	"attr/current",
	"timerslack_ns",
	"clear_refs",
	"missing",
	"sched",
	"schedstat",
	"loginuid",
	"sessionid",
	"numa_maps",
	"timers",
	"exe/",
};

static void open_each(const char *base, const char *what)
{
	char path[128];

	for (size_t i = 0; i < COUNT(names); i++) {
		char data[4096];
		int fd;
		ssize_t got;

		snprintf(path, sizeof(path), "%s/%s", base, names[i]);
		fd = open(path, O_RDONLY | O_NONBLOCK);
		row(fd, "%s/%s read", what, names[i]);
		if (fd >= 0 && strcmp(names[i], "fd/1") != 0) {
			got = read(fd, data, sizeof(data));
			row(got < 0 ? got : got > 0, "  read");
		}
		if (fd >= 0)
			close(fd);
		fd = open(path, O_PATH | O_NOFOLLOW);
		row(fd, "%s/%s path", what, names[i]);
		if (fd >= 0)
			close(fd);
	}
}

static void show(const char *path)
{
	char data[256] = "";
	int fd = open(path, O_RDONLY);
	ssize_t got = fd < 0 ? -1 : read(fd, data, sizeof(data) - 1);

	row_text(path, "%s", got < 0 ? error_name(errno) : data);
	if (fd >= 0)
		close(fd);
}

static void put(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_TRUNC);

	row(fd, "%s to write", path);
	if (fd >= 0) {
		row((long)write(fd, text, strlen(text)), "  write");
		close(fd);
		show(path);
	}
}

/* Whose /proc/self is it? */
static void identities(const char *who)
{
	char text[64], comm[32] = "", link[64] = "";
	int fd = open("/proc/self/status", O_RDONLY);
	FILE *file = fdopen(fd, "r");
	char line[256];
	int pid = 0;

	while (file && fgets(line, sizeof(line), file))
		sscanf(line, "Pid:\t%d", &pid);
	if (file)
		fclose(file);
	row(pid == getpid(), "%s: /proc/self is mine", who);
	fd = open("/proc/thread-self/comm", O_RDONLY);
	row(fd < 0 ? -1 : (long)read(fd, comm, sizeof(comm) - 1), "%s: its comm", who);
	close(fd);
	row_text("  comm", "%s", comm);
	snprintf(text, sizeof(text), "/proc/self/task/%d/comm", gettid());
	put(text, who);
	row(readlink("/proc/thread-self", link, sizeof(link) - 1) > 0, "%s: thread-self", who);
}

static void *thread_main(void *unused)
{
	identities("a thread");
	return unused;
}

static void another_process(void)
{
	char base[32];
	pid_t pid = must(fork(), "a process");

	if (pid == 0) {
		pause();
		_exit(0);
	}
	snprintf(base, sizeof(base), "/proc/%d", pid);
	open_each(base, "child");
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	open_each(base, "gone");
	open_each("/proc/4000000", "nobody");
}

static void devices(void)
{
	static const char *const paths[] = {
		"/dev/null",   "/dev/zero",    "/dev/full",  "/dev/random",   "/dev/urandom",
		"/dev/tty",    "/dev/ptmx",    "/dev/pts",   "/dev/pts/ptmx", "/dev/stdin",
		"/dev/stdout", "/dev/stderr",  "/dev/fd",    "/dev/fd/0",     "/dev/fd/99",
		"/dev/shm",    "/dev/console", "/dev/pts/77"};
	static const int flags[] = {O_RDONLY,
				    O_WRONLY,
				    O_RDWR,
				    O_WRONLY | O_TRUNC,
				    O_WRONLY | O_CREAT | O_TRUNC,
				    O_RDONLY | O_DIRECTORY};

	for (size_t i = 0; i < COUNT(paths); i++)
		for (size_t j = 0; j < COUNT(flags); j++) {
			int fd = open(paths[i], flags[j] | O_NONBLOCK | O_NOCTTY, 0600);
			char byte = 'x';

			row(fd, "%s %o", paths[i], flags[j]);
			if (fd < 0)
				continue;
			/* Standard output is where this line goes. */
			if (strncmp(paths[i], "/dev/std", 8) != 0 &&
			    strcmp(paths[i], "/dev/fd/0") != 0) {
				row((long)read(fd, &byte, 1), "  read");
				row((long)write(fd, &byte, 1), "  write");
			}
			close(fd);
		}
}

/* Descriptors by their numbers: opened anew, with an offset of their own. */
static void own_descriptors(void)
{
	char path[64], data[16] = "";
	int fd = must(open("file", O_RDWR), "file"), again, pipes[2];

	must(lseek(fd, 4, SEEK_SET) == 4 ? 0 : -1, "an offset");
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	row_fd(open(path, O_RDONLY), "file again");
	row_fd(open(path, O_RDONLY | O_NOFOLLOW), "file again, not followed");
	row_fd(open(path, O_RDWR | O_TRUNC), "file again, truncated");
	row((long)lseek(fd, 0, SEEK_CUR), "offset untouched");
	must(unlink("file"), "file");
	row_fd(open(path, O_RDWR), "removed file again");
	row_fd(open(path, O_RDWR | O_CREAT, 0600), "removed file, created");
	snprintf(path, sizeof(path), "/dev/fd/%d", fd);
	row_fd(open(path, O_RDONLY | O_CLOEXEC), "removed file by /dev/fd");
	close(fd);
	row_fd(open(path, O_RDONLY), "closed descriptor");
	must(pipe(pipes), "a pipe");
	snprintf(path, sizeof(path), "/proc/self/fd/%d", pipes[1]);
	again = open(path, O_RDONLY | O_NONBLOCK);
	row(again, "pipe's other end");
	row((long)write(pipes[1], "text", 4), "  write");
	row((long)read(again, data, sizeof(data)), "  read");
	close(again);
	fd = must(open("d", O_RDONLY | O_DIRECTORY), "d");
	snprintf(path, sizeof(path), "/proc/self/fd/%d/in", fd);
	row_fd(open(path, O_RDONLY), "below a descriptor");
	snprintf(path, sizeof(path), "/proc/self/fd/%d/../read-only", fd);
	row_fd(open(path, O_RDONLY), "beside a descriptor");
	snprintf(path, sizeof(path), "/proc/self/fd/%d/new", fd);
	row_fd(open(path, O_RDWR | O_CREAT, 0600), "new below a descriptor");
	row(mkdir("/proc/self/cwd/made", 0700), "mkdir below cwd");
	row(rename("/proc/self/cwd/made", "/proc/thread-self/cwd/moved"), "rename below cwd");
}

int main(int argc, char **argv)
{
	static const char *const shown[] = {"/proc/sys/kernel/ostype",
					    "/proc/sys/vm/overcommit_memory",
					    "/proc/sys/kernel/hostname",
					    "/proc/self/comm",
					    "/proc/version",
					    "/proc/sys/net/core/somaxconn",
					    "/proc/sys/missing",
					    "/proc/filesystems"};
	pthread_t thread;

	fidelity_begin(argc, argv);
	tree_make();
	for (size_t i = 0; i < COUNT(shown); i++)
		show(shown[i]);
	open_each("/proc/self", "self");
	open_each("/proc/thread-self", "thread-self");
	identities("first");
	must(pthread_create(&thread, NULL, thread_main, NULL) ? -1 : 0, "a thread");
	pthread_join(thread, NULL);
	another_process();
	put("/proc/self/oom_score_adj", "500");
	put("/proc/self/coredump_filter", "0x33");
	put("/proc/self/uid_map", "0 0 1");
	put("/proc/sys/kernel/hostname", "x");
	put("/proc/self/mem", "x");
	own_descriptors();
	devices();
	return 0;
}
