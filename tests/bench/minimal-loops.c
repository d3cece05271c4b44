/* SPDX-License-Identifier: Apache-2.0 */
/*
 * minimal-loops [--sync] ANSWER COMMAND...: the least that any supervisor of seccomp's user
 * notification does for an open, without policy, walk or record; what callgate is compared with.
 *
 *   continue  read the path, let the kernel go on (which reads it again: a race, see the docs)
 *   send      open the path, ADDFD with FLAG_SEND, close
 *   steps     open the path, ADDFD, close, SEND
 *   affinity  the same, with the target held on this CPU from before ADDFD until before SEND
 *
 * --sync sets SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP. COMMAND opens existing files for reading, by
 * absolute paths.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "enforcer/base/cleanup.h"
#include "filters/kernel-newer.h"

enum answer {
	ANSWER_NONE = 0,
	ANSWER_CONTINUE,
	ANSWER_SEND,
	ANSWER_STEPS,
	ANSWER_AFFINITY,
};

static const char *const names[] = {"", "continue", "send", "steps", "affinity"};
_Static_assert(ARRAY_LEN(names) == ANSWER_AFFINITY + 1, "name every answer");

static void die(const char *what)
{
	fprintf(stderr, "minimal-loops: %s: %s\n", what, strerror(errno));
	_exit(1);
}

static int install_filter(void)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_openat, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = {.len = ARRAY_LEN(code), .filter = code};

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		die("no_new_privs");
	return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
			    SECCOMP_FILTER_FLAG_NEW_LISTENER |
				    SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV,
			    &program);
}

/* The number alone goes over: the parent takes the descriptor itself (pidfd_getfd). */
static int start_target(char **command, pid_t *ret_pid)
{
	int pair[2], number = -1, pidfd, fd;
	char go = 0;
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
		die("socketpair");
	pid = fork();
	if (pid < 0)
		die("fork");
	if (pid == 0) {
		number = install_filter();
		if (number < 0)
			die("seccomp");
		if (write(pair[1], &number, sizeof(number)) != sizeof(number) ||
		    read(pair[1], &go, 1) != 1)
			_exit(1);
		close(number);
		execv(command[0], command);
		die(command[0]);
	}
	close(pair[1]);
	if (read(pair[0], &number, sizeof(number)) != sizeof(number))
		_exit(1);
	pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
	fd = (int)syscall(SYS_pidfd_getfd, pidfd, number, 0);
	if (fd < 0)
		die("pidfd_getfd");
	close(pidfd);
	if (write(pair[0], &go, 1) != 1)
		die("write");
	close(pair[0]);
	*ret_pid = pid;
	return fd;
}

static bool read_path(const struct seccomp_notif *notif, char path[static PATH_MAX])
{
	uint64_t address = notif->data.args[1];
	struct iovec here = {.iov_base = path, .iov_len = 4096 - address % 4096};
	struct iovec there = {.iov_base = (void *)(uintptr_t)address, .iov_len = here.iov_len};
	ssize_t n = process_vm_readv((pid_t)notif->pid, &here, 1, &there, 1, 0);

	return n > 0 && memchr(path, '\0', (size_t)n);
}

static int add_fd(int listener, const struct seccomp_notif *notif, int fd, bool send)
{
	struct seccomp_notif_addfd add = {.id = notif->id,
					  .flags = send ? SECCOMP_ADDFD_FLAG_SEND : 0,
					  .srcfd = (uint32_t)fd,
					  .newfd_flags = O_CLOEXEC};

	return ioctl(listener, SECCOMP_IOCTL_NOTIF_ADDFD, &add);
}

static void answer_in_steps(int listener, const struct seccomp_notif *notif, int fd, bool affinity)
{
	struct seccomp_notif_resp resp = {.id = notif->id};
	cpu_set_t mask, here;
	int number;

	if (affinity) {
		CPU_ZERO(&here);
		CPU_SET((unsigned)sched_getcpu(), &here);
		sched_getaffinity((pid_t)notif->pid, sizeof(mask), &mask);
		sched_setaffinity((pid_t)notif->pid, sizeof(here), &here);
	}
	number = add_fd(listener, notif, fd, false);
	close(fd);
	if (affinity)
		sched_setaffinity((pid_t)notif->pid, sizeof(mask), &mask);
	resp.val = number;
	resp.error = number < 0 ? -EMFILE : 0;
	ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &resp);
}

static void answer(int listener, const struct seccomp_notif *notif, enum answer how)
{
	struct seccomp_notif_resp resp = {.id = notif->id};
	char path[PATH_MAX];
	int fd = -1;

	if (!read_path(notif, path)) {
		resp.error = -EFAULT;
	} else if (how == ANSWER_CONTINUE) {
		resp.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
	} else {
		fd = open(path, (int)notif->data.args[2] | O_CLOEXEC);
		resp.error = fd < 0 ? -errno : 0;
	}
	if (fd < 0) {
		ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &resp);
		return;
	}
	if (how != ANSWER_SEND) {
		answer_in_steps(listener, notif, fd, how == ANSWER_AFFINITY);
		return;
	}
	add_fd(listener, notif, fd, true);
	close(fd);
}

static void on_child(int signo)
{
}

int main(int argc, char **argv)
{
	bool sync = argc > 1 && strcmp(argv[1], "--sync") == 0;
	char **words = argv + 1 + sync;
	enum answer how = ANSWER_NONE;
	struct seccomp_notif notif;
	int listener, status = 1;
	pid_t pid;

	for (size_t i = 1; words[0] && i < ARRAY_LEN(names); i++)
		if (strcmp(words[0], names[i]) == 0)
			how = (enum answer)i;
	if (how == ANSWER_NONE || !words[1]) {
		fprintf(stderr, "usage: minimal-loops [--sync] continue|send|steps|affinity "
				"COMMAND...\n");
		return 2;
	}
	sigaction(SIGCHLD, &(struct sigaction){.sa_handler = on_child}, NULL);
	listener = start_target(words + 1, &pid);
	if (sync &&
	    ioctl(listener, SECCOMP_IOCTL_NOTIF_SET_FLAGS, SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP) < 0)
		die("SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP");
	for (;;) {
		memset(&notif, 0, sizeof(notif));
		if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &notif) == 0)
			answer(listener, &notif, how);
		else if (waitpid(pid, &status, WNOHANG) == pid)
			break;
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
