/* SPDX-License-Identifier: Apache-2.0 */
/* A real listener, over a child whose getppid() and geteuid() stop. Needs no rights. */
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "enforcer/base/fd.h"
#include "enforcer/notify/target.h"
#include "filters/kernel-newer.h"
#include "tests/support/check.h"

struct child {
	pid_t pid;
	struct listener listener;
	int word; /* what the child says of its calls, four bytes each */
};

static int install(void)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_getppid, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = {.len = ARRAY_LEN(code), .filter = code};

	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER,
			    &program);
}

static void child_main(int word, const void *memory)
{
	int listener = install(), answer;
	char go;

	if (write(word, &listener, sizeof(listener)) != sizeof(listener) || listener < 0 ||
	    read(word, &go, 1) != 1)
		_exit(1);
	close(listener);
	for (;;) {
		long r = syscall(SYS_getppid, memory, 22, 33);

		answer = r < 0 ? -errno : (int)r;
		if (write(word, &answer, sizeof(answer)) != sizeof(answer))
			_exit(0);
	}
}

static const char memory[8192] __attribute__((aligned(4096))) = "what the target says";

/* False: this machine lets nobody listen. */
static bool child_start(struct child *child)
{
	int words[2], number, pidfd, fd;

	*child = (struct child){.listener.fd = -1};
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, words) < 0)
		abort();
	child->pid = fork();
	if (child->pid == 0) {
		close(words[0]);
		child_main(words[1], memory);
	}
	close(words[1]);
	child->word = words[0];
	if (child->pid < 0 || fd_read_all(child->word, &number, sizeof(number)) < 0 || number < 0)
		return false;
	pidfd = (int)syscall(SYS_pidfd_open, child->pid, 0);
	fd = (int)syscall(SYS_pidfd_getfd, pidfd, number, 0);
	close(pidfd);
	if (fd < 0)
		return false;
	CHECK_INT(listener_init(&child->listener, fd), 0);
	return write(child->word, "g", 1) == 1;
}

static void child_done(struct child *child)
{
	if (child->pid > 0) {
		kill(child->pid, SIGKILL);
		waitpid(child->pid, NULL, 0);
	}
	listener_done(&child->listener);
	close(child->word);
}

static void next_call(struct child *child, struct seccomp_notif *ret_notif)
{
	struct pollfd p = {.fd = child->listener.fd, .events = POLLIN};

	CHECK_INT(poll(&p, 1, 5000), 1);
	CHECK_INT(listener_receive(&child->listener, ret_notif), LISTENER_RECEIVED);
}

static int what_it_saw(struct child *child)
{
	int answer = 0;

	CHECK_INT(fd_read_all(child->word, &answer, sizeof(answer)), 0);
	return answer;
}

static bool skipped;

static void test_each_answer_is_what_the_target_sees(void)
{
	struct seccomp_notif notif;
	struct child child;

	skipped = !child_start(&child);
	if (!skipped) {
		next_call(&child, &notif);
		CHECK_INT(notif.pid, child.pid);
		CHECK_INT(notif.data.args[1], 22);
		CHECK(listener_waits(&child.listener, notif.id));
		CHECK(!listener_waits(&child.listener, notif.id + 1000));
		CHECK_INT(listener_send_error(&child.listener, notif.id, ENXIO), 0);
		CHECK_INT(what_it_saw(&child), -ENXIO);
		/* Answered once is answered. */
		CHECK_INT(listener_send_value(&child.listener, notif.id, 1), -ENOENT);
		next_call(&child, &notif);
		CHECK_INT(listener_send_value(&child.listener, notif.id, 4711), 0);
		CHECK_INT(what_it_saw(&child), 4711);
		next_call(&child, &notif);
		CHECK_INT(listener_continue(&child.listener, notif.id), 0);
		CHECK_INT(what_it_saw(&child), getpid());
	}
	child_done(&child);
}

static void test_a_descriptor_is_the_targets_alone_and_of_the_lowest_number(void)
{
	struct seccomp_notif notif;
	struct child child;
	int fds[2], given, number, seen;
	char path[64], byte;
	struct stat a, b;

	skipped = !child_start(&child);
	if (!skipped) {
		CHECK_INT(pipe2(fds, O_CLOEXEC | O_NONBLOCK), 0);
		CHECK_INT(fstat(fds[1], &a), 0);
		next_call(&child, &notif);
		given = fds[1];
		number = listener_give_fd(&child.listener, notif.id, child.pid, given, O_CLOEXEC);
		CHECK(number >= 3);
		seen = what_it_saw(&child);
		CHECK_INT(seen, number);
		/* We hold it no more. */
		CHECK(fcntl(given, F_GETFD) < 0 && errno == EBADF);
		snprintf(path, sizeof(path), "/proc/%d/fd/%d", child.pid, number);
		CHECK_INT(stat(path, &b), 0);
		CHECK_INT(a.st_ino, b.st_ino);
		CHECK(read(fds[0], &byte, 1) < 0 && errno == EAGAIN);
		child_done(&child);
		/* The last writer went with it. */
		CHECK_INT(read(fds[0], &byte, 1), 0);
		close(fds[0]);
		return;
	}
	child_done(&child);
}

