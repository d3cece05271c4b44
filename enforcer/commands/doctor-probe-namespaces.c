/* SPDX-License-Identifier: Apache-2.0 */
/* Probes of the wall: namespaces, mounts, bubblewrap. */
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "enforcer/base/fd.h"
#include "enforcer/commands/doctor-probe.h"

static bool write_file(const char *path, const char *text, struct probe_result *result)
{
	_cleanup_fd_ int fd = open(path, O_WRONLY | O_CLOEXEC);

	/* One write: the kernel takes a map whole or not at all. */
	if (fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text))
		return true;
	probe_fails(result, path);
	return false;
}

bool probe_enter_namespaces(int flags, struct probe_result *result)
{
	unsigned uid = geteuid(), gid = getegid();
	char map[64];

	if (unshare(CLONE_NEWUSER) < 0) {
		probe_fails(result, "unshare(CLONE_NEWUSER)");
		return false;
	}
	if (!write_file("/proc/self/setgroups", "deny", result))
		return false;
	snprintf(map, sizeof(map), "%u %u 1", uid, uid);
	if (!write_file("/proc/self/uid_map", map, result))
		return false;
	snprintf(map, sizeof(map), "%u %u 1", gid, gid);
	if (!write_file("/proc/self/gid_map", map, result))
		return false;
	/* A second step: AppArmor grants the user namespace, but none of the rights in it. */
	if (unshare(flags) < 0) {
		probe_fails(result, "unshare in the namespace");
		return false;
	}
	return true;
}

void probe_user_namespace(struct probe_result *result)
{
	if (probe_enter_namespaces(CLONE_NEWUTS | CLONE_NEWIPC, result))
		probe_works(result, 0);
}

void probe_nested_user_namespace(struct probe_result *result)
{
	if (probe_enter_namespaces(CLONE_NEWNS, result) &&
	    probe_enter_namespaces(CLONE_NEWNS, result))
		probe_works(result, 0);
}

void probe_mount_namespace(struct probe_result *result)
{
	if (!probe_enter_namespaces(CLONE_NEWNS, result))
		return;
	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		probe_fails(result, "mount(MS_REC | MS_PRIVATE)");
	else if (mount("tmpfs", "/tmp", "tmpfs", MS_NOSUID | MS_NODEV, NULL) < 0)
		probe_fails(result, "mount of a tmpfs");
	else if (mount("/", "/tmp", NULL, MS_BIND | MS_REC, NULL) < 0)
		probe_fails(result, "bind mount");
	else
		probe_works(result, 0);
}

void probe_procfs(struct probe_result *result)
{
	int status = 0;
	pid_t child;

	if (!probe_enter_namespaces(CLONE_NEWNS | CLONE_NEWPID, result))
		return;
	mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL);
	child = fork(); /* the first process of the new pid namespace */
	if (child == 0)
		_exit(mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) < 0
			      ? errno
			      : 0);
	if (child < 0 || waitpid(child, &status, 0) < 0) {
		probe_fails(result, "fork in a pid namespace");
		return;
	}
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0) {
		probe_works(result, 0);
		return;
	}
	errno = WIFEXITED(status) ? WEXITSTATUS(status) : 0;
	probe_fails(result, "mount of procfs");
}

void probe_network_namespace(struct probe_result *result)
{
	struct ifreq request = {.ifr_name = "lo", .ifr_flags = IFF_UP | IFF_RUNNING};
	struct sockaddr_in resolver = {.sin_family = AF_INET,
				       .sin_port = htons(53),
				       .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	_cleanup_fd_ int fd = -1;

	if (!probe_enter_namespaces(CLONE_NEWNET, result))
		return;
	fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		probe_fails(result, "socket");
	else if (ioctl(fd, SIOCSIFFLAGS, &request) < 0)
		probe_fails(result, "loopback up");
	else if (bind(fd, (struct sockaddr *)&resolver, sizeof(resolver)) < 0)
		probe_fails(result, "bind to port 53");
	else
		probe_works(result, 0);
}

void probe_cgroup_namespace(struct probe_result *result)
{
	if (probe_enter_namespaces(CLONE_NEWCGROUP, result))
		probe_works(result, 0);
}

/* Runs argv, keeps the first line that it writes to fd (1 or 2) in result->text; its status. */
static int run_program(const char *const *argv, int fd, struct probe_result *result)
{
	_cleanup_fd_ int in = -1;
	size_t len = 0;
	int ends[2], status = 0;
	ssize_t n;
	pid_t child;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return -1;
	in = ends[0];
	child = fork();
	if (child == 0) {
		dup2(ends[1], fd);
		execvp(argv[0], (char *const *)argv);
		_exit(127);
	}
	close(ends[1]);
	while (len < sizeof(result->text) - 1 &&
	       (n = read(in, result->text + len, sizeof(result->text) - 1 - len)) > 0)
		len += (size_t)n;
	result->text[len] = '\0';
	result->text[strcspn(result->text, "\n")] = '\0';
	if (child < 0 || waitpid(child, &status, 0) < 0)
		return -1;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

void probe_bwrap(struct probe_result *result)
{
	static const char *const argv[] = {"bwrap", "--version", NULL};
	int major = 0, minor = 0, patch = 0, status = run_program(argv, STDOUT_FILENO, result);

	if (status == 127) {
		errno = ENOENT;
		probe_fails(result, "exec of bwrap");
	} else if (status != 0 ||
		   sscanf(result->text, "bubblewrap %d.%d.%d", &major, &minor, &patch) < 2) {
		probe_misbehaves(result, "bwrap --version");
	} else {
		probe_works(result, major * 1000000LL + minor * 1000 + patch);
	}
}

void probe_bwrap_run(struct probe_result *result)
{
	static const char *const argv[] = {
		"bwrap",
		"--unshare-all",
		"--die-with-parent",
		"--cap-drop",
		"ALL",
		"--ro-bind",
		"/",
		"/",
		"--dev",
		"/dev",
		"--proc",
		"/proc",
		"--tmpfs",
		"/tmp",
		"--",
		"true",
		NULL,
	};
	int status = run_program(argv, STDERR_FILENO, result);

	if (status == 127 && !result->text[0]) {
		errno = ENOENT;
		probe_fails(result, "exec of bwrap");
	} else if (status != 0) {
		probe_misbehaves(result, "bwrap ... true");
	} else {
		probe_works(result, 0);
	}
}
