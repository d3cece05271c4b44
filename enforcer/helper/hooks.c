/* SPDX-License-Identifier: Apache-2.0 */
/* The enforcer's end of the process that runs the hooks. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "enforcer/base/fd.h"
#include "enforcer/helper/hook-runner.h"
#include "enforcer/helper/hooks.h"

/* As much as the kernel gives: the longest line must fit into one message. */
#define SOCKET_BUFFER (1 << 20)

struct hooks {
	int fd;
	pid_t pid;
};

static _Noreturn void runner_start(int fd, pid_t enforcer, const struct hook_list *list)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	/* Not SIGKILL: it ends what it has started first. */
	if (prctl(PR_SET_PDEATHSIG, SIGTERM) < 0 || getppid() != enforcer || null < 0)
		_exit(1);
	prctl(PR_SET_NAME, "callgate-hooks");
	/* A hook need not read what it is told. */
	signal(SIGPIPE, SIG_IGN);
	/* Ctrl-C is the agent's. */
	setsid();
	fd = fcntl(fd, F_DUPFD_CLOEXEC, 8);
	null = fcntl(null, F_DUPFD_CLOEXEC, 8);
	for (int i = 0; i < 3; i++)
		if (dup2(null, i) < 0)
			_exit(1);
	if (dup3(fd, 3, O_CLOEXEC) < 0 || syscall(SYS_close_range, 4, ~0U, 0) < 0 ||
	    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0)
		_exit(1);
	hook_runner_run(3, list);
}

int hooks_new(const struct hook_list *list, struct hooks **ret_hooks)
{
	struct hooks *hooks = calloc(1, sizeof(*hooks));
	int size = SOCKET_BUFFER, pair[2];
	pid_t self = getpid();

	if (!hooks)
		return -ENOMEM;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0) {
		free(hooks);
		return -errno;
	}
	setsockopt(pair[0], SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
	hooks->pid = fork();
	if (hooks->pid == 0)
		runner_start(pair[1], self, list);
	close(pair[1]);
	hooks->fd = pair[0];
	if (hooks->pid < 0) {
		int error = -errno;

		hooks->pid = 0;
		hooks_free(hooks);
		return error;
	}
	*ret_hooks = hooks;
	return 0;
}

struct hooks *hooks_free(struct hooks *hooks)
{
	if (!hooks)
		return NULL;
	fd_close(hooks->fd);
	if (hooks->pid > 0) {
		/* By pid: it is our child and was not reaped, so the number is still its own. */
		kill(hooks->pid, SIGTERM);
		while (waitpid(hooks->pid, NULL, 0) < 0 && errno == EINTR)
			;
	}
	free(hooks);
	return NULL;
}

void hooks_finish(struct hooks *hooks)
{
	struct pollfd ended = {.fd = hooks->fd, .events = 0};

	shutdown(hooks->fd, SHUT_WR);
	/* Its end closes as it ends. What still runs then is killed by hooks_free(). */
	poll(&ended, 1, HOOKS_PATIENCE_MS);
}

int hooks_fd(const struct hooks *hooks)
{
	return hooks->fd;
}

int hooks_call(struct hooks *hooks, uint64_t id, size_t hook, const char *line, size_t len)
{
	struct hook_order order = {.id = id, .hook = (uint32_t)hook, .len = (uint32_t)len};
	struct iovec parts[] = {{&order, sizeof(order)}, {(char *)line, len}};
	struct msghdr message = {.msg_iov = parts, .msg_iovlen = ARRAY_LEN(parts)};

	if (len > HOOK_INPUT_MAX)
		return -EMSGSIZE;
	if (sendmsg(hooks->fd, &message, MSG_DONTWAIT | MSG_NOSIGNAL) < 0)
		return -errno;
	return 0;
}

int hooks_receive(struct hooks *hooks, struct hook_answer *ret_answer)
{
	ssize_t n = recv(hooks->fd, ret_answer, sizeof(*ret_answer), MSG_DONTWAIT);

	if (n < 0)
		return errno == EAGAIN || errno == EINTR ? 0 : -errno;
	if (n == 0)
		return -EPIPE;
	ret_answer->reason[HOOK_REASON_MAX - 1] = '\0';
	return n == sizeof(*ret_answer) ? 1 : -EPROTO;
}
