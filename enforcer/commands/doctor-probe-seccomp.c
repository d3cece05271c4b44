/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Probes of the gate: a target whose getppid() stops at a listener, and what can be answered. The
 * target hands its listener over by SCM_RIGHTS, so that a machine without pidfd_getfd is not taken
 * for one without listeners.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "enforcer/base/fd.h"
#include "enforcer/commands/doctor-probe.h"
#include "filters/kernel-newer.h"

#define ANSWER        4711
#define WAIT_MS       2000
#define SIGNAL_SETTLE 30 /* ms in which a signal would interrupt the target */

/* How the target ends. */
enum {
	TARGET_RIGHT = 0,
	TARGET_WRONG = 1,
	TARGET_INTERRUPTED = 2,
};

struct scene {
	unsigned flags;  /* of the filter, besides NEW_LISTENER */
	bool descriptor; /* the answer is a descriptor of /dev/null, else the number ANSWER */
	pid_t target;
	int listener;
};

static void handler(int signal)
{
}

static int install(unsigned flags)
{
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_getppid, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = {.len = ARRAY_LEN(filter), .filter = filter};

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return -1;
	return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
			    flags | SECCOMP_FILTER_FLAG_NEW_LISTENER, &program);
}

/* One int, and where fd is one, the descriptor with it. */
static void send_listener(int socket, int error, int fd)
{
	union {
		struct cmsghdr head;
		char room[CMSG_SPACE(sizeof(int))];
	} control = {.head = {.cmsg_len = CMSG_LEN(sizeof(int)),
			      .cmsg_level = SOL_SOCKET,
			      .cmsg_type = SCM_RIGHTS}};
	struct iovec data = {&error, sizeof(error)};
	struct msghdr message = {.msg_iov = &data, .msg_iovlen = 1};

	if (fd >= 0) {
		memcpy(CMSG_DATA(&control.head), &fd, sizeof(fd));
		message.msg_control = &control;
		message.msg_controllen = sizeof(control);
	}
	sendmsg(socket, &message, MSG_NOSIGNAL);
}

/* The listener, or -1 with errno. */
static int receive_listener(int socket)
{
	union {
		struct cmsghdr head;
		char room[CMSG_SPACE(sizeof(int))];
	} control;
	int error = EPROTO, fd = -1;
	struct iovec data = {&error, sizeof(error)};
	struct msghdr message = {.msg_iov = &data,
				 .msg_iovlen = 1,
				 .msg_control = &control,
				 .msg_controllen = sizeof(control)};
	struct cmsghdr *head;

	if (recvmsg(socket, &message, MSG_CMSG_CLOEXEC) < 0)
		return -1;
	head = CMSG_FIRSTHDR(&message);
	if (head && head->cmsg_type == SCM_RIGHTS)
		memcpy(&fd, CMSG_DATA(head), sizeof(fd));
	errno = error;
	return fd;
}

static _Noreturn void target_main(const struct scene *scene, int socket)
{
	struct sigaction action = {.sa_handler = handler}; /* without SA_RESTART */
	struct stat status;
	int listener;
	long got;

	sigaction(SIGUSR1, &action, NULL);
	listener = install(scene->flags);
	send_listener(socket, listener < 0 ? errno : 0, listener);
	if (listener < 0)
		_exit(TARGET_WRONG);
	/* While anybody holds it, a call that is never answered hangs for ever. */
	close(listener);
	got = syscall(SYS_getppid);
	if (got < 0)
		_exit(errno == EINTR ? TARGET_INTERRUPTED : TARGET_WRONG);
	if (!scene->descriptor)
		_exit(got == ANSWER ? TARGET_RIGHT : TARGET_WRONG);
	if (fstat((int)got, &status) < 0 || !S_ISCHR(status.st_mode) ||
	    status.st_rdev != makedev(1, 3))
		_exit(TARGET_WRONG);
	_exit(TARGET_RIGHT);
}

/* Starts the target. False with the result filled. */
static bool scene_open(struct scene *scene, struct probe_result *result)
{
	int ends[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0) {
		probe_fails(result, "socketpair");
		return false;
	}
	scene->target = fork();
	if (scene->target < 0) {
		probe_fails(result, "fork");
		return false;
	}
	if (scene->target == 0) {
		close(ends[0]);
		target_main(scene, ends[1]);
	}
	close(ends[1]);
	scene->listener = receive_listener(ends[0]);
	if (scene->listener < 0) {
		probe_fails(result, "seccomp(NEW_LISTENER)");
		return false;
	}
	return true;
}