static void test_a_full_table_is_EMFILE_and_can_still_be_answered(void)
{
	struct rlimit none = {.rlim_cur = 0, .rlim_max = 0};
	struct seccomp_notif notif;
	struct child child;

	skipped = !child_start(&child);
	if (!skipped) {
		int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);

		next_call(&child, &notif);
		CHECK_INT(prlimit(child.pid, RLIMIT_NOFILE, &none, NULL), 0);
		CHECK_INT(listener_give_fd(&child.listener, notif.id, child.pid, fd, 0), -EMFILE);
		CHECK(fcntl(fd, F_GETFD) < 0);
		CHECK(listener_waits(&child.listener, notif.id));
		CHECK_INT(listener_send_error(&child.listener, notif.id, EMFILE), 0);
		CHECK_INT(what_it_saw(&child), -EMFILE);
	}
	child_done(&child);
}

static void test_who_died_hears_nothing(void)
{
	struct seccomp_notif notif;
	struct child child;

	skipped = !child_start(&child);
	if (!skipped) {
		int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);

		next_call(&child, &notif);
		kill(child.pid, SIGKILL);
		waitpid(child.pid, NULL, 0);
		child.pid = 0;
		CHECK(!listener_waits(&child.listener, notif.id));
		CHECK_INT(listener_send_error(&child.listener, notif.id, EACCES), -ENOENT);
		CHECK_INT(listener_give_fd(&child.listener, notif.id, 1, fd, 0), -ENOENT);
		CHECK(fcntl(fd, F_GETFD) < 0);
		CHECK_INT(listener_receive(&child.listener, &notif), LISTENER_GONE);
	}
	child_done(&child);
}

static void test_the_target_is_read_and_looked_at(void)
{
	struct seccomp_notif notif;
	struct targets *targets;
	struct target target;
	struct child child;
	char text[64], *program;
	mode_t mask;
	int fd;

	skipped = !child_start(&child);
	CHECK_INT(targets_new(&targets), 0);
	if (!skipped) {
		next_call(&child, &notif);
		CHECK_INT(target_open(targets, &child.listener, notif.id, child.pid, &target), 0);
		CHECK_INT(target.pid, child.pid);
		CHECK_INT(target_read_string(&target, notif.data.args[0], text, sizeof(text)), 20);
		CHECK_STRING(text, memory);
		CHECK_INT(target_read_string(&target, notif.data.args[0], text, 20), -ENAMETOOLONG);
		CHECK_INT(target_read_string(&target, 8, text, sizeof(text)), -EFAULT);
		CHECK_INT(target_read_memory(&target, 8, text, 1), -EFAULT);
		fd = target_get_fd(&target, 0);
		CHECK(fd >= 0);
		fd_close(fd);
		CHECK_INT(target_get_fd(&target, 1000), -EBADF);
		CHECK_INT(target_get_fd(&target, -1), -EBADF);
		CHECK_INT(target_open_fd_path(&target, 1000), -EBADF);
		CHECK_INT(target_umask(&target, &mask), 0);
		CHECK_INT(umask(mask), mask);
		CHECK_INT(target_program(&target, &program), 0);
		CHECK(strstr(program, "test-listener") != NULL);
		free(program);
		kill(child.pid, SIGKILL);
		waitpid(child.pid, NULL, 0);
		CHECK(!target_waits(&target));
		CHECK_INT(target_get_fd(&target, 0), -ESRCH);
		CHECK_INT(target_read_memory(&target, notif.data.args[0], text, 1), -ESRCH);
		CHECK_INT(target_open(targets, &child.listener, notif.id, child.pid, &target),
			  -ESRCH);
		child.pid = 0;
	}
	targets_free(targets);
	child_done(&child);
}

int main(void)
{
	RUN(test_each_answer_is_what_the_target_sees);
	if (skipped) {
		printf("nobody may listen here (seccomp, or ptrace rights)\n");
		return 77;
	}
	RUN(test_a_descriptor_is_the_targets_alone_and_of_the_lowest_number);
	RUN(test_a_full_table_is_EMFILE_and_can_still_be_answered);
	RUN(test_who_died_hears_nothing);
	RUN(test_the_target_is_read_and_looked_at);
	return check_summary();
}