/* Waits for the target's call; its cookie, 0 with the result filled. */
static uint64_t scene_receive(const struct scene *scene, struct probe_result *result)
{
	/* The kernel's struct may be longer than our headers'; it must come zeroed. */
	union {
		struct seccomp_notif notification;
		char room[1024];
	} buffer = {};
	struct pollfd wait = {.fd = scene->listener, .events = POLLIN};

	if (poll(&wait, 1, WAIT_MS) != 1)
		probe_misbehaves(result, "poll of the listener");
	else if (ioctl(scene->listener, SECCOMP_IOCTL_NOTIF_RECV, &buffer) < 0)
		probe_fails(result, "SECCOMP_IOCTL_NOTIF_RECV");
	else
		return buffer.notification.id;
	return 0;
}

static bool scene_send(const struct scene *scene, uint64_t id, struct probe_result *result)
{
	union {
		struct seccomp_notif_resp response;
		char room[1024];
	} buffer = {.response = {.id = id, .val = ANSWER}};

	if (ioctl(scene->listener, SECCOMP_IOCTL_NOTIF_SEND, &buffer) == 0)
		return true;
	probe_fails(result, "SECCOMP_IOCTL_NOTIF_SEND");
	return false;
}

/* Lets the target end, and takes its word for what it saw. */
static void scene_close(const struct scene *scene, struct probe_result *result)
{
	int status;

	if (waitpid(scene->target, &status, 0) < 0)
		probe_fails(result, "waitpid");
	else if (WIFEXITED(status) && WEXITSTATUS(status) == TARGET_RIGHT)
		probe_works(result, 0);
	else if (WIFEXITED(status) && WEXITSTATUS(status) == TARGET_INTERRUPTED)
		probe_misbehaves(result, "the call was interrupted");
	else
		probe_misbehaves(result, "the answer did not reach the call");
}

void probe_listener(struct probe_result *result)
{
	struct scene scene = {};
	uint64_t id;

	if (!scene_open(&scene, result))
		return;
	id = scene_receive(&scene, result);
	if (id && scene_send(&scene, id, result))
		scene_close(&scene, result);
}

void probe_wait_killable(struct probe_result *result)
{
	struct scene scene = {.flags = SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV};
	uint64_t id;

	if (!scene_open(&scene, result))
		return;
	id = scene_receive(&scene, result);
	if (!id)
		return;
	/* From RECV on no signal but a deadly one may end the wait: the flag alone proves nothing,
	 * so send one. The listener has nothing to say meanwhile; it is the clock. */
	kill(scene.target, SIGUSR1);
	poll(NULL, 0, SIGNAL_SETTLE);
	if (scene_send(&scene, id, result))
		scene_close(&scene, result);
}

void probe_addfd(struct probe_result *result)
{
	struct scene scene = {.descriptor = true};
	struct seccomp_notif_addfd addfd = {.flags = SECCOMP_ADDFD_FLAG_SEND,
					    .newfd_flags = O_CLOEXEC};
	_cleanup_fd_ int null = open("/dev/null", O_RDONLY | O_CLOEXEC);

	if (null < 0) {
		probe_fails(result, "open of /dev/null");
		return;
	}
	if (!scene_open(&scene, result))
		return;
	addfd.srcfd = (uint32_t)null;
	addfd.id = scene_receive(&scene, result);
	if (!addfd.id)
		return;
	if (ioctl(scene.listener, SECCOMP_IOCTL_NOTIF_ADDFD, &addfd) < 0)
		probe_fails(result, "SECCOMP_IOCTL_NOTIF_ADDFD");
	else
		scene_close(&scene, result);
}

void probe_sync_wake_up(struct probe_result *result)
{
	struct scene scene = {};

	if (!scene_open(&scene, result))
		return;
	/* The flags are the argument, not a pointer to them. */
	if (ioctl(scene.listener, SECCOMP_IOCTL_NOTIF_SET_FLAGS,
		  SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP) < 0)
		probe_fails(result, "SECCOMP_IOCTL_NOTIF_SET_FLAGS");
	else
		probe_works(result, 0);
}
